//! The table of workloads: what is read, what must come out, and who competes.
//!
//! A new workload is an entry of [`WORKLOADS`] plus its files in `benches/peers/`: one per contestant, and a reference that
//! writes `<table>.lineas` files. The names of contestants are the same in every workload.

pub(crate) mod final_work;

/// A workload: one input, one right answer, several ways to it.
#[derive(Clone, Copy, Debug)]
pub struct Workload {
    /// Its name on the command line and in results.
    pub name: &'static str,
    /// What it does, in Spanish, for the list.
    pub description: &'static str,
    /// What is generated and read.
    pub input: Shape,
    /// What every contestant must write.
    pub tables: &'static [Table],
    /// The script in `benches/peers/` that computes the right answer with an engine no contestant uses the same way.
    pub reference: &'static str,
    /// Who may compete, in the order of the default run.
    pub contestants: &'static [Contestant],
    /// How warm queries are taken, where the contestants can repeat theirs.
    pub warm: Option<Warm>,
    /// What the reference is told beside input and output.
    pub reference_arguments: &'static [&'static str],
    /// Who does not take part when the input lies in S3, and why; `None` where that is not offered.
    pub s3: Option<&'static [(&'static str, &'static str)]>,
    /// Whether the contestants can time the parts of their work, when they are told to with `{partes}`.
    pub parts: bool,
}

/// What a workload reads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    /// Events under `fecha=…/` of this day.
    Day(&'static str),
    /// Sales in one file of this name.
    Sales(&'static str),
    /// A directory that this script in `benches/peers/` makes.
    Made(&'static str),
}

/// The second half of a race: one process, the same query again and again.
#[derive(Clone, Copy, Debug)]
pub struct Warm {
    /// Queries of a process; the first, which finds everything cold, does not count.
    pub queries: usize,
    /// No query is begun after these seconds, once there are two.
    pub seconds: u32,
    /// Processes per contestant, taken in turn.
    pub processes: usize,
}

/// One table of the answer, a Delta table or Parquet files.
#[derive(Clone, Copy, Debug)]
pub struct Table {
    /// Name of its file in the reference.
    pub name: &'static str,
    /// What is added to the output path to find it.
    pub suffix: &'static str,
}

/// A program that does the workload.
#[derive(Clone, Copy, Debug)]
pub struct Contestant {
    /// One of the names used everywhere.
    pub name: &'static str,
    /// What runs.
    pub program: Program,
    /// Its arguments; `{fecha}`, `{entrada}` and `{salida}` stand for the day, the input and the output, `{repeticiones}` and
    /// `{segundos}` for how many queries and for how long, `{memoria_mb}` for what the process may occupy, `{partes}` for 1 when the
    /// parts of the work are to be timed and 0 otherwise.
    pub arguments: &'static [&'static str],
}

/// What runs a contestant, and so what must be installed.
#[derive(Clone, Copy, Debug)]
pub enum Program {
    /// A binary of this workspace, `dist` before `release`.
    Native {
        /// File name of the binary.
        binary: &'static str,
        /// The command that builds it, told when it is absent.
        build: &'static str,
    },
    /// A script in `benches/peers/`, run by the interpreter of the Python tier.
    Python {
        /// File name of the script.
        script: &'static str,
        /// Modules without which it is not installed.
        modules: &'static [&'static str],
    },
    /// A script in `benches/peers/`, run by the interpreter with PySpark; needs Java and the jars.
    Spark {
        /// File name of the script.
        script: &'static str,
    },
    /// A class of `benches/peers/jvm/`, which `cargo xtask` compiles against the jars of PySpark and `spark-submit` runs.
    Jvm {
        /// Its name.
        class: &'static str,
        /// Whether it writes Delta Lake: then it has the jars, the heap and the collector of the PySpark peers that do.
        delta: bool,
    },
}

/// The binary that generates events, and the contestant `rust` of `etl`.
pub const ANALYTICS: Program = Program::Native {
    binary: "analytics-ecommerce",
    build: "cargo xtask dist",
};

const DAY_ARGUMENTS: &[&str] = &[
    "--fecha",
    "{fecha}",
    "--entrada",
    "{entrada}",
    "--salida",
    "{salida}",
];

