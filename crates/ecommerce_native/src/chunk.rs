//! A column chunk in memory, handed to the parquet crate's page reader.

use bytes::buf::{Buf as _, Reader};
use bytes::{Bytes, BytesMut};
use parquet::basic::Compression;
use parquet::column::page::{Page, PageReader};
use parquet::errors::{ParquetError, Result};
use parquet::file::metadata::ColumnChunkMetaData;
use parquet::file::reader::{ChunkReader, Length, SerializedPageReader};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use crate::error::Fault;

/// Largest page, decompressed.
const PAGE_BYTES: u64 = 256 << 20;

/// The bytes of a chunk, addressed as in the file.
struct Chunk {
    start: u64,
    bytes: Bytes,
    compression: Compression,
    /// What the footer says that all pages together become, or less: no page may claim more.
    limit: u64,
    /// Whether the next header has been looked at ahead of its page.
    peeked: Arc<AtomicBool>,
}

impl Chunk {
    fn from(&self, at: u64) -> Result<Bytes> {
        let at = at
            .checked_sub(self.start)
            .and_then(|at| usize::try_from(at).ok());
        match at {
            Some(at) if at <= self.bytes.len() => Ok(self.bytes.slice(at..)),
            _ => Err(ParquetError::EOF("a page outside its chunk".into())),
        }
    }
}

impl Length for Chunk {
    fn len(&self) -> u64 {
        self.start + self.bytes.len() as u64
    }
}

impl ChunkReader for Chunk {
    type T = Reader<Bytes>;

    /// Called for each page header, which is looked at before the reader allocates what it claims.
    fn get_read(&self, start: u64) -> Result<Self::T> {
        let rest = self.from(start)?;
        // Behind a header that was peeked, the reader asks once more, at the page's data, and reads nothing.
        if self.peeked.swap(false, Ordering::Relaxed) {
            return Ok(rest.reader());
        }
        let plausible = page_sizes(&rest).is_some_and(|(decompressed, stored)| {
            stored <= rest.len() as u64
                && decompressed <= self.limit
                && decompressed <= largest(self.compression, stored)
        });
        if !plausible {
            return Err(ParquetError::General(
                "the sizes in a page header are not possible".into(),
            ));
        }
        Ok(rest.reader())
    }

    fn get_bytes(&self, start: u64, length: usize) -> Result<Bytes> {
        let rest = self.from(start)?;
        if length > rest.len() {
            return Err(ParquetError::EOF("a page beyond its chunk".into()));
        }
        Ok(rest.slice(..length))
    }
}

/// What `stored` bytes can become at most.
fn largest(compression: Compression, stored: u64) -> u64 {
    match compression {
        Compression::UNCOMPRESSED => stored,
        // A copy of 64 bytes takes three.
        Compression::SNAPPY => 32 + stored * 22,
        Compression::LZ4 | Compression::LZ4_RAW => 32 + stored * 256,
        Compression::GZIP(_) => 32 + stored * 1_100,
        _ => PAGE_BYTES,
    }
}

/// The decompressed and the stored size in a page header: its second and third field, as every writer puts them.
fn page_sizes(header: &[u8]) -> Option<(u64, u64)> {
    let mut at = 0;
    let mut number = || {
        // A 32-bit field whose number is one more than the one before it.
        if *header.get(at)? != 0x15 {
            return None;
        }
        at += 1;
        let raw = crate::hybrid::varint(header, &mut at).ok()?;
        // ZigZag: the odd ones are negative.
        (raw & 1 == 0).then_some(raw >> 1)
    };
    let _page_type = number()?;
    Some((number()?, number()?))
}

/// The pages of a chunk, decompressed one after the other.
pub(crate) struct Pages {
    reader: SerializedPageReader<Chunk>,
    /// What its chunk looks at, too.
    peeked: Arc<AtomicBool>,
}

impl Pages {
    /// The pages in `bytes`, which is the whole chunk.
    pub(crate) fn new(
        metadata: &ColumnChunkMetaData,
        rows: usize,
        bytes: Bytes,
    ) -> Result<Self, Fault> {
        let peeked = Arc::new(AtomicBool::new(false));
        let chunk = Chunk {
            start: metadata.byte_range().0,
            bytes,
            compression: metadata.compression(),
            limit: u64::try_from(metadata.uncompressed_size())
                .unwrap_or(0)
                .min(PAGE_BYTES),
            peeked: peeked.clone(),
        };
        let reader = SerializedPageReader::new(Arc::new(chunk), metadata, rows, None)?;
        Ok(Self { reader, peeked })
    }

    /// Rows of the next page; none of a dictionary's, or if there is no page.
    pub(crate) fn next_rows(&mut self) -> Result<Option<usize>, Fault> {
        // A header that waits is not read again.
        self.peeked.store(false, Ordering::Relaxed);
        let page = guarded(|| Ok(self.reader.peek_next_page()?))?;
        self.peeked.store(page.is_some(), Ordering::Relaxed);
        Ok(page.filter(|p| !p.is_dict).and_then(|p| p.num_levels))
    }

    /// Passes the next page over, neither decompressed nor checked; its rows are known already.
    pub(crate) fn skip(&mut self) -> Result<(), Fault> {
        let skipped = guarded(|| Ok(self.reader.skip_next_page()?));
        self.peeked.store(false, Ordering::Relaxed);
        skipped
    }

    /// The next page.
    pub(crate) fn next(&mut self) -> Result<Option<Page>, Fault> {
        let page = guarded(|| Ok(self.reader.get_next_page()?));
        self.peeked.store(false, Ordering::Relaxed);
        page
    }
}

/// A panic of another crate's decoder over damaged bytes, as the fault that it is.
pub(crate) fn guarded<T>(work: impl FnOnce() -> Result<T, Fault>) -> Result<T, Fault> {
    catch_unwind(AssertUnwindSafe(work)).unwrap_or_else(|_| Err(Fault::page("its decoder gave up")))
}

/// Buffers that chunks are read into, kept for the next row group.
#[derive(Default)]
pub(crate) struct Buffers(Vec<BytesMut>);

impl Buffers {
    /// A buffer of `length` bytes.
    pub(crate) fn take(&mut self, length: usize) -> BytesMut {
        // The one that fits best, or else the largest, which grows least.
        let fits = |b: &BytesMut| (b.len() < length, b.len().abs_diff(length));
        let best = (0..self.0.len()).min_by_key(|i| fits(&self.0[*i]));
        let mut buffer = best.map(|i| self.0.swap_remove(i)).unwrap_or_default();
        if buffer.len() < length {
            buffer.resize(length, 0);
        }
        buffer
    }

    /// Takes a buffer back, if nobody looks at it any more.
    pub(crate) fn give_back(&mut self, bytes: Bytes) {
        if let Ok(buffer) = bytes.try_into_mut() {
            self.0.push(buffer);
        }
    }
}
