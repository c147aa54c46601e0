//! The daily batch as a library: read → contract → metrics → Delta.
//!
//! Data flows one way. [`Location`] says where, [`DayInput`] finds the day's files and brings remote ones near,
//! the scan runs the contract over their batches and feeds two sinks, the quarantine and the metrics, and
//! [`run_day`] publishes both as Delta commits, the metrics last: that commit is what makes the day new.
//!
//! Memory follows the distinct users of the day, not its rows (see [`run_day`]).
#![forbid(unsafe_code)]
#![cfg_attr(
    test,
    allow(clippy::unwrap_used, reason = "a failing test should panic")
)]

mod content;
mod day;
mod delta;
mod duplicates;
mod durable;
mod error;
mod input;
mod job;
mod location;
mod maintain;
mod memory;
mod metrics;
mod quarantine;
mod scan;
mod spanish;

#[cfg(test)]
mod tests;

pub use content::{content_hash, content_hash_of};
pub use day::{Tables, run_day, run_day_on};
pub use delta::{
    DayTable, PublishedDay, TableDefinition, TableKind, is_published, open_table, read_batches,
    session_for,
};
pub use error::{ErrorClass, InputError, Obstacle, PipelineError, RejectedFile};
pub use input::{DayInput, SourceFile, available_days};
pub use job::{DayJob, DaySummary, Phase, Progress, TableCommit};
pub use location::{Location, LocationError, StorageOptions};
pub use maintain::{Maintenance, MaintenanceReport, maintain};
pub use memory::MemoryGuard;
pub use metrics::{EngineSums, MetricsEngine};
pub use spanish::problem;

/// Version of the pipeline, stored with every row it writes.
pub const VERSION_PIPELINE: &str = env!("CARGO_PKG_VERSION");
