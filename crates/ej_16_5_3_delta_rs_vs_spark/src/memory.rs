//! What MERGE costs: the one limit of delta-rs that a matrix of yes and no does not show.

use crate::RunError;
use arrow::array::{ArrayRef, Float64Array, Int64Array, RecordBatch, StringArray};
use arrow::error::ArrowError;
use datafusion::error::DataFusionError;
use datafusion::prelude::SessionContext;
use deltalake::delta_datafusion::create_session_state_with_spill_config;
use deltalake::operations::merge::MergeMetrics;
use deltalake::protocol::SaveMode;
use deltalake::{DeltaTable, DeltaTableError};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use thiserror::Error;
use url::Url;

/// Rows of one file of the target.
const FILE: u64 = 50_000;

/// Why a merge could not be measured.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum MergeError {
    /// Delta says no: among others, that memory is exhausted.
    #[error(transparent)]
    Delta(#[from] DeltaTableError),
    /// DataFusion says no.
    #[error(transparent)]
    Query(#[from] DataFusionError),
    /// A batch cannot be made.
    #[error(transparent)]
    Arrow(#[from] ArrowError),
    /// The directory cannot be made.
    #[error(transparent)]
    Run(#[from] RunError),
    /// The table's place is no directory of this machine.
    #[error("{0} is not an absolute path")]
    Path(PathBuf),
}

/// Returns the table at `table`, made with `rows` rows `(id, region, nota, monto)` in files of 50,000, the same for every run.
///
/// # Errors
/// - [`MergeError::Path`], [`MergeError::Run`] if there is no such place
/// - [`MergeError::Delta`] if it cannot be written
pub async fn target(table: &Path, rows: u64) -> Result<DeltaTable, MergeError> {
    std::fs::create_dir_all(table).map_err(|source| RunError::File {
        path: table.to_owned(),
        source,
    })?;
    let url = Url::from_directory_path(table).map_err(|()| MergeError::Path(table.to_owned()))?;
    let mut written = DeltaTable::try_from_url(url).await?;
    let mut from = 0;
    while from < rows {
        let to = rows.min(from + FILE);
        written = written
            .write([batch(from, to, 1, 0.0)?])
            .with_save_mode(SaveMode::Append)
            .await?;
        from = to;
    }
    Ok(written)
}

/// Returns what MERGE did with `source` rows, of which every second one is in the target already, spread over all its files.
///
/// With `limit` the session may hold that many bytes and spills, or fails, beyond them.
///
/// # Errors
/// - [`MergeError::Delta`] if the merge fails; with a `limit`, also because memory is exhausted
pub async fn merge(
    table: DeltaTable,
    rows: u64,
    source: u64,
    limit: Option<usize>,
) -> Result<MergeMetrics, MergeError> {
    let step = (rows / source.max(1)).max(1) * 2;
    let old = batch(0, rows, step, 1.0)?;
    let fresh = batch(rows, rows + source / 2, 1, 1.0)?;
    let rows = arrow::compute::concat_batches(&old.schema(), [&old, &fresh])?;
    let session = SessionContext::new();
    let mut builder = table
        .merge(session.read_batch(rows)?, "t.id = s.id")
        .with_source_alias("s")
        .with_target_alias("t")
        .when_matched_update(|update| update.update("monto", "s.monto"))?
        .when_not_matched_insert(|insert| {
            ["id", "region", "nota", "monto"]
                .into_iter()
                .fold(insert, |insert, column| {
                    insert.set(column, format!("s.{column}"))
                })
        })?;
    if limit.is_some() {
        let state = create_session_state_with_spill_config(limit, None);
        builder = builder.with_session_state(Arc::new(state));
    }
    Ok(builder.await?.1)
}

/// Rows `from..to` by `step`; the text is as long as a short comment and different in each.
fn batch(from: u64, to: u64, step: u64, amount: f64) -> Result<RecordBatch, ArrowError> {
    let ids: Vec<u64> = (from..to).step_by(step as usize).collect();
    let note = |id: &u64| format!("{:016x}{:016x}", id.wrapping_mul(0x9e37_79b9_7f4a_7c15), id);
    let region = |id: &u64| ["norte", "sur", "este", "oeste"][(id % 4) as usize];
    RecordBatch::try_from_iter_with_nullable([
        (
            "id",
            Arc::new(Int64Array::from_iter_values(
                ids.iter().map(|id| *id as i64),
            )) as ArrayRef,
            true,
        ),
        (
            "region",
            Arc::new(StringArray::from_iter_values(ids.iter().map(region))) as ArrayRef,
            true,
        ),
        (
            "nota",
            Arc::new(StringArray::from_iter_values(ids.iter().map(note))) as ArrayRef,
            true,
        ),
        (
            "monto",
            Arc::new(Float64Array::from_iter_values(ids.iter().map(|_| amount))) as ArrayRef,
            true,
        ),
    ])
}
