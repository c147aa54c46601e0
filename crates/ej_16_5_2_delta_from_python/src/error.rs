//! Why a table of sales cannot be read or written.

use std::path::PathBuf;
use thiserror::Error;

/// What goes wrong with a table of sales.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum SalesError {
    /// The place is no absolute path of this machine.
    #[error("{0} is not an absolute path")]
    Path(PathBuf),
    /// The directory cannot be made.
    #[error("cannot make {path}")]
    Directory {
        /// Which.
        path: PathBuf,
        /// What the system says.
        source: std::io::Error,
    },
    /// Delta says no.
    #[error("{table}")]
    Delta {
        /// The table.
        table: PathBuf,
        /// What delta-rs says.
        source: Box<deltalake::DeltaTableError>,
    },
    /// A data file cannot be read.
    #[error("{table}")]
    Read {
        /// The table.
        table: PathBuf,
        /// What DataFusion says: among others, that a file is not there any more.
        source: Box<datafusion::error::DataFusionError>,
    },
    /// A column is missing or of another kind.
    #[error("{table} has no column {column} of {kind}")]
    Column {
        /// The table.
        table: PathBuf,
        /// The column.
        column: &'static str,
        /// What it should hold.
        kind: &'static str,
    },
    /// A batch cannot be made.
    #[error("the rows are no batch")]
    Batch(#[from] arrow::error::ArrowError),
}
