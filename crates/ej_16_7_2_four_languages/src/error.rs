//! What can go wrong, each with the input or the output it is about.

use datafusion::error::DataFusionError;
use ecommerce_arrow::ReadError;
use ecommerce_native::NativeError;
use polars::error::PolarsError;
use std::io;
use std::path::{Path, PathBuf};

/// Why the work has no answer that counts.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum WorkError {
    /// The file cannot be read, or has not the columns of the work.
    #[error(transparent)]
    Input(#[from] ReadError),
    /// The path is not UTF-8, which two of the engines need.
    #[error("{}: the path is not UTF-8", .0.display())]
    Path(PathBuf),
    /// The address of an object makes no sense, or its store cannot be reached.
    #[error("{address}: {what}")]
    Store {
        /// What was given.
        address: String,
        /// What is wrong with it, or what the store said.
        what: String,
    },
    /// Polars failed.
    #[error("{input}: Polars: {source}")]
    Polars {
        /// The input.
        input: String,
        /// What it said.
        source: PolarsError,
    },
    /// DataFusion failed.
    #[error("{input}: DataFusion: {source}")]
    DataFusion {
        /// The input.
        input: String,
        /// What it said.
        source: Box<DataFusionError>,
    },
    /// The native engine failed.
    #[error("{input}: {source}")]
    Native {
        /// The input.
        input: String,
        /// What it said.
        source: NativeError,
    },
    /// The decoder that does nothing else failed.
    #[error("{input}: {what}")]
    Decode {
        /// The input.
        input: String,
        /// What it said.
        what: String,
    },
    /// The answer cannot be written; what was there before still is.
    #[error("{}: {source}", path.display())]
    Output {
        /// Where to.
        path: PathBuf,
        /// What the operating system or the writer said.
        source: io::Error,
    },
}

impl WorkError {
    pub(crate) fn output(path: &Path, source: impl Into<io::Error>) -> Self {
        Self::Output {
            path: path.to_owned(),
            source: source.into(),
        }
    }
}
