//! The guide's function, over any column of Float64.

use std::mem::MaybeUninit;
use std::sync::atomic::{AtomicBool, Ordering};

use arrow::array::{Array, Float64Array};
use arrow::buffer::{Buffer, ScalarBuffer};
use rayon::prelude::*;

use crate::column::Column;
use crate::error::ZeroCopyError;
use crate::{output, pool};

/// From this many rows on the work is shared among the processors; below, waking them costs more than it saves.
pub const PARALLEL_FROM: usize = 1 << 18;
/// What a worker does between two looks at whether to go on: half a megabyte in, half out, which a second-level cache holds.
const PIECE: usize = 1 << 16;

/// Returns x · 2 + 1 for each value of the column.
///
/// # Shape
/// The chunks of `column`, with the same lengths and the same nulls. What is under a null is not specified.
///
/// # Cost
/// One allocation for the values of all chunks; the nulls are shared with `column`. From [`PARALLEL_FROM`] rows on, as many threads as processors.
///
/// # Errors
/// [`ZeroCopyError::Cancelled`]: `cancel` became true before the end.
///
/// # Source
/// Guide 16.6.3, `procesar_arrow`.
pub fn procesar_arrow(column: &Column, cancel: &AtomicBool) -> Result<Column, ZeroCopyError> {
    let rows = column.len();
    let workers = (rows >= PARALLEL_FROM).then(pool::ready).flatten();
    // SAFETY: the pieces are all of the values, and a piece that was not written is an error.
    let values = unsafe {
        output::filled(rows, |room| {
            let chunks = split(column.chunks(), room);
            let Some(workers) = workers else {
                return chunks
                    .into_iter()
                    .try_for_each(|(input, output)| in_series(input, output, cancel));
            };
            workers.install(|| {
                chunks
                    .into_par_iter()
                    .try_for_each(|(input, output)| in_parallel(input, output, cancel))
            })
        })?
    };
    like(column.chunks(), &values)
}

/// Each chunk beside its own part of the result.
fn split<'a>(
    chunks: &'a [Float64Array],
    mut room: &'a mut [MaybeUninit<f64>],
) -> Vec<(&'a [f64], &'a mut [MaybeUninit<f64>])> {
    let mut pairs = Vec::with_capacity(chunks.len());
    for chunk in chunks {
        let (part, rest) = room.split_at_mut(chunk.len());
        pairs.push((chunk.values().as_ref(), part));
        room = rest;
    }
    pairs
}

fn in_series(
    input: &[f64],
    output: &mut [MaybeUninit<f64>],
    cancel: &AtomicBool,
) -> Result<(), ZeroCopyError> {
    input
        .chunks(PIECE)
        .zip(output.chunks_mut(PIECE))
        .try_for_each(|(input, output)| piece(input, output, cancel))
}

fn in_parallel(
    input: &[f64],
    output: &mut [MaybeUninit<f64>],
    cancel: &AtomicBool,
) -> Result<(), ZeroCopyError> {
    input
        .par_chunks(PIECE)
        .zip(output.par_chunks_mut(PIECE))
        .try_for_each(|(input, output)| piece(input, output, cancel))
}

fn piece(
    input: &[f64],
    output: &mut [MaybeUninit<f64>],
    cancel: &AtomicBool,
) -> Result<(), ZeroCopyError> {
    if cancel.load(Ordering::Relaxed) {
        return Err(ZeroCopyError::Cancelled);
    }
    // No call, no branch, no sum carried over: the compiler makes vectors of it. x · 2 is exact, so there is one rounding, NumPy's too.
    for (place, &x) in output.iter_mut().zip(input) {
        place.write(x * 2.0 + 1.0);
    }
    Ok(())
}

/// `values` cut as `chunks` are, with their nulls.
fn like(chunks: &[Float64Array], values: &Buffer) -> Result<Column, ZeroCopyError> {
    let mut start = 0;
    let arrays = chunks.iter().map(|chunk| {
        let part = ScalarBuffer::new(values.clone(), start, chunk.len());
        start += chunk.len();
        Float64Array::try_new(part, chunk.nulls().cloned())
    });
    Ok(Column::new(arrays.collect::<Result<_, _>>()?))
}
