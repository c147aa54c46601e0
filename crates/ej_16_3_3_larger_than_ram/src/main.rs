//! The exercise's program: generates inputs, processes them under a limit, draws what memory they took.
#![forbid(unsafe_code)]

mod program;

use std::process::ExitCode;

fn main() -> ExitCode {
    program::main_with(std::env::args_os())
}
