//! Runs of the RLE / bit-packing hybrid that levels and dictionary indices are in (parquet-format, `Encodings.md`), passed
//! over before the decoder does: it asserts what is only checked here.

use crate::reader::ReadProblem;

/// What passing over a stream found.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub(super) struct Found {
    /// Values there are, at most those asked for: writers may leave off the end of the last run.
    pub(super) values: u64,
    /// How many of them equal the one asked about.
    pub(super) equal: u64,
    /// The largest.
    pub(super) largest: u64,
}

/// Passes over at most `values` values of `width` bits, counting those equal to `wanted`.
///
/// # Errors
/// * [`ReadProblem::Damaged`] if a run's length does not end, or a value is too wide.
pub(super) fn pass(data: &[u8], width: u8, values: u64, wanted: u64) -> Result<Found, ReadProblem> {
    let (mut found, mut runs) = (Found::default(), Runs::new(data, width)?);
    while found.values < values {
        let left = values - found.values;
        match runs.next()? {
            Some(Run::Repeated(value, n)) => found.add(value, n.min(left), wanted),
            Some(Run::Packed(data, n)) => unpack(data, width, n.min(left), &mut found, wanted),
            None => break,
        }
    }
    Ok(found)
}

/// Passes over all runs without looking at packed values: the decoder reads ahead, beyond the values that a page has.
///
/// # Errors
/// As [`pass`].
pub(super) fn skim(data: &[u8], width: u8) -> Result<(), ReadProblem> {
    let mut runs = Runs::new(data, width)?;
    while runs.next()?.is_some() {}
    Ok(())
}

/// One value so many times, or so many packed values, as far as their bytes are there.
enum Run<'a> {
    Repeated(u64, u64),
    Packed(&'a [u8], u64),
}

struct Runs<'a> {
    data: &'a [u8],
    at: usize,
    width: u8,
}

impl<'a> Runs<'a> {
    fn new(data: &'a [u8], width: u8) -> Result<Self, ReadProblem> {
        if width > 32 {
            return Err(ReadProblem::Damaged(format!(
                "values of {width} bits in a run"
            )));
        }
        Ok(Self { data, at: 0, width })
    }

    fn next(&mut self) -> Result<Option<Run<'a>>, ReadProblem> {
        let Some(run) = varint(self.data, &mut self.at)? else {
            return Ok(None);
        };
        // Padding of some writers; to the decoder, the end.
        if run == 0 {
            return Ok(None);
        }
        // The decoder counts in 32 bits, and would take up the next run in the middle of this one.
        if run >= 1 << 29 {
            return Err(ReadProblem::Damaged(format!(
                "a run of {} values",
                run >> 1
            )));
        }
        if run & 1 == 0 {
            let bytes = usize::from(self.width.div_ceil(8));
            let Some(value) = self.data.get(self.at..self.at + bytes) else {
                return Ok(None);
            };
            self.at += bytes;
            let value = value.iter().rev().fold(0, |v, b| v << 8 | u64::from(*b));
            return Ok(Some(Run::Repeated(value, run >> 1)));
        }
        let packed = (run >> 1).saturating_mul(u64::from(self.width));
        let end = self
            .at
            .saturating_add(usize::try_from(packed).unwrap_or(usize::MAX))
            .min(self.data.len());
        let part = &self.data[self.at..end];
        self.at = end;
        Ok(Some(Run::Packed(part, (run >> 1).saturating_mul(8))))
    }
}

impl Found {
    fn add(&mut self, value: u64, times: u64, wanted: u64) {
        if times == 0 {
            return;
        }
        self.values += times;
        self.largest = self.largest.max(value);
        if value == wanted {
            self.equal += times;
        }
    }
}

/// Bit-packed values, lowest bits first, as many as are there.
fn unpack(data: &[u8], width: u8, values: u64, found: &mut Found, wanted: u64) {
    if width == 0 {
        found.add(0, values, wanted);
        return;
    }
    let (mut held, mut count, mask) = (0u64, 0u8, (1u64 << width) - 1);
    let mut bytes = data.iter();
    for _ in 0..values {
        while count < width {
            let Some(byte) = bytes.next() else {
                return;
            };
            held |= u64::from(*byte) << count;
            count += 8;
        }
        found.add(held & mask, 1, wanted);
        held >>= width;
        count -= width;
    }
}

/// A number of at most ten bytes; `None` at the end of the data.
pub(super) fn varint(data: &[u8], at: &mut usize) -> Result<Option<u64>, ReadProblem> {
    let mut value = 0u64;
    for shift in (0..70).step_by(7) {
        let Some(byte) = data.get(*at) else {
            return Ok(None);
        };
        *at += 1;
        value |= u64::from(byte & 127).checked_shl(shift).unwrap_or(0);
        if byte & 128 == 0 {
            return Ok(Some(value));
        }
    }
    Err(ReadProblem::Damaged(
        "a number of a page does not end".into(),
    ))
}
