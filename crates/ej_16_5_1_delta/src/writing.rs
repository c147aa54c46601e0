//! Writing: append, overwrite all or a part, and what happens when the columns differ.
//!
//! Every operation takes the table and gives it back: in today's API a `DeltaTable` is a version, and what changes it consumes it. A
//! failure leaves what was on disk, and data files that no commit names at worst.

use crate::error::TableError;
use arrow::array::RecordBatch;
use datafusion::prelude::Expr;
use deltalake::DeltaTable;
use deltalake::operations::write::SchemaMode;
use deltalake::protocol::SaveMode;

/// The table with these rows added.
///
/// # Errors
/// * [`TableError::Columns`] if columns are missing, are too many, or cannot become the table's.
/// * [`TableError::Rows`] if a rule of the table forbids one of them: none is added.
/// * [`TableError::Conflict`] if another writer changed the table's columns or rules meanwhile; its appends are no conflict.
pub async fn append(
    table: DeltaTable,
    rows: impl IntoIterator<Item = RecordBatch>,
) -> Result<DeltaTable, TableError> {
    let write = table.write(rows).with_save_mode(SaveMode::Append);
    Ok(write.await?)
}

/// The table with these rows added; a column that it lacks is added to it, one that they lack is null.
///
/// # Errors
/// * [`TableError::Columns`] if a column has another type that cannot become the table's.
/// * [`TableError::Rows`] if a column that takes no nulls is missing, or another rule forbids a row.
pub async fn append_merging_schema(
    table: DeltaTable,
    rows: impl IntoIterator<Item = RecordBatch>,
) -> Result<DeltaTable, TableError> {
    let write = table.write(rows).with_save_mode(SaveMode::Append);
    Ok(write.with_schema_mode(SchemaMode::Merge).await?)
}

/// The table with these rows and no others. Older versions keep theirs.
///
/// # Errors
/// As [`append`]; [`TableError::Conflict`] after any other writer's commit.
pub async fn overwrite(
    table: DeltaTable,
    rows: impl IntoIterator<Item = RecordBatch>,
) -> Result<DeltaTable, TableError> {
    let write = table.write(rows).with_save_mode(SaveMode::Overwrite);
    Ok(write.await?)
}

/// The table with these rows and their columns, whatever it had.
///
/// # Errors
/// As [`overwrite`], save that no column is refused.
pub async fn overwrite_schema(
    table: DeltaTable,
    rows: impl IntoIterator<Item = RecordBatch>,
) -> Result<DeltaTable, TableError> {
    let write = table.write(rows).with_save_mode(SaveMode::Overwrite);
    Ok(write.with_schema_mode(SchemaMode::Overwrite).await?)
}

/// The table in which these rows stand for all that met `predicate`, in one commit: how a day is replaced.
///
/// # Errors
/// As [`overwrite`]; [`TableError::Rows`] also if a new row does not meet the predicate.
pub async fn replace_where(
    table: DeltaTable,
    predicate: Expr,
    rows: impl IntoIterator<Item = RecordBatch>,
) -> Result<DeltaTable, TableError> {
    let write = table.write(rows).with_save_mode(SaveMode::Overwrite);
    Ok(write.with_replace_where(predicate).await?)
}
