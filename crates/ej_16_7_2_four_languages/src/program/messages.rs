//! What went wrong, in one line of Spanish that says what and where, and the exit code.

use crate::WorkError;
use ecommerce_cli::{Collapse, USAGE, Usage, os_error};
use std::process::ExitCode;

const INPUT: u8 = 3;
const STORAGE: u8 = 5;

/// Prints the error and gives its code.
pub(super) fn report(error: &anyhow::Error) -> ExitCode {
    let (code, text) = if error.is::<Usage>() {
        (USAGE, format!("{error} (ver --help)"))
    } else if let Some(error) = error.downcast_ref::<WorkError>() {
        (code(error), in_spanish(error))
    } else if error.is::<Collapse>() {
        (INPUT, error.to_string())
    } else {
        (STORAGE, format!("{error:#}"))
    };
    let line: Vec<_> = text.split_whitespace().collect();
    eprintln!("error: {}", line.join(" "));
    ExitCode::from(code)
}

fn code(error: &WorkError) -> u8 {
    match error {
        WorkError::Output { .. } => STORAGE,
        _ => INPUT,
    }
}

fn in_spanish(error: &WorkError) -> String {
    match error {
        WorkError::Input(read) => format!("{}: {}", read.file, read.problem.spanish(os_error)),
        WorkError::Path(path) => format!("{}: la ruta no es UTF-8", path.display()),
        WorkError::Store { address, what } => format!("{address}: {what}"),
        WorkError::Polars { input, source } => format!("{input}: Polars no pudo: {source}"),
        WorkError::DataFusion { input, source } => {
            format!("{input}: DataFusion no pudo: {source}")
        }
        WorkError::Native { input, source } => {
            format!("{input}: el motor nativo no pudo: {source}")
        }
        WorkError::Decode { input, what } => format!("{input}: no se puede descodificar: {what}"),
        WorkError::Output { path, source } => {
            format!("no se puede escribir en {}: {source}", path.display())
        }
    }
}
