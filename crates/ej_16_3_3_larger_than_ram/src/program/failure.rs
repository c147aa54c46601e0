//! What goes wrong: one Spanish line and an exit code.

use ecommerce_cli::{USAGE, os_error};
use ej_16_3_3_larger_than_ram::RunError;
use polars::prelude::PolarsError;
use std::fmt::Display;
use std::io::ErrorKind;

pub(crate) const INPUT: u8 = 3;
pub(crate) const STORAGE: u8 = 5;
pub(crate) const MEMORY: u8 = 6;

/// Why the program ends without having done it.
#[derive(Debug)]
pub(crate) struct Failure {
    pub(crate) code: u8,
    pub(crate) line: String,
}

impl Failure {
    pub(crate) fn new(code: u8, line: impl Into<String>) -> Self {
        Self {
            code,
            line: line.into(),
        }
    }

    pub(crate) fn storage(what: impl Display) -> Self {
        Self::new(STORAGE, format!("no se puede escribir: {what}"))
    }

    /// The files that Polars reads carry no name in its errors.
    pub(crate) fn polars(input: &str, error: &PolarsError) -> Self {
        let text = one_line(&error.to_string());
        match io_kind(error) {
            Some(ErrorKind::OutOfMemory) => Self::memory(&text),
            Some(
                ErrorKind::StorageFull
                | ErrorKind::QuotaExceeded
                | ErrorKind::FileTooLarge
                | ErrorKind::PermissionDenied
                | ErrorKind::ReadOnlyFilesystem
                | ErrorKind::NotADirectory
                | ErrorKind::IsADirectory
                | ErrorKind::NotFound,
            ) => Self::storage(text),
            _ if is_out_of_memory(&text) => Self::memory(&text),
            _ => Self::new(INPUT, format!("{input}: {text}")),
        }
    }

    pub(crate) fn memory(what: &str) -> Self {
        let what = if what.contains("spawn") {
            "no se puede crear un hilo"
        } else {
            what
        };
        Self::new(MEMORY, format!("sin memoria: {what}"))
    }

    pub(crate) fn panic(said: &str) -> Self {
        let said = one_line(said);
        if is_out_of_memory(&said) {
            Self::memory(&said)
        } else {
            Self::new(INPUT, format!("fallo interno inesperado: {said}"))
        }
    }
}

impl From<RunError> for Failure {
    fn from(error: RunError) -> Self {
        match error {
            RunError::Input(error) => Self::new(
                INPUT,
                format!("{}: {}", error.file, error.problem.spanish(os_error)),
            ),
            RunError::MissingColumn {
                file,
                column,
                present,
            } => Self::new(
                INPUT,
                format!(
                    "{}: falta la columna '{column}'; tiene {}",
                    file.display(),
                    present.join(", ")
                ),
            ),
            RunError::SameFile { file } => same_file(&file),
            RunError::Output(error) => Self::storage(error),
            RunError::Polars { file, source } => Self::polars(&file.display().to_string(), &source),
            other => Self::new(USAGE, other.to_string()),
        }
    }
}

pub(crate) fn same_file(file: &std::path::Path) -> Failure {
    Failure::new(
        USAGE,
        format!("la salida {} es la entrada: elija otra", file.display()),
    )
}

fn io_kind(error: &PolarsError) -> Option<ErrorKind> {
    match error {
        PolarsError::IO { error, .. } => Some(error.kind()),
        PolarsError::Context { error, .. } => io_kind(error),
        _ => None,
    }
}

/// What Rust, the system and zstd say when an allocation or a thread is refused.
pub(crate) fn is_out_of_memory(text: &str) -> bool {
    [
        "memory allocation of",
        "annot allocate memory",
        "not enough memory",
        "out of memory",
        "failed to spawn thread",
        "spawn worker thread",
        "Resource temporarily unavailable",
        "OutOfMemory",
    ]
    .iter()
    .any(|said| text.contains(said))
}

/// The first line that says something.
pub(crate) fn one_line(text: &str) -> String {
    let line = text.lines().map(str::trim).find(|line| !line.is_empty());
    line.unwrap_or("sin explicación").to_owned()
}
