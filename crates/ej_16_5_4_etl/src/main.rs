//! The day's ETL from the command line; see `--help`.
#![forbid(unsafe_code)]

use std::process::ExitCode;

fn main() -> ExitCode {
    ej_16_5_4_etl::run(std::env::args_os())
}
