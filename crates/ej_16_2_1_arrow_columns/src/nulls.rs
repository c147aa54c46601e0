//! The sum of a column, with and without its validity bitmap.

use arrow::array::Float64Array;
use arrow::compute;

/// The sum of the values buffer as the guide writes it: slots of null rows are added too.
///
/// Right only for a column without nulls. What stands under a null is not specified: zero when arrow-rs built the
/// array from `Option`s, anything when it came out of a kernel or from another library.
pub fn sum_ignoring_validity(values: &Float64Array) -> f64 {
    values.values().iter().sum()
}

/// The sum of the rows that are not null; none if there is no such row.
///
/// # Cost
/// One pass over values and bitmap, 64 rows per word of the bitmap.
pub fn total(values: &Float64Array) -> Option<f64> {
    compute::sum(values)
}

/// The same rows as [`total`], added in order through the iterator of `Option`s; the last digits may differ.
pub fn total_by_iteration(values: &Float64Array) -> Option<f64> {
    values
        .iter()
        .flatten()
        .fold(None, |sum, value| Some(sum.unwrap_or(0.0) + value))
}
