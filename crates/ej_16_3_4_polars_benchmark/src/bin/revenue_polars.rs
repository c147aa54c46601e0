//! `revenue-polars`: the guide's query in Polars, timed. Everything it does is in the library.
#![forbid(unsafe_code)]

use std::process::ExitCode;

fn main() -> ExitCode {
    ej_16_3_4_polars_benchmark::program::polars(std::env::args_os())
}
