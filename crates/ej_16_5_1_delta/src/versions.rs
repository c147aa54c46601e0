//! What the table was: its history, and the way back.

use crate::error::TableError;
use chrono::{DateTime, Utc};
use deltalake::DeltaTable;
use deltalake::kernel::{CommitInfo, Version};
use deltalake::operations::restore::RestoreMetrics;
use futures::TryStreamExt as _;
use std::collections::BTreeMap;

/// A commit, as its writer described it.
#[derive(Clone, PartialEq, Debug)]
pub struct Commit {
    /// The version that it made.
    pub version: Version,
    /// When its writer says that it was made.
    pub instant: Option<DateTime<Utc>>,
    /// `WRITE`, `MERGE`, …
    pub operation: String,
    /// What the operation was asked to do: texts and JSON, by name.
    pub parameters: BTreeMap<String, String>,
    /// Who wrote it.
    pub engine: Option<String>,
}

/// The commits whose files are there, the last first.
///
/// # Errors
/// * [`TableError::Delta`] if a commit cannot be read.
pub async fn history(table: &DeltaTable) -> Result<Vec<Commit>, TableError> {
    let infos: Vec<CommitInfo> = table.history(None).try_collect().await?;
    let last = table.version().unwrap_or_default();
    // A commit's own file does not say its version: they come without gaps, from the last downwards.
    let commits = (0..=last).rev().zip(infos);
    Ok(commits
        .map(|(version, info)| commit(version, info))
        .collect())
}

fn commit(version: Version, info: CommitInfo) -> Commit {
    let parameters = info.operation_parameters.unwrap_or_default();
    let text = |value: serde_json::Value| match value {
        serde_json::Value::String(text) => text,
        other => other.to_string(),
    };
    Commit {
        version,
        instant: info.timestamp.and_then(DateTime::from_timestamp_millis),
        operation: info.operation.unwrap_or_default(),
        parameters: parameters.into_iter().map(|(k, v)| (k, text(v))).collect(),
        engine: info.engine_info,
    }
}

/// The table with the rows of `version` again, as a new version: nothing of the log is rewritten.
///
/// # Errors
/// * [`TableError::Delta`] if data files of that version are gone, or there is no such version.
pub async fn restore(
    table: DeltaTable,
    version: Version,
) -> Result<(DeltaTable, RestoreMetrics), TableError> {
    Ok(table.restore().with_version_to_restore(version).await?)
}
