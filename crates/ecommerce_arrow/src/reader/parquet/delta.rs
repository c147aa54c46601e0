//! DELTA_BINARY_PACKED (parquet-format, `Encodings.md`), passed over before the decoder is. Lengths of texts are read one by one:
//! the decoder allocates by the count that the page's data claims, and copies as much as the prefixes say.

use super::hybrid::varint;
use crate::reader::ReadProblem;

/// What the texts of a page take once they are decoded, in bytes.
///
/// # Errors
/// * [`ReadProblem::Damaged`] if there are more than `values`, or a length is negative or leaves the page.
pub(super) fn length_byte_array(data: &[u8], values: u64) -> Result<u64, ReadProblem> {
    let (lengths, end) = all(data, values)?;
    let mut total = 0u64;
    let mut lengths = Packed::new(data, lengths)?;
    while let Some(length) = lengths.next()? {
        total += length;
    }
    fits(data, end, total)?;
    Ok(total)
}

/// As [`length_byte_array`], for texts that share the beginning of the one before.
pub(super) fn byte_array(data: &[u8], values: u64) -> Result<u64, ReadProblem> {
    let (count, middle) = all(data, values)?;
    let rest = data
        .get(middle..)
        .ok_or_else(|| bad("the prefixes of a page's texts end beyond it"))?;
    let (suffixes, end) = all(rest, values)?;
    if count != suffixes {
        return Err(bad("a page has more prefixes than texts, or fewer"));
    }
    let (mut prefixes, mut suffixes) = (Packed::new(data, count)?, Packed::new(rest, count)?);
    let (mut decoded, mut stored, mut last) = (0u64, 0u64, 0u64);
    while let (Some(prefix), Some(suffix)) = (prefixes.next()?, suffixes.next()?) {
        if prefix > last {
            return Err(bad("a text shares more than the one before has"));
        }
        stored += suffix;
        last = prefix + suffix;
        decoded += last;
    }
    fits(rest, end, stored)?;
    Ok(decoded)
}

/// Passes over the blocks that `values` integers are in, without unpacking them.
///
/// # Errors
/// * [`ReadProblem::Damaged`] if a number of a header does not end, or blocks have an impossible size.
pub(super) fn skim(data: &[u8], values: u64) -> Result<(), ReadProblem> {
    let mut blocks = Packed::new(data, u64::MAX)?;
    let mut left = blocks.left.min(values).saturating_sub(1);
    while left > 0 {
        // Where the data ends, so does decoding.
        if varint(data, &mut blocks.at)?.is_none() {
            break;
        }
        let end = blocks.at.saturating_add(blocks.miniblocks);
        let Some(widths) = data.get(blocks.at..end) else {
            break;
        };
        blocks.at = end;
        for width in widths {
            if left == 0 {
                break;
            }
            let bytes = u64::from(*width).saturating_mul(blocks.per_miniblock) / 8;
            let bytes = usize::try_from(bytes).unwrap_or(usize::MAX);
            blocks.at = blocks.at.saturating_add(bytes);
            left = left.saturating_sub(blocks.per_miniblock);
        }
    }
    Ok(())
}

/// How many lengths there are, and where the data after them begins.
fn all(data: &[u8], values: u64) -> Result<(u64, usize), ReadProblem> {
    let mut lengths = Packed::new(data, values)?;
    let count = lengths.left;
    while lengths.next()?.is_some() {}
    Ok((count, lengths.end()))
}

fn fits(data: &[u8], start: usize, length: u64) -> Result<(), ReadProblem> {
    let room = data.len().checked_sub(start).map(|n| n as u64);
    if room.is_none_or(|room| length > room) {
        return Err(bad("the texts of a page end beyond it"));
    }
    Ok(())
}

/// Lengths, one after the other.
struct Packed<'a> {
    data: &'a [u8],
    /// Where the next block or miniblock begins.
    at: usize,
    left: u64,
    miniblocks: usize,
    per_miniblock: u64,
    first: Option<i64>,
    last: i64,
    min_delta: i64,
    /// Where the widths of the block's miniblocks begin, and which of them is current.
    widths: usize,
    current: usize,
    /// Where the current miniblock begins, its values that are left, and its bits not yet used.
    miniblock: usize,
    in_miniblock: u64,
    width: u32,
    held: u128,
    bits: u32,
    started: bool,
}

