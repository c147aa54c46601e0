//! What can go wrong, in words that say what to do.

use std::time::Duration;

use crate::refuse::Refusal;

/// Why there is no answer.
///
/// There is no variant for "some of the rows": a query ends with all of them or with one of these.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ClusterError {
    /// The address is not `df://HOST:PORT`.
    #[error("'{url}' is no cluster address: {reason} (expected df://127.0.0.1:PORT)")]
    Address {
        /// As it was written.
        url: String,
        /// What is wrong with it.
        reason: String,
    },
    /// Nobody answered at the address within [`Options::connect`](crate::Options::connect).
    #[error("no scheduler at {url} after {waited:?}: {reason}")]
    Unreachable {
        /// The address.
        url: String,
        /// How long it was tried.
        waited: Duration,
        /// What the last attempt said.
        reason: String,
    },
    /// Something answers there, and it does not speak our protocol: perhaps a bare Ballista scheduler.
    #[error("what listens at {url} is no scheduler of ecommerce-cluster: {reason}")]
    Stranger {
        /// The address.
        url: String,
        /// What it said instead.
        reason: String,
    },
    /// The scheduler and this program were built from different versions.
    #[error(
        "the scheduler is {theirs} and this program {ours}: plans of one are not for the other"
    )]
    Version {
        /// The scheduler's versions.
        theirs: String,
        /// This program's.
        ours: String,
    },
    /// The scheduler would not have this process.
    #[error("the scheduler refused this process: {0}")]
    Rejected(String),
    /// Fewer executors than the scheduler waits for, after the time to connect.
    #[error("{present} of {expected} executors are ready at {url} after {waited:?}")]
    NotReady {
        /// The address.
        url: String,
        /// Those that are ready.
        present: usize,
        /// Those that were announced.
        expected: usize,
        /// How long it was waited.
        waited: Duration,
    },
    /// An executor was lost, before the query or during it. Restart the cluster and send the query again:
    /// [`Cluster::collect_with_restart`](crate::Cluster::collect_with_restart) does the second part.
    #[error(
        "executor {executor} was lost ({reason}): the query has no answer; restart the cluster and send it again"
    )]
    ExecutorLost {
        /// Its identifier.
        executor: String,
        /// How it was noticed.
        reason: String,
    },
    /// The scheduler was lost during the query.
    #[error(
        "the scheduler at {url} was lost ({reason}): the query has no answer; restart the cluster and send it again"
    )]
    SchedulerLost {
        /// The address.
        url: String,
        /// How it was noticed.
        reason: String,
    },
    /// The query took longer than [`Options::deadline`](crate::Options::deadline). It was cancelled.
    #[error("no answer within {0:?}: the query was cancelled")]
    Deadline(Duration),
    /// The engine is known to answer this query wrongly, or not at all.
    #[error("refused: {0}")]
    Refused(#[from] Refusal),
    /// A function of the query is missing on an executor, or is another one there.
    #[error("executor {executor} does not have the function {function} of this query")]
    FunctionMissing {
        /// The executor.
        executor: String,
        /// The function with its types.
        function: String,
    },
    /// A table that cannot be sent to other processes.
    #[error("table {table} cannot be read by other processes: {reason}")]
    Source {
        /// Its name or location.
        table: String,
        /// Why.
        reason: String,
    },
    /// A file of a table was written, replaced or deleted while the query ran: its rows may be of both states.
    #[error("table {table} changed during the query ({file}): it has no answer; send it again")]
    Changed {
        /// The table.
        table: String,
        /// The file.
        file: String,
    },
    /// The query is wrong: unknown tables, columns or functions, with DataFusion's own suggestion.
    #[error("{0}")]
    Plan(#[source] Box<datafusion::error::DataFusionError>),
    /// The query was started and failed.
    #[error("the query failed: {0}")]
    Execution(#[source] Box<datafusion::error::DataFusionError>),
    /// A process of the cluster could not be started or stopped.
    #[error("{what}: {source}")]
    Process {
        /// What was attempted.
        what: String,
        /// The cause.
        source: std::io::Error,
    },
    /// The scheduler or an executor could not be set up.
    #[error("{what}: {reason}")]
    Setup {
        /// What was attempted.
        what: String,
        /// The cause.
        reason: String,
    },
}

impl ClusterError {
    /// Returns whether a restarted cluster may answer what this one could not.
    ///
    /// Queries only read, so sending one again is harmless.
    #[must_use]
    pub fn is_loss(&self) -> bool {
        matches!(
            self,
            Self::ExecutorLost { .. }
                | Self::SchedulerLost { .. }
                | Self::Unreachable { .. }
                | Self::NotReady { .. }
        )
    }

    pub(crate) fn process(what: impl Into<String>) -> impl FnOnce(std::io::Error) -> Self {
        let what = what.into();
        move |source| Self::Process { what, source }
    }

    pub(crate) fn setup(what: impl Into<String>, reason: impl std::fmt::Display) -> Self {
        Self::Setup {
            what: what.into(),
            reason: reason.to_string(),
        }
    }
}
