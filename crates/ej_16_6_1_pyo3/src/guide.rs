//! The guide's way, to measure against: copy everything, sort everything, take one.

use std::cmp::Ordering;

use crate::error::PercentileError;
use crate::percentile::quantile;

/// Returns what the guide's `calcular_percentil` returns: the percentile by method `lower`, found by sorting a copy.
///
/// The guide's panics on NaN, halfway through the sort; here it is an error, found before.
///
/// # Errors
/// Those of [`calcular_percentil`](crate::calcular_percentil).
///
/// # Cost
/// A copy and O(n log n), for one value.
///
/// # Source
/// Exercise 16.6.1 of the guide.
pub fn percentile_by_sorting(data: &[f64], percentage: f64) -> Result<f64, PercentileError> {
    let quantile = quantile(percentage, None)?;
    if let Some(position) = data.iter().position(|x| x.is_nan()) {
        return Err(PercentileError::Nan { position });
    }
    let mut sorted = data.to_vec();
    sorted.sort_by(|a, b| a.partial_cmp(b).unwrap_or(Ordering::Equal));
    let last = sorted.len().checked_sub(1).ok_or(PercentileError::Empty)?;
    Ok(sorted[(quantile * last as f64) as usize])
}
