//! Rows picked from a batch: by a condition and by position.

use crate::columns::{ColumnError, column};
use arrow::array::{Float64Array, RecordBatch, UInt32Array};
use arrow::compute::kernels::cmp;
use arrow::compute::{TakeOptions, filter, filter_record_batch, sum, take_arrays};
use arrow::error::ArrowError;

/// Why rows could not be picked.
#[derive(Debug, thiserror::Error)]
pub enum SelectError {
    /// The batch lacks the column, or it is no Float64.
    #[error(transparent)]
    Column(#[from] ColumnError),
    /// A row number past the end.
    #[error("row {row} of a batch of {rows}")]
    NoSuchRow {
        /// The row asked for.
        row: u32,
        /// Rows of the batch.
        rows: usize,
    },
    /// Anything else that Arrow refuses.
    #[error(transparent)]
    Arrow(#[from] ArrowError),
}

/// The rows whose `name` is above `threshold`. A null is not above anything.
///
/// NaN is: Arrow's comparisons follow the total order of IEEE 754, where it stands above infinity.
///
/// # Shape
/// The schema of the batch; rows in their order.
///
/// # Errors
/// * [`SelectError::Column`] if there is no such column of Float64.
///
/// # Cost
/// All rows: the batch's own buffers. None: empty arrays. Otherwise every chosen row is copied, in every column.
pub fn rows_above(
    batch: &RecordBatch,
    name: &str,
    threshold: f64,
) -> Result<RecordBatch, SelectError> {
    let values: &Float64Array = column(batch, name)?;
    let above = cmp::gt(values, &Float64Array::new_scalar(threshold))?;
    Ok(filter_record_batch(batch, &above)?)
}

/// The sum and number of the values above `threshold`, by three kernels: compare, filter, sum.
///
/// # Errors
/// * [`ArrowError`] if a kernel refuses; these types they take.
///
/// # Cost
/// A mask and a copy of the chosen values lie between the kernels; a fused loop needs neither.
pub fn sum_and_count_above(
    values: &Float64Array,
    threshold: f64,
) -> Result<(f64, u64), ArrowError> {
    let above = cmp::gt(values, &Float64Array::new_scalar(threshold))?;
    let chosen = filter(values, &above)?;
    let chosen = chosen
        .as_any()
        .downcast_ref::<Float64Array>()
        .ok_or_else(|| ArrowError::CastError(format!("filtered to {}", chosen.data_type())))?;
    Ok((sum(chosen).unwrap_or(0.0), chosen.len() as u64))
}

/// The rows at these positions, in this order, repeated where a position is.
///
/// # Errors
/// * [`SelectError::NoSuchRow`] if a position is past the end; `take` without `check_bounds` panics there.
///
/// # Cost
/// Every chosen row is copied; for views, dictionaries and the like only the view or the key.
pub fn rows_at(batch: &RecordBatch, positions: &[u32]) -> Result<RecordBatch, SelectError> {
    let rows = batch.num_rows();
    if let Some(&row) = positions.iter().find(|row| **row as usize >= rows) {
        return Err(SelectError::NoSuchRow { row, rows });
    }
    let positions = UInt32Array::from(positions.to_vec());
    let checked = TakeOptions { check_bounds: true };
    let columns = take_arrays(batch.columns(), &positions, Some(checked))?;
    Ok(RecordBatch::try_new(batch.schema(), columns)?)
}
