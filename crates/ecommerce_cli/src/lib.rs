//! Command lines in Spanish, and the numbers that they print.
//!
//! clap has no translations: its headings, notes and errors are English. [`parse`] takes any `#[derive(Parser)]` and gives it Spanish help and
//! usage errors of one line, so that a program only writes what is its own.
#![forbid(unsafe_code)]

mod error;
mod guard;
mod help;
mod numbers;
mod said;

#[cfg(test)]
mod tests;

use clap::Parser;
use std::ffi::OsString;
use std::io::Write as _;
use std::process::ExitCode;

pub use error::usage_error;
pub use guard::{Collapse, Usage, guarded};
pub use help::spanish;
pub use numbers::{comma, duration, significant, thousands};
pub use said::{os_error, without_echo};

/// Exit code for arguments that make no sense.
pub const USAGE: u8 = 2;

/// The arguments, of which the first is the program's name; or what the program ends with, help or error being printed already.
///
/// # Errors
/// The exit code: 0 after `--help` and `--version`, [`USAGE`] when something is missing or not understood.
pub fn parse<P: Parser>(
    arguments: impl IntoIterator<Item = impl Into<OsString> + Clone>,
) -> Result<P, ExitCode> {
    let mut command = spanish(P::command());
    command
        .try_get_matches_from_mut(arguments)
        .and_then(|matches| P::from_arg_matches(&matches))
        .map_err(|error| report(&error))
}

fn report(error: &clap::Error) -> ExitCode {
    match usage_error(error) {
        Some(line) => {
            // On a full disk or a closed pipe the exit code says it alone.
            let _ = writeln!(std::io::stderr(), "error: {line} (ver --help)");
            ExitCode::from(USAGE)
        }
        None => {
            // Nobody is left to tell when the terminal is gone.
            let _ = error.print();
            ExitCode::from(if error.use_stderr() { USAGE } else { 0 })
        }
    }
}