impl<'a> Packed<'a> {
    fn new(data: &'a [u8], at_most: u64) -> Result<Self, ReadProblem> {
        let mut at = 0;
        let mut number = || varint(data, &mut at)?.ok_or_else(|| bad("a page's lengths break off"));
        let (block, miniblocks, count, first) = (number()?, number()?, number()?, number()?);
        if count > at_most {
            return Err(ReadProblem::Damaged(format!(
                "claims the lengths of {count} texts in a page of {at_most}"
            )));
        }
        if miniblocks == 0 || block == 0 || block % 128 != 0 || block % miniblocks != 0 {
            return Err(bad("blocks of lengths of an impossible size"));
        }
        let per_miniblock = block / miniblocks;
        if per_miniblock % 32 != 0 {
            return Err(bad("blocks of lengths of an impossible size"));
        }
        Ok(Self {
            data,
            at,
            left: count,
            miniblocks: usize::try_from(miniblocks).unwrap_or(usize::MAX),
            per_miniblock,
            first: Some(zigzag(first)),
            last: 0,
            min_delta: 0,
            widths: 0,
            current: 0,
            miniblock: 0,
            in_miniblock: 0,
            width: 0,
            held: 0,
            bits: 0,
            started: false,
        })
    }

    /// The next length; `None` after the last.
    fn next(&mut self) -> Result<Option<u64>, ReadProblem> {
        if self.left == 0 {
            return Ok(None);
        }
        if let Some(first) = self.first.take() {
            self.last = first;
        } else {
            if self.in_miniblock == 0 {
                self.next_miniblock()?;
            }
            let delta = self.bits()?;
            // Wraps at 32 bits, as the decoder does for lengths.
            let next = self
                .last
                .wrapping_add(self.min_delta)
                .wrapping_add(delta as i64);
            self.last = i64::from(next as i32);
            self.in_miniblock -= 1;
        }
        self.left -= 1;
        u64::try_from(self.last)
            .map(Some)
            .map_err(|_| bad("a text of negative length"))
    }

    fn next_miniblock(&mut self) -> Result<(), ReadProblem> {
        // What is left of a miniblock is padding.
        if self.started && self.current + 1 < self.miniblocks {
            self.current += 1;
        } else {
            let min_delta = varint(self.data, &mut self.at)?
                .ok_or_else(|| bad("a page's lengths break off"))?;
            self.min_delta = zigzag(min_delta);
            self.widths = self.at;
            self.at = self.at.saturating_add(self.miniblocks);
            (self.current, self.started) = (0, true);
        }
        let width = self
            .data
            .get(self.widths..)
            .and_then(|widths| widths.get(self.current))
            .ok_or_else(|| bad("a page's lengths break off"))?;
        if *width > 32 {
            return Err(bad("a difference of lengths wider than a length"));
        }
        self.width = u32::from(*width);
        (self.miniblock, self.in_miniblock) = (self.at, self.per_miniblock);
        (self.held, self.bits) = (0, 0);
        Ok(())
    }

    /// The current miniblock's next value.
    fn bits(&mut self) -> Result<u64, ReadProblem> {
        while self.bits < self.width {
            let byte = self
                .data
                .get(self.at)
                .ok_or_else(|| bad("a page's lengths break off"))?;
            self.held |= u128::from(*byte) << self.bits;
            self.at += 1;
            self.bits += 8;
        }
        let value = self.held & ((1 << self.width) - 1);
        self.held >>= self.width;
        self.bits -= self.width;
        Ok(value as u64)
    }

    /// Where the data after the lengths begins: the last miniblock is padded to its full size.
    fn end(&self) -> usize {
        if !self.started {
            return self.at;
        }
        let bytes = self.per_miniblock.saturating_mul(u64::from(self.width)) / 8;
        self.miniblock
            .saturating_add(usize::try_from(bytes).unwrap_or(usize::MAX))
    }
}

fn zigzag(raw: u64) -> i64 {
    (raw >> 1) as i64 ^ -((raw & 1) as i64)
}

fn bad(detail: &str) -> ReadProblem {
    ReadProblem::Damaged(detail.into())
}
