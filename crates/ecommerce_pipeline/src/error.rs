//! Why a day was not processed, and which kind of trouble that is.

use crate::location::{Location, LocationError};
use deltalake::kernel::transaction::TransactionError;
use deltalake::{DeltaTableError, ObjectStoreError};
use ecommerce_arrow::{ReadError, ReadProblem};
use ecommerce_model::{DateError, Fecha, Motivo};
use std::collections::BTreeMap;
use std::fmt;
use std::io;
use std::path::PathBuf;

/// The kinds of trouble that a caller treats differently: the exit codes of the command line.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum ErrorClass {
    /// The request makes no sense.
    Usage,
    /// The input cannot be used; nothing was replaced.
    Input,
    /// Another writer kept winning.
    Conflict,
    /// A place to read from or write to does not answer or refuses.
    Storage,
    /// Disk, memory or open files ran out.
    Resource,
}

/// A file left out, and why.
#[derive(Debug)]
pub struct RejectedFile {
    /// Its name relative to the input.
    pub file: String,
    /// What is wrong with it.
    pub problem: ReadProblem,
}

impl RejectedFile {
    /// Whether it is not the file that is wrong: disk, memory or descriptors ran out while it was read.
    pub(crate) fn is_exhausted(&self) -> bool {
        match &self.problem {
            ReadProblem::Io(e) => is_exhausted(e),
            ReadProblem::Damaged(what) => os_error(what).is_some_and(|e| is_exhausted(&e)),
            _ => false,
        }
    }
}

/// What stands where a table should be.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Obstacle {
    /// A file.
    File,
    /// A directory with files that no table has.
    OtherFiles,
    /// A directory with a link that leads out of it.
    LinkOut,
}

impl fmt::Display for Obstacle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::File => "a file",
            Self::OtherFiles => "a directory with other files",
            Self::LinkOut => "a directory with a link that leads out of it",
        })
    }
}

impl From<ReadError> for RejectedFile {
    fn from(e: ReadError) -> Self {
        Self {
            file: e.file,
            problem: e.problem,
        }
    }
}

/// Why there is nothing to process.
#[derive(Debug, thiserror::Error)]
pub enum InputError {
    /// The input does not exist.
    #[error("{0} does not exist")]
    NotFound(Location),
    /// The input has days, but not this one.
    #[error("{location} has no data for {fecha}")]
    MissingDay {
        /// The input.
        location: Location,
        /// The day asked for.
        fecha: Fecha,
        /// First and last day there is, and how many.
        available: Option<(Fecha, Fecha, usize)>,
    },
    /// No file of the day ends in `.parquet` or `.csv`.
    #[error("{0} holds no .parquet or .csv file")]
    NoFiles(Location),
    /// A link leads out of the input directory.
    #[error("{0} leads out of the input directory")]
    OutsideRoot(PathBuf),
}

