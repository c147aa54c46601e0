//! Tables: opening what is there, and replacing one day in one commit.

use crate::durable::DurableStore;
use crate::error::PipelineError;
use crate::location::{Location, StorageOptions};
use crate::metrics::{metrics_schema, products_schema};
use crate::quarantine::quarantine_schema;
use arrow::array::RecordBatch;
use arrow::datatypes::{DataType, SchemaRef};
use datafusion::prelude::{ParquetReadOptions, SessionContext, col, lit};
use datafusion::scalar::ScalarValue;
use deltalake::delta_datafusion::create_session;
use deltalake::kernel::transaction::{CommitProperties, TransactionError};
use deltalake::kernel::{Transaction, Version};
use deltalake::logstore::{LogStoreRef, StorageConfig, default_logstore};
use deltalake::protocol::SaveMode;
use deltalake::{DeltaTable, DeltaTableError};
use ecommerce_model::Fecha;
use futures::{StreamExt as _, TryStreamExt as _};
use object_store::ObjectStore;
use object_store::path::Path as ObjectPath;
use object_store::prefix::PrefixStore;
use std::path::Path;
use std::sync::{Arc, Mutex};
use std::time::Duration;

/// The three tables of the platform.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub enum TableKind {
    /// `metricas_diarias`: the output itself.
    Metrics,
    /// `productos_diarios`, beside it.
    Products,
    /// `cuarentena`, beside it.
    Quarantine,
}

impl TableKind {
    /// Every table, in the order in which a day is written: the metrics last, for they make the day new.
    pub const ALL: [Self; 3] = [Self::Quarantine, Self::Products, Self::Metrics];

    /// Its name in SQL.
    pub const fn sql_name(self) -> &'static str {
        match self {
            Self::Metrics => "metricas_diarias",
            Self::Products => "productos_diarios",
            Self::Quarantine => "cuarentena",
        }
    }

    /// Where it stands, given where the metrics stand.
    ///
    /// # Errors
    /// * [`PipelineError::Location`] if there is no place beside the metrics.
    pub fn location(self, metrics: &Location) -> Result<Location, PipelineError> {
        Ok(match self {
            Self::Metrics => metrics.clone(),
            Self::Products => metrics.beside("_productos")?,
            Self::Quarantine => metrics.beside("_cuarentena")?,
        })
    }

    /// Its columns.
    pub fn schema(self) -> SchemaRef {
        match self {
            Self::Metrics => metrics_schema(),
            Self::Products => products_schema(),
            Self::Quarantine => quarantine_schema(),
        }
    }
}

/// Opens the table at `location`, or says that there is none yet.
///
/// # Errors
/// * [`PipelineError::NotATable`] if something else stands there.
/// * [`PipelineError::DamagedLog`] if there is a log that cannot be read: it is never taken for an empty table.
/// * [`PipelineError::Location`], [`PipelineError::Table`] if the store cannot be set up or does not answer.
pub async fn open_table(
    location: &Location,
    options: &StorageOptions,
) -> Result<Option<DeltaTable>, PipelineError> {
    Target::new(location, options, false)?.open().await
}

/// A place for a table, with the store that serves it.
pub(crate) struct Target {
    location: Location,
    store: Arc<dyn ObjectStore>,
    log_store: LogStoreRef,
    /// The table as last seen: the next look reads only the commits since.
    seen: Mutex<Option<DeltaTable>>,
}

impl Target {
    pub(crate) fn new(
        location: &Location,
        options: &StorageOptions,
        durable: bool,
    ) -> Result<Self, PipelineError> {
        let root: Arc<dyn ObjectStore> = match location.as_local() {
            Some(_) if durable => Arc::new(DurableStore::new()),
            _ => location.store(options)?,
        };
        let store: Arc<dyn ObjectStore> =
            Arc::new(PrefixStore::new(Arc::clone(&root), location.key()?));
        let log_store = default_logstore(
            Arc::clone(&store),
            root,
            location.url(),
            &StorageConfig::default(),
        );
        Ok(Self {
            location: location.clone(),
            store,
            log_store,
            seen: Mutex::default(),
        })
    }

    pub(crate) fn location(&self) -> &Location {
        &self.location
    }

    /// The table as it is now, or `None` if there is none yet.
    pub(crate) async fn open(&self) -> Result<Option<DeltaTable>, PipelineError> {
        let seen = self.seen.lock().ok().and_then(|seen| seen.clone());
        self.refresh(seen).await
    }