/// The binary that makes the sales of `revenue`, and its contestant `rust-datafusion`.
pub const REVENUE_DATAFUSION: Program = Program::Native {
    binary: "revenue-datafusion",
    build: "cargo build --release -p ej_16_3_4_polars_benchmark",
};

const REVENUE_POLARS: Program = Program::Native {
    binary: "revenue-polars",
    build: "cargo build --release -p ej_16_3_4_polars_benchmark",
};

const fn python(script: &'static str, modules: &'static [&'static str]) -> Program {
    Program::Python { script, modules }
}

/// The arguments of every contestant of `revenue`, and what one of them adds.
macro_rules! query {
    ($($more:literal),*) => {
        &[
            "--entrada",
            "{entrada}",
            "--salida",
            "{salida}",
            "--repeticiones",
            "{repeticiones}",
            "--segundos",
            "{segundos}",
            $($more),*
        ]
    };
}

/// Every workload.
pub const WORKLOADS: &[Workload] = &[
    ETL,
    DAILY,
    REVENUE,
    ENGINES,
    final_work::BY_REGION,
    final_work::BY_USER,
];

const ETL: Workload = Workload {
    name: "etl",
    description: "un día de eventos: contrato, métricas por región y producto, cuarentena, tres tablas Delta",
    input: Shape::Day("2024-01-15"),
    tables: &[
        Table {
            name: "metricas",
            suffix: "",
        },
        Table {
            name: "productos",
            suffix: "_productos",
        },
        Table {
            name: "cuarentena",
            suffix: "_cuarentena",
        },
    ],
    reference: "referencia_etl.py",
    contestants: &[
        Contestant {
            name: "rust",
            program: ANALYTICS,
            arguments: &[
                "--fecha",
                "{fecha}",
                "--entrada",
                "{entrada}",
                "--salida",
                "{salida}",
                "--silencioso",
                "--json",
            ],
        },
        Contestant {
            name: "polars-python",
            program: Program::Python {
                script: "etl_polars_python.py",
                modules: &["polars", "deltalake"],
            },
            arguments: DAY_ARGUMENTS,
        },
        Contestant {
            name: "pyspark",
            program: Program::Spark {
                script: "etl_pyspark.py",
            },
            arguments: DAY_ARGUMENTS,
        },
        Contestant {
            name: "java-spark",
            program: Program::Jvm {
                class: "EtlJava",
                delta: true,
            },
            arguments: DAY_ARGUMENTS,
        },
    ],
    warm: None,
    reference_arguments: &[],
    s3: None,
    parts: false,
};

/// The day, as often as a warm process is asked for it: the same day again replaces itself.
const DAILY_ARGUMENTS: &[&str] = &[
    "--fecha",
    "{fecha}",
    "--entrada",
    "{entrada}",
    "--salida",
    "{salida}",
    "--repeticiones",
    "{repeticiones}",
    "--segundos",
    "{segundos}",
];

const DAILY: Workload = Workload {
    name: "etl-diario",
    description: "16.5.4: las ventas de un día por región y segmento, reemplazadas en una tabla Delta; en frío y en caliente",
    input: Shape::Day("2024-01-15"),
    tables: &[Table {
        name: "segmentos",
        suffix: "",
    }],
    reference: "referencia_etl_diario.py",
    contestants: &[
        Contestant {
            name: "rust",
            program: Program::Native {
                binary: "ej_16_5_4_etl",
                build: "cargo build --release -p ej_16_5_4_etl",
            },
            arguments: &[
                "--json",
                "--fecha",
                "{fecha}",
                "--entrada",
                "{entrada}",
                "--salida",
                "{salida}",
                "--repeticiones",
                "{repeticiones}",
                "--segundos",
                "{segundos}",
            ],
        },
        Contestant {
            name: "polars-python",
            program: python("etl_diario_polars_python.py", &["polars", "deltalake"]),
            arguments: DAILY_ARGUMENTS,
        },
        Contestant {
            name: "pyspark",
            program: Program::Spark {
                script: "etl_diario_pyspark.py",
            },
            arguments: DAILY_ARGUMENTS,
        },
    ],
    warm: Some(Warm {
        queries: 6,
        // Time enough for the slowest to repeat the largest day more than once.
        seconds: 90,
        processes: 1,
    }),
    reference_arguments: &[],
    s3: None,
    parts: false,
};

const REVENUE: Workload = Workload {
    name: "revenue",
    description: "la consulta de 16.3.4: ventas con monto > 0, por región, suma de monto; en frío y en caliente",
    input: Shape::Sales("ventas.parquet"),
    tables: &[Table {
        name: "revenue",
        suffix: "",
    }],
    reference: "referencia_revenue.py",
    contestants: &[
        Contestant {
            name: "rust-polars",
            program: REVENUE_POLARS,
            arguments: query!("--motor", "memoria"),
        },
        Contestant {
            name: "rust-polars-streaming",
            program: REVENUE_POLARS,
            arguments: query!("--motor", "streaming"),
        },
        Contestant {
            name: "polars-python",
            program: python("revenue_polars_python.py", &["polars"]),
            arguments: query!(),
        },
        Contestant {
            name: "polars-python-memoria",
            program: python("revenue_polars_python.py", &["polars"]),
            arguments: query!("--motor", "memoria"),
        },
        Contestant {
            name: "pandas",
            program: python("revenue_pandas.py", &["pandas", "pyarrow"]),
            arguments: query!(),
        },
        Contestant {
            name: "pandas-columnas",
            program: python("revenue_pandas.py", &["pandas", "pyarrow"]),
            arguments: query!("--solo-columnas"),
        },
        Contestant {
            name: "duckdb",
            program: python("revenue_duckdb.py", &["duckdb"]),
            arguments: query!(),
        },
        Contestant {
            name: "rust-datafusion",
            program: REVENUE_DATAFUSION,
            arguments: query!(),
        },
        Contestant {
            name: "chdb",
            program: python("revenue_chdb.py", &["chdb"]),
            arguments: query!(),
        },
    ],
    warm: Some(Warm {
        queries: 11,
        seconds: 20,
        processes: 2,
    }),
    reference_arguments: &[],
    s3: None,
    parts: false,
};

const ENGINES_ARGUMENTS: &[&str] = &[
    "--entrada",
    "{entrada}",
    "--salida",
    "{salida}",
    "--memoria-mb",
    "{memoria_mb}",
];

const ENGINES: Workload = Workload {
    name: "motores",
    description: "16.4.5: uniones, ventanas y distintos en SQL, con menos memoria que datos (--limite-mb)",
    input: Shape::Made("motores_entrada.py"),
    tables: &[
        Table {
            name: "tops",
            suffix: "_tops",
        },
        Table {
            name: "sesiones",
            suffix: "_sesiones",
        },
        Table {
            name: "recurrencia",
            suffix: "_recurrencia",
        },
    ],
    reference: "referencia_motores.py",
    contestants: &[
        Contestant {
            name: "duckdb",
            program: python("motores_duckdb.py", &["duckdb"]),
            arguments: ENGINES_ARGUMENTS,
        },
        Contestant {
            name: "datafusion-python",
            program: python("motores_datafusion.py", &["datafusion"]),
            arguments: ENGINES_ARGUMENTS,
        },
        Contestant {
            name: "polars-python",
            program: python("motores_polars.py", &["polars"]),
            arguments: ENGINES_ARGUMENTS,
        },
        Contestant {
            name: "pyspark",
            program: Program::Spark {
                script: "motores_pyspark.py",
            },
            arguments: ENGINES_ARGUMENTS,
        },
        Contestant {
            name: "chdb",
            program: python("motores_chdb.py", &["chdb"]),
            arguments: ENGINES_ARGUMENTS,
        },
    ],
    warm: None,
    reference_arguments: &[],
    s3: None,
    parts: false,
};

/// The workload called `name`.
pub fn find(name: &str) -> Option<&'static Workload> {
    WORKLOADS.iter().find(|w| w.name == name)
}

impl Workload {
    /// The day of the events, where there is one.
    pub fn day(&self) -> Option<&'static str> {
        match self.input {
            Shape::Day(day) => Some(day),
            Shape::Sales(_) | Shape::Made(_) => None,
        }
    }

    /// The contestant called `name`.
    pub fn contestant(&self, name: &str) -> Option<&'static Contestant> {
        self.contestants.iter().find(|c| c.name == name)
    }
}
