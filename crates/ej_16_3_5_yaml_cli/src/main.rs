//! `transforma`: the binary. Everything it does is in the library.
#![forbid(unsafe_code)]

use std::process::ExitCode;

fn main() -> ExitCode {
    ej_16_3_5_yaml_cli::main_with(std::env::args_os())
}
