//! Repeated event names, found exactly in memory that does not grow with the day.
//!
//! Every name is hashed to 88 bits and stored with its 40-bit position; entries are dealt into shards by hash, a
//! shard that fills up spills to disk, and at the end each shard is sorted on its own. Two different names share
//! a hash with probability below n² ÷ 2⁸⁹: 10⁻⁹ for a thousand million rows. The hash is keyed at random per
//! run, so nobody can prepare names that collide.

use crate::error::PipelineError;
use std::fs::File;
use std::io::{Read as _, Seek as _, Write as _};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use xxhash_rust::xxh3::xxh3_128_with_seed;

const SHARDS: usize = 64;
/// Entries kept in memory over all shards: 64 MiB.
const IN_MEMORY: usize = 4 << 20;
const POSITION_BITS: u32 = 40;
const POSITIONS: u64 = 1 << POSITION_BITS;

/// Collects the names of a day.
pub(crate) struct DuplicateFinder {
    seed: u64,
    shards: Vec<Mutex<Shard>>,
}

#[derive(Default)]
struct Shard {
    entries: Vec<u128>,
    spilled: Option<File>,
}

/// Positions of rows whose name stood at an earlier position, ascending.
#[derive(Debug, Default)]
pub(crate) struct Duplicates(Vec<u64>);

/// One thread's entries, dealt out in portions so that threads seldom meet.
pub(crate) struct Hand<'a> {
    finder: &'a DuplicateFinder,
    portions: Vec<Vec<u128>>,
}

const PORTION: usize = 2_048;

impl DuplicateFinder {
    pub(crate) fn new() -> Self {
        let seed = uuid::Uuid::new_v4().as_u64_pair().0;
        Self {
            seed,
            shards: (0..SHARDS).map(|_| Mutex::default()).collect(),
        }
    }

    pub(crate) fn hand(&self) -> Hand<'_> {
        Hand {
            finder: self,
            portions: (0..SHARDS).map(|_| Vec::with_capacity(PORTION)).collect(),
        }
    }

    /// The repeated ones among all names added.
    ///
    /// # Errors
    /// * [`PipelineError::Io`] if what was spilled cannot be read back.
    pub(crate) fn finish(self, threads: usize) -> Result<Duplicates, PipelineError> {
        let next = AtomicUsize::new(0);
        let work = || -> Result<Vec<u64>, PipelineError> {
            let mut found = Vec::new();
            while let Some(shard) = self.shards.get(next.fetch_add(1, Ordering::Relaxed)) {
                let mut shard = shard.lock().map_err(|_| poisoned())?;
                let mut entries = std::mem::take(&mut shard.entries);
                if let Some(file) = shard.spilled.take() {
                    read_back(file, &mut entries)?;
                }
                entries.sort_unstable();
                // Equal hashes stand together with ascending positions: all but the first of a run are repeats.
                let repeats = entries
                    .windows(2)
                    .filter(|w| w[0] >> POSITION_BITS == w[1] >> POSITION_BITS);
                found.extend(repeats.map(|w| w[1] as u64 & (POSITIONS - 1)));
            }
            Ok(found)
        };
        let mut positions = std::thread::scope(|scope| {
            let hands: Vec<_> = (0..threads.max(1)).map(|_| scope.spawn(work)).collect();
            let mut all = Vec::new();
            for hand in hands {
                all.extend(hand.join().map_err(|_| poisoned())??);
            }
            Ok::<_, PipelineError>(all)
        })?;
        positions.sort_unstable();
        Ok(Duplicates(positions))
    }
}

impl Hand<'_> {
    /// Adds a name at a position below 2⁴⁰.
    ///
    /// # Errors
    /// * [`PipelineError::Io`] if the disk for spilled entries is full.
    pub(crate) fn add(&mut self, name: &str, position: u64) -> Result<(), PipelineError> {
        let hash = xxh3_128_with_seed(name.as_bytes(), self.finder.seed);
        let entry = (hash << POSITION_BITS) | u128::from(position & (POSITIONS - 1));
        // The shard comes from the bits that the shift above drops.
        let shard = (hash >> 120) as usize % SHARDS;
        self.portions[shard].push(entry);
        if self.portions[shard].len() == PORTION {
            self.deal(shard)
        } else {
            Ok(())
        }
    }

    /// Hands in what is left.
    ///
    /// # Errors
    /// As [`add`](Self::add).
    pub(crate) fn finish(mut self) -> Result<(), PipelineError> {
        (0..SHARDS).try_for_each(|shard| self.deal(shard))
    }

    fn deal(&mut self, index: usize) -> Result<(), PipelineError> {
        let mut shard = self.finder.shards[index].lock().map_err(|_| poisoned())?;
        shard.entries.append(&mut self.portions[index]);
        if shard.entries.len() >= IN_MEMORY / SHARDS {
            shard.spill()?;
        }
        Ok(())
    }
}

impl Shard {
    fn spill(&mut self) -> Result<(), PipelineError> {
        let temp = std::env::temp_dir();
        if self.spilled.is_none() {
            self.spilled = Some(tempfile::tempfile().map_err(PipelineError::io(&temp))?);
        }
        if let Some(file) = &mut self.spilled {
            let bytes: Vec<u8> = self.entries.iter().flat_map(|e| e.to_le_bytes()).collect();
            file.write_all(&bytes).map_err(PipelineError::io(&temp))?;
        }
        self.entries.clear();
        Ok(())
    }
}

fn read_back(mut file: File, entries: &mut Vec<u128>) -> Result<(), PipelineError> {
    let fail = || PipelineError::io(std::env::temp_dir());
    let length = file.stream_position().map_err(fail())?;
    file.rewind().map_err(fail())?;
    entries.reserve(usize::try_from(length / 16).unwrap_or(0));
    let mut reader = std::io::BufReader::with_capacity(1 << 20, file);
    let mut entry = [0; 16];
    for _ in 0..length / 16 {
        reader.read_exact(&mut entry).map_err(fail())?;
        entries.push(u128::from_le_bytes(entry));
    }
    Ok(())
}

impl Duplicates {
    /// The repeated positions in `start..end`.
    pub(crate) fn between(&self, start: u64, end: u64) -> &[u64] {
        let from = self.0.partition_point(|p| *p < start);
        let to = self.0.partition_point(|p| *p < end);
        &self.0[from..to]
    }

    #[cfg(test)]
    pub(crate) fn positions(&self) -> &[u64] {
        &self.0
    }
}

fn poisoned() -> PipelineError {
    PipelineError::Internal("a thread of the duplicate finder panicked".into())
}
