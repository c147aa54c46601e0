//! A function of the values of a row, over columns that need not be cut in the same places.

use std::mem::MaybeUninit;
use std::sync::atomic::{AtomicBool, Ordering};

use arrow::array::{Array, BooleanBufferBuilder, Float64Array};
use arrow::buffer::{NullBuffer, ScalarBuffer};
use rayon::prelude::*;

use crate::column::Column;
use crate::error::ZeroCopyError;
use crate::{output, pool};

/// From this many rows on the work is shared: a row here is some dozens of nanoseconds, not one.
pub const ROWS_PARALLEL_FROM: usize = 1 << 13;
const PIECE: usize = 1 << 12;

/// Returns `function` of each row.
///
/// # Shape
/// As many rows as the columns, in one chunk; null where any of the columns is.
///
/// # Cost
/// One allocation for the values, and one bitmap if there are nulls in more than one chunk or column. `function` is also called for
/// rows with nulls, with whatever lies under them: it must not mind. From [`ROWS_PARALLEL_FROM`] rows on, as many threads as processors.
///
/// # Errors
/// - [`ZeroCopyError::Lengths`]: the columns differ in length.
/// - [`ZeroCopyError::Cancelled`]: `cancel` became true before the end.
pub fn map_rows<const N: usize>(
    columns: [&Column; N],
    cancel: &AtomicBool,
    function: impl Fn([f64; N]) -> f64 + Sync,
) -> Result<Float64Array, ZeroCopyError> {
    let rows = columns.first().map_or(0, |column| column.len());
    for (position, column) in columns.iter().enumerate() {
        if column.len() != rows {
            return Err(ZeroCopyError::Lengths {
                position: position + 1,
                expected: rows,
                found: column.len(),
            });
        }
    }
    let chunks = columns.map(Chunks::of);
    let piece = |(index, output): (usize, &mut [MaybeUninit<f64>])| {
        if cancel.load(Ordering::Relaxed) {
            return Err(ZeroCopyError::Cancelled);
        }
        fill(&chunks, index * PIECE, output, &function);
        Ok(())
    };
    let workers = (rows >= ROWS_PARALLEL_FROM).then(pool::ready).flatten();
    // SAFETY: the pieces are all of the values, and a piece that was not written is an error.
    let values = unsafe {
        output::filled(rows, |room| match workers {
            None => room.chunks_mut(PIECE).enumerate().try_for_each(piece),
            Some(workers) => {
                workers.install(|| room.par_chunks_mut(PIECE).enumerate().try_for_each(piece))
            }
        })?
    };
    let nulls = columns
        .iter()
        .fold(None, |nulls: Option<NullBuffer>, column| {
            NullBuffer::union(nulls.as_ref(), nulls_of(column).as_ref())
        });
    Ok(Float64Array::try_new(
        ScalarBuffer::new(values, 0, rows),
        nulls,
    )?)
}

/// A column's values, and the row at which each chunk starts.
struct Chunks<'a> {
    values: Vec<&'a [f64]>,
    starts: Vec<usize>,
}

impl<'a> Chunks<'a> {
    fn of(column: &'a Column) -> Self {
        let values: Vec<&[f64]> = column
            .chunks()
            .iter()
            .map(|chunk| chunk.values().as_ref())
            .filter(|values: &&[f64]| !values.is_empty())
            .collect();
        let starts = values
            .iter()
            .scan(0, |next, values| {
                let start = *next;
                *next += values.len();
                Some(start)
            })
            .collect();
        Self { values, starts }
    }

    /// What follows `row` in its chunk.
    fn from(&self, row: usize) -> &'a [f64] {
        let chunk = self.starts.partition_point(|&start| start <= row) - 1;
        &self.values[chunk][row - self.starts[chunk]..]
    }
}

/// Writes all of `output`, whose first row is `row`: from cut to cut of any column.
fn fill<const N: usize>(
    chunks: &[Chunks<'_>; N],
    mut row: usize,
    mut output: &mut [MaybeUninit<f64>],
    function: impl Fn([f64; N]) -> f64,
) {
    while !output.is_empty() {
        let ahead: [&[f64]; N] = std::array::from_fn(|column| chunks[column].from(row));
        let len = ahead
            .iter()
            .fold(output.len(), |len, values| len.min(values.len()));
        let (now, later) = output.split_at_mut(len);
        for (index, place) in now.iter_mut().enumerate() {
            place.write(function(std::array::from_fn(|column| ahead[column][index])));
        }
        row += len;
        output = later;
    }
}

/// The nulls of a column as if it were one chunk.
fn nulls_of(column: &Column) -> Option<NullBuffer> {
    match column.chunks() {
        _ if column.null_count() == 0 => None,
        [chunk] => chunk.nulls().cloned(),
        chunks => {
            let mut valid = BooleanBufferBuilder::new(column.len());
            for chunk in chunks {
                match chunk.nulls() {
                    Some(nulls) => valid.append_buffer(nulls.inner()),
                    None => valid.append_n(chunk.len(), true),
                }
            }
            Some(NullBuffer::new(valid.finish()))
        }
    }
}
