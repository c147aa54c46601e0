//! `motor-datafusion`: SQL over Parquet files, and TPC-H made and asked. Everything it does is in the library.
#![forbid(unsafe_code)]

use std::process::ExitCode;

fn main() -> ExitCode {
    ej_16_4_1_datafusion::program::run(std::env::args_os())
}
