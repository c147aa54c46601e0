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
    if width > 32 {
        return Err(ReadProblem::Damaged(format!(
            "values of {width} bits in a run"
        )));
    }
    let (mut found, mut at) = (Found::default(), 0);
    let bytes = usize::from(width.div_ceil(8));
    while found.values < values {
        let left = values - found.values;
        let Some(run) = varint(data, &mut at)? else {
            break;
        };
        // Padding of some writers; to the decoder, the end.
        if run == 0 {
            break;
        }
        if run & 1 == 0 {
            let Some(value) = data.get(at..at + bytes) else {
                break;
            };
            at += bytes;
            let value = value
                .iter()
                .rev()
                .fold(0u64, |v, byte| v << 8 | u64::from(*byte));
            let n = (run >> 1).min(left);
            found.add(value, n, wanted);
        } else {
            let packed = (run >> 1).saturating_mul(u64::from(width));
            let end = at.saturating_add(usize::try_from(packed).unwrap_or(usize::MAX));
            let part = &data[at..end.min(data.len())];
            at = end;
            unpack(
                part,
                width,
                (run >> 1).saturating_mul(8).min(left),
                &mut found,
                wanted,
            );
            if end > data.len() {
                break;
            }
        }
    }
    Ok(found)
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
