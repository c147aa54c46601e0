//! The workload that closes the chapter, 16.7.2: read, filter, aggregate by key, write; by a key of seven regions and by one of a
//! million users.

use super::{Contestant, Program, Shape, Table, Warm, Workload, python};

const BUILD: &str = "cargo build --release -p ej_16_7_2_four_languages";

const NATIVE: Program = Program::Native {
    binary: "final-nativo",
    build: BUILD,
};
const POLARS: Program = Program::Native {
    binary: "final-polars",
    build: BUILD,
};
const DATAFUSION: Program = Program::Native {
    binary: "final-datafusion",
    build: BUILD,
};
const PYSPARK: Program = Program::Spark {
    script: "final_pyspark.py",
};

/// The program that serves the input from S3, built with the examples of the exercise.
pub(crate) const S3_SERVER: Program = Program::Native {
    binary: "examples/servidor_s3",
    build: "cargo build --release -p ej_16_7_2_four_languages --example servidor_s3",
};

/// Who the workload is without where its extension to read S3 cannot be had.
const NOT_ON_S3: &[(&str, &str)] = &[
    (
        "duckdb",
        "no toma parte en S3: su extensión httpfs no viene en la rueda y se baja de la red al cargarla",
    ),
    (
        "duckdb-flotante",
        "no toma parte en S3: su extensión httpfs no viene en la rueda y se baja de la red al cargarla",
    ),
];

/// The arguments of every contestant, and what one of them adds.
macro_rules! work {
    ($key:literal $(, $more:literal)*) => {
        &[
            "--entrada",
            "{entrada}",
            "--salida",
            "{salida}",
            "--clave",
            $key,
            "--repeticiones",
            "{repeticiones}",
            "--segundos",
            "{segundos}",
            "--partes",
            "{partes}",
            $($more),*
        ]
    };
}

/// Every contestant, by this key.
macro_rules! contestants {
    ($key:literal) => {
        &[
            Contestant {
                name: "rust-nativo",
                program: NATIVE,
                arguments: work!($key),
            },
            Contestant {
                name: "rust-polars",
                program: POLARS,
                arguments: work!($key),
            },
            Contestant {
                name: "rust-datafusion",
                program: DATAFUSION,
                arguments: work!($key),
            },
            Contestant {
                name: "polars-python",
                program: python("final_polars_python.py", &["polars"]),
                arguments: work!($key),
            },
            Contestant {
                name: "duckdb",
                program: python("final_duckdb.py", &["duckdb", "pyarrow"]),
                arguments: work!($key),
            },
            Contestant {
                name: "chdb",
                program: python("final_chdb.py", &["chdb"]),
                arguments: work!($key),
            },
            Contestant {
                name: "pandas",
                program: python("final_pandas.py", &["pandas", "pyarrow"]),
                arguments: work!($key),
            },
            Contestant {
                name: "pyspark",
                program: PYSPARK,
                arguments: work!($key),
            },
            Contestant {
                name: "pyspark-sin-aqe",
                program: PYSPARK,
                arguments: work!($key, "--ajuste", "sin-aqe"),
            },
            Contestant {
                name: "pyspark-ajustado",
                program: PYSPARK,
                arguments: work!($key, "--ajuste", "local"),
            },
            Contestant {
                name: "java-spark",
                program: Program::Jvm {
                    class: "FinalJava",
                    delta: false,
                },
                arguments: work!($key),
            },
            Contestant {
                name: "scala-spark",
                program: Program::Jvm {
                    class: "FinalScala",
                    delta: false,
                },
                arguments: work!($key),
            },
            Contestant {
                name: "rust-datafusion-flotante",
                program: DATAFUSION,
                arguments: work!($key, "--suma", "flotante"),
            },
            Contestant {
                name: "polars-python-flotante",
                program: python("final_polars_python.py", &["polars"]),
                arguments: work!($key, "--suma", "flotante"),
            },
            Contestant {
                name: "duckdb-flotante",
                program: python("final_duckdb.py", &["duckdb", "pyarrow"]),
                arguments: work!($key, "--suma", "flotante"),
            },
        ]
    };
}

const WARM: Option<Warm> = Some(Warm {
    queries: 11,
    // The slowest repeats the largest input more than once.
    seconds: 45,
    processes: 1,
});

const ANSWER: &[Table] = &[Table {
    name: "respuesta",
    suffix: "",
}];

pub(super) const BY_REGION: Workload = Workload {
    name: "final",
    description: "16.7.2: leer, filtrar, agregar por región (suma, número, usuarios distintos, media) y escribir; en cuatro lenguajes",
    input: Shape::Sales("ventas.parquet"),
    tables: ANSWER,
    reference: "referencia_final.py",
    contestants: contestants!("region"),
    warm: WARM,
    reference_arguments: &["--clave", "region"],
    s3: Some(NOT_ON_S3),
    parts: true,
};

pub(super) const BY_USER: Workload = Workload {
    name: "final-usuario",
    description: "16.7.2: lo mismo por usuario, una clave con hasta un millón de valores (suma, número, media)",
    contestants: contestants!("usuario"),
    reference_arguments: &["--clave", "usuario"],
    ..BY_REGION
};
