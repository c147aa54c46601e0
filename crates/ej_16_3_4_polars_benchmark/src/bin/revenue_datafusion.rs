//! `revenue-datafusion`: the guide's query in DataFusion, timed; it also makes the sales. Everything it does is in the library.
#![forbid(unsafe_code)]

use std::process::ExitCode;

fn main() -> ExitCode {
    ej_16_3_4_polars_benchmark::program::datafusion(std::env::args_os())
}
