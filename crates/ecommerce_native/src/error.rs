//! Why a query has no answer.

use parquet::errors::ParquetError;
use std::io;

/// Why a query has no answer.
#[derive(Debug, thiserror::Error)]
pub enum NativeError {
    /// A file or a directory cannot be read.
    #[error("{file}: {source}")]
    Read {
        /// The file.
        file: String,
        /// What the system or the store says.
        source: io::Error,
    },
    /// The result cannot be written; what was there before still is.
    #[error("{file}: {source}")]
    Write {
        /// The file.
        file: String,
        /// What the system or the Parquet writer says.
        source: io::Error,
    },
    /// A directory without a Parquet file in it.
    #[error("{0}: no Parquet file")]
    NoFiles(String),
    /// Not Parquet, or a footer that contradicts itself.
    #[error("{file}: damaged footer: {detail}")]
    Footer {
        /// The file.
        file: String,
        /// What is wrong.
        detail: String,
    },
    /// A column of the query is not in a file, or not once.
    #[error("{file}: no column '{column}'")]
    MissingColumn {
        /// The file.
        file: String,
        /// The column.
        column: String,
    },
    /// A column has a type that the query cannot use there, or another one than in the first file.
    #[error("{file}: column '{column}' is {found}, which cannot be {wanted}")]
    ColumnType {
        /// The file.
        file: String,
        /// The column.
        column: String,
        /// Its type.
        found: String,
        /// What the query wants with it.
        wanted: &'static str,
    },
    /// A page that is not what it says.
    #[error("{file}: row group {row_group}, column '{column}': {detail}")]
    Page {
        /// The file.
        file: String,
        /// The row group, from 0.
        row_group: usize,
        /// The column.
        column: String,
        /// What is wrong.
        detail: String,
    },
    /// More than 2³² − 2 different values of a column, or groups.
    #[error("more than {} different values or groups", u32::MAX - 1)]
    TooManyValues,
    /// The worker threads cannot be started.
    #[error("no threads: {0}")]
    Threads(String),
    /// The sum of an integer column has more than 38 digits.
    #[error("the sum of '{0}' has more than 38 digits")]
    SumOverflow(String),
    /// Arrow refuses the result: two columns of one name are fine, too much text in one column is not.
    #[error("the result: {0}")]
    Result(#[from] arrow::error::ArrowError),
}

/// What is wrong with a page, before it is known where it stands.
#[derive(Debug)]
pub(crate) enum Fault {
    /// Damaged or not supported.
    Page(String),
    /// Values are numbered with 32 bits.
    TooManyValues,
}

impl Fault {
    /// A fault told as `detail`.
    pub(crate) fn page(detail: impl Into<String>) -> Self {
        Self::Page(detail.into())
    }
}

impl From<ParquetError> for Fault {
    fn from(error: ParquetError) -> Self {
        Self::Page(one_line(&error.to_string()))
    }
}

/// The first line, shortened: an error is one line.
pub(crate) fn one_line(text: &str) -> String {
    text.lines()
        .next()
        .unwrap_or_default()
        .chars()
        .take(200)
        .collect()
}