    async fn open_anew(&self) -> Result<Option<DeltaTable>, PipelineError> {
        if self
            .location
            .as_local()
            .is_some_and(|p| p.exists() && !p.is_dir())
        {
            return Err(self.not_a_table("a file"));
        }
        if !self.has_log().await? {
            let strangers = self.has_strangers().await?;
            // Another first run may have made the table between the two looks: then it is a table like any other.
            if !self.has_log().await? {
                return if strangers {
                    Err(self.not_a_table("a directory with other files"))
                } else {
                    Ok(None)
                };
            }
        }
        let mut table = DeltaTable::new(Arc::clone(&self.log_store));
        match table.load().await {
            Ok(()) => Ok(Some(table)),
            Err(e) if is_unavailable(&e) => Err(self.failed(e)),
            Err(e) => Err(PipelineError::DamagedLog {
                location: self.location.clone(),
                source: Box::new(e),
            }),
        }
    }

    /// The table as it is now, from how it was found before.
    async fn refresh(
        &self,
        table: Option<DeltaTable>,
    ) -> Result<Option<DeltaTable>, PipelineError> {
        let table = match table {
            None => self.open_anew().await?,
            Some(mut table) => {
                table.update_state().await.map_err(|e| self.failed(e))?;
                Some(table)
            }
        };
        if let (Some(table), Ok(mut seen)) = (&table, self.seen.lock())
            && seen.as_ref().and_then(DeltaTable::version) < table.version()
        {
            *seen = Some(table.clone());
        }
        Ok(table)
    }

