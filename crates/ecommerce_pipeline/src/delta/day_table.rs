//! Any table of days, replaced like the platform's own.

use super::replace::{Published, Run, replace_day};
use super::target::Target;
use super::{DayRows, TableDefinition};
use crate::error::PipelineError;
use crate::location::{Location, StorageOptions};
use arrow::array::RecordBatch;
use deltalake::DeltaTable;
use deltalake::kernel::Version;
use ecommerce_model::Fecha;

/// A table of days at a place that need not exist yet.
///
/// Several days may be replaced on one value, also at the same time: each look reads only the commits since the last.
pub struct DayTable {
    target: Target,
    definition: TableDefinition,
}

/// A day in its table.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct PublishedDay {
    /// The version that has it.
    pub version: Version,
    /// Commits tried, one unless other writers came first.
    pub attempts: u32,
}

impl DayTable {
    /// The table at `location`; `durable` as in [`DayJob`](crate::DayJob).
    ///
    /// # Errors
    /// * [`PipelineError::Location`] if the store cannot be set up.
    pub fn new(
        location: &Location,
        options: &StorageOptions,
        durable: bool,
        definition: TableDefinition,
    ) -> Result<Self, PipelineError> {
        Ok(Self {
            target: Target::new(location, options, durable)?,
            definition,
        })
    }

    /// The table as it is now, or `None` if there is none yet; whatever else stands there is an error.
    ///
    /// # Errors
    /// * [`PipelineError::NotATable`], [`PipelineError::DamagedLog`], [`PipelineError::Table`] as
    ///   [`open_table`](crate::open_table).
    /// * [`PipelineError::OtherTable`] if it has other columns than the definition.
    pub async fn open(&self) -> Result<Option<DeltaTable>, PipelineError> {
        let table = self.target.open().await?;
        if let Some(table) = &table {
            self.target.check_columns(table, &self.definition.columns)?;
        }
        Ok(table)
    }

    /// Replaces the rows of `fecha` by `rows` in one commit, which also creates the table if there is none.
    ///
    /// `run_id` names the run in the commit, by which a commit whose answer was lost is recognised;
    /// `version` is what the application transaction records, the run's start in microseconds.
    ///
    /// # Errors
    /// * [`PipelineError::Conflict`] after many lost attempts.
    /// * Those of [`open`](Self::open); [`PipelineError::Table`] if rows of another day are among `rows`.
    pub async fn replace_day(
        &self,
        fecha: Fecha,
        rows: &RecordBatch,
        run_id: uuid::Uuid,
        version: i64,
    ) -> Result<PublishedDay, PipelineError> {
        let run = Run {
            id: run_id,
            started_micros: version,
        };
        let rows = DayRows::Batch(rows.clone());
        let Published { version, attempts } =
            replace_day(&self.target, &self.definition, fecha, &rows, &run).await?;
        Ok(PublishedDay { version, attempts })
    }
}
