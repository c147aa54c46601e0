//! The RLE / bit-packing hybrid of levels and dictionary codes (parquet-format, `Encodings.md`).

use crate::error::Fault;
use bytes::Bytes;

/// A stream of values of `width` bits.
#[derive(Debug)]
pub(crate) struct Hybrid {
    data: Bytes,
    at: usize,
    width: u8,
    run: Run,
    /// Values of a group of eight that was unpacked and not handed out whole.
    spare: [u32; 8],
    spare_at: usize,
    spare_end: usize,
}

#[derive(Clone, Copy, Debug)]
enum Run {
    /// The same value so many times more.
    Repeated(u32, usize),
    /// So many packed values more, the spare ones left out.
    Packed(usize),
}

impl Hybrid {
    /// The stream in `data`.
    pub(crate) fn new(data: Bytes, width: u8) -> Result<Self, Fault> {
        if width > 32 {
            return Err(Fault::page(format!("codes of {width} bits")));
        }
        Ok(Self {
            data,
            at: 0,
            width,
            run: Run::Packed(0),
            spare: [0; 8],
            spare_at: 0,
            spare_end: 0,
        })
    }

    /// The value of the next `count` values, if it is known to be one without looking at each.
    pub(crate) fn constant(&mut self, count: usize) -> Result<Option<u32>, Fault> {
        if self.spare_at < self.spare_end {
            return Ok(None);
        }
        if matches!(self.run, Run::Packed(0) | Run::Repeated(_, 0)) && count > 0 {
            self.next_run()?;
        }
        match &mut self.run {
            Run::Repeated(value, left) if *left >= count => {
                *left -= count;
                Ok(Some(*value))
            }
            _ => Ok(None),
        }
    }

    /// Fills `out` with the next values.
    ///
    /// # Errors
    /// If there are fewer.
    pub(crate) fn fill(&mut self, out: &mut [u32]) -> Result<(), Fault> {
        self.fill_with(out, Ok, Self::unpack)
    }

    /// Fills `out` with the next values of one bit each, a byte for each.
    ///
    /// # Errors
    /// If there are fewer, or one is above 1: a repeated value takes a whole byte.
    pub(crate) fn fill_bits(&mut self, out: &mut [u8]) -> Result<(), Fault> {
        let bit = |value| match value {
            0 | 1 => Ok(value as u8),
            _ => Err(Fault::page("a level above the largest")),
        };
        self.fill_with(out, bit, Self::unpack_bits)
    }

    /// Fills `out` run by run; `unpack` takes what it can of a packed one, or puts the next group aside.
    #[inline(always)]
    fn fill_with<T: Copy>(
        &mut self,
        mut out: &mut [T],
        of: impl Fn(u32) -> Result<T, Fault>,
        unpack: impl Fn(&mut Self, &mut [T], usize) -> Result<usize, Fault>,
    ) -> Result<(), Fault> {
        while !out.is_empty() {
            let done = if self.spare_at < self.spare_end {
                let n = out.len().min(self.spare_end - self.spare_at);
                for (out, value) in out.iter_mut().zip(&self.spare[self.spare_at..][..n]) {
                    *out = of(*value)?;
                }
                self.spare_at += n;
                n
            } else {
                match &mut self.run {
                    Run::Packed(0) | Run::Repeated(_, 0) => {
                        self.next_run()?;
                        0
                    }
                    Run::Repeated(value, left) => {
                        let n = out.len().min(*left);
                        out[..n].fill(of(*value)?);
                        *left -= n;
                        n
                    }
                    Run::Packed(left) => {
                        let left = *left;
                        unpack(self, out, left)?
                    }
                }
            };
            out = &mut out[done..];
        }
        Ok(())
    }

    /// As [`unpack`](Self::unpack), of one bit each.
    fn unpack_bits(&mut self, out: &mut [u8], left: usize) -> Result<usize, Fault> {
        let rest = self.data.get(self.at..).unwrap_or_default();
        let groups = rest.len().min(left / 8).min(out.len() / 8);
        if groups == 0 {
            // The last group is unpacked aside.
            return self.unpack(&mut [], left);
        }
        let eights = out.as_chunks_mut::<8>().0;
        for (eight, byte) in eights.iter_mut().zip(&rest[..groups]) {
            // A copy of the byte for each bit, in each its own bit left, and that made 1.
            let bits = u64::from(*byte) * 0x0101_0101_0101_0101;
            let own = bits & 0x8040_2010_0804_0201;
            let ones = (own + 0x7F7F_7F7F_7F7F_7F7F) >> 7;
            *eight = (ones & 0x0101_0101_0101_0101).to_le_bytes();
        }
        self.at += groups;
        self.run = Run::Packed(left - groups * 8);
        Ok(groups * 8)
    }

