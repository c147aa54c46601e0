//! Replacing a day in one commit, whatever the store answers and whoever else writes.

use super::target::Target;
use super::{APP, TableDefinition};
use crate::VERSION_PIPELINE;
use crate::error::PipelineError;
use crate::location::Location;
use arrow::array::RecordBatch;
use datafusion::prelude::{ParquetReadOptions, col, lit};
use datafusion::scalar::ScalarValue;
use deltalake::delta_datafusion::create_session;
use deltalake::kernel::transaction::{CommitProperties, TransactionError};
use deltalake::kernel::{Transaction, Version};
use deltalake::protocol::SaveMode;
use deltalake::table::config::TablePropertiesExt as _;
use deltalake::{DeltaTable, DeltaTableError};
use ecommerce_model::Fecha;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

/// The new rows of a day.
pub(crate) enum DayRows<'a> {
    Batch(RecordBatch),
    File(&'a Path),
}

/// Who writes: stored in the commit, so that a commit whose answer was lost is recognised.
#[derive(Clone, Debug)]
pub(crate) struct Run {
    pub(crate) id: uuid::Uuid,
    pub(crate) started_micros: i64,
}

/// A day published.
pub(crate) struct Published {
    pub(crate) version: Version,
    pub(crate) attempts: u32,
}

const ATTEMPTS: u32 = 40;
/// Commits whose request was lost on the way and that are sent again; each has had its time out.
const LOST: u32 = 2;

/// Replaces the rows of `fecha` by `rows` in one commit, which also creates the table if there is none.
///
/// Another writer's commit in between is no error: the table is read again and the day replaced on top of it.
///
/// # Errors
/// * [`PipelineError::Conflict`] after many lost attempts.
/// * Those of [`Target::open`] and [`Target::check_writable`].
pub(crate) async fn replace_day(
    target: &Target,
    definition: &TableDefinition,
    fecha: Fecha,
    rows: &DayRows<'_>,
    run: &Run,
) -> Result<Published, PipelineError> {
    let (mut table, mut first_version, mut lost) = (None, None, 0);
    for attempt in 1..=ATTEMPTS {
        table = match table {
            None => target.open().await?,
            known => target.refresh(known).await?,
        };
        if let Some(table) = &table {
            target.check_writable(table, &definition.columns)?;
        }
        let before = table.as_ref().and_then(DeltaTable::version);
        if attempt == 1 {
            first_version = before;
        }
        let failure = match write(target, definition, table.clone(), fecha, rows, run).await {
            Ok(version) => {
                return Ok(Published {
                    version,
                    attempts: attempt,
                });
            }
            Err(WriteFailure::Delta(e)) => e,
            Err(WriteFailure::Other(e)) => return Err(e),
        };
        // The commit may stand although its answer said otherwise: look before believing, delete nothing.
        table = target.refresh(table).await?;
        let latest = table.as_ref().and_then(DeltaTable::version);
        if let Some(version) = find_own_commit(target, first_version, latest, run).await? {
            return Ok(Published {
                version,
                attempts: attempt,
            });
        }
        // Whatever the failure says: where another writer's commit stands, the right answer was that it came first.
        if latest == before && !is_conflict(&failure) {
            // Without an answer, and without the commit in the log, it did not arrive; should it still do so, it is found then.
            if !is_lost(&failure) || lost == LOST {
                return Err(target.failed(failure));
            }
            lost += 1;
        }
        // Spread by the run's own identity, so that competitors do not keep meeting.
        let spread = u64::from(run.id.as_bytes()[(attempt % 16) as usize]) % 50;
        tokio::time::sleep(Duration::from_millis(
            10 * u64::from(attempt.min(20)) + spread,
        ))
        .await;
    }
    Err(PipelineError::Conflict {
        location: target.location().clone(),
        attempts: ATTEMPTS,
    })
}

enum WriteFailure {
    Delta(DeltaTableError),
    Other(PipelineError),
}

