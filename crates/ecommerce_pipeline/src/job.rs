//! What is asked of a day, what is told meanwhile, and what came of it.

use crate::delta::TableKind;
use crate::error::RejectedFile;
use crate::location::{Location, StorageOptions};
use crate::metrics::MetricsEngine;
use deltalake::kernel::Version;
use ecommerce_arrow::Limits;
use ecommerce_model::{Fecha, Motivo, Zona};
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

/// What to do.
#[derive(Clone)]
pub struct DayJob {
    /// The day.
    pub fecha: Fecha,
    /// Whose midnight ends it.
    pub zona: Zona,
    /// Where the events are.
    pub entrada: Location,
    /// Where the metrics table is; the other two stand beside it.
    pub salida: Location,
    /// Settings of remote stores.
    pub options: StorageOptions,
    /// Whether a file that cannot be read is left out instead of stopping the day.
    pub tolerant: bool,
    /// Whether every commit survives a power cut (local tables).
    pub durable: bool,
    /// Threads that read; at least one.
    pub threads: usize,
    /// Bounds on files.
    pub limits: Limits,
    /// Who adds up the accepted rows; Polars in this process if `None`.
    pub engine: Option<Arc<dyn MetricsEngine>>,
}

/// The stages of a day.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Phase {
    /// Remote files are brought near, and every file is opened.
    Open,
    /// Repeated names are looked for.
    Duplicates,
    /// Rows are judged and summed up.
    Contract,
    /// Tables are written.
    Publish,
}

/// Told how a day advances, and asked whether to go on.
pub trait Progress: Sync {
    /// A stage begins that will read about `bytes` bytes.
    fn begin(&self, phase: Phase, bytes: u64);
    /// So much more was read.
    fn advance(&self, phase: Phase, rows: u64, bytes: u64);
    /// Whether to stop; asked between batches, never once publishing has begun.
    fn is_cancelled(&self) -> bool;
}

/// A progress that nobody watches.
impl Progress for () {
    fn begin(&self, _: Phase, _: u64) {}
    fn advance(&self, _: Phase, _: u64, _: u64) {}
    fn is_cancelled(&self) -> bool {
        false
    }
}

/// A commit to one of the tables.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TableCommit {
    /// Which table.
    pub table: TableKind,
    /// The version it now has.
    pub version: Version,
    /// Commits tried, one unless other writers came first.
    pub attempts: u32,
}

/// What became of a day. `rows_in = rows_ok + Σ motivos`, always.
#[derive(Debug)]
pub struct DaySummary {
    /// The day.
    pub fecha: Fecha,
    /// Rows decoded that belong to the day's input.
    pub rows_in: u64,
    /// Rows that met the contract.
    pub rows_ok: u64,
    /// Rows in quarantine, by reason.
    pub motivos: BTreeMap<Motivo, u64>,
    /// Rows of other days in flat files: not part of the input.
    pub other_days: u64,
    /// Files read.
    pub files: usize,
    /// Their bytes.
    pub bytes: u64,
    /// Files left out (tolerant runs only).
    pub rejected: Vec<RejectedFile>,
    /// Names in the day's directory that are no event files.
    pub ignored: Vec<String>,
    /// Columns that the schema does not know, by file.
    pub extra_columns: Vec<(String, Vec<String>)>,
    /// The rows of `metricas_diarias` that were written.
    pub metrics: arrow::array::RecordBatch,
    /// The commits, in the order made.
    pub commits: Vec<TableCommit>,
    /// Name of the run, stored in every commit.
    pub run_id: String,
    /// Time spent by stage: opening, duplicates, contract and metrics, publishing.
    pub times: [Duration; 4],
}

impl DaySummary {
    /// Rows in quarantine.
    pub fn rows_quarantined(&self) -> u64 {
        self.motivos.values().sum()
    }
}