/// Why a day was not processed.
#[derive(Debug, thiserror::Error)]
pub enum PipelineError {
    /// A path or address that cannot be used.
    #[error(transparent)]
    Location(#[from] LocationError),
    /// A day that cannot be placed on the time line.
    #[error(transparent)]
    Date(#[from] DateError),
    /// There is nothing to read.
    #[error(transparent)]
    Input(#[from] InputError),
    /// Files that cannot be read; the day stays as it was.
    #[error("{} of {total} files cannot be read", rejected.len())]
    Rejected {
        /// Each with its reason.
        rejected: Vec<RejectedFile>,
        /// Files of the day.
        total: usize,
    },
    /// Every row broke the contract, or there was none.
    #[error("no valid row for {fecha} among {rows_in}")]
    NoValidRow {
        /// The day.
        fecha: Fecha,
        /// Rows read.
        rows_in: u64,
        /// Rows by reason.
        motivos: BTreeMap<Motivo, u64>,
    },
    /// The output is a file, or a directory that is no Delta table.
    #[error("{location} is not a Delta table: {what}")]
    NotATable {
        /// The output.
        location: Location,
        /// What it is instead.
        what: Obstacle,
    },
    /// The table there has other columns.
    #[error("{location} has other columns than this version writes: {detail}")]
    OtherTable {
        /// The output.
        location: Location,
        /// The first difference.
        detail: String,
    },
    /// The log of the table cannot be read.
    #[error("{location}: the log of the table is damaged: {source}")]
    DamagedLog {
        /// The table.
        location: Location,
        /// What the Delta library said.
        source: Box<DeltaTableError>,
    },
    /// Other writers kept replacing the same day.
    #[error("{location}: {attempts} attempts lost against other writers")]
    Conflict {
        /// The table.
        location: Location,
        /// How many commits were tried.
        attempts: u32,
    },
    /// Reading or writing a table failed.
    #[error("{location}: {source}")]
    Table {
        /// The table.
        location: Location,
        /// What the Delta library said.
        source: Box<DeltaTableError>,
    },
    /// Reading remote input failed.
    #[error("{location}: {source}")]
    Store {
        /// The input.
        location: Location,
        /// What the store said.
        source: Box<ObjectStoreError>,
    },
    /// A temporary or local file failed.
    #[error("{path}: {source}")]
    Io {
        /// The file or directory.
        path: PathBuf,
        /// What the operating system said.
        source: io::Error,
    },
    /// The day's total does not fit in `Decimal(18, 2)`.
    #[error("the revenue of {0} does not fit in Decimal(18, 2)")]
    Overflow(Fecha),
    /// More rows than positions.
    #[error("the input may hold 2^40 rows or more")]
    TooManyRows,
    /// The process is about to reach its memory limit.
    #[error("{used} of {limit} bytes of memory are taken")]
    OutOfMemory {
        /// Bytes taken.
        used: u64,
        /// Bytes allowed.
        limit: u64,
    },
    /// The engine that adds up the rows elsewhere failed; nothing was published.
    #[error("the metrics engine: {0}")]
    Engine(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// An engine failed on data that it should take: a defect.
    #[error("internal error: {0}")]
    Internal(String),
    /// The run was told to stop; nothing was published.
    #[error("stopped before publishing")]
    Cancelled,
}

impl PipelineError {
    /// What kind of trouble it is.
    pub fn class(&self) -> ErrorClass {
        match self {
            Self::Location(_) | Self::Date(_) | Self::NotATable { .. } | Self::Cancelled => {
                ErrorClass::Usage
            }
            Self::Input(_)
            | Self::NoValidRow { .. }
            | Self::OtherTable { .. }
            | Self::DamagedLog { .. } => ErrorClass::Input,
            Self::Rejected { rejected, .. } => {
                if rejected.iter().any(RejectedFile::is_exhausted) {
                    ErrorClass::Resource
                } else {
                    ErrorClass::Input
                }
            }
            Self::Conflict { .. } => ErrorClass::Conflict,
            Self::Table { source, .. } if is_beyond_us(source) => ErrorClass::Input,
            Self::Table { source, .. } => ErrorClass::of(source.as_ref()),
            Self::Store { source, .. } => ErrorClass::of(source.as_ref()),
            Self::Io { source, .. } if is_exhausted(source) => ErrorClass::Resource,
            Self::Engine(source) => ErrorClass::of(source.as_ref()),
            Self::Io { .. } | Self::Internal(_) => ErrorClass::Storage,
            Self::Overflow(_) | Self::TooManyRows | Self::OutOfMemory { .. } => {
                ErrorClass::Resource
            }
        }
    }

    pub(crate) fn io(path: impl Into<PathBuf>) -> impl FnOnce(io::Error) -> Self {
        let path = path.into();
        move |source| Self::Io {
            path,
            source: bare(source),
        }
    }
}

impl ErrorClass {
    /// Storage, unless the operating system's own word lies underneath and says that something ran out.
    pub fn of(error: &(dyn std::error::Error + 'static)) -> Self {
        let mut next = Some(error);
        while let Some(e) = next {
            let said = || os_error(&e.to_string()).is_some_and(|e| is_exhausted(&e));
            if e.downcast_ref::<io::Error>().is_some_and(is_exhausted)
                || e.source().is_none() && said()
            {
                return Self::Resource;
            }
            next = e.source();
        }
        Self::Storage
    }
}

/// The operating system's error that a text ends with, as std writes it: `… (os error 24)`. Libraries that turn their causes
/// into text leave nothing else.
pub(crate) fn os_error(text: &str) -> Option<io::Error> {
    let (_, number) = text.rsplit_once("(os error ")?;
    let (number, _) = number.split_once(')')?;
    number.parse().ok().map(io::Error::from_raw_os_error)
}

/// The system's own error: what wraps it to add a path keeps its kind and loses its number.
fn bare(e: io::Error) -> io::Error {
    match e.raw_os_error() {
        Some(_) => e,
        None => os_error(&e.to_string()).unwrap_or(e),
    }
}

/// A table that asks for more than this library knows how to write, or that lets no row go.
fn is_beyond_us(e: &DeltaTableError) -> bool {
    use TransactionError::{DeltaTableAppendOnly, TableFeaturesRequired, UnsupportedTableFeatures};
    matches!(
        e,
        DeltaTableError::Transaction {
            source: UnsupportedTableFeatures(_) | TableFeaturesRequired(_) | DeltaTableAppendOnly
        }
    )
}

/// Disk, quota, memory or file descriptors.
fn is_exhausted(e: &io::Error) -> bool {
    use io::ErrorKind::{FileTooLarge, OutOfMemory, QuotaExceeded, StorageFull};
    const EMFILE: i32 = 24;
    const ENFILE: i32 = 23;
    matches!(
        e.kind(),
        StorageFull | OutOfMemory | QuotaExceeded | FileTooLarge
    ) || matches!(e.raw_os_error(), Some(EMFILE | ENFILE))
}

/// Engines report their own errors; none of them is expected, so they share one variant.
macro_rules! internal {
    ($($error:ty),*) => {$(
        impl From<$error> for PipelineError {
            fn from(e: $error) -> Self {
                Self::Internal(e.to_string().lines().next().unwrap_or_default().to_owned())
            }
        }
    )*};
}
internal!(
    arrow::error::ArrowError,
    polars::prelude::PolarsError,
    ecommerce_arrow::polars_bridge::BridgeError,
    datafusion::error::DataFusionError,
    tokio::task::JoinError
);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_inside_a_text_is_the_systems_error() {
        assert_eq!(
            os_error("Too many open files (os error 24) at path \"/tmp/x\"")
                .unwrap()
                .raw_os_error(),
            Some(24)
        );
        assert!(os_error("(os error x)").is_none() && os_error("no error").is_none());
    }

    #[test]
    fn a_temporary_file_without_a_descriptor_is_a_matter_of_means() {
        let wrapped = io::Error::other("Too many open files (os error 24) at path \"/tmp/x\"");
        let error = PipelineError::io("/tmp")(wrapped);
        assert_eq!(error.class(), ErrorClass::Resource);
        let own = PipelineError::io("/tmp")(io::Error::other("something else"));
        assert_eq!(own.class(), ErrorClass::Storage);
    }
}
