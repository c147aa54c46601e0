//! What can go wrong between a session and its report.

use crate::compare::Difference;
use crate::plan::PlanError;
use std::path::PathBuf;
use thiserror::Error;

/// Why there is no comparison.
#[derive(Debug, Error)]
pub enum CometError {
    /// A file cannot be read.
    #[error("cannot read {path}")]
    Read {
        /// Which.
        path: PathBuf,
        /// What the system says.
        source: std::io::Error,
    },
    /// A file is no session.
    #[error("{path} is not what comet_spark.py writes")]
    Session {
        /// Which.
        path: PathBuf,
        /// Where it stops being one.
        source: serde_json::Error,
    },
    /// A query ended in an error of Spark's.
    #[error("{query} failed: {said}")]
    Failed {
        /// Query and variant.
        query: String,
        /// The first line of what Spark said.
        said: String,
    },
    /// A plan cannot be read.
    #[error("{query}: its plan cannot be read")]
    Plan {
        /// Query and variant.
        query: String,
        /// Why.
        source: PlanError,
    },
    /// The two answers differ: then no time counts.
    #[error("{query}: another answer with Comet than without: {difference}")]
    Different {
        /// Query and variant.
        query: String,
        /// Where.
        difference: Difference,
    },
    /// A query is missing where it is compared with.
    #[error("{query} was not run by {motor}")]
    Missing {
        /// Query and variant.
        query: String,
        /// By whom.
        motor: &'static str,
    },
    /// There are not both sessions.
    #[error("a comparison needs at least one session of Spark and one of Comet")]
    OneSided,
    /// A query has no time.
    #[error("{query} has no time")]
    NoTime {
        /// Query and variant.
        query: String,
    },
}
