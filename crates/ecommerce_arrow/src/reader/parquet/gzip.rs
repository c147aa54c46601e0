//! How much a gzip page inflates to, counted without inflating it.
//!
//! The library's gzip codec ignores the size that the page header declares and grows its buffer until the stream ends: a
//! megabyte may become a gigabyte. Counting takes the symbols alone, no window and no output (RFC 1951, RFC 1952).

/// The most that deflate can make of one byte, rounded up: runs of 258 bytes in two bits each.
pub(super) const MAX_RATIO: u64 = 1_032;

/// Whether `stream`, one gzip member or several, inflates to more than `limit` bytes.
///
/// A stream that breaks off or is no gzip is counted up to that point, which is where inflating it fails as well.
///
/// # Cost
/// Linear in the compressed bytes, whatever they are; no allocation.
pub(super) fn inflates_beyond(stream: &[u8], limit: u64) -> bool {
    let mut bits = Bits::new(stream);
    let mut count = Count { bytes: 0, limit };
    while let Some(()) = member(&mut bits, &mut count) {
        if bits.at_end() {
            break;
        }
    }
    count.bytes > limit
}

struct Count {
    bytes: u64,
    limit: u64,
}

impl Count {
    /// Counts more bytes; `None` once the limit is passed: nothing after it changes the answer.
    fn add(&mut self, bytes: u64) -> Option<()> {
        self.bytes += bytes;
        (self.bytes <= self.limit).then_some(())
    }
}

/// One gzip member: header, deflate stream, checksum and length.
fn member(bits: &mut Bits<'_>, count: &mut Count) -> Option<()> {
    if bits.take(16)? != 0x8B1F || bits.take(8)? != 8 {
        return None;
    }
    let flags = bits.take(8)?;
    bits.skip_bytes(6)?;
    if flags & 4 != 0 {
        let extra = bits.take(16)?;
        bits.skip_bytes(extra as usize)?;
    }
    // A name, then a comment: texts that end with a zero byte.
    for flag in [8, 16] {
        if flags & flag != 0 {
            while bits.take(8)? != 0 {}
        }
    }
    if flags & 2 != 0 {
        bits.take(16)?;
    }
    loop {
        let last = bits.take(1)? == 1;
        match bits.take(2)? {
            0 => stored(bits, count)?,
            1 => block(
                bits,
                count,
                &Code::fixed_lengths(),
                &Code::fixed_distances(),
            )?,
            2 => {
                let (lengths, distances) = dynamic(bits)?;
                block(bits, count, &lengths, &distances)?;
            }
            _ => return None,
        }
        if last {
            break;
        }
    }
    bits.align();
    bits.skip_bytes(8)
}

fn stored(bits: &mut Bits<'_>, count: &mut Count) -> Option<()> {
    bits.align();
    let (length, check) = (bits.take(16)?, bits.take(16)?);
    if length != !check & 0xFFFF {
        return None;
    }
    bits.skip_bytes(length as usize)?;
    count.add(u64::from(length))
}

fn block(bits: &mut Bits<'_>, count: &mut Count, lengths: &Code, distances: &Code) -> Option<()> {
    const BASE: [u16; 29] = [
        3, 4, 5, 6, 7, 8, 9, 10, 11, 13, 15, 17, 19, 23, 27, 31, 35, 43, 51, 59, 67, 83, 99, 115,
        131, 163, 195, 227, 258,
    ];
    const EXTRA: [u8; 29] = [
        0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3, 4, 4, 4, 4, 5, 5, 5, 5, 0,
    ];
    loop {
        match usize::from(lengths.symbol(bits)?) {
            0..=255 => count.add(1)?,
            256 => return Some(()),
            symbol => {
                let symbol = symbol - 257;
                let extra = bits.take(u32::from(*EXTRA.get(symbol)?))?;
                let run = u64::from(*BASE.get(symbol)?) + u64::from(extra);
                let distance = distances.symbol(bits)?;
                if distance > 29 {
                    return None;
                }
                bits.take(u32::from(distance / 2).saturating_sub(1))?;
                count.add(run)?;
            }
        }
    }
}