async fn write(
    target: &Target,
    definition: &TableDefinition,
    table: Option<DeltaTable>,
    fecha: Fecha,
    rows: &DayRows<'_>,
    run: &Run,
) -> Result<Version, WriteFailure> {
    let properties: &[(String, String)] = match table {
        Some(_) => &[],
        None => &definition.properties,
    };
    // The library would list the whole log after every commit; old entries can only go once a checkpoint replaces them.
    let clean = table.as_ref().is_some_and(makes_checkpoint);
    let table = table.unwrap_or_else(|| target.nothing_yet());
    let day = ScalarValue::Date32(Some(fecha.days_since_epoch()));
    let transaction = Transaction::new(app_id(definition.app, fecha), run.started_micros);
    let commit = CommitProperties::default()
        // The library's own retries rebase blindly past us; ours read the table again.
        .with_max_retries(0)
        .with_cleanup_expired_logs(Some(clean))
        .with_application_transaction(transaction)
        .with_metadata([
            (
                "run_id".to_owned(),
                serde_json::Value::from(run.id.to_string()),
            ),
            (
                "pipeline".to_owned(),
                serde_json::Value::from(format!("{} {VERSION_PIPELINE}", definition.app)),
            ),
        ]);
    let other = |e: datafusion::error::DataFusionError| WriteFailure::Other(e.into());
    let builder = match rows {
        DayRows::Batch(batch) => table.write([batch.clone()]),
        DayRows::File(path) => {
            // Delta's own session: its planner knows the nodes that a write adds to the plan.
            let session = create_session().into_inner();
            let path = path.to_string_lossy();
            let frame = session
                .read_parquet(path.as_ref(), ParquetReadOptions::default())
                .await
                .map_err(other)?;
            let (state, plan) = frame.into_parts();
            table
                .write([])
                .with_input_plan(plan)
                .with_session_state(Arc::new(state))
        }
    };
    let written = builder
        .with_save_mode(SaveMode::Overwrite)
        .with_replace_where(col("fecha").eq(lit(day)))
        .with_partition_columns(["fecha"])
        .with_configuration(properties.iter().map(|(k, v)| (k, Some(v))))
        .with_commit_properties(commit)
        .await
        .map_err(WriteFailure::Delta)?;
    written.version().ok_or_else(|| {
        WriteFailure::Other(PipelineError::Internal("a commit without version".into()))
    })
}

/// Whether the next commit is one after which the library writes a checkpoint, in a table that lets old log entries go.
fn makes_checkpoint(table: &DeltaTable) -> bool {
    let Ok(snapshot) = table.snapshot() else {
        return false;
    };
    let (config, next) = (snapshot.table_config(), snapshot.version() + 1);
    config.enable_expired_log_cleanup()
        && (next + 1).is_multiple_of(config.checkpoint_interval().get())
}

/// Whether the day was published before, by any run.
///
/// # Errors
/// * [`PipelineError::Table`] if the log cannot be read.
pub async fn is_published(
    location: &Location,
    table: &DeltaTable,
    fecha: Fecha,
) -> Result<bool, PipelineError> {
    let failed = |e: DeltaTableError| PipelineError::Table {
        location: location.clone(),
        source: Box::new(e),
    };
    let snapshot = table.snapshot().map_err(failed)?;
    let version = snapshot
        .transaction_version(table.log_store().as_ref(), app_id(APP, fecha))
        .await
        .map_err(failed)?;
    Ok(version.is_some())
}

/// The name under which a day's runs are recorded as application transactions.
fn app_id(app: &str, fecha: Fecha) -> String {
    format!("{app}/{fecha}")
}

/// The version among those after `since` that this run wrote.
async fn find_own_commit(
    target: &Target,
    since: Option<Version>,
    latest: Option<Version>,
    run: &Run,
) -> Result<Option<Version>, PipelineError> {
    let Some(latest) = latest else {
        return Ok(None);
    };
    let needle = format!("\"run_id\":\"{}\"", run.id);
    for version in since.map_or(0, |v| v + 1)..=latest {
        let entry = target
            .log_store()
            .read_commit_entry(version)
            .await
            .map_err(|e| target.failed(e))?;
        if entry.is_some_and(|bytes| bytes.windows(needle.len()).any(|w| w == needle.as_bytes())) {
            return Ok(Some(version));
        }
    }
    Ok(None)
}

/// No answer came: the connection broke, or the time was out. What a store refuses is something else.
fn is_lost(e: &DeltaTableError) -> bool {
    let mut next: Option<&(dyn std::error::Error + 'static)> = Some(e);
    while let Some(e) = next {
        if e.is::<object_store::client::HttpError>() {
            return true;
        }
        next = e.source();
    }
    false
}

/// Another writer came first.
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
