//! Queries of DataFusion on several processes: the right rows, or one clear error within a deadline.
//!
//! Two engines spread a plan over processes: Apache DataFusion Ballista and datafusion-distributed. Neither is safe by
//! itself. Ballista hangs, or answers with other rows, when an executor dies between two stages of a query; and both are
//! asked here through the same door, which watches what they do not:
//!
//! ```text
//! Cluster::connect("df://127.0.0.1:50050")      the scheduler's process: who is there, which engine, which versions
//!   ├─ plan         in this process, over Parquet and Delta tables on disk or S3; nothing that writes
//!   ├─ refuse       what the engine is known to answer wrongly, functions that an executor lacks, tables in memory
//!   ├─ run          on the engine …
//!   ├─ watch        … while every executor's connection to the scheduler's process stays open …
//!   └─ check        … and after the last row every executor that was there has said that it still is
//! ```
//!
//! # Invariants
//!
//! 1. **An answer is whole or there is none.** Rows are handed over only after every executor that was there when the query
//!    began has answered a question that was asked after the last row arrived. An executor that was started again is
//!    another one. So no engine's own recovery is ever relied on.
//! 2. **Every call ends.** [`Cluster::connect`] within [`Options::connect`] (9 s), a query within [`Options::deadline`]
//!    (5 minutes); a dead process is noticed at once, when its kernel closes its connection; one that is frozen or cut off
//!    is noticed by the deadline, or by the check after the last row, which waits 5 s.
//! 3. **A cluster that lost an executor gives no more answers** until it is restarted: a new scheduler, new executors.
//!    `levantar` does that by itself, at the same address; [`Cluster::collect_with_restart`] sends the query again. Queries
//!    only read, so sending one twice is harmless; what writes is refused.
//! 4. **Nothing listens but on loopback.** Ballista's programs listen on 0.0.0.0 unless told otherwise; ours cannot be told.
//! 5. **Two processes work together only if they are of the same versions** ([`versions`]), checked on both sides.
//! 6. **Secrets stay where they are**: every process opens its own stores, with the credentials of its own environment.
//! 7. **A table that changes under a query gives no answer**: its files are listed before and after ([`ClusterError::Changed`]);
//!    a Delta table is pinned to the files of one version.
//! 8. **Adaptive planning is on.** Off, Ballista turns the loss of an executor into wrong rows instead of a hang.
//!
//! # What is refused
//!
//! | what | why |
//! |---|---|
//! | anything but a query | it could not be sent again |
//! | tables other than Parquet files and [`DeltaFiles`] | another process cannot read this one's memory |
//! | Delta tables with deletion vectors, column mapping or unknown reader features | their files alone are not their rows |
//! | a function of our own that is missing, or is another one, on an executor | an executor runs what it was built with |
//! | with Ballista, joins without an equality that keep rows without a partner, save against a single row | every task emits them again: rows too many |
//! | with Ballista, FULL JOIN | it never ends when a side turns out to be empty |
//! | recursive queries | the table they grow lives in one process |
//!
//! Two shapes end at the deadline instead, because they are right as long as there are rows: with Ballista, LEFT JOIN, RIGHT JOIN and
//! NOT EXISTS against a side that turns out to be empty; with datafusion-distributed, NOT IN without rows on the left.
//!
//! # Reading order
//!
//! [`Cluster`] is the client. `control` is the protocol by which a process's end is known; `engine` has the two engines, as
//! servers and as clients; `refuse` what is not sent; `delta` tables; `serve` the two kinds of process; `program` the command
//! line, which other programs use with functions of their own ([`main_with`]).
#![forbid(unsafe_code)]
#![cfg_attr(
    test,
    allow(
        clippy::unwrap_used,
        missing_docs,
        reason = "a failing test should panic"
    )
)]

mod address;
mod cluster;
mod control;
mod delta;
mod engine;
mod error;
pub mod faults;
mod functions;
mod listing;
mod messages;
mod metrics;
mod options;
mod program;
mod refuse;
mod serve;
mod storage;

pub use address::Address;
pub use cluster::Cluster;
pub use control::{Member, versions};
pub use delta::DeltaFiles;
pub use engine::ballista_server::Heartbeat;
pub use engine::{Answer, Engine, Traffic};
pub use error::ClusterError;
pub use functions::Functions;
pub use metrics::ClusterMetrics;
pub use options::Options;
pub use program::main_with;
pub use refuse::Refusal;
pub use serve::{ExecutorOptions, SchedulerOptions, SchedulerProcess, executor};
