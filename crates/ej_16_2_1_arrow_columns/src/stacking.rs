//! Batches one under the other.

use arrow::array::RecordBatch;
use arrow::compute::concat_batches;
use arrow::datatypes::{Field, Schema};
use arrow::error::ArrowError;
use std::sync::Arc;

/// Why batches do not stack.
#[derive(Debug, thiserror::Error)]
pub enum StackError {
    /// The list is empty, so there is no schema to answer with.
    #[error("no batches to stack")]
    NoBatches,
    /// A batch has more or fewer columns than the first.
    #[error("batch {batch} has {found} columns, batch 0 has {expected}")]
    ColumnCount {
        /// Its place in the list, from 0.
        batch: usize,
        /// Columns of the first batch.
        expected: usize,
        /// Columns of this one.
        found: usize,
    },
    /// A batch has another column, or another type, at that place.
    #[error("batch {batch} has {found} where batch 0 has {expected}")]
    OtherColumn {
        /// Its place in the list, from 0.
        batch: usize,
        /// Name and type in the first batch.
        expected: String,
        /// Name and type in this one.
        found: String,
    },
    /// Anything else that Arrow refuses, such as offsets that overflow.
    #[error(transparent)]
    Arrow(#[from] ArrowError),
}

/// All rows of all batches, in order.
///
/// `concat_batches` alone goes by position: it panics on a batch with fewer columns, and a column of another name but the
/// same type goes under the first one's name without a word.
///
/// # Shape
/// The schema of the first batch; a column is nullable if it is so in any batch.
///
/// # Errors
/// * [`StackError::NoBatches`], [`StackError::ColumnCount`], [`StackError::OtherColumn`] as each says.
/// * [`StackError::Arrow`] for what is left.
///
/// # Cost
/// One copy of everything; a single batch is not copied.
pub fn stack(batches: &[RecordBatch]) -> Result<RecordBatch, StackError> {
    let first = batches.first().ok_or(StackError::NoBatches)?;
    let mut fields: Vec<Field> = (first.schema_ref().fields().iter())
        .map(|field| field.as_ref().clone())
        .collect();
    for (place, batch) in batches.iter().enumerate().skip(1) {
        let others = batch.schema_ref().fields();
        if others.len() != fields.len() {
            return Err(StackError::ColumnCount {
                batch: place,
                expected: fields.len(),
                found: others.len(),
            });
        }
        for (field, other) in fields.iter_mut().zip(others) {
            if (field.name(), field.data_type()) != (other.name(), other.data_type()) {
                return Err(StackError::OtherColumn {
                    batch: place,
                    expected: described(field),
                    found: described(other),
                });
            }
            field.set_nullable(field.is_nullable() || other.is_nullable());
        }
    }
    let schema = Schema::new_with_metadata(fields, first.schema_ref().metadata().clone());
    Ok(concat_batches(&Arc::new(schema), batches)?)
}

fn described(field: &Field) -> String {
    format!("'{}' {}", field.name(), field.data_type())
}
