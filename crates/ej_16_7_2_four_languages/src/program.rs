//! The three programs `final-polars`, `final-datafusion` and `final-nativo`: what they share is everything but the engine.

mod arguments;
mod messages;

use crate::{DataFusion, Engine, Input, Native, Polars, WorkError, parts, work};
use anyhow::Result;
use arguments::{Adding, Work};
use ecommerce_cli::{Usage, guarded};
use std::ffi::OsString;
use std::io::{self, Write as _};
use std::path::Path;
use std::process::ExitCode;

/// Runs `final-polars` with these arguments, the first of which is its name, and gives its exit code.
pub fn polars(arguments: impl IntoIterator<Item = OsString>) -> ExitCode {
    let work = |arguments: arguments::Polars| {
        let Adding { work, suma } = arguments.adding;
        let input = open(&work)?;
        let (key, sum) = (work.clave.key(), suma.sum());
        run(&work, &Polars { input, key, sum })
    };
    guarded(arguments, work, messages::report)
}

/// Runs `final-datafusion` with these arguments, the first of which is its name, and gives its exit code.
pub fn datafusion(arguments: impl IntoIterator<Item = OsString>) -> ExitCode {
    let work = |arguments: arguments::DataFusion| {
        let Adding { work, suma } = arguments.adding;
        let input = open(&work)?;
        let engine = DataFusion::new(input, work.clave.key(), suma.sum())?;
        run(&work, &engine)
    };
    guarded(arguments, work, messages::report)
}

/// Runs `final-nativo` with these arguments, the first of which is its name, and gives its exit code.
pub fn native(arguments: impl IntoIterator<Item = OsString>) -> ExitCode {
    let work = |arguments: arguments::Native| {
        let engine = Native::new(open(&arguments.work)?, arguments.work.clave.key())?;
        run(&arguments.work, &engine)
    };
    guarded(arguments, work, messages::report)
}

fn open(work: &Work) -> Result<Input> {
    let place = |path: &Path| path.canonicalize().ok();
    if place(&work.entrada).is_some_and(|input| place(&work.salida) == Some(input)) {
        return Err(Usage("--salida es el mismo archivo que --entrada").into());
    }
    Ok(Input::open(&work.entrada, work.clave.key())?)
}

fn run(asked: &Work, engine: &impl Engine) -> Result<()> {
    let said = if asked.partes == 1 {
        let parts = parts(engine, &asked.salida, asked.repetitions())?;
        let middle = |(part, seconds): (&&str, &Vec<f64>)| ((*part).to_owned(), median(seconds));
        let parts: serde_json::Map<_, _> = parts.iter().map(middle).collect();
        serde_json::json!({ "partes_s": parts, "version": engine.version() })
    } else {
        let seconds = work(engine, &asked.salida, asked.repetitions())?;
        serde_json::json!({
            "consulta_s": seconds.first(),
            "consultas_s": seconds,
            "version": engine.version(),
        })
    };
    writeln!(io::stdout(), "{said}")
        .map_err(|error| WorkError::output(Path::new("salida estándar"), error).into())
}

/// The middle of all but the first, which finds everything cold.
fn median(seconds: &[f64]) -> serde_json::Value {
    let mut warm = seconds[seconds.len().min(2) - 1..].to_vec();
    warm.sort_by(f64::total_cmp);
    let middle = warm.len() / 2;
    let value = if warm.len() % 2 == 1 {
        warm[middle]
    } else {
        f64::midpoint(warm[middle - 1], warm[middle])
    };
    value.into()
}
