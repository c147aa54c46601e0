//! A batch from columns, with every mistake named by its column.

use arrow::array::{Array, ArrayRef, Float64Array, RecordBatch, StringArray};
use arrow::datatypes::{DataType, Field, Schema, SchemaRef};
use arrow::error::ArrowError;
use std::sync::Arc;

/// Why columns and a schema do not make a batch.
#[derive(Debug, thiserror::Error)]
pub enum BuildError {
    /// The schema has another number of fields.
    #[error("the schema has {fields} columns, {given} were given")]
    ColumnCount {
        /// Fields of the schema.
        fields: usize,
        /// Columns given.
        given: usize,
    },
    /// A column has another type.
    #[error("column '{column}' is {found}, not {expected}")]
    WrongType {
        /// The column.
        column: String,
        /// The type in the schema.
        expected: DataType,
        /// The type of the array.
        found: DataType,
    },
    /// A column is shorter or longer than the first.
    #[error("column '{column}' has {found} rows, the first column {expected}")]
    Length {
        /// The column.
        column: String,
        /// Rows of the first column.
        expected: usize,
        /// Rows of this one.
        found: usize,
    },
    /// A column that may not be null has nulls.
    #[error("column '{column}' may not be null and has {nulls} nulls")]
    UnexpectedNulls {
        /// The column.
        column: String,
        /// How many.
        nulls: usize,
    },
    /// Anything else that Arrow refuses.
    #[error(transparent)]
    Arrow(#[from] ArrowError),
}

/// The batch of `columns` under `schema`.
///
/// `RecordBatch::try_new` makes the same checks; its message for a wrong type gives the column's index, this one its name.
///
/// # Errors
/// * [`BuildError::ColumnCount`], [`BuildError::WrongType`], [`BuildError::Length`], [`BuildError::UnexpectedNulls`] as each says.
/// * [`BuildError::Arrow`] for what is left, such as a schema without columns.
///
/// # Cost
/// No data is copied: the batch holds the same `Arc`s.
pub fn build(schema: SchemaRef, columns: Vec<ArrayRef>) -> Result<RecordBatch, BuildError> {
    if schema.fields().len() != columns.len() {
        return Err(BuildError::ColumnCount {
            fields: schema.fields().len(),
            given: columns.len(),
        });
    }
    let rows = columns.first().map_or(0, |first| first.len());
    for (field, array) in schema.fields().iter().zip(&columns) {
        check(field, array, rows)?;
    }
    Ok(RecordBatch::try_new(schema, columns)?)
}

fn check(field: &Field, array: &ArrayRef, rows: usize) -> Result<(), BuildError> {
    let column = || field.name().clone();
    if array.data_type() != field.data_type() {
        return Err(BuildError::WrongType {
            column: column(),
            expected: field.data_type().clone(),
            found: array.data_type().clone(),
        });
    }
    if array.len() != rows {
        return Err(BuildError::Length {
            column: column(),
            expected: rows,
            found: array.len(),
        });
    }
    // Logical nulls: those of a dictionary's values or of a Null column are in no bitmap.
    let nulls = array.logical_null_count();
    if !field.is_nullable() && nulls > 0 {
        return Err(BuildError::UnexpectedNulls {
            column: column(),
            nulls,
        });
    }
    Ok(())
}

/// The guide's batch: three sales with `id`, `monto` and `region`, none of them null.
///
/// # Errors
/// Those of [`build`]; these columns fit their schema.
///
/// # Source
/// Exercise 16.2.1 of the guide.
pub fn guide_batch() -> Result<RecordBatch, BuildError> {
    let schema = Schema::new(vec![
        Field::new("id", DataType::Utf8, false),
        Field::new("monto", DataType::Float64, false),
        Field::new("region", DataType::Utf8, false),
    ]);
    build(
        Arc::new(schema),
        vec![
            Arc::new(StringArray::from(vec!["t1", "t2", "t3"])),
            Arc::new(Float64Array::from(vec![100.0, 200.0, 150.0])),
            Arc::new(StringArray::from(vec!["norte", "sur", "norte"])),
        ],
    )
}
