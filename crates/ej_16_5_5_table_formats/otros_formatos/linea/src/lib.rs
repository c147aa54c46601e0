//! What both programs share: their command line, their errors, and how they end.
//!
//! Parquet files in and out, one JSON line on standard output, and when something is wrong one JSON line on standard error
//! and exit code 3.
#![forbid(unsafe_code)]

mod arguments;
mod failure;

pub use arguments::Arguments;
pub use failure::{Failure, Problem};

use serde_json::Value;
use std::process::ExitCode;

/// Runs a program: its arguments are read, `order` does what they say, and the answer is printed.
pub fn program<F>(format: &'static str, order: fn(Arguments) -> F) -> ExitCode
where
    F: Future<Output = Result<Value, Failure>>,
{
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build();
    let done = match (
        runtime,
        Arguments::read(format, std::env::args_os().skip(1)),
    ) {
        (Ok(runtime), Ok(arguments)) => runtime.block_on(order(arguments)),
        (Err(e), _) => Err(Failure::of(format, Problem::Other, e)),
        (_, Err(failure)) => Err(failure),
    };
    match done {
        Ok(answer) => {
            println!("{answer}");
            ExitCode::SUCCESS
        }
        Err(failure) => {
            eprintln!("{}", failure.json());
            ExitCode::from(3)
        }
    }
}
