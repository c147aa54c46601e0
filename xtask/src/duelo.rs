//! `cargo xtask duelo …`: the duel runner of `benches/`, with the Python environments its contestants need.

use std::ffi::OsString;
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Result;

use crate::checkout::Checkout;
use crate::{jars, jvm, process, venv};

/// Subcommands that run no contestant.
const NO_RACE: [&str; 7] = [
    "crecimiento",
    "grafico",
    "informe-final",
    "limites",
    "lista",
    "medir",
    "tpch-informe",
];
/// The binary alone: the Python tier brings `tpchgen-cli`, Spark has no part in it.
const BINARY: &str = "binario";
/// Workloads in which nobody runs on Spark.
const WITHOUT_SPARK: [&str; 2] = ["revenue", "tpch"];
/// How the names of contestants begin that run on Spark.
const ON_SPARK: [&str; 3] = ["pyspark", "java-spark", "scala-spark"];
/// Workloads with contestants in Java and Scala.
const ON_JVM: [&str; 3] = ["etl", "final", "final-usuario"];
/// The input from S3, for which Spark needs more jars.
const FROM_S3: &str = "--s3";

/// Makes the environments that the named contestants need, then runs the duel with them in its environment.
///
/// An environment that cannot be made does not stop the duel: its contestants are then reported absent.
///
/// # Errors
/// cargo cannot be started.
pub(crate) fn run(checkout: &Checkout, args: &[OsString]) -> Result<ExitCode> {
    let mut command = process::cargo();
    command
        .current_dir(checkout.root())
        .args([
            "run",
            "--release",
            "--package",
            "benches",
            "--bin",
            "duelo",
            "--",
        ])
        .args(args);
    let words: Vec<_> = args
        .iter()
        .map(|word| word.to_string_lossy().into_owned())
        .collect();
    for name in environments(&words) {
        match ready(checkout, name) {
            Ok(variables) => {
                command.envs(variables);
            }
            Err(error) => {
                eprintln!("NO EJECUTADO: los contendientes del entorno {name:?}: {error:#}")
            }
        }
        if name == venv::Name::Spark {
            command.envs(beyond_python(checkout, &words));
        }
    }
    Ok(process::passed_on(process::status(&mut command)?))
}

/// Makes the environment ready and returns the variables under which contestants find it.
fn ready(checkout: &Checkout, name: venv::Name) -> Result<Vec<(&'static str, PathBuf)>> {
    let mut variables = vec![(name.variable(), venv::ensure(checkout, name)?)];
    if name == venv::Name::Spark {
        variables.push((jars::SPARK.variable, jars::ensure(checkout, jars::SPARK)?));
    }
    Ok(variables)
}

/// Makes ready what Spark's contestants need beside PySpark; what cannot be had is told, and they are then reported absent.
fn beyond_python(checkout: &Checkout, words: &[String]) -> Vec<(&'static str, PathBuf)> {
    let mut found = Vec::new();
    let mut add = |variable, made: Result<PathBuf>, whose: &str| match made {
        Ok(path) => found.push((variable, path)),
        Err(error) => eprintln!("NO EJECUTADO: {whose}: {error:#}"),
    };
    if words.first().is_some_and(|w| ON_JVM.contains(&w.as_str())) {
        let jar = venv::ensure(checkout, venv::Name::Spark)
            .and_then(|python| jvm::ensure(checkout, &python));
        add(jvm::VARIABLE, jar, "los contendientes de Java y Scala");
    }
    if words.iter().any(|word| word == FROM_S3) {
        let jars = jars::ensure(checkout, jars::SPARK_S3);
        add(jars::SPARK_S3.variable, jars, "los de Spark desde S3");
    }
    found
}

/// Returns the environments that this line needs. A race always needs the peers: pyarrow rewrites its input and an
/// independent computation checks its outputs; Spark is made only for a contestant that runs on it.
fn environments(words: &[String]) -> Vec<venv::Name> {
    let is_race = words
        .first()
        .is_some_and(|first| !first.starts_with('-') && !NO_RACE.contains(&first.as_str()));
    if !is_race || words.iter().any(|word| word == "--help" || word == "-h") {
        return Vec::new();
    }
    let on_spark = |name: &&str| ON_SPARK.iter().any(|known| name.starts_with(known));
    let spark = |names: Vec<&str>| names.iter().any(on_spark);
    let mut needed = vec![venv::Name::Python];
    if words
        .first()
        .is_some_and(|first| first == BINARY || WITHOUT_SPARK.contains(&first.as_str()))
    {
        return needed;
    }
    if contestants(words).is_none_or(spark) {
        needed.push(venv::Name::Spark);
    }
    needed
}

fn contestants(words: &[String]) -> Option<Vec<&str>> {
    let at = words
        .iter()
        .position(|word| word.starts_with("--contendientes"))?;
    let list = match words[at].split_once('=') {
        Some((_, list)) => list,
        None => words.get(at + 1)?,
    };
    Some(list.split(',').map(str::trim).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn needed(line: &str) -> Vec<venv::Name> {
        environments(&line.split(' ').map(str::to_owned).collect::<Vec<_>>())
    }

    #[test]
    fn spark_is_made_only_for_contestants_that_run_on_it() {
        let both = [venv::Name::Python, venv::Name::Spark];
        assert_eq!(
            needed("etl --contendientes rust,rust-polars"),
            [venv::Name::Python]
        );
        assert_eq!(
            needed("etl --contendientes=rust,pandas --filas 10"),
            [venv::Name::Python]
        );
        assert_eq!(needed("etl --contendientes rust,pyspark,duckdb"), both);
        assert_eq!(needed("etl --filas 10"), both);
        assert_eq!(needed("binario --json b.json"), [venv::Name::Python]);
        assert_eq!(needed("revenue --filas 10"), [venv::Name::Python]);
        assert_eq!(needed("motores --filas 10 --limite-mb 1024"), both);
        assert_eq!(needed("final --filas 10"), both);
        assert_eq!(
            needed("final --contendientes duckdb,pyspark-ajustado"),
            both
        );
        assert_eq!(
            needed("final --contendientes duckdb,rust-nativo --s3"),
            [venv::Name::Python]
        );
    }

    #[test]
    fn nothing_is_made_where_nothing_races() {
        for line in [
            "lista",
            "grafico a.json --salida a.svg",
            "crecimiento a.json --md a.md",
            "informe-final a.json --html a.html",
            "limites a.json b.json --svg a.svg",
            "--help",
            "etl --help",
        ] {
            assert_eq!(needed(line), [], "{line}");
        }
    }
}
