//! `final-datafusion`: the work of exercise 16.7.2, timed. Everything it does is in the library.
#![forbid(unsafe_code)]

use std::process::ExitCode;

fn main() -> ExitCode {
    ej_16_7_2_four_languages::program::datafusion(std::env::args_os())
}
