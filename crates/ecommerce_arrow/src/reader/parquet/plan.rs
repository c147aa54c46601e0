//! How many rows a batch may have so that decoding it stays within `Limits::batch_bytes`.

use super::pages::{Page, Pages};
use super::payload::Shape;
use crate::reader::{Limits, ReadProblem};

/// What texts stored as differences usually become, at most; more is found out when the page is there.
const GROWTH: u64 = 4;
/// Bytes of a repetition and a definition level, and of an offset.
const LEVELS: u64 = 8;

/// Which rows of a row group are wanted.
pub(super) struct Wanted<'a> {
    /// Rows wanted out of the given number from the given one on.
    pub(super) count: &'a dyn Fn(u64, u64) -> u64,
    /// Whether they lie so close together that the library decodes those between them as well, and filters.
    pub(super) scattered: bool,
}

/// Rows per batch, at most `limits.batch_rows`, for columns with these pages.
///
/// A batch keeps what all its rows were in, however far apart they are.
///
/// # Errors
/// * [`ReadProblem::TooLarge`] if even single rows would take more.
pub(super) fn batch_rows(
    columns: &[(Shape, &Pages)],
    wanted: &Wanted<'_>,
    limits: &Limits,
) -> Result<usize, ReadProblem> {
    let columns: Vec<Column> = columns
        .iter()
        .map(|(shape, pages)| Column::new(shape, pages, wanted))
        .collect();
    let mut rows = limits.batch_rows.max(1) as u64;
    loop {
        let bytes = columns
            .iter()
            .fold(0u64, |sum, column| sum.saturating_add(column.bytes(rows)));
        if bytes <= limits.batch_bytes {
            return Ok(rows as usize);
        }
        if rows == 1 {
            return Err(ReadProblem::TooLarge {
                what: "a row with the pages it is in",
                bytes,
                limit: limits.batch_bytes,
            });
        }
        rows /= 2;
    }
}

/// What batches of a column take.
struct Column {
    /// The dictionary, and the largest page: held whatever the batch.
    held: u64,
    /// A value, whatever page it is in.
    per_row: u64,
    /// For every page to be decoded: rows wanted, and what a batch with any of them keeps.
    pages: Vec<(u64, u64)>,
}

impl Column {
    fn new(shape: &Shape, pages: &Pages, wanted: &Wanted<'_>) -> Self {
        let dictionary = pages.dictionary.map_or(0, |page| {
            page.bytes
                .saturating_add(page.values.saturating_mul(shape.width))
        });
        // The page itself, and what it was decompressed from.
        let largest = pages.data.iter().map(|page| page.bytes).max().unwrap_or(0);
        let keeps = |page: &Page| {
            let texts = if page.grows { GROWTH } else { 1 };
            let mut bytes = 0;
            if shape.keeps_pages() || page.grows {
                bytes = page.bytes.saturating_mul(texts);
            }
            if shape.nested() {
                bytes = bytes.saturating_add(page.values.saturating_mul(shape.width + LEVELS));
            }
            bytes
        };
        let mut first = 0;
        let mut kept = Vec::new();
        for page in &pages.data {
            // Without a count, as many rows as values: what a row may take beyond is counted while reading.
            let rows = page.rows.unwrap_or(page.values);
            let count = (wanted.count)(first, rows);
            if wanted.scattered {
                kept.push((
                    count,
                    keeps(page).saturating_add(rows.saturating_mul(shape.width)),
                ));
            } else if count > 0 {
                kept.push((count, keeps(page)));
            }
            first = first.saturating_add(rows);
        }
        let copied = if shape.copies_texts() {
            pages.dictionary.map_or(0, |page| page.bytes)
        } else {
            0
        };
        Self {
            held: dictionary.saturating_add(largest.saturating_mul(2)),
            per_row: shape.width.saturating_add(copied),
            pages: kept,
        }
    }

    /// What a batch of `rows` rows takes at most, wherever it begins.
    fn bytes(&self, rows: u64) -> u64 {
        worst_stretch(&self.pages, rows)
            .saturating_add(self.held)
            .saturating_add(self.per_row.saturating_mul(rows))
    }
}

/// The most bytes of any stretch of pages, each with its rows and bytes, that a batch of `rows` rows may touch.
pub(super) fn worst_stretch(pages: &[(u64, u64)], rows: u64) -> u64 {
    // The pages inside a stretch hold at most `rows - 2` of its rows.
    let (mut start, mut inside, mut sum, mut worst) = (0, 0u64, 0u64, 0u64);
    for (end, (_, bytes)) in pages.iter().enumerate() {
        sum = sum.saturating_add(*bytes);
        if end > start + 1 {
            inside += pages[end - 1].0;
        }
        while start < end && (rows == 1 || inside > rows - 2) {
            sum -= pages[start].1;
            start += 1;
            if start < end {
                inside -= pages[start].0;
            }
        }
        worst = worst.max(sum);
    }
    worst
}
