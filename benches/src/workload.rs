//! The table of workloads: what is read, what must come out, and who competes.
//!
//! A new workload is an entry of [`WORKLOADS`] plus its files in `benches/peers/`: one per contestant, and a reference that
//! writes `<table>.lineas` files. The names of contestants are the same in every workload.

/// A workload: one input, one right answer, several ways to it.
#[derive(Clone, Copy, Debug)]
pub struct Workload {
    /// Its name on the command line and in results.
    pub name: &'static str,
    /// What it does, in Spanish, for the list.
    pub description: &'static str,
    /// The day that is generated and processed.
    pub day: &'static str,
    /// What every contestant must write.
    pub tables: &'static [Table],
    /// The script in `benches/peers/` that computes the right answer with an engine no contestant uses the same way.
    pub reference: &'static str,
    /// Who may compete, in the order of the default run.
    pub contestants: &'static [Contestant],
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
    /// Its arguments; `{fecha}`, `{entrada}` and `{salida}` stand for the day, the input and the output.
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
}

/// The binary that generates events, and the contestant `rust` of `etl`.
pub const ANALYTICS: Program = Program::Native {
    binary: "analytics-ecommerce",
    build: "cargo build --profile dist -p ej_16_7_3_analytics_ecommerce",
};

const DAY_ARGUMENTS: &[&str] = &[
    "--fecha",
    "{fecha}",
    "--entrada",
    "{entrada}",
    "--salida",
    "{salida}",
];

/// Every workload.
pub const WORKLOADS: &[Workload] = &[Workload {
    name: "etl",
    description: "un día de eventos: contrato, métricas por región y producto, cuarentena, tres tablas Delta",
    day: "2024-01-15",
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
    ],
}];

/// The workload called `name`.
pub fn find(name: &str) -> Option<&'static Workload> {
    WORKLOADS.iter().find(|w| w.name == name)
}

impl Workload {
    /// The contestant called `name`.
    pub fn contestant(&self, name: &str) -> Option<&'static Contestant> {
        self.contestants.iter().find(|c| c.name == name)
    }
}
