//! What the independent reader reports.

use super::{Day, Expected};
use serde::Deserialize;
use std::collections::BTreeMap;

/// What was found where a table should be.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Findings {
    /// The table, if there is one that can be read.
    #[serde(flatten)]
    pub table: Table,
    /// Data files that no commit names: left by a writer that did not get to commit.
    pub orphans: Vec<String>,
    /// Files half written: `…#1` and the like, in the log and outside it.
    pub staging: Vec<String>,
}

/// The table itself.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(tag = "state", rename_all = "lowercase")]
pub enum Table {
    /// There is none: no log.
    Absent,
    /// There is a log, and no version of the table can be had from it.
    Unreadable {
        /// The reader's own words.
        reason: String,
    },
    /// A table.
    Table {
        /// The version it was read at: the last.
        version: u64,
        /// The commits whose files are there, ascending.
        versions: Vec<u64>,
        /// The versions that have a checkpoint, ascending.
        checkpoints: Vec<u64>,
        /// Column names in the schema's order, partition columns and `_…` included.
        columns: Vec<String>,
        /// Live rows.
        rows: u64,
        /// The content hash of all live rows.
        content: String,
        /// The same by value of `fecha`; `\N` for rows without one.
        days: BTreeMap<String, DayFound>,
        /// Files and readings that contradict the log.
        broken: Vec<Broken>,
        /// Data files that an earlier version used and the last does not: what vacuum removes.
        retired: Vec<String>,
        /// The highest version of each application transaction.
        transactions: BTreeMap<String, i64>,
    },
}

/// The live rows of one day.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct DayFound {
    /// How many.
    pub rows: u64,
    /// Their content hash.
    pub content: String,
    /// In how many files.
    pub files: u64,
}

/// A live file that is not what the log says, or (`path` = `.`) a table that reads otherwise than its files.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Broken {
    /// Relative to the table's root.
    pub path: String,
    /// What does not fit.
    pub reason: String,
}

impl Findings {
    /// The last version; `None` if there is no readable table.
    #[must_use]
    pub fn version(&self) -> Option<u64> {
        match &self.table {
            Table::Table { version, .. } => Some(*version),
            Table::Absent | Table::Unreadable { .. } => None,
        }
    }

    /// One day, if the table has rows of it.
    #[must_use]
    pub fn day(&self, fecha: &str) -> Option<&DayFound> {
        match &self.table {
            Table::Table { days, .. } => days.get(fecha),
            Table::Absent | Table::Unreadable { .. } => None,
        }
    }

    /// The version recorded for an application transaction.
    #[must_use]
    pub fn transaction(&self, app: &str) -> Option<i64> {
        match &self.table {
            Table::Table { transactions, .. } => transactions.get(app).copied(),
            Table::Absent | Table::Unreadable { .. } => None,
        }
    }

    /// What a crash left behind: orphans and staging files.
    #[must_use]
    pub fn residue(&self) -> Vec<&str> {
        self.orphans
            .iter()
            .chain(&self.staging)
            .map(String::as_str)
            .collect()
    }

    /// The expectation that fits what was found: "as it was before".
    #[must_use]
    pub fn as_expected(&self) -> Expected {
        match &self.table {
            Table::Table { days, .. } => {
                days.iter().fold(Expected::new(), |all, (fecha, found)| {
                    all.day(fecha, Day::Content(found.content.clone()))
                })
            }
            Table::Absent | Table::Unreadable { .. } => Expected::absent(),
        }
    }
}
