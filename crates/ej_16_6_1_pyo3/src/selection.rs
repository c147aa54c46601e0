//! Values by their rank, without sorting.
//!
//! Of a large column a sample says between which two values a wanted rank must lie, give or take: a bracket ([`crate::bracket`]). One pass over the data
//! counts what lies below it and collects what lies inside, a few percent; the value is found among those. When a bracket misses, which the counts tell, the
//! column is copied and selected from.

use std::num::NonZeroUsize;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

use crate::bracket::{Bracket, Counts, brackets};
use crate::error::PercentileError;

/// Up to here a copy and a selection take less time than the sample's sort.
const SMALL: usize = 1 << 15;
/// What a thread takes at once: half a megabyte, so that it can be stopped within a fraction of a millisecond.
pub(crate) const STRETCH: usize = 1 << 16;
/// A thread for fewer values than this would take longer to start than to count them.
const PER_THREAD: usize = 1 << 18;

/// How the work is done; the result does not depend on it.
#[derive(Clone, Copy, Debug, Default)]
pub struct Options<'a> {
    /// At most these threads; by default as many as the machine runs at once. They live as long as the call.
    pub threads: Option<NonZeroUsize>,
    /// Once true, the call ends with [`PercentileError::Cancelled`] after the step it is in: a stretch of 65 536 values, or one selection on the copy.
    pub cancel: Option<&'a AtomicBool>,
}

impl Options<'_> {
    pub(crate) fn check_cancelled(&self) -> Result<(), PercentileError> {
        match self.cancel {
            Some(cancel) if cancel.load(Ordering::Relaxed) => Err(PercentileError::Cancelled),
            _ => Ok(()),
        }
    }

    pub(crate) fn threads_for(&self, n: usize) -> usize {
        let possible = self
            .threads
            .or_else(|| thread::available_parallelism().ok())
            .map_or(1, NonZeroUsize::get);
        possible.min(n.div_ceil(PER_THREAD)).max(1)
    }
}

/// Returns the values that would have the `ranks`, sorted and all below `n`, if the `n` values of the chunks were sorted.
pub(crate) fn values_of_ranks(
    chunks: &[&[f64]],
    n: usize,
    ranks: &[usize],
    options: &Options<'_>,
) -> Result<Vec<f64>, PercentileError> {
    options.check_cancelled()?;
    if n > SMALL
        && let Some(brackets) = brackets(chunks, n, ranks)
        && let Some(values) = by_brackets(chunks, n, ranks, &brackets, options)?
    {
        return Ok(values);
    }
    on_a_copy(chunks, n, ranks, options)
}

/// Returns the values found in the brackets; `None` if one of them misses.
fn by_brackets(
    chunks: &[&[f64]],
    n: usize,
    ranks: &[usize],
    brackets: &[Bracket],
    options: &Options<'_>,
) -> Result<Option<Vec<f64>>, PercentileError> {
    let mut counts = Counts::of(chunks, n, brackets, options)?;
    if counts.has_nan() {
        // Someone else may have written over it since: then it is the copy that decides.
        return first_nan(chunks)
            .map_or(Ok(None), |position| Err(PercentileError::Nan { position }));
    }
    let mut values = Vec::with_capacity(ranks.len());
    for (bracket, count) in brackets.iter().zip(counts.counts()) {
        options.check_cancelled()?;
        let wanted = &ranks[bracket.ranks.clone()];
        if !count.values(bracket, wanted, options, &mut values)? {
            return Ok(None);
        }
    }
    Ok(Some(values))
}

/// Returns the values, selected from a copy of the column.
fn on_a_copy(
    chunks: &[&[f64]],
    n: usize,
    ranks: &[usize],
    options: &Options<'_>,
) -> Result<Vec<f64>, PercentileError> {
    let mut copy = Vec::new();
    copy.try_reserve_exact(n)
        .map_err(|_| PercentileError::OutOfMemory { values: n })?;
    for stretch in chunks.iter().flat_map(|chunk| chunk.chunks(STRETCH)) {
        options.check_cancelled()?;
        let before = copy.len();
        copy.extend_from_slice(stretch);
        if let Some(inside) = copy[before..].iter().position(|x| x.is_nan()) {
            return Err(PercentileError::Nan {
                position: before + inside,
            });
        }
    }
    let mut values = Vec::with_capacity(ranks.len());
    select(&mut copy, 0, ranks, options, &mut values)?;
    Ok(values)
}

/// Appends the values of the `ranks`, sorted, of `data`, whose first rank is `first`.
///
/// Recursive: the rank in the middle splits the data for those below and above it; as deep as the logarithm of their number.
pub(crate) fn select(
    data: &mut [f64],
    first: usize,
    ranks: &[usize],
    options: &Options<'_>,
    values: &mut Vec<f64>,
) -> Result<(), PercentileError> {
    if ranks.is_empty() {
        return Ok(());
    }
    options.check_cancelled()?;
    if ranks.len() > 8 && data.len() <= STRETCH {
        data.sort_unstable_by(f64::total_cmp);
        values.extend(ranks.iter().map(|rank| data[rank - first]));
        return Ok(());
    }
    let middle = ranks.len() / 2;
    let rank = ranks[middle];
    let (below, value, above) = data.select_nth_unstable_by(rank - first, f64::total_cmp);
    let value = *value;
    select(below, first, &ranks[..middle], options, values)?;
    values.push(value);
    select(above, rank + 1, &ranks[middle + 1..], options, values)
}

fn first_nan(chunks: &[&[f64]]) -> Option<usize> {
    chunks
        .iter()
        .flat_map(|chunk| chunk.iter())
        .position(|x| x.is_nan())
}
