//! What a table demands of its rows: CHECK constraints and generated columns.

use crate::error::TableError;
use datafusion::prelude::Expr;
use deltalake::DeltaTable;
use deltalake::kernel::{ColumnMetadataKey, DataType, MetadataValue, StructField};

/// The table with the rule that `rule` be true of every row, also of every row that it has.
///
/// The expression is kept in the table as SQL text in DataFusion's spelling, which other engines have to parse: a number is first given its
/// column's type, so that `monto > 0` becomes `monto > '0.00'::decimal(18, 2)`.
///
/// # Errors
/// * [`TableError::Rows`] if a row of the table breaks it.
/// * [`TableError::Delta`] if another rule has its name.
pub async fn add_check(
    table: DeltaTable,
    name: &str,
    rule: Expr,
) -> Result<DeltaTable, TableError> {
    Ok(table.add_constraint().with_constraint(name, rule).await?)
}

/// The table without that rule.
///
/// # Errors
/// * [`TableError::Delta`] if there is none of that name.
pub async fn drop_check(table: DeltaTable, name: &str) -> Result<DeltaTable, TableError> {
    Ok(table.drop_constraints().with_constraint(name).await?)
}

/// A column whose value is `expression`, in SQL, over the row's other columns: computed where a writer leaves it out, checked where it
/// does not.
///
/// Written by a program, never taken from outside. [`CreateBuilder::with_column`] puts the text between the quotes of JSON, which in SQL
/// name a column: fields are made here and given whole.
///
/// [`CreateBuilder::with_column`]: deltalake::operations::create::CreateBuilder::with_column
pub fn generated(name: &str, data_type: DataType, expression: &str) -> StructField {
    let key = ColumnMetadataKey::GenerationExpression.as_ref().to_owned();
    StructField::nullable(name, data_type)
        .with_metadata([(key, MetadataValue::String(expression.to_owned()))])
}
