//! Percentiles of columns that nobody sorts and nobody copies.

use crate::error::PercentileError;
use crate::method::{Method, Place};
use crate::selection::{Options, values_of_ranks};

/// Returns the percentile as the guide's function does: method `lower`, the largest value that is not above its place.
///
/// # Errors
/// Those of [`percentiles`].
pub fn calcular_percentil(datos: &[f64], percentil: f64) -> Result<f64, PercentileError> {
    percentile(&[datos], percentil, Method::Lower, &Options::default())
}

/// Returns one percentile of a column that may lie in several chunks.
///
/// # Errors
/// Those of [`percentiles`].
pub fn percentile(
    chunks: &[&[f64]],
    percentage: f64,
    method: Method,
    options: &Options<'_>,
) -> Result<f64, PercentileError> {
    let quantile = quantile(percentage, None)?;
    let values = of_quantiles(chunks, &[quantile], method, options)?;
    Ok(values[0])
}

/// Returns the percentiles, in the order asked for, equal to `numpy.percentile` of the same `method` to the last bit.
///
/// Which zero is meant among -0.0 and 0.0, equal to each other, is not said, here nor there.
///
/// # Shape
/// As many values as `percentages`.
///
/// # Errors
/// - [`PercentileError::OutOfRange`]: a percentile is NaN or outside 0..=100.
/// - [`PercentileError::Empty`]: the chunks hold no value.
/// - [`PercentileError::Nan`]: a value is NaN. numpy returns NaN instead.
/// - [`PercentileError::OutOfMemory`]: see Cost.
/// - [`PercentileError::Cancelled`]: as the options say.
///
/// # Cost
/// One read of the data and a copy of a few percent of them, in the usual case: see [`Options`]. Small columns, many percentiles and columns made to fool the
/// sample are copied whole, and selected from in linear time per halving of the percentiles.
pub fn percentiles(
    chunks: &[&[f64]],
    percentages: &[f64],
    method: Method,
    options: &Options<'_>,
) -> Result<Vec<f64>, PercentileError> {
    let quantiles = percentages
        .iter()
        .enumerate()
        .map(|(position, &percentage)| quantile(percentage, Some(position)))
        .collect::<Result<Vec<_>, _>>()?;
    of_quantiles(chunks, &quantiles, method, options)
}

/// Returns the percentage as a share of one; `position` is where it stands among several.
pub(crate) fn quantile(percentage: f64, position: Option<usize>) -> Result<f64, PercentileError> {
    let quantile = percentage / 100.0;
    if (0.0..=1.0).contains(&quantile) {
        Ok(quantile)
    } else {
        Err(PercentileError::OutOfRange {
            percentile: percentage,
            position,
        })
    }
}

fn of_quantiles(
    chunks: &[&[f64]],
    quantiles: &[f64],
    method: Method,
    options: &Options<'_>,
) -> Result<Vec<f64>, PercentileError> {
    let n = chunks.iter().map(|chunk| chunk.len()).sum();
    if n == 0 {
        return Err(PercentileError::Empty);
    }
    let places: Vec<Place> = quantiles.iter().map(|&q| method.place(n, q)).collect();
    let mut ranks: Vec<usize> = places.iter().flat_map(|place| place.ranks()).collect();
    ranks.sort_unstable();
    ranks.dedup();
    let values = values_of_ranks(chunks, n, &ranks, options)?;
    let of_rank = |rank: usize| {
        let position = ranks.partition_point(|&other| other < rank);
        values[position]
    };
    Ok(places
        .into_iter()
        .map(|place| place.value(of_rank))
        .collect())
}
