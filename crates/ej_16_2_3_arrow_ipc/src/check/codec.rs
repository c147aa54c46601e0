//! How large a compressed buffer can become, read off its own bytes.

/// What is inside a buffer of a compressed body.
///
/// # Source
/// Arrow columnar format, `BodyCompression`: an `i64` with the uncompressed length (−1: stored as it is), then the frame.
pub(crate) struct Compressed {
    /// Length that the buffer will have.
    pub(crate) length: u64,
    /// Most bytes that decompressing it can take.
    pub(crate) cost: u64,
}

/// One of the two codecs of the format.
#[derive(Clone, Copy)]
pub(crate) enum Codec {
    Lz4,
    Zstd,
}

/// A zstd block of 4 bytes can stand for 128 KiB of one byte (RFC 8878: 3 bytes of header, `RLE_Block`): no frame does better.
const ZSTD_MOST: u64 = (128 << 10) / 4;
/// An LZ4 sequence gains 255 bytes of match per byte of length (LZ4 block format).
const LZ4_MOST: u64 = 255;

impl Codec {
    /// What `buffer` will become, unless its claim is impossible.
    pub(crate) fn inspect(self, buffer: &[u8]) -> Result<Compressed, String> {
        let (prefix, frame) = buffer
            .split_first_chunk::<8>()
            .ok_or_else(|| format!("a compressed buffer of {} bytes", buffer.len()))?;
        let claimed = i64::from_le_bytes(*prefix);
        if claimed == -1 {
            return Ok(Compressed {
                length: frame.len() as u64,
                cost: 0,
            });
        }
        let length =
            u64::try_from(claimed).map_err(|_| format!("an uncompressed length of {claimed}"))?;
        if length == 0 {
            return Ok(Compressed { length, cost: 0 });
        }
        let most = match self {
            // zstd is told how much it may write, LZ4 is not: its frame alone says where it ends.
            Self::Zstd => (frame.len() as u64).saturating_mul(ZSTD_MOST),
            Self::Lz4 => lz4_bound(frame).ok_or("no LZ4 frame")?,
        };
        if length > most {
            return Err(format!(
                "{} compressed bytes claim to hold {length}, which no frame of theirs can",
                frame.len()
            ));
        }
        let cost = match self {
            Self::Lz4 if most - length > LZ4_BLOCK => most,
            _ => length,
        };
        Ok(Compressed { length, cost })
    }
}

/// The largest block of an LZ4 frame, by which an honest frame may be able to hold more than it does.
const LZ4_BLOCK: u64 = 4 << 20;

/// Most bytes that the blocks of an LZ4 frame can hold; `None` if the bytes are no whole frame.
///
/// # Source
/// LZ4 frame format: magic, FLG, BD, optional content size and dictionary id, header checksum, then blocks, each an `u32`
/// length whose top bit says "stored", up to a length of 0.
fn lz4_bound(frame: &[u8]) -> Option<u64> {
    let [0x04, 0x22, 0x4d, 0x18, flags, descriptor, rest @ ..] = frame else {
        return None;
    };
    let block: u64 = match (descriptor >> 4) & 7 {
        4 => 64 << 10,
        5 => 256 << 10,
        6 => 1 << 20,
        7 => 4 << 20,
        _ => return None,
    };
    let optional = if flags & 0x08 != 0 { 8 } else { 0 } + if flags & 0x01 != 0 { 4 } else { 0 };
    let per_block = if flags & 0x10 != 0 { 4 } else { 0 };
    let mut rest = rest.get(optional + 1..)?;
    let mut most = 0_u64;
    loop {
        let (word, after) = rest.split_first_chunk::<4>()?;
        let word = u32::from_le_bytes(*word);
        if word == 0 {
            return Some(most);
        }
        let size = u64::from(word & 0x7fff_ffff);
        let stored = word >> 31 == 1;
        most += if stored {
            size
        } else {
            block.min(size * LZ4_MOST)
        };
        rest = after.get(usize::try_from(size).ok()? + per_block..)?;
    }
}
