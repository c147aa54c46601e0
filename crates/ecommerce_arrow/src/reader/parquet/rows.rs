//! The rows of one row group: decoded, counted against the footer, and where the decoder could not be told, selected.

use super::groups::Meter;
use super::guarded;
use crate::reader::ReadProblem;
use arrow::array::{BooleanArray, RecordBatch};
use arrow::compute::filter_record_batch;
use parquet::arrow::arrow_reader::{ParquetRecordBatchReader, RowSelection, RowSelector};
use std::collections::VecDeque;

/// The rows of one row group, as they are decoded.
pub(super) struct Rows {
    reader: ParquetRecordBatchReader,
    expected: u64,
    seen: u64,
    /// Rows to take out of the decoded ones, where the decoder could not be told.
    after: Option<VecDeque<RowSelector>>,
}

impl Rows {
    /// The `expected` rows that `reader` decodes, and out of them those of `after`, if there are any to take out.
    pub(super) fn new(
        reader: ParquetRecordBatchReader,
        expected: u64,
        after: Option<&RowSelection>,
    ) -> Self {
        Self {
            reader,
            expected,
            seen: 0,
            after: after.map(|rows| rows.iter().copied().collect()),
        }
    }

    /// The next batch that has any rows, or what is wrong with it.
    pub(super) fn next(&mut self, meter: &Meter) -> Option<Result<RecordBatch, ReadProblem>> {
        loop {
            meter.reset();
            let step = guarded("a page", || Ok(self.reader.next().transpose()?));
            match step {
                Ok(Some(batch)) => {
                    self.seen += batch.num_rows() as u64;
                    let batch = match &mut self.after {
                        Some(rows) => take_rows(&batch, rows),
                        None => Ok(batch),
                    };
                    match batch {
                        Ok(batch) if batch.num_rows() == 0 => {}
                        other => return Some(other),
                    }
                }
                // A row group that ends early would be lost rows; the decoder does not say so.
                Ok(None) if self.seen != self.expected => {
                    let (seen, expected) = (self.seen, self.expected);
                    self.expected = seen;
                    return Some(Err(ReadProblem::Damaged(format!(
                        "a row group has {seen} rows where its footer promises {expected}"
                    ))));
                }
                Ok(None) => return None,
                Err(problem) => return Some(Err(meter.take_problem().unwrap_or(problem))),
            }
        }
    }
}

/// The rows of a batch that the front of `rows` selects, which is taken off.
fn take_rows(
    batch: &RecordBatch,
    rows: &mut VecDeque<RowSelector>,
) -> Result<RecordBatch, ReadProblem> {
    let mut mask = Vec::with_capacity(batch.num_rows());
    while mask.len() < batch.num_rows() {
        let Some(front) = rows.front_mut() else {
            mask.resize(batch.num_rows(), false);
            break;
        };
        let n = front.row_count.min(batch.num_rows() - mask.len());
        mask.resize(mask.len() + n, !front.skip);
        front.row_count -= n;
        if front.row_count == 0 {
            rows.pop_front();
        }
    }
    Ok(filter_record_batch(batch, &BooleanArray::from(mask))?)
}

/// Selected rows, to be counted by range.
pub(super) struct Ranges {
    /// First row and end of every stretch selected, and rows selected before it; `None` for all.
    stretches: Option<Vec<(u64, u64, u64)>>,
}

impl Ranges {
    pub(super) fn of(rows: Option<&RowSelection>) -> Self {
        let stretches = rows.map(|rows| {
            let (mut at, mut before, mut stretches) = (0, 0, Vec::new());
            for selector in rows.iter() {
                let n = selector.row_count as u64;
                if !selector.skip && n > 0 {
                    stretches.push((at, at + n, before));
                    before += n;
                }
                at += n;
            }
            stretches
        });
        Self { stretches }
    }

    /// Whether the library decodes the gaps too: it does below 32 rows per stretch, and twice that is on the safe side.
    pub(super) fn scattered(&self, rows: u64) -> bool {
        self.stretches
            .as_ref()
            .is_some_and(|stretches| rows / 64 < 2 * stretches.len() as u64)
    }

    /// Rows selected out of the `n` from `first` on.
    pub(super) fn count(&self, first: u64, n: u64) -> u64 {
        let Some(stretches) = &self.stretches else {
            return n;
        };
        let before = |row: u64| {
            let next = stretches.partition_point(|(start, _, _)| *start < row);
            next.checked_sub(1).map_or(0, |i| {
                let (start, end, before) = stretches[i];
                before + row.min(end) - start
            })
        };
        before(first.saturating_add(n)) - before(first)
    }
}
