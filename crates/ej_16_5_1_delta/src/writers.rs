//! Appending once, whatever the store answers and whoever else writes.

use crate::error::{TableError, is_conflict};
use crate::place::Place;
use crate::sales::{Sale, sales_batch};
use crate::spec::TableSpec;
use arrow::array::RecordBatch;
use deltalake::DeltaTable;
use deltalake::kernel::Transaction;
use deltalake::kernel::transaction::CommitProperties;
use deltalake::protocol::SaveMode;
use ecommerce_model::{Centavos, Fecha};

/// Whether rows were added now.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Appended {
    /// By this call.
    Now,
    /// By an earlier one, or by this one although its commit was answered with an error.
    Already,
}

/// How often a commit that others kept winning is tried; each try of ours holds fifteen of the library's.
const ATTEMPTS: u32 = 8;

/// The table with batch `number` of `writer` in it, exactly once: numbers grow, and one that the table knows is not added again.
///
/// The number goes into the commit as an application transaction. The library writes it down and does not look at it, save in one case:
/// a commit that must be tried again because others were first is refused when one of those carries the same application. So a commit
/// that was applied and answered with an error is not repeated after itself, which a plain append would be.
///
/// # Errors
/// * [`TableError::Rows`], [`TableError::Columns`] as for [`crate::append`].
/// * [`TableError::Conflict`] after many lost attempts.
/// * [`TableError::Unavailable`], [`TableError::Delta`] if the store cannot say what became of the commit: asking again with the same number
///   is safe.
pub async fn append_once(
    mut table: DeltaTable,
    writer: &str,
    number: i64,
    rows: &RecordBatch,
) -> Result<(DeltaTable, Appended), TableError> {
    let mut lost = None;
    for _ in 0..ATTEMPTS {
        if is_known(&table, writer, number).await? {
            return Ok((table, Appended::Already));
        }
        let commit = CommitProperties::default()
            .with_application_transaction(Transaction::new(writer, number));
        let write = table
            .clone()
            .write([rows.clone()])
            .with_save_mode(SaveMode::Append)
            .with_commit_properties(commit);
        match write.await {
            Ok(table) => return Ok((table, Appended::Now)),
            Err(e) => {
                // The commit may stand although its answer says otherwise: look before believing.
                table.update_state().await?;
                if is_known(&table, writer, number).await? {
                    return Ok((table, Appended::Already));
                }
                if !is_conflict(&e) {
                    return Err(e.into());
                }
                lost = Some(e);
            }
        }
    }
    let lost = lost.unwrap_or_else(|| deltalake::DeltaTableError::generic("no attempt"));
    Err(TableError::Conflict(Box::new(lost)))
}

async fn is_known(table: &DeltaTable, writer: &str, number: i64) -> Result<bool, TableError> {
    let log_store = table.log_store();
    let snapshot = table.snapshot()?;
    let last = snapshot.transaction_version(log_store.as_ref(), writer);
    Ok(last.await?.is_some_and(|last| last >= number))
}

/// What one of several writers writes.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Batches {
    /// Which writer.
    pub writer: u32,
    /// How many commits.
    pub batches: u32,
    /// Rows of each.
    pub rows: u32,
}

impl Batches {
    /// The rows of batch `number`, from 1: the writer is their region and the number their amount, in cents, so that a reader can tell
    /// whole batches from parts.
    pub fn sales(&self, number: u32) -> Vec<Sale> {
        let first = (i64::from(self.writer) << 40) + (i64::from(number) << 20);
        let days = 19_737; // 2024-01-15
        let Some(fecha) = Fecha::from_days_since_epoch(days) else {
            return Vec::new();
        };
        let rows = 0..i64::from(self.rows);
        rows.map(|row| Sale {
            venta_id: first + row,
            fecha,
            region: Some(self.region()),
            monto: Centavos::new(number.into()).unwrap_or(Centavos::ZERO),
        })
        .collect()
    }

    /// The region that says who wrote a row.
    pub fn region(&self) -> String {
        format!("escritor-{}", self.writer)
    }
}

/// Writes the batches one commit each into the table at `place`, made if there is none, and says the number of each that is in.
///
/// # Errors
/// Those of [`Place::open_or_create`] and [`append_once`].
pub async fn write_batches(
    place: &Place,
    what: Batches,
    mut acknowledge: impl FnMut(u32, Appended),
) -> Result<DeltaTable, TableError> {
    let mut table = place.open_or_create(&TableSpec::sales()).await?;
    let application = what.region();
    for number in 1..=what.batches {
        let rows = sales_batch(&what.sales(number))?;
        let appended;
        (table, appended) = append_once(table, &application, number.into(), &rows).await?;
        acknowledge(number, appended);
    }
    Ok(table)
}
