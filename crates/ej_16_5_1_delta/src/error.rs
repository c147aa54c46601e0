//! Why a table was not read or changed.

use arrow::error::ArrowError;
use datafusion::error::DataFusionError;
use deltalake::DeltaTableError;
use deltalake::kernel::transaction::TransactionError;
use std::error::Error;

/// Why a table was not read or changed. In every case the table is what it was, save where a variant says otherwise.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum TableError {
    /// The text names no place for a table. It is not repeated: it may hold a secret.
    #[error("no address of a table: {0}")]
    Address(&'static str),
    /// The store cannot be set up.
    #[error("{place}: the store cannot be set up: {detail}")]
    Store {
        /// The place.
        place: String,
        /// What is wrong, without values of options.
        detail: String,
    },
    /// The store does not answer, or refuses. A commit under way may have happened: see [`crate::append_once`].
    #[error("{place}: the store does not answer: {detail}")]
    Unavailable {
        /// The place.
        place: String,
        /// The store's first line.
        detail: String,
    },
    /// No log stands there.
    #[error("{0}: there is no table")]
    NoTable(String),
    /// Something stands where a table was to be made.
    #[error("{0}: not empty, and a table is only made where nothing is")]
    Occupied(String),
    /// There is a log, and no table can be had from it.
    #[error("{place}: the log is damaged or of a kind that cannot be read: {source}")]
    Damaged {
        /// The place.
        place: String,
        /// What the Delta library said.
        source: Box<DeltaTableError>,
    },
    /// Rows that a constraint, a generated column or a column that takes no nulls does not allow; or, replacing part of a table, rows of
    /// another part.
    #[error("rows refused: {0}")]
    Rows(String),
    /// Columns that are not the table's.
    #[error("columns refused: {0}")]
    Columns(String),
    /// Another writer changed what this operation had read.
    #[error("another writer was first: {0}")]
    Conflict(Box<DeltaTableError>),
    /// Anything else that the Delta library says.
    #[error(transparent)]
    Delta(Box<DeltaTableError>),
    /// A query failed.
    #[error(transparent)]
    Query(Box<DataFusionError>),
    /// Arrow data is not what it should be.
    #[error(transparent)]
    Arrow(#[from] ArrowError),
    /// A commit holds a line that is no action.
    #[error("version {version}, line {line}: {source}")]
    Action {
        /// The commit.
        version: u64,
        /// Its line, from 1.
        line: usize,
        /// What the JSON parser said.
        source: serde_json::Error,
    },
    /// The log does not reach to that version: never written, or cleaned up behind a checkpoint.
    #[error("the log has no version {0}")]
    NoVersion(u64),
    /// A value beyond `Decimal(18, 2)` or the calendar.
    #[error("row {0} holds an amount or a day that cannot be")]
    Value(usize),
}

impl TableError {
    /// What the Delta library said about a table that is open.
    ///
    /// A query's error reaches the library's own type as text only, so that refused rows are known by its words.
    pub(crate) fn from_delta(e: DeltaTableError) -> Self {
        let said = e.to_string();
        if is_conflict(&e) {
            return Self::Conflict(Box::new(e));
        }
        match &e {
            DeltaTableError::InvalidData { .. } => Self::Rows(first_lines(&said)),
            _ if said.contains("Invalid data found") => Self::Rows(first_lines(&said)),
            DeltaTableError::SchemaMismatch { .. }
            | DeltaTableError::Arrow {
                source: ArrowError::SchemaError(_),
            } => Self::Columns(said),
            _ => Self::Delta(Box::new(e)),
        }
    }

    /// What the Delta library said about a place whose table it could not open.
    pub(crate) fn opening(place: &str, e: DeltaTableError) -> Self {
        match store_trouble(&e) {
            Some(detail) => Self::Unavailable {
                place: place.to_owned(),
                detail,
            },
            None => Self::Damaged {
                place: place.to_owned(),
                source: Box::new(e),
            },
        }
    }
}

impl From<DeltaTableError> for TableError {
    fn from(e: DeltaTableError) -> Self {
        Self::from_delta(e)
    }
}

impl From<DataFusionError> for TableError {
    fn from(e: DataFusionError) -> Self {
        Self::Query(Box::new(e))
    }
}

/// Whether another writer's commit is the reason.
pub(crate) fn is_conflict(e: &DeltaTableError) -> bool {
    match e {
        DeltaTableError::VersionAlreadyExists(_) => true,
        DeltaTableError::Transaction { source } => matches!(
            source,
            TransactionError::VersionAlreadyExists(_)
                | TransactionError::CommitConflict(_)
                | TransactionError::MaxCommitAttempts(_)
        ),
        _ => false,
    }
}

/// The store's first line, if the store rather than the content is the reason.
pub(crate) fn store_trouble(e: &(dyn Error + 'static)) -> Option<String> {
    let mut next = Some(e);
    while let Some(e) = next {
        if let Some(e) = e.downcast_ref::<object_store::Error>() {
            let missing = matches!(e, object_store::Error::NotFound { .. });
            return (!missing).then(|| first_lines(&e.to_string()));
        }
        next = e.source();
    }
    None
}

/// The text up to its preview of data: errors are read by people who may not see the rows.
fn first_lines(said: &str) -> String {
    let line = said.lines().next().unwrap_or_default();
    line.chars().take(300).collect()
}