    async fn has_log(&self) -> Result<bool, PipelineError> {
        let log = ObjectPath::from("_delta_log");
        let mut entries = self.store.list(Some(&log));
        while let Some(entry) = entries.next().await {
            let entry = entry.map_err(|e| self.failed(e.into()))?;
            let name = entry.location.filename().unwrap_or_default();
            // `…json#1` is what a writer that died left behind, not a commit.
            if name.ends_with(".json") || name.ends_with(".parquet") {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Whether anything stands here that no first run leaves behind: somebody's data.
    async fn has_strangers(&self) -> Result<bool, PipelineError> {
        let mut entries = self.store.list(None);
        while let Some(entry) = entries.next().await {
            let entry = entry.map_err(|e| self.failed(e.into()))?;
            let path = entry.location.as_ref();
            let name = entry.location.filename().unwrap_or_default();
            // Data files are named `part-00000-<uuid>-c000….parquet`, and end in `#1` while they are written.
            let ours = path.starts_with("_delta_log/")
                || path.starts_with("fecha=")
                    && (name.contains('#') || name.starts_with("part-") && name.len() > 45);
            if !ours {
                return Ok(true);
            }
        }
        Ok(false)
    }

    fn not_a_table(&self, what: &'static str) -> PipelineError {
        PipelineError::NotATable {
            location: self.location.clone(),
            what,
        }
    }

    pub(crate) fn failed(&self, source: DeltaTableError) -> PipelineError {
        PipelineError::Table {
            location: self.location.clone(),
            source: Box::new(source),
        }
    }
}

/// Trouble of the store rather than of the log's content.
fn is_unavailable(e: &DeltaTableError) -> bool {
    let mut next: Option<&(dyn std::error::Error + 'static)> = Some(e);
    while let Some(e) = next {
        if let Some(e) = e.downcast_ref::<object_store::Error>() {
            return !matches!(e, object_store::Error::NotFound { .. });
        }
        if e.downcast_ref::<std::io::Error>().is_some() {
            return true;
        }
        next = e.source();
    }
    false
}

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

/// Replaces the rows of `fecha` by `rows` in one commit, which also creates the table if there is none.
///
/// Another writer's commit in between is no error: the table is read again and the day replaced on top of it.
///
/// # Errors
/// * [`PipelineError::Conflict`] after many lost attempts.
/// * Those of [`Target::open`], and [`PipelineError::OtherTable`] if the columns differ.
pub(crate) async fn replace_day(
    target: &Target,
    kind: TableKind,
    fecha: Fecha,
    rows: &DayRows<'_>,
    run: &Run,
) -> Result<Published, PipelineError> {
    let (mut table, mut first_version) = (None, None);
    for attempt in 1..=ATTEMPTS {
        table = match table {
            None => target.open().await?,
            known => target.refresh(known).await?,
        };
        if attempt == 1 {
            first_version = table.as_ref().and_then(DeltaTable::version);
        }
        if let Some(table) = &table {
            check_columns(target, table, kind)?;
        }
        let failure = match write(target, table.clone(), fecha, rows, run).await {
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
        if !is_conflict(&failure) {
            return Err(target.failed(failure));
        }
        // Spread by the run's own identity, so that competitors do not keep meeting.
        let spread = u64::from(run.id.as_bytes()[(attempt % 16) as usize]) % 50;
        tokio::time::sleep(Duration::from_millis(
            10 * u64::from(attempt.min(20)) + spread,
        ))
        .await;
    }
    Err(PipelineError::Conflict {
        location: target.location.clone(),
        attempts: ATTEMPTS,
    })
}

enum WriteFailure {
    Delta(DeltaTableError),
    Other(PipelineError),
}

async fn write(
    target: &Target,
    table: Option<DeltaTable>,
    fecha: Fecha,
    rows: &DayRows<'_>,
    run: &Run,
) -> Result<Version, WriteFailure> {
    let table = table.unwrap_or_else(|| DeltaTable::new(Arc::clone(&target.log_store)));
    let day = ScalarValue::Date32(Some(fecha.days_since_epoch()));
    let transaction = Transaction::new(app_id(fecha), run.started_micros);
    let commit = CommitProperties::default()
        // The library's own retries rebase blindly past us; ours read the table again.
        .with_max_retries(0)
        .with_application_transaction(transaction)
        .with_metadata([
            (
                "run_id".to_owned(),
                serde_json::Value::from(run.id.to_string()),
            ),
            (
                "pipeline".to_owned(),
                serde_json::Value::from(concat!("analytics-ecommerce ", env!("CARGO_PKG_VERSION"))),
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
        .with_commit_properties(commit)
        .await
        .map_err(WriteFailure::Delta)?;
    written.version().ok_or_else(|| {
        WriteFailure::Other(PipelineError::Internal("a commit without version".into()))
    })
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
        .transaction_version(table.log_store().as_ref(), app_id(fecha))
        .await
        .map_err(failed)?;
    Ok(version.is_some())
}

/// The name under which a day's runs are recorded as application transactions.
fn app_id(fecha: Fecha) -> String {
    format!("analytics-ecommerce/{fecha}")
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
            .log_store
            .read_commit_entry(version)
            .await
            .map_err(|e| target.failed(e))?;
        if entry.is_some_and(|bytes| bytes.windows(needle.len()).any(|w| w == needle.as_bytes())) {
            return Ok(Some(version));
        }
    }
    Ok(None)
}

fn is_conflict(e: &DeltaTableError) -> bool {
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

/// The table must have our columns; writing into somebody else's would mix two things.
fn check_columns(
    target: &Target,
    table: &DeltaTable,
    kind: TableKind,
) -> Result<(), PipelineError> {
    let found = table
        .snapshot()
        .map_err(|e| target.failed(e))?
        .snapshot()
        .arrow_schema();
    let other = |detail: String| {
        Err(PipelineError::OtherTable {
            location: target.location.clone(),
            detail,
        })
    };
    for ours in kind.schema().fields() {
        match found.field_with_name(ours.name()) {
            Err(_) => return other(format!("'{}' is missing", ours.name())),
            Ok(theirs) if plain(theirs.data_type()) != plain(ours.data_type()) => {
                return other(format!(
                    "'{}' is {}, not {}",
                    ours.name(),
                    theirs.data_type(),
                    ours.data_type()
                ));
            }
            Ok(_) => {}
        }
    }
    match found
        .fields()
        .iter()
        .find(|f| kind.schema().field_with_name(f.name()).is_err())
    {
        Some(extra) => other(format!("'{}' is not one of ours", extra.name())),
        None => Ok(()),
    }
}

/// A type without the encodings that readers choose.
fn plain(dtype: &DataType) -> DataType {
    match dtype {
        DataType::Dictionary(_, values) => plain(values),
        DataType::LargeUtf8 | DataType::Utf8View => DataType::Utf8,
        other => other.clone(),
    }
}

/// A session in which `table` is registered under `name`, for reading.
///
/// # Errors
/// * [`PipelineError::Internal`] if the table cannot be registered.
pub async fn session_for(
    tables: impl IntoIterator<Item = (&str, &DeltaTable)>,
) -> Result<SessionContext, PipelineError> {
    let session = SessionContext::new();
    for (name, table) in tables {
        let provider = table
            .table_provider()
            .await
            .map_err(|e| PipelineError::Internal(e.to_string()))?;
        session.register_table(name, provider)?;
    }
    Ok(session)
}

/// Every row of the table as batches, columns in schema order.
///
/// # Errors
/// * [`PipelineError::Internal`] if a data file cannot be read.
pub async fn read_batches(table: &DeltaTable) -> Result<Vec<RecordBatch>, PipelineError> {
    let session = session_for([("t", table)]).await?;
    let stream = session.table("t").await?.execute_stream().await?;
    Ok(stream.try_collect().await?)
}
