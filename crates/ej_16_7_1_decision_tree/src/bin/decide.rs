//! `decide`: ¿Rust, o lo que ya hay?
#![forbid(unsafe_code)]

use std::process::ExitCode;

fn main() -> ExitCode {
    ej_16_7_1_decision_tree::main_with(std::env::args_os())
}
