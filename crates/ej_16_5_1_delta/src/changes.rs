//! DELETE and UPDATE, with predicates that are values.
//!
//! `"fecha = '" + text + "'"` replaces every day when the text is `2024-01-01' OR 'a'='a`. Here a predicate is an expression, and what
//! comes from outside is a literal in it, whose type is known before anything is read.

use crate::error::TableError;
use datafusion::prelude::Expr;
use deltalake::DeltaTable;
use deltalake::operations::delete::DeleteMetrics;
use deltalake::operations::update::UpdateMetrics;

/// The table without the rows that meet `predicate`, and what it took.
///
/// Files are replaced by files without those rows; where the predicate takes whole files, as one on partitions does, none is read.
///
/// # Errors
/// * [`TableError::Conflict`] if another writer added or removed rows that the predicate reads.
pub async fn delete_where(
    table: DeltaTable,
    predicate: Expr,
) -> Result<(DeltaTable, DeleteMetrics), TableError> {
    Ok(table.delete().with_predicate(predicate).await?)
}

/// The table with new values in the rows that meet `predicate`, and what it took. Values are computed from the old row.
///
/// # Errors
/// * [`TableError::Conflict`] as for [`delete_where`].
/// * [`TableError::Rows`] if a new row breaks a rule of the table.
pub async fn update_where(
    table: DeltaTable,
    predicate: Expr,
    values: impl IntoIterator<Item = (&'static str, Expr)>,
) -> Result<(DeltaTable, UpdateMetrics), TableError> {
    let update = values.into_iter().fold(
        table.update().with_predicate(predicate),
        |update, (column, value)| update.with_update(column, value),
    );
    Ok(update.await?)
}
