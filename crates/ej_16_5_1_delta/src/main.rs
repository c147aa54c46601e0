//! El registro de una tabla Delta leído en voz alta, un recorrido por sus operaciones y lo que cuesta un MERGE grande.
#![forbid(unsafe_code)]

mod program;

use std::process::ExitCode;

fn main() -> ExitCode {
    program::main_with(std::env::args_os())
}
