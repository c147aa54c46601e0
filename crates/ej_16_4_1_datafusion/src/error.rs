//! What can go wrong, each with the table, the file or the setting it is about.

use crate::pinned::Gone;
use datafusion::error::DataFusionError;
use ecommerce_arrow::ReadError;
use object_store::Error as StoreError;
use std::error::Error;
use std::io;
use std::path::{Path, PathBuf};

/// Why the engine has no answer.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum EngineError {
    /// A setting is unknown, or its value is none.
    #[error("setting {key}: {source}")]
    Setting {
        /// Its name.
        key: String,
        /// What DataFusion said, with the setting it thinks was meant.
        source: Box<DataFusionError>,
    },
    /// A table's file cannot be opened or is no Parquet file.
    #[error("table {table}: {source}")]
    Table {
        /// The table.
        table: String,
        /// What is wrong with which file.
        source: ReadError,
    },
    /// A table cannot be registered: its directory is empty, its columns contradict each other, its store has no such object.
    #[error("table {table}: {source}")]
    Register {
        /// The table.
        table: String,
        /// What DataFusion said.
        source: Box<DataFusionError>,
    },
    /// The path is not UTF-8, or its address no URL.
    #[error("{}: no usable path", .0.display())]
    Path(PathBuf),
    /// A store cannot be built from its options.
    #[error("store {bucket}: {what}")]
    Store {
        /// The bucket.
        bucket: String,
        /// What is missing or wrong; never a secret.
        what: String,
    },
    /// The statement would write, define or set something.
    #[error("only queries are answered: {0}")]
    Writes(String),
    /// The statement is no SQL, or names what is not there.
    #[error("{0}")]
    Sql(Box<DataFusionError>),
    /// A file was replaced, or changed, after its table was registered.
    #[error("{file} changed since its table was registered")]
    Changed {
        /// Its path in the store.
        file: String,
    },
    /// A file was there when its table was registered and is not any more.
    #[error("{file} is gone since its table was registered")]
    Gone {
        /// Its path in the store.
        file: String,
    },
    /// The memory that was allowed does not suffice.
    #[error("{0}")]
    Memory(Box<DataFusionError>),
    /// The query failed while it ran: a damaged page, an overflow, a cast.
    #[error("{0}")]
    Run(Box<DataFusionError>),
    /// The scale factor is no number, not positive, or beyond what this generator is asked to write.
    #[error("scale factor {given}: it must lie between {least} and {greatest}")]
    Scale {
        /// What was asked for.
        given: f64,
        /// The least.
        least: f64,
        /// The greatest.
        greatest: f64,
    },
    /// The directory holds no finished TPC-H data.
    #[error("{}: {what}", directory.display())]
    Tpch {
        /// The directory.
        directory: PathBuf,
        /// What is missing.
        what: String,
    },
    /// The shop cannot be made as asked.
    #[error(transparent)]
    Shop(#[from] ecommerce_model::GeneratorError),
    /// A file cannot be written.
    #[error("{}: {source}", path.display())]
    Write {
        /// Which one.
        path: PathBuf,
        /// What the operating system or the writer said.
        source: io::Error,
    },
}

impl EngineError {
    pub(crate) fn write(path: &Path, error: impl Into<WriteFailure>) -> Self {
        Self::Write {
            path: path.to_owned(),
            source: error.into().0,
        }
    }

    /// The error of a query that was planned already.
    pub(crate) fn running(error: DataFusionError) -> Self {
        match store_error(&error) {
            Some(StoreError::Precondition { path, source }) => {
                let file = path.clone();
                return if source.is::<Gone>() {
                    Self::Gone { file }
                } else {
                    Self::Changed { file }
                };
            }
            Some(StoreError::NotFound { path, .. }) => return Self::Gone { file: path.clone() },
            _ => {}
        }
        if matches!(error.find_root(), DataFusionError::ResourcesExhausted(_)) {
            Self::Memory(Box::new(error))
        } else {
            Self::Run(Box::new(error))
        }
    }

    /// The error of a query that could not be planned.
    pub(crate) fn planning(error: DataFusionError) -> Self {
        match Self::running(error) {
            Self::Run(error) => Self::Sql(error),
            other => other,
        }
    }
}

/// What any of the writers says, as the operating system would.
pub(crate) struct WriteFailure(io::Error);

impl From<io::Error> for WriteFailure {
    fn from(error: io::Error) -> Self {
        Self(error)
    }
}

impl From<parquet::errors::ParquetError> for WriteFailure {
    fn from(error: parquet::errors::ParquetError) -> Self {
        Self(match error {
            parquet::errors::ParquetError::External(inner) => match inner.downcast::<io::Error>() {
                Ok(io) => *io,
                Err(other) => io::Error::other(other),
            },
            other => io::Error::other(other),
        })
    }
}

impl From<arrow::error::ArrowError> for WriteFailure {
    fn from(error: arrow::error::ArrowError) -> Self {
        Self(match error {
            arrow::error::ArrowError::IoError(_, io) => io,
            other => io::Error::other(other),
        })
    }
}

/// What the store said, wherever in the chain of causes it stands.
fn store_error(error: &DataFusionError) -> Option<&StoreError> {
    let mut next: Option<&(dyn Error + 'static)> = Some(error);
    while let Some(cause) = next {
        if let Some(store) = cause.downcast_ref::<StoreError>() {
            return Some(store);
        }
        if let Some(store) = cause.downcast_ref::<Box<StoreError>>() {
            return Some(store);
        }
        next = cause.source();
    }
    None
}
