//! Readers that remember what was read through them.

#[cfg(test)]
mod tests;

use parquet::errors::Result as ParquetResult;
use parquet::file::reader::{ChunkReader, Length};
use std::io::{Read, Result, Seek, SeekFrom};
use std::ops::Range;
use std::sync::{Arc, Mutex, PoisonError};

/// What was read, shared by a reader and all that were opened from it. Cloning gives another view of the same counts.
#[derive(Debug, Clone, Default)]
pub struct Reads {
    ranges: Arc<Mutex<Vec<Range<u64>>>>,
}

impl Reads {
    /// The byte ranges read, in order, a read that continues the last one joined to it. What was read twice is there twice.
    #[must_use]
    pub fn ranges(&self) -> Vec<Range<u64>> {
        self.ranges
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    /// Bytes read in all, those read again counted again.
    #[must_use]
    pub fn bytes(&self) -> u64 {
        self.ranges()
            .iter()
            .map(|range| range.end - range.start)
            .sum()
    }

    /// Bytes read at least once.
    #[must_use]
    pub fn distinct_bytes(&self) -> u64 {
        let mut ranges = self.ranges();
        ranges.sort_by_key(|range| range.start);
        let mut covered = 0;
        ranges.iter().fold(0, |total, range| {
            let fresh = range.end.saturating_sub(range.start.max(covered));
            covered = covered.max(range.end);
            total + fresh
        })
    }

    /// Whether any byte of `range` was read.
    #[must_use]
    pub fn touched(&self, range: &Range<u64>) -> bool {
        self.ranges()
            .iter()
            .any(|read| read.start < range.end && range.start < read.end)
    }

    /// Forgets all: what follows is counted alone, for instance what comes after the footer.
    pub fn clear(&self) {
        self.ranges
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clear();
    }

    fn add(&self, start: u64, len: u64) {
        let mut ranges = self.ranges.lock().unwrap_or_else(PoisonError::into_inner);
        match ranges.last_mut() {
            _ if len == 0 => {}
            Some(last) if last.end == start => last.end += len,
            _ => ranges.push(start..start + len),
        }
    }
}

/// A reader that reads what `R` reads and counts it: over `Read + Seek`, and over Parquet's [`ChunkReader`] (a `File`, `Bytes`).
///
/// ```
/// use ecommerce_testlake::CountingReader;
/// use std::io::{Cursor, Read, Seek, SeekFrom};
///
/// let mut reader = CountingReader::new(Cursor::new(vec![0u8; 100]));
/// let reads = reader.reads();
/// reader.seek(SeekFrom::End(-8))?;
/// reader.read_exact(&mut [0; 8])?;
/// assert_eq!((reads.bytes(), reads.ranges()), (8, vec![92..100]));
/// # Ok::<(), std::io::Error>(())
/// ```
///
/// # Cost
/// One lock per read. What a buffered reader below reads ahead is not seen: the counts are what its user asked for.
#[derive(Debug)]
pub struct CountingReader<R> {
    inner: R,
    position: u64,
    reads: Reads,
}

impl<R> CountingReader<R> {
    /// A reader over `inner`, which stands at its beginning.
    pub fn new(inner: R) -> Self {
        Self {
            inner,
            position: 0,
            reads: Reads::default(),
        }
    }

    /// The counts, which go on while the reader is used.
    #[must_use]
    pub fn reads(&self) -> Reads {
        self.reads.clone()
    }
}

impl<R: Read> Read for CountingReader<R> {
    fn read(&mut self, buffer: &mut [u8]) -> Result<usize> {
        let len = self.inner.read(buffer)?;
        self.reads.add(self.position, len as u64);
        self.position += len as u64;
        Ok(len)
    }
}

impl<R: Seek> Seek for CountingReader<R> {
    fn seek(&mut self, to: SeekFrom) -> Result<u64> {
        self.position = self.inner.seek(to)?;
        Ok(self.position)
    }
}

impl<R: Length> Length for CountingReader<R> {
    fn len(&self) -> u64 {
        self.inner.len()
    }
}

impl<R: ChunkReader> ChunkReader for CountingReader<R> {
    type T = CountingReader<R::T>;

    fn get_read(&self, start: u64) -> ParquetResult<Self::T> {
        Ok(CountingReader {
            inner: self.inner.get_read(start)?,
            position: start,
            reads: self.reads(),
        })
    }

    fn get_bytes(&self, start: u64, length: usize) -> ParquetResult<hyper::body::Bytes> {
        let bytes = self.inner.get_bytes(start, length)?;
        self.reads.add(start, bytes.len() as u64);
        Ok(bytes)
    }
}
