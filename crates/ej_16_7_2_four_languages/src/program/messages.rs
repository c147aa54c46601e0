//! What went wrong, in one line of Spanish that says what and where, and the exit code.

use crate::WorkError;
use ecommerce_arrow::ReadProblem;
use ecommerce_cli::USAGE;
use std::fmt;
use std::process::ExitCode;

const INPUT: u8 = 3;
const STORAGE: u8 = 5;

/// Arguments that are each right and together wrong.
#[derive(Debug)]
pub(super) struct Usage(pub(super) &'static str);

impl fmt::Display for Usage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }
}

impl std::error::Error for Usage {}

/// An engine panicked.
#[derive(Debug)]
pub(super) struct Collapse;

impl fmt::Display for Collapse {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("el motor se vino abajo con este archivo: sus páginas están dañadas; no se escribió nada")
    }
}

impl std::error::Error for Collapse {}

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
        WorkError::Input(read) => format!("{}: {}", read.file, problem(&read.problem)),
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

fn problem(problem: &ReadProblem) -> String {
    match problem {
        ReadProblem::Io(error) if error.kind() == std::io::ErrorKind::NotFound => {
            "no existe".into()
        }
        ReadProblem::Io(error) => format!("no se puede leer: {error}"),
        ReadProblem::NotRegular => "no es un archivo".into(),
        ReadProblem::Damaged(detail) => format!("no es un Parquet entero: {detail}"),
        ReadProblem::TooLarge { what, bytes, limit } => {
            format!("{what} dice ocupar {bytes} bytes, más de los {limit} admitidos")
        }
        ReadProblem::MissingColumn { column, .. } => format!("falta la columna '{column}'"),
        ReadProblem::RetypedColumn {
            column,
            found,
            expected,
        } => format!("la columna '{column}' es {found}, y hace falta {expected}"),
        ReadProblem::RepeatedColumn(column) => format!("la columna '{column}' está dos veces"),
        other => other.to_string(),
    }
}
