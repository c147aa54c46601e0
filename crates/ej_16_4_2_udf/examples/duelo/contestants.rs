//! Who takes part, and how each is started.

use std::ffi::OsString;
use std::path::Path;
use std::process::Command;

/// One of them.
#[derive(Clone, Debug)]
pub(crate) struct Contestant {
    pub(crate) name: &'static str,
    /// What the function is, for the table.
    pub(crate) what: &'static str,
    program: Program,
    form: &'static str,
}

#[derive(Clone, Copy, Debug)]
enum Program {
    /// This one.
    Ours,
    /// A script of benches/peers, by the interpreter that an environment variable names.
    Script {
        script: &'static str,
        interpreter: &'static str,
        /// Another variable that it needs.
        needs: Option<&'static str>,
    },
}

/// All of them, the fastest ones expected first.
pub(crate) fn contestants() -> Vec<Contestant> {
    let script = |script, interpreter, needs| Program::Script {
        script,
        interpreter,
        needs,
    };
    let python = "ECOMMERCE_PYTHON";
    let datafusion = script("udf_datafusion_python.py", python, None);
    let capsule = script("udf_datafusion_python.py", python, Some("UDF_PYTHON"));
    let duckdb = script("udf_duckdb.py", python, None);
    let polars = script("udf_polars_python.py", python, None);
    let spark = script("udf_pyspark.py", "ECOMMERCE_PYTHON_SPARK", None);
    [
        (
            "rust-vectorial",
            "DataFusion, `haversine` de este crate",
            Program::Ours,
            "vectorial",
        ),
        (
            "rust-guia",
            "DataFusion, el bucle de la guía",
            Program::Ours,
            "guia",
        ),
        (
            "rust-sql",
            "DataFusion, la fórmula en SQL",
            Program::Ours,
            "sql",
        ),
        (
            "datafusion-python-rust",
            "DataFusion desde Python, la cápsula de este crate",
            capsule,
            "rust",
        ),
        (
            "datafusion-python",
            "DataFusion, UDF de Python por lotes (NumPy)",
            datafusion,
            "python",
        ),
        ("duckdb-sql", "DuckDB, la fórmula en SQL", duckdb, "sql"),
        (
            "duckdb-arrow",
            "DuckDB, UDF de Python por trozos (Arrow y NumPy)",
            duckdb,
            "arrow",
        ),
        (
            "duckdb-nativa",
            "DuckDB, UDF de Python por fila",
            duckdb,
            "nativa",
        ),
        ("polars-nativa", "Polars, expresiones", polars, "nativa"),
        (
            "polars-map_batches",
            "Polars, Python por lotes (NumPy)",
            polars,
            "map_batches",
        ),
        (
            "polars-map_elements",
            "Polars, Python por fila",
            polars,
            "map_elements",
        ),
        ("pyspark-sql", "Spark, la fórmula en SQL", spark, "sql"),
        ("pyspark-pandas", "Spark, Pandas UDF", spark, "pandas"),
        (
            "pyspark-python",
            "Spark, UDF de Python por fila",
            spark,
            "python",
        ),
    ]
    .into_iter()
    .map(|(name, what, program, form)| Contestant {
        name,
        what,
        program,
        form,
    })
    .collect()
}

impl Contestant {
    /// How to start it for so many repetitions; or what is missing.
    pub(crate) fn command(&self, input: &str, repetitions: usize) -> Result<Command, String> {
        let repetitions = repetitions.to_string();
        match self.program {
            Program::Ours => {
                let this = std::env::current_exe().map_err(|error| error.to_string())?;
                let mut command = Command::new(this);
                command.args(["--contendiente", self.form, input, &repetitions]);
                Ok(command)
            }
            Program::Script {
                script,
                interpreter,
                needs,
            } => {
                let interpreter = variable(interpreter)?;
                needs.map_or(Ok(()), |needed| variable(needed).map(drop))?;
                let peers = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../benches/peers");
                let mut command = Command::new(interpreter);
                command.args(["-W", "ignore"]).arg(peers.join(script));
                command.args(["--entrada", input, "--forma", self.form]);
                command.args(["--repeticiones", &repetitions]);
                Ok(command)
            }
        }
    }
}

fn variable(name: &str) -> Result<OsString, String> {
    std::env::var_os(name).ok_or_else(|| format!("falta {name}"))
}
