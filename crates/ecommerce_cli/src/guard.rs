//! A program around an engine that may panic over damaged input.

use clap::Parser;
use std::ffi::OsString;
use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::process::ExitCode;

/// Arguments that are each right and together wrong.
#[derive(Debug)]
pub struct Usage(
    /// What is wrong with them.
    pub &'static str,
);

impl fmt::Display for Usage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }
}

impl std::error::Error for Usage {}

/// The engine panicked.
#[derive(Debug)]
pub struct Collapse;

impl fmt::Display for Collapse {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("el motor se vino abajo con esta entrada: sus páginas están dañadas")
    }
}

impl std::error::Error for Collapse {}

/// Reads the arguments, of which the first is the program's name, and does the work; what fails, a panic too, goes to `report`, which
/// prints one line and gives the exit code.
///
/// An engine's panic on a page that lies is one line like any other failure: its own text is not printed, as it would only alarm.
pub fn guarded<A: Parser, E: From<Collapse>>(
    arguments: impl IntoIterator<Item = OsString>,
    work: impl FnOnce(A) -> Result<(), E>,
    report: impl FnOnce(&E) -> ExitCode,
) -> ExitCode {
    let arguments = match crate::parse::<A>(arguments) {
        Ok(arguments) => arguments,
        Err(code) => return code,
    };
    std::panic::set_hook(Box::new(|_| {}));
    let done =
        catch_unwind(AssertUnwindSafe(|| work(arguments))).unwrap_or_else(|_| Err(Collapse.into()));
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => report(&error),
    }
}
