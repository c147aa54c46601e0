//! The three programs `final-polars`, `final-datafusion` and `final-nativo`: what they share is everything but the engine.

mod arguments;
mod messages;

use crate::{DataFusion, Engine, Input, Native, Polars, WorkError, parts, work};
use anyhow::Result;
use arguments::{Adding, Work};
use clap::Parser;
use messages::Usage;
use std::ffi::OsString;
use std::io::{self, Write as _};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::process::ExitCode;

/// Runs `final-polars` with these arguments, the first of which is its name, and gives its exit code.
pub fn polars(arguments: impl IntoIterator<Item = OsString>) -> ExitCode {
    program(arguments, |arguments: arguments::Polars| {
        let Adding { work, suma } = arguments.adding;
        let input = open(&work)?;
        let (key, sum) = (work.clave.key(), suma.sum());
        run(&work, &Polars { input, key, sum })
    })
}

/// Runs `final-datafusion` with these arguments, the first of which is its name, and gives its exit code.
pub fn datafusion(arguments: impl IntoIterator<Item = OsString>) -> ExitCode {
    program(arguments, |arguments: arguments::DataFusion| {
        let Adding { work, suma } = arguments.adding;
        let input = open(&work)?;
        let engine = DataFusion::new(input, work.clave.key(), suma.sum())?;
        run(&work, &engine)
    })
}

/// Runs `final-nativo` with these arguments, the first of which is its name, and gives its exit code.
pub fn native(arguments: impl IntoIterator<Item = OsString>) -> ExitCode {
    program(arguments, |arguments: arguments::Native| {
        let engine = Native::new(open(&arguments.work)?, arguments.work.clave.key())?;
        run(&arguments.work, &engine)
    })
}

/// Reads the arguments, does the work, and says in one line what went wrong.
fn program<A: Parser>(
    arguments: impl IntoIterator<Item = OsString>,
    work: impl FnOnce(A) -> Result<()>,
) -> ExitCode {
    let arguments = match ecommerce_cli::parse::<A>(arguments) {
        Ok(arguments) => arguments,
        Err(code) => return code,
    };
    // An engine's panic on a page that lies is one line like any other failure; its own text would only alarm.
    std::panic::set_hook(Box::new(|_| {}));
    let done = catch_unwind(AssertUnwindSafe(|| work(arguments)))
        .unwrap_or_else(|_| Err(messages::Collapse.into()));
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => messages::report(&error),
    }
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
