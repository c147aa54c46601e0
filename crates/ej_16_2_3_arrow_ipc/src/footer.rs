//! The end of a file: where the footer is, and which blocks it lists.

use crate::error::{Claim, IpcError};
use crate::file::Bytes;
use crate::limits::Limits;
use arrow::buffer::Buffer;
use arrow_ipc::Block;

const MAGIC: &[u8; 6] = b"ARROW1";
/// The length of the footer and the closing magic word.
const TRAILER: u64 = 10;

/// A block of the footer, known to lie in the file.
#[derive(Clone, Debug)]
pub(crate) struct Span {
    pub(crate) offset: u64,
    pub(crate) metadata: u64,
    pub(crate) body: u64,
}

impl Span {
    pub(crate) fn end(&self) -> u64 {
        self.offset + self.metadata + self.body
    }
}

/// The footer's bytes and where they begin, in a file that starts and ends as a file does.
pub(crate) fn find_footer(bytes: &Bytes, limits: Limits) -> Result<(Buffer, u64), IpcError> {
    let malformed = |problem: String| IpcError::malformed(0, problem);
    let len = bytes.len();
    let start = MAGIC.len() as u64;
    if len < start + TRAILER {
        return Err(IpcError::Truncated {
            message: 0,
            needed: start + TRAILER,
            found: len,
        });
    }
    if bytes.at(0..start)?.as_slice() != MAGIC {
        return Err(malformed(
            "no IPC file: the first bytes are not ARROW1".into(),
        ));
    }
    let end = len - TRAILER;
    let trailer = bytes.at(end..len)?;
    let (length, magic) = trailer.split_at(4);
    if magic != MAGIC {
        return Err(malformed(
            "the last bytes are not ARROW1: the file is cut off or was never finished".into(),
        ));
    }
    let length = i32::from_le_bytes([length[0], length[1], length[2], length[3]]);
    let footer = u64::try_from(length)
        .ok()
        .filter(|footer| *footer <= end - start)
        .ok_or_else(|| malformed(format!("a footer of {length} bytes in a file of {len}")))?;
    limits.check(0, Claim::Footer, footer)?;
    Ok((bytes.at(end - footer..end)?, end - footer))
}

/// The blocks of a footer as spans that lie between the opening magic word and `end`.
pub(crate) fn spans<'a>(
    blocks: impl Iterator<Item = &'a Block>,
    end: u64,
) -> Result<Vec<Span>, IpcError> {
    let span = |block: &Block| {
        let span = Span {
            offset: u64::try_from(block.offset()).ok()?,
            metadata: u64::try_from(block.metaDataLength()).ok()?,
            body: u64::try_from(block.bodyLength()).ok()?,
        };
        let whole = span
            .offset
            .checked_add(span.metadata)?
            .checked_add(span.body)?;
        let aligned = [span.offset, span.metadata, span.body]
            .iter()
            .all(|n| n.is_multiple_of(8));
        (span.offset >= MAGIC.len() as u64 && span.metadata > 8 && whole <= end && aligned)
            .then_some(span)
    };
    (0..)
        .zip(blocks)
        .map(|(index, block)| {
            span(block)
                .ok_or_else(|| IpcError::malformed(index, format!("{block:?} in {end} bytes")))
        })
        .collect()
}

/// Refuses blocks that overlap: a small file could stand for any amount of data.
pub(crate) fn disjoint(dictionaries: &[Span], blocks: &[Span]) -> Result<(), IpcError> {
    let mut all: Vec<&Span> = dictionaries.iter().chain(blocks).collect();
    all.sort_by_key(|span| span.offset);
    match all
        .windows(2)
        .position(|pair| pair[0].end() > pair[1].offset)
    {
        Some(at) => Err(IpcError::malformed(
            at as u64,
            "its block overlaps the next one's",
        )),
        None => Ok(()),
    }
}
