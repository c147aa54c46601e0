//! Tables: opening what is there, and replacing one day in one commit.

mod day_table;
mod replace;
mod target;

use crate::error::PipelineError;
use crate::location::{Location, StorageOptions};
use crate::metrics::{metrics_schema, products_schema};
use crate::quarantine::quarantine_schema;
use arrow::array::RecordBatch;
use arrow::datatypes::SchemaRef;
use datafusion::prelude::SessionContext;
pub use day_table::{DayTable, PublishedDay};
use deltalake::DeltaTable;
use futures::TryStreamExt as _;
pub use replace::is_published;
pub(crate) use replace::{DayRows, Run, is_conflict, replace_day};
pub(crate) use target::Target;

/// What a table of days is.
#[derive(Clone, Debug)]
pub struct TableDefinition {
    /// Its columns; `fecha` (Date32) is among them and partitions it.
    pub columns: SchemaRef,
    /// Who writes it: a commit records the application transaction `<app>/<fecha>`.
    pub app: &'static str,
    /// Table properties (`delta.…`) that the first commit sets; a table that exists keeps its own.
    pub properties: Vec<(String, String)>,
}

/// Who writes the platform's own tables.
pub(crate) const APP: &str = "analytics-ecommerce";

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

    /// What its days are replaced by.
    pub(crate) fn definition(self) -> TableDefinition {
        TableDefinition {
            columns: self.schema(),
            app: APP,
            properties: Vec::new(),
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
