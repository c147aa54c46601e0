//! Why a large file could not be processed.

use ecommerce_arrow::ReadError;
use ecommerce_model::{DateError, GeneratorError};
use parquet::errors::ParquetError;
use polars::prelude::PolarsError;
use std::io;
use std::path::PathBuf;

/// Why a large file could not be processed or generated.
#[derive(Debug, thiserror::Error)]
pub enum RunError {
    /// The input is missing, no regular file, or no Parquet file.
    #[error(transparent)]
    Input(#[from] ReadError),
    /// The input lacks a column that the operation reads.
    #[error("{}: no column '{column}'; there are {}", file.display(), present.join(", "))]
    MissingColumn {
        /// The input.
        file: PathBuf,
        /// What is not there.
        column: String,
        /// What is there.
        present: Vec<String>,
    },
    /// The output is the input.
    #[error("{}: the output is the input", file.display())]
    SameFile {
        /// Both.
        file: PathBuf,
    },
    /// The output cannot be written; the message has its path.
    #[error("{0}")]
    Output(#[from] io::Error),
    /// Polars gave up.
    #[error("{}: {source}", file.display())]
    Polars {
        /// The input.
        file: PathBuf,
        /// What it said.
        source: PolarsError,
    },
    /// What is to be generated makes no sense.
    #[error(transparent)]
    Generator(#[from] GeneratorError),
    /// The day of the generated events is none.
    #[error(transparent)]
    Day(#[from] DateError),
    /// The encoder failed.
    #[error("{}: {source}", file.display())]
    Encode {
        /// The file being written.
        file: PathBuf,
        /// What it said.
        source: ParquetError,
    },
}
