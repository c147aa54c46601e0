//! What can go wrong with a Parquet file, always with the file's name.

use arrow::error::ArrowError;
use ecommerce_arrow::ReadError;
use parquet::errors::ParquetError;
use std::io;
use std::path::PathBuf;

/// Why a file or a directory of files could not be read or written.
#[derive(Debug, thiserror::Error)]
pub enum ParquetFileError {
    /// There is nothing to take the schema from: the list of batches is empty.
    #[error("{file}: no batches, and so no schema to write")]
    NoBatches {
        /// The file that was to be written.
        file: PathBuf,
    },
    /// A batch has other columns than the file.
    #[error("{file}: batch {batch} has another schema: {found} instead of {expected}")]
    OtherSchema {
        /// The file.
        file: PathBuf,
        /// Position of the batch, from 0.
        batch: usize,
        /// Its columns and types.
        found: String,
        /// Those of the file.
        expected: String,
    },
    /// The file cannot be read; the error says why.
    #[error(transparent)]
    Read(#[from] ReadError),
    /// The operating system said no.
    #[error("{file}: {source}")]
    Io {
        /// The file or directory.
        file: PathBuf,
        /// What it said.
        source: io::Error,
    },
    /// A batch could not be encoded.
    #[error("{file}: {source}")]
    Encode {
        /// The file.
        file: PathBuf,
        /// What the encoder said.
        source: ParquetError,
    },
    /// There is no such column.
    #[error("{file}: there is no column '{column}'")]
    NoColumn {
        /// The file.
        file: String,
        /// The column asked for.
        column: String,
    },
    /// A value cannot be compared with a column, or a column has no order.
    #[error("{file}: column '{column}' cannot be compared: {source}")]
    Incomparable {
        /// The file.
        file: String,
        /// The column.
        column: String,
        /// What the library said.
        source: ArrowError,
    },
    /// A directory of a partitioned data set is not `key=value`, or not the key of its siblings.
    #[error("{directory}: not a partition: {detail}")]
    NotAPartition {
        /// The directory.
        directory: PathBuf,
        /// What is wrong with its name.
        detail: String,
    },
}
