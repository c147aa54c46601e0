//! Why a day was not processed, and which kind of trouble that is.

use crate::location::{Location, LocationError};
use deltalake::{DeltaTableError, ObjectStoreError};
use ecommerce_arrow::{ReadError, ReadProblem};
use ecommerce_model::{DateError, Fecha, Motivo};
use std::collections::BTreeMap;
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
        what: &'static str,
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
                let exhausted = rejected
                    .iter()
                    .any(|r| matches!(&r.problem, ReadProblem::Io(e) if is_exhausted(e)));
                if exhausted {
                    ErrorClass::Resource
                } else {
                    ErrorClass::Input
                }
            }
            Self::Conflict { .. } => ErrorClass::Conflict,
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
        move |source| Self::Io { path, source }
    }
}

impl ErrorClass {
    /// Storage, unless the operating system's own word lies underneath and says that something ran out.
    pub fn of(error: &(dyn std::error::Error + 'static)) -> Self {
        let mut next = Some(error);
        while let Some(e) = next {
            if e.downcast_ref::<io::Error>().is_some_and(is_exhausted) {
                return Self::Resource;
            }
            next = e.source();
        }
        Self::Storage
    }
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
