//! Page headers, read before the decoder is: a page says how large it becomes, and the decoder allocates that much.
//!
//! The parquet crate keeps its own header parser private, so this is the little of Thrift's compact protocol that
//! walking over headers takes (Apache Thrift, `doc/specs/thrift-compact-protocol.md`).

use super::{Limits, ReadProblem};
use parquet::basic::Compression;
use parquet::file::metadata::ColumnChunkMetaData;
use std::fs::File;
use std::io::{BufReader, Read, Seek, SeekFrom};

/// Checks that every page of a column chunk stays inside the chunk and below the bounds.
///
/// # Errors
/// * [`ReadProblem::Damaged`] if a header is unreadable or a page leaves its chunk.
/// * [`ReadProblem::TooLarge`] if a page would decompress to more than `limits.page_bytes`.
pub(super) fn check(
    file: &File,
    chunk: &ColumnChunkMetaData,
    limits: &Limits,
) -> Result<(), ReadProblem> {
    // As the decoder finds it. A chunk without rows may have a dictionary alone, and 0 for the data's offset.
    let start = chunk
        .dictionary_page_offset()
        .filter(|o| *o > 0)
        .unwrap_or(chunk.data_page_offset());
    let (start, length) = (u64::try_from(start), u64::try_from(chunk.compressed_size()));
    let (Ok(start), Ok(length)) = (start, length) else {
        return Err(ReadProblem::Damaged("negative offset of a column".into()));
    };
    let end = start
        .checked_add(length)
        .ok_or_else(|| ReadProblem::Damaged("offset of a column overflows".into()))?;
    let mut reader = BufReader::with_capacity(256, file);
    let mut position = start;
    while position < end {
        reader.seek(SeekFrom::Start(position))?;
        let mut header = Compact {
            reader: &mut reader,
            read: 0,
            limit: (end - position).min(limits.footer_bytes),
        };
        let (uncompressed, compressed) = header.page_sizes()?;
        if uncompressed > limits.page_bytes {
            return Err(ReadProblem::TooLarge {
                what: "a page",
                bytes: uncompressed,
                limit: limits.page_bytes,
            });
        }
        // The gzip codec ignores the declared size, and deflate expands at most 1032 times.
        if matches!(chunk.compression(), Compression::GZIP(_))
            && compressed > limits.page_bytes / 16
        {
            return Err(ReadProblem::TooLarge {
                what: "a gzip page",
                bytes: compressed,
                limit: limits.page_bytes / 16,
            });
        }
        position += header.read + compressed;
        if position > end {
            return Err(ReadProblem::Damaged(
                "a page reaches beyond its column".into(),
            ));
        }
    }
    Ok(())
}

struct Compact<'a, R> {
    reader: &'a mut R,
    read: u64,
    limit: u64,
}

/// Nesting that no page header reaches.
const MAX_DEPTH: u8 = 8;

impl<R: Read> Compact<'_, R> {
    /// Uncompressed and compressed size of the page whose header comes next.
    fn page_sizes(&mut self) -> Result<(u64, u64), ReadProblem> {
        let (mut uncompressed, mut compressed, mut id) = (None, None, 0i16);
        while let Some(kind) = self.field(&mut id)? {
            match (id, kind) {
                (2, 5) => uncompressed = Some(self.size()?),
                (3, 5) => compressed = Some(self.size()?),
                _ => self.skip(kind, 0)?,
            }
        }
        uncompressed
            .zip(compressed)
            .ok_or_else(|| bad("a page header lacks its sizes"))
    }

    /// The next field's type, with `id` moved on; `None` at the end of the struct.
    fn field(&mut self, id: &mut i16) -> Result<Option<u8>, ReadProblem> {
        let byte = self.byte()?;
        if byte == 0 {
            return Ok(None);
        }
        *id = match byte >> 4 {
            0 => self.varint()? as i16,
            delta => id.wrapping_add(i16::from(delta)),
        };
        Ok(Some(byte & 15))
    }

    fn size(&mut self) -> Result<u64, ReadProblem> {
        let raw = self.varint()?;
        let signed = (raw >> 1) as i64 ^ -((raw & 1) as i64);
        u64::try_from(signed).map_err(|_| bad("a page has a negative size"))
    }

    fn skip(&mut self, kind: u8, depth: u8) -> Result<(), ReadProblem> {
        if depth > MAX_DEPTH {
            return Err(bad("a page header is nested too deep"));
        }
        match kind {
            1 | 2 => Ok(()),
            3 => self.byte().map(drop),
            4..=6 => self.varint().map(drop),
            7 => self.discard(8),
            8 => self.varint().and_then(|n| self.discard(n)),
            9 | 10 => {
                let byte = self.byte()?;
                let n = if byte >> 4 == 15 {
                    self.varint()?
                } else {
                    u64::from(byte >> 4)
                };
                // Booleans in a list take a byte each; every element takes at least one, so the limit ends this loop.
                (0..n).try_for_each(|_| match byte & 15 {
                    1 | 2 => self.byte().map(drop),
                    element => self.skip(element, depth + 1),
                })
            }
            12 => {
                let mut id = 0;
                while let Some(inner) = self.field(&mut id)? {
                    self.skip(inner, depth + 1)?;
                }
                Ok(())
            }
            _ => Err(bad("a page header has a field of unknown type")),
        }
    }

    fn byte(&mut self) -> Result<u8, ReadProblem> {
        if self.read >= self.limit {
            return Err(bad("a page header reaches beyond its column"));
        }
        let mut byte = [0];
        self.reader
            .read_exact(&mut byte)
            .map_err(|_| bad("truncated in a page header"))?;
        self.read += 1;
        Ok(byte[0])
    }

    fn varint(&mut self) -> Result<u64, ReadProblem> {
        let mut value = 0u64;
        for shift in (0..64).step_by(7) {
            let byte = self.byte()?;
            value |= u64::from(byte & 127) << shift;
            if byte < 128 {
                return Ok(value);
            }
        }
        Err(bad("a number of a page header does not end"))
    }

    fn discard(&mut self, n: u64) -> Result<(), ReadProblem> {
        if n > self.limit - self.read {
            return Err(bad("a page header reaches beyond its column"));
        }
        std::io::copy(&mut self.reader.by_ref().take(n), &mut std::io::sink())?;
        self.read += n;
        Ok(())
    }
}

fn bad(detail: &str) -> ReadProblem {
    ReadProblem::Damaged(detail.into())
}