/// The two codes that a block brings with it.
fn dynamic(bits: &mut Bits<'_>) -> Option<(Code, Code)> {
    const ORDER: [usize; 19] = [
        16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15,
    ];
    let lengths = bits.take(5)? as usize + 257;
    let distances = bits.take(5)? as usize + 1;
    let codes = bits.take(4)? as usize + 4;
    let mut widths = [0u8; 288 + 32];
    for place in &ORDER[..codes] {
        widths[*place] = bits.take(3)? as u8;
    }
    let code = Code::new(&widths[..19])?;
    widths[..19].fill(0);
    let mut at = 0;
    while at < lengths + distances {
        let (width, times) = match code.symbol(bits)? {
            16 => (*widths.get(at.checked_sub(1)?)?, bits.take(2)? + 3),
            17 => (0, bits.take(3)? + 3),
            18 => (0, bits.take(7)? + 11),
            width => (width as u8, 1),
        };
        let end = at + times as usize;
        if end > lengths + distances {
            return None;
        }
        widths.get_mut(at..end)?.fill(width);
        at = end;
    }
    Some((
        Code::new(&widths[..lengths])?,
        Code::new(&widths[lengths..lengths + distances])?,
    ))
}

/// A canonical Huffman code: how many codes there are of each width, and their symbols in order.
struct Code {
    counts: [u16; 16],
    symbols: [u16; 288],
}

impl Code {
    /// The code whose symbols have these widths; `None` if there are more codes than bits for them.
    fn new(widths: &[u8]) -> Option<Self> {
        let mut code = Self {
            counts: [0; 16],
            symbols: [0; 288],
        };
        for width in widths {
            code.counts[usize::from(*width & 15)] += 1;
        }
        code.counts[0] = 0;
        let mut free = 1i32;
        let mut starts = [0u16; 16];
        for width in 1..16 {
            free = free * 2 - i32::from(code.counts[width]);
            if free < 0 {
                return None;
            }
            if width < 15 {
                starts[width + 1] = starts[width] + code.counts[width];
            }
        }
        for (symbol, width) in widths.iter().enumerate().filter(|(_, width)| **width > 0) {
            let start = &mut starts[usize::from(*width & 15)];
            *code.symbols.get_mut(usize::from(*start))? = symbol as u16;
            *start += 1;
        }
        Some(code)
    }

    fn fixed_lengths() -> Self {
        let width = |symbol| match symbol {
            0..=143 => 8,
            144..=255 => 9,
            256..=279 => 7,
            _ => 8,
        };
        Self::new(&std::array::from_fn::<u8, 288, _>(width)).unwrap_or(Self::NONE)
    }

    fn fixed_distances() -> Self {
        Self::new(&[5; 30]).unwrap_or(Self::NONE)
    }

    /// A code without symbols.
    const NONE: Self = Self {
        counts: [0; 16],
        symbols: [0; 288],
    };

    fn symbol(&self, bits: &mut Bits<'_>) -> Option<u16> {
        let (mut code, mut first, mut index) = (0i32, 0i32, 0i32);
        for count in &self.counts[1..] {
            code |= bits.take(1)? as i32;
            let count = i32::from(*count);
            if code - count < first {
                return self.symbols.get((index + code - first) as usize).copied();
            }
            index += count;
            first = (first + count) << 1;
            code <<= 1;
        }
        None
    }
}

/// Bits from the lowest of each byte on.
struct Bits<'a> {
    data: &'a [u8],
    at: usize,
    held: u64,
    count: u32,
}

impl<'a> Bits<'a> {
    fn new(data: &'a [u8]) -> Self {
        Self {
            data,
            at: 0,
            held: 0,
            count: 0,
        }
    }

    /// The next `n` bits, at most 16; `None` at the end.
    fn take(&mut self, n: u32) -> Option<u32> {
        while self.count < n {
            self.held |= u64::from(*self.data.get(self.at)?) << self.count;
            self.at += 1;
            self.count += 8;
        }
        let bits = self.held & ((1 << n) - 1);
        self.held >>= n;
        self.count -= n;
        Some(bits as u32)
    }

    /// Leaves the rest of the current byte.
    fn align(&mut self) {
        let rest = self.count % 8;
        self.held >>= rest;
        self.count -= rest;
    }

    /// Passes over whole bytes; the current one must be at its beginning.
    fn skip_bytes(&mut self, n: usize) -> Option<()> {
        let held = (self.count / 8) as usize;
        let from_held = n.min(held);
        self.held = self.held.checked_shr(8 * from_held as u32).unwrap_or(0);
        self.count -= 8 * from_held as u32;
        self.at = self.at.checked_add(n - from_held)?;
        (self.at <= self.data.len()).then_some(())
    }

    fn at_end(&self) -> bool {
        self.count < 8 && self.at >= self.data.len()
    }
}
