//! What can go wrong, each with the path or address, on one line.

use polars::prelude::{DataType, PolarsError};
use std::any::Any;
use std::io;

/// Why there is no revenue.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum RevenueError {
    /// No such file, or nothing that matches the pattern.
    #[error("{ruta}: there is no such file")]
    NoFiles {
        /// The path, pattern or address.
        ruta: String,
    },
    /// An empty file, one that is cut off, or one of another format.
    #[error("{ruta}: not a Parquet file: {detail}")]
    NotParquet {
        /// The path or address.
        ruta: String,
        /// What Polars says.
        detail: String,
    },
    /// A column that the query needs is missing.
    #[error("{ruta}: there is no column '{column}'{}; there are: {}", suggestion(nearest), available.join(", "))]
    NoColumn {
        /// The path or address.
        ruta: String,
        /// The missing column.
        column: &'static str,
        /// The one most like it.
        nearest: Option<String>,
        /// All there are.
        available: Vec<String>,
    },
    /// A column has another type than the contract's.
    #[error("{ruta}: the column '{column}' is {found}, not {expected}")]
    Retyped {
        /// The path or address.
        ruta: String,
        /// The column.
        column: &'static str,
        /// The type it should have.
        expected: Box<DataType>,
        /// The type it has.
        found: Box<DataType>,
    },
    /// Plain HTTP to another machine.
    #[error(
        "{endpoint}: plain HTTP to another machine shows what is sent; https, or allow it by name"
    )]
    Insecure {
        /// The server.
        endpoint: String,
    },
    /// The store could not be reached, or said no.
    #[error("{ruta}: {detail}")]
    Storage {
        /// The address.
        ruta: String,
        /// What it said.
        detail: String,
    },
    /// Any other error of Polars.
    #[error("{ruta}: {}", first_line(source))]
    Query {
        /// The path or address.
        ruta: String,
        /// What Polars says.
        source: PolarsError,
    },
    /// Polars gave up by a panic: the file is damaged in a way that it does not expect, or the thread may not block.
    #[error("{ruta}: Polars panicked: {detail}")]
    Panicked {
        /// The path or address.
        ruta: String,
        /// The panic's first line.
        detail: String,
    },
}

impl RevenueError {
    /// Tells Polars' errors apart: by their kind, and where that is the same for all by where they come from.
    pub(crate) fn of_polars(ruta: &str, error: PolarsError) -> Self {
        let ruta = ruta.to_owned();
        let detail = first_line(&error);
        match innermost(&error) {
            PolarsError::IO { error: io, .. } if io.kind() == io::ErrorKind::NotFound => {
                Self::NoFiles { ruta }
            }
            PolarsError::IO { .. } if ruta.contains("://") => match without_path(&detail) {
                absent if absent.contains("404 Not Found") => Self::NoFiles { ruta },
                detail => Self::Storage {
                    detail: detail.to_owned(),
                    ruta,
                },
            },
            // These two are `ComputeError` as half of all errors are: only their text says what they are.
            PolarsError::ComputeError(_) if detail.contains("expanded paths were empty") => {
                Self::NoFiles { ruta }
            }
            PolarsError::ComputeError(_) if detail.starts_with(NOT_PARQUET) => Self::NotParquet {
                detail: detail[NOT_PARQUET.len()..].to_owned(),
                ruta,
            },
            _ => Self::Query {
                ruta,
                source: error,
            },
        }
    }
}

/// How Polars' messages about a file's format begin.
const NOT_PARQUET: &str = "parquet: File out of specification: ";

/// The message without the address that Polars appends: stores are kept by bucket, and it may be an earlier object's.
fn without_path(detail: &str) -> &str {
    detail.split(" (path: ").next().unwrap_or(detail)
}

/// What a panic said.
pub(crate) fn panic_text(panic: &(dyn Any + Send)) -> String {
    let text = match (panic.downcast_ref::<&str>(), panic.downcast_ref::<String>()) {
        (Some(text), _) => text,
        (None, Some(text)) => text.as_str(),
        (None, None) => "for no stated reason",
    };
    text.lines().next().unwrap_or("").to_owned()
}

/// The error that the contexts around it are about.
fn innermost(error: &PolarsError) -> &PolarsError {
    match error {
        PolarsError::Context { error, .. } | PolarsError::ExprContext { error, .. } => {
            innermost(error)
        }
        other => other,
    }
}

fn suggestion(nearest: &Option<String>) -> String {
    nearest
        .as_ref()
        .map(|name| format!("; did you mean '{name}'?"))
        .unwrap_or_default()
}

/// The message without the plan that Polars prints below it.
fn first_line(error: &PolarsError) -> String {
    error.to_string().lines().next().unwrap_or("").to_owned()
}
