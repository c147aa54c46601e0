//! Rows dealt out by the hash of a value, so that each part of a large table is worked on while it is in the cache.
//!
//! Looking up one row after the other in a table of a million values waits for memory each time. Rows that go to the same part are
//! collected instead, some thousand of them, and looked up together in a table that is a 256th of the whole. Threads share the tables,
//! each behind a lock that is taken once per collection: their size is that of the distinct values, and nothing is merged in the end.

use crate::table::PARTS;
use ecommerce_simd::prefetch;

/// Words collected of each part before they are worked on: 64 KiB.
const ROOM: usize = 8192;
/// Bytes of long texts after which a part is worked on at once.
const TEXT_ROOM: usize = 1 << 17;

/// Words of a cache line.
const LINE: usize = 8;
/// Records whose memory is asked for before the one that is worked on: what a core can have under way at a time.
pub(crate) const AHEAD: usize = 24;

/// What one thread has collected: records of a few words, and the long texts in them one after the other.
#[derive(Debug)]
pub(crate) struct Spread {
    /// Words of a record.
    pub(crate) stride: usize,
    /// Words of each part's records that are worked on at once.
    room: usize,
    words: Vec<u64>,
    filled: Vec<u32>,
    texts: Vec<Vec<u8>>,
}

impl Spread {
    /// For records of `stride` words.
    pub(crate) fn new(stride: usize) -> Self {
        let room = (ROOM / stride).max(1) * stride;
        Self {
            stride,
            room,
            words: vec![0; room * PARTS],
            filled: vec![0; PARTS],
            texts: vec![Vec::new(); PARTS],
        }
    }

    /// The next record of a part, to be filled, and where its long texts go.
    #[inline]
    pub(crate) fn record(&mut self, part: usize) -> (&mut [u64], &mut Vec<u8>) {
        let at = part * self.room + self.filled[part] as usize;
        self.filled[part] += self.stride as u32;
        // What is written here next is asked for now: stores wait for their line too, and some hundred other parts come before.
        prefetch(&self.words, at + self.stride + LINE);
        (&mut self.words[at..at + self.stride], &mut self.texts[part])
    }

    /// Whether a part must be worked on before it gets another record.
    #[inline]
    pub(crate) fn is_full(&self, part: usize) -> bool {
        self.filled[part] as usize == self.room || self.texts[part].len() > TEXT_ROOM
    }

    /// Hands a part's records, which are `f`'s to write on, and their long texts to `f`, and forgets them.
    ///
    /// # Errors
    /// Those of `f`.
    pub(crate) fn work<E>(
        &mut self,
        part: usize,
        f: impl FnOnce(&mut [u64], &[u8]) -> Result<(), E>,
    ) -> Result<(), E> {
        let start = part * self.room;
        let end = start + std::mem::take(&mut self.filled[part]) as usize;
        let done = f(&mut self.words[start..end], &self.texts[part]);
        self.texts[part].clear();
        done
    }
}
