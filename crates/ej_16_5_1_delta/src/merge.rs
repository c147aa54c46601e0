//! MERGE: rows that come, rows that are there, and a clause for each way in which they meet.

use crate::error::TableError;
use crate::sales::{Sale, sales_batch, sales_schema};
use arrow::array::{BooleanArray, RecordBatch};
use arrow::datatypes::{DataType, Field, Schema};
use datafusion::execution::{SessionState, SessionStateBuilder};
use datafusion::logical_expr::{Operator, binary_expr};
use datafusion::prelude::{Expr, SessionContext, col, lit};
use datafusion::scalar::ScalarValue;
use deltalake::DeltaTable;
use deltalake::delta_datafusion::create_session_state_with_spill_config;
use deltalake::operations::merge::{MergeBuilder, MergeMetrics};
use ecommerce_model::Fecha;
use std::sync::Arc;

/// A sale as it is now, or the news that it was cancelled.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Change {
    /// The sale; of a cancelled one only the number counts.
    pub sale: Sale,
    /// Whether it is to go.
    pub anulada: bool,
}

/// The changes as a batch: the columns of [`sales_schema`] and `anulada`, a Boolean.
///
/// # Errors
/// * [`TableError::Arrow`] never in practice: columns are built to the schema.
pub fn changes_batch(changes: &[Change]) -> Result<RecordBatch, TableError> {
    let sales: Vec<Sale> = changes.iter().map(|change| change.sale.clone()).collect();
    with_cancelled(&sales_batch(&sales)?, |row| changes[row].anulada)
}

/// The sales with `anulada` beside them.
pub(crate) fn with_cancelled(
    sales: &RecordBatch,
    is_cancelled: impl Fn(usize) -> bool,
) -> Result<RecordBatch, TableError> {
    let cancelled: BooleanArray = (0..sales.num_rows())
        .map(|row| Some(is_cancelled(row)))
        .collect();
    let mut fields = sales_schema().fields().to_vec();
    fields.push(Arc::new(Field::new("anulada", DataType::Boolean, false)));
    let mut columns = sales.columns().to_vec();
    columns.push(Arc::new(cancelled));
    let schema = Arc::new(Schema::new(fields));
    Ok(RecordBatch::try_new(schema, columns)?)
}

/// How a MERGE is run.
#[derive(Clone, Default)]
pub struct MergeSession(Option<Arc<SessionState>>);

impl MergeSession {
    /// As the library does it: a hash join, all of one side in memory.
    pub fn unbounded() -> Self {
        Self(None)
    }

    /// In so many bytes of the engine's memory, and the rest on disk: a hash join cannot spill, so the sides are sorted, which can.
    ///
    /// What the Parquet readers and writers hold is not counted by the engine and comes on top. Some tens of MiB are needed in any case:
    /// with less the MERGE ends in an error of the sort.
    pub fn bounded(bytes: usize) -> Self {
        let state = create_session_state_with_spill_config(Some(bytes), None);
        let config = state
            .config()
            .clone()
            .set_bool("datafusion.optimizer.prefer_hash_join", false);
        let state = SessionStateBuilder::new_from_existing(state).with_config(config);
        Self(Some(Arc::new(state.build())))
    }

    fn run(self, merge: MergeBuilder) -> MergeBuilder {
        match self.0 {
            None => merge,
            Some(state) => merge.with_session_state(state),
        }
    }
}

/// The table after one day's changes, and what it took. The clauses, of which the first that fits a row counts:
///
/// 1. a cancelled sale that is there: deleted;
/// 2. a sale that is there with another amount or region: updated;
/// 3. a sale that is not there, and not cancelled: inserted;
/// 4. a sale of `dia` that is there and did not come: deleted.
///
/// # Errors
/// * [`TableError::Delta`] if two changes are for one sale: which of them should count is not the table's to say.
/// * [`TableError::Rows`] if a new row breaks a rule of the table.
/// * [`TableError::Conflict`] if another writer changed rows that this read: with clause 4 that is the whole table.
pub async fn apply_day(
    table: DeltaTable,
    changes: RecordBatch,
    dia: Fecha,
    session: MergeSession,
) -> Result<(DeltaTable, MergeMetrics), TableError> {
    let dia = lit(ScalarValue::Date32(Some(dia.days_since_epoch())));
    let merge = start(table, changes)?
        .when_matched_delete(|delete| delete.predicate(origen("anulada")))?
        .when_matched_update(|update| {
            update
                .predicate(is_other())
                .update("region", origen("region"))
                .update("monto", origen("monto"))
        })?
        .when_not_matched_insert(|insert| {
            sales_schema()
                .fields()
                .iter()
                .fold(insert.predicate(!origen("anulada")), |insert, field| {
                    insert.set(field.name(), origen(field.name()))
                })
        })?
        .when_not_matched_by_source_delete(|delete| delete.predicate(destino("fecha").eq(dia)))?;
    Ok(session.run(merge).await?)
}

/// The table with these sales in it: updated where they are there with another amount or region, inserted where not.
///
/// Without a clause for rows that did not come, the log's statistics leave files unread whose numbers cannot be among the new ones.
///
/// # Errors
/// As [`apply_day`].
pub async fn upsert(
    table: DeltaTable,
    sales: RecordBatch,
    session: MergeSession,
) -> Result<(DeltaTable, MergeMetrics), TableError> {
    let merge = start(table, sales)?
        .when_matched_update(|update| {
            update
                .predicate(is_other())
                .update("region", origen("region"))
                .update("monto", origen("monto"))
        })?
        .when_not_matched_insert(|insert| {
            sales_schema()
                .fields()
                .iter()
                .fold(insert, |insert, f| insert.set(f.name(), origen(f.name())))
        })?;
    Ok(session.run(merge).await?)
}

fn start(table: DeltaTable, source: RecordBatch) -> Result<MergeBuilder, TableError> {
    let source = SessionContext::new().read_batch(source)?;
    let same = origen("venta_id").eq(destino("venta_id"));
    Ok(table
        .merge(source, same)
        .with_source_alias("origen")
        .with_target_alias("destino"))
}

/// A column of the rows that come.
fn origen(column: &str) -> Expr {
    col(format!("origen.{column}"))
}

/// A column of the rows that are there.
fn destino(column: &str) -> Expr {
    col(format!("destino.{column}"))
}

/// Amount or region differ, null regions included.
fn is_other() -> Expr {
    let differs = |c| binary_expr(origen(c), Operator::IsDistinctFrom, destino(c));
    differs("monto").or(differs("region"))
}
