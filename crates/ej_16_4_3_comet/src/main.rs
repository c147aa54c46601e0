//! The exercise's program: makes the tables, runs both sessions in turn, and writes down what came out.
#![forbid(unsafe_code)]

mod program;

use std::process::ExitCode;

fn main() -> ExitCode {
    program::main_with(std::env::args_os())
}
