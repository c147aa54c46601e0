//! The exercise's program: runs the probes and writes the matrix; merges a table of any size, to see what it costs.
#![forbid(unsafe_code)]

mod program;

use std::process::ExitCode;

fn main() -> ExitCode {
    program::main_with(std::env::args_os())
}
