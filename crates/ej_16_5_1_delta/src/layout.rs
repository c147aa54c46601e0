//! The same rows in other files: compaction, z-order, checkpoints, and removing what no version within reach needs.

use crate::error::TableError;
use deltalake::DeltaTable;
use deltalake::checkpoints::create_checkpoint;
use deltalake::operations::optimize::{Metrics, OptimizeType};
use deltalake::operations::vacuum::VacuumMode;
use std::num::NonZeroU64;

/// The table with its small files merged into files of about `target` bytes, and what it took.
///
/// Rows keep their order within a partition; the commit changes no data (`dataChange` is false), so appends made meanwhile stay.
///
/// # Errors
/// * [`TableError::Conflict`] if another writer removed one of the files meanwhile.
pub async fn compact(
    table: DeltaTable,
    target: NonZeroU64,
) -> Result<(DeltaTable, Metrics), TableError> {
    let optimize = table.optimize().with_type(OptimizeType::Compact);
    Ok(optimize.with_target_size(target).await?)
}

/// The table with its rows in the library's order of `columns`, in files of about `target` bytes. Of one column that is its order, and a
/// predicate on it leaves most files unread; of several it should be a Z-curve and is not: see [`crate::order_along_curve`]. Of a text
/// only the beginning counts: the key has sixteen bytes per column
/// ([delta-rs 2844](https://github.com/delta-io/delta-rs/issues/2844)).
///
/// # Errors
/// * [`TableError::Conflict`] as for [`compact`].
/// * [`TableError::Delta`] if a column is not there, or is a partition column.
///
/// # Cost
/// Every file is read, its rows sorted and written again, each time anew: nothing says that a table is in order already.
pub async fn zorder(
    table: DeltaTable,
    columns: &[&str],
    target: NonZeroU64,
) -> Result<(DeltaTable, Metrics), TableError> {
    let columns = columns.iter().map(|&column| column.to_owned()).collect();
    let optimize = table.optimize().with_type(OptimizeType::ZOrder(columns));
    Ok(optimize.with_target_size(target).await?)
}

/// Writes the state of the table's version as one Parquet file into the log, so that a reader need not replay the commits before it.
///
/// In S3, to be called in a runtime of several threads: in one of a single thread the library blocks it while that thread would have to
/// carry the request, and the wait ends with the client's time-out, thirty seconds unless told otherwise.
///
/// # Errors
/// * [`TableError::Delta`] if it cannot be written.
pub async fn checkpoint(table: &DeltaTable) -> Result<(), TableError> {
    Ok(create_checkpoint(table, None).await?)
}

/// The table with these properties set.
///
/// # Errors
/// * [`TableError::Delta`] for a name that Delta does not know or a value that it does not take.
pub async fn set_properties(
    table: DeltaTable,
    properties: &[(&str, &str)],
) -> Result<DeltaTable, TableError> {
    let properties = properties.iter();
    let properties = properties.map(|&(name, value)| (name.to_owned(), value.to_owned()));
    let set = table.set_tbl_properties();
    Ok(set.with_properties(properties.collect()).await?)
}

/// What a vacuum may remove: the data files that the last version does not use and that left the table some time ago. Versions that used
/// them can then no longer be read.
#[derive(Clone, Copy, Debug)]
pub struct Vacuum {
    keep: chrono::Duration,
    insists: bool,
    strays: bool,
}

impl Vacuum {
    /// Only files that left the table so long ago, and none if that is less than the table's own retention, a week unless told
    /// otherwise: a writer or reader that began before may still need them.
    pub const fn keeping(keep: chrono::Duration) -> Self {
        Self {
            keep,
            insists: false,
            strays: false,
        }
    }

    /// Also below the table's own retention.
    #[must_use]
    pub const fn insisting(mut self) -> Self {
        self.insists = true;
        self
    }

    /// Also files that no commit ever named: what a writer left that died before its commit, and what one writes that has not come
    /// to it yet.
    #[must_use]
    pub const fn with_strays(mut self) -> Self {
        self.strays = true;
        self
    }

    /// The files that would be removed, relative to the table and sorted; nothing is.
    ///
    /// # Errors
    /// * [`TableError::Delta`] if the time is below the table's retention and not insisted upon.
    pub async fn rehearse(
        self,
        table: DeltaTable,
    ) -> Result<(DeltaTable, Vec<String>), TableError> {
        self.go(table, true).await
    }

    /// The table after removing them, and which they were.
    ///
    /// # Errors
    /// As [`Vacuum::rehearse`]; also if a file cannot be removed.
    pub async fn run(self, table: DeltaTable) -> Result<(DeltaTable, Vec<String>), TableError> {
        self.go(table, false).await
    }

    async fn go(
        self,
        table: DeltaTable,
        dry_run: bool,
    ) -> Result<(DeltaTable, Vec<String>), TableError> {
        let mode = if self.strays {
            VacuumMode::Full
        } else {
            VacuumMode::Lite
        };
        let (table, metrics) = table
            .vacuum()
            .with_mode(mode)
            .with_retention_period(self.keep)
            .with_enforce_retention_duration(!self.insists)
            .with_dry_run(dry_run)
            .await?;
        let mut files = metrics.files_deleted;
        files.sort();
        Ok((table, files))
    }
}
