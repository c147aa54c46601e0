//! Why a file cannot be read.

use arrow::error::ArrowError;
use parquet::errors::ParquetError;
use std::fmt;

/// A file that cannot be read, and why.
#[derive(Debug)]
pub struct ReadError {
    /// The file, as it was named when opened.
    pub file: String,
    /// What is wrong with it.
    pub problem: ReadProblem,
}

impl ReadError {
    pub(super) fn new(file: &str, problem: ReadProblem) -> Self {
        Self {
            file: file.to_owned(),
            problem,
        }
    }
}

impl fmt::Display for ReadError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.file, self.problem)
    }
}

impl std::error::Error for ReadError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        Some(&self.problem)
    }
}

/// What is wrong with a file.
#[derive(Debug, thiserror::Error)]
pub enum ReadProblem {
    /// The operating system said no.
    #[error(transparent)]
    Io(#[from] std::io::Error),
    /// A directory, a pipe, a device: nothing with an end.
    #[error("not a regular file")]
    NotRegular,
    /// Not the format it claims, truncated, or inconsistent.
    #[error("damaged: {0}")]
    Damaged(String),
    /// Larger than a bound allows.
    #[error("{what} takes {bytes} bytes, more than the {limit} allowed")]
    TooLarge {
        /// Which part of the file.
        what: &'static str,
        /// What it claims.
        bytes: u64,
        /// What is allowed.
        limit: u64,
    },
    /// A column of the schema is not there.
    #[error("column '{column}' is missing{}", similar.as_ref().map(|s| format!(" (there is '{s}')")).unwrap_or_default())]
    MissingColumn {
        /// The column.
        column: &'static str,
        /// A column of the file with nearly that name.
        similar: Option<String>,
    },
    /// A column has another type.
    #[error("column '{column}' is {found}, not {expected}")]
    RetypedColumn {
        /// The column.
        column: &'static str,
        /// The type in the file.
        found: String,
        /// The type of the schema.
        expected: &'static str,
    },
    /// Two columns share a name.
    #[error("column '{0}' occurs twice")]
    RepeatedColumn(String),
    /// A CSV line that is no record.
    #[error("line {line}: {detail}")]
    BadRecord {
        /// Line of the file, from 1.
        line: u64,
        /// What is wrong with it.
        detail: String,
    },
}

impl From<ParquetError> for ReadProblem {
    fn from(e: ParquetError) -> Self {
        match e {
            ParquetError::External(inner) => match inner.downcast::<std::io::Error>() {
                Ok(io) => Self::from_io_or_damage(*io),
                Err(other) => Self::Damaged(one_line(&other.to_string())),
            },
            other => Self::Damaged(one_line(&other.to_string())),
        }
    }
}

impl ReadProblem {
    /// An end of file inside the data is damage; anything else is the operating system's word.
    fn from_io_or_damage(e: std::io::Error) -> Self {
        if e.kind() == std::io::ErrorKind::UnexpectedEof {
            Self::Damaged("truncated".into())
        } else {
            Self::Io(e)
        }
    }
}

impl From<ArrowError> for ReadProblem {
    fn from(e: ArrowError) -> Self {
        match e {
            ArrowError::ExternalError(inner) => match inner.downcast::<ParquetError>() {
                Ok(p) => (*p).into(),
                Err(other) => Self::Damaged(one_line(&other.to_string())),
            },
            ArrowError::IoError(_, io) => Self::from_io_or_damage(io),
            other => Self::Damaged(one_line(&other.to_string())),
        }
    }
}

/// The first line, shortened: an error is one line.
pub(super) fn one_line(text: &str) -> String {
    text.lines()
        .next()
        .unwrap_or_default()
        .chars()
        .take(200)
        .collect()
}