    fn next_run(&mut self) -> Result<(), Fault> {
        let header = varint(&self.data, &mut self.at)?;
        let count = usize::try_from(header >> 1).map_err(|_| Fault::page("a run without end"))?;
        if count == 0 {
            return Err(Fault::page("an empty run of codes"));
        }
        self.run = if header & 1 == 0 {
            let bytes = usize::from(self.width.div_ceil(8));
            let value = self
                .data
                .get(self.at..self.at + bytes)
                .ok_or_else(|| Fault::page("codes end too early"))?;
            self.at += bytes;
            let value = value.iter().rev().fold(0, |v, b| v << 8 | u32::from(*b));
            Run::Repeated(value, count)
        } else {
            // Writers may leave off the end of the last group, never a whole one.
            Run::Packed(
                count
                    .checked_mul(8)
                    .ok_or_else(|| Fault::page("a run without end"))?,
            )
        };
        Ok(())
    }

    /// Unpacks whole groups of eight into `out`, or the next one aside; how many values are in `out`.
    fn unpack(&mut self, out: &mut [u32], left: usize) -> Result<usize, Fault> {
        let width = usize::from(self.width);
        if width == 0 {
            let n = left.min(out.len());
            out[..n].fill(0);
            self.run = Run::Packed(left - n);
            return Ok(n);
        }
        // Eight bytes more than the group are read: all but the end of the page can be unpacked in place.
        let rest = &self.data[self.at..];
        let in_place = rest.len().saturating_sub(8) / width;
        let values = in_place.min(left / 8).min(out.len() / 8) * 8;
        if values > 0 {
            unpack_width(self.width, rest, &mut out[..values]);
            self.at += values / 8 * width;
            self.run = Run::Packed(left - values);
            return Ok(values);
        }
        let mut padded = [0; 40];
        let there = rest.len().min(width);
        padded[..there].copy_from_slice(&rest[..there]);
        unpack_width(self.width, &padded, &mut self.spare);
        self.at += there;
        self.spare_at = 0;
        self.spare_end = there * 8 / width;
        if self.spare_end == 0 {
            return Err(Fault::page("codes end too early"));
        }
        self.run = Run::Packed(left - 8);
        Ok(0)
    }
}

/// Unpacks `out.len() / 8` groups; `data` has eight bytes more than they take.
fn unpack_width(width: u8, data: &[u8], out: &mut [u32]) {
    macro_rules! by_width {
        ($($w:literal)*) => {
            match width {
                $($w => unpack_const::<$w>(data, out),)*
                _ => out.fill(0),
            }
        };
    }
    by_width!(1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 21 22 23 24 25 26 27 28 29 30 31 32);
}

fn unpack_const<const W: usize>(data: &[u8], out: &mut [u32]) {
    let mask = ((1u64 << W) - 1) as u32;
    for (group, values) in out.chunks_exact_mut(8).enumerate() {
        let start = group * W;
        let Some(bytes) = data.get(start..start + W + 8) else {
            return;
        };
        for (i, value) in values.iter_mut().enumerate() {
            let bit = i * W;
            let mut eight = [0; 8];
            eight.copy_from_slice(&bytes[bit / 8..bit / 8 + 8]);
            *value = (u64::from_le_bytes(eight) >> (bit % 8)) as u32 & mask;
        }
    }
}

/// A number of at most ten bytes.
pub(crate) fn varint(data: &[u8], at: &mut usize) -> Result<u64, Fault> {
    let mut value = 0u64;
    for shift in (0..70).step_by(7) {
        let byte = data
            .get(*at)
            .ok_or_else(|| Fault::page("a page ends inside a number"))?;
        *at += 1;
        value |= u64::from(byte & 127).checked_shl(shift).unwrap_or(0);
        if byte & 128 == 0 {
            return Ok(value);
        }
    }
    Err(Fault::page("a number that does not end"))
}
