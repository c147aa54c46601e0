//! How many different values each group has, exactly.
//!
//! A pair is a group's number and a value's. With few groups a thread marks pairs in a bitmap per group, which is dense because numbers
//! are given in order; with many, where bitmaps would be mostly empty, all threads share one hash set of pairs.

use crate::intern::{Interner, TOGETHER, mix};
use std::hint::black_box;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{PoisonError, RwLock};

/// Bitmaps may take this, and as much again per pair as the set would.
const BITMAP_BYTES: usize = 1 << 20;
const SET_BYTES_PER_PAIR: usize = 16;
const FIRST_BITS: u32 = 12;

/// The values of a column and the pairs they are in, shared by all threads.
#[derive(Debug)]
pub(crate) struct Distinct {
    pub(crate) values: Interner,
    set: RwLock<PairSet>,
    pairs: AtomicUsize,
}

#[derive(Debug)]
struct PairSet {
    bits: u32,
    /// 0 is nothing: the numbers of values begin at 1.
    slots: Box<[AtomicU64]>,
}

/// What one thread has seen.
#[derive(Debug, Default)]
pub(crate) struct Seen {
    bitmaps: Vec<Vec<u64>>,
    marked: usize,
    /// Whether pairs go to the shared set, and are no longer marked here.
    shared: bool,
    pending: Vec<u64>,
}

impl Distinct {
    /// With nothing in it.
    pub(crate) fn new() -> Self {
        Self {
            values: Interner::new(),
            set: RwLock::new(PairSet::new(FIRST_BITS)),
            pairs: AtomicUsize::new(0),
        }
    }

    /// Adds pairs of groups and values; the value 0, a null, is left out.
    pub(crate) fn add(&self, seen: &mut Seen, groups: &[u32], values: &[u32], threads: usize) {
        if !seen.shared {
            let groups_end = groups.iter().fold(0, |a, b| a.max(*b)) as usize + 1;
            let words = (self.values.numbers() as usize / 64 + 1).next_power_of_two();
            let bytes = groups_end.max(seen.bitmaps.len()) * words * 8;
            if bytes > BITMAP_BYTES + SET_BYTES_PER_PAIR * seen.marked {
                seen.pour(self, threads);
            } else {
                seen.make_room(groups_end, words);
            }
        }
        if seen.shared {
            seen.pending.clear();
            for (group, value) in groups.iter().zip(values) {
                if *value != 0 {
                    seen.pending
                        .push(u64::from(*group) << 32 | u64::from(*value));
                }
            }
            let pending = std::mem::take(&mut seen.pending);
            self.insert(&pending, threads);
            seen.pending = pending;
            return;
        }
        let mut marked = 0;
        for (group, value) in groups.iter().zip(values) {
            if let Some(word) = seen.bitmaps[*group as usize].get_mut((*value / 64) as usize) {
                let bit = 1 << (*value % 64);
                marked += usize::from(*word & bit == 0);
                *word |= bit;
            }
        }
        seen.marked += marked;
    }

    fn insert(&self, pairs: &[u64], threads: usize) {
        loop {
            let set = self.set.read().unwrap_or_else(PoisonError::into_inner);
            let needed =
                self.pairs.load(Ordering::Relaxed) + pairs.len().saturating_mul(threads + 1);
            if needed <= set.slots.len() / 4 * 3 {
                let new = pairs
                    .chunks(TOGETHER)
                    .map(|some| set.insert_all(some))
                    .sum();
                self.pairs.fetch_add(new, Ordering::Relaxed);
                return;
            }
            drop(set);
            let mut set = self.set.write().unwrap_or_else(PoisonError::into_inner);
            set.grow(needed);
        }
    }

    /// How many different values each of `groups` groups has.
    pub(crate) fn counts(&self, seen: Vec<Seen>, groups: usize) -> Vec<u64> {
        let mut counts = vec![0; groups];
        let mut seen = seen;
        if seen.iter().any(|s| s.shared) {
            for s in &mut seen {
                s.pour(self, 1);
            }
            let set = self.set.read().unwrap_or_else(PoisonError::into_inner);
            for slot in &set.slots {
                let pair = slot.load(Ordering::Relaxed);
                if pair != 0 {
                    counts[(pair >> 32) as usize] += 1;
                }
            }
            return counts;
        }
        for (group, count) in counts.iter_mut().enumerate() {
            let bitmaps = seen.iter().filter_map(|s| s.bitmaps.get(group));
            let mut all = Vec::new();
            for bitmap in bitmaps {
                if bitmap.len() > all.len() {
                    all.resize(bitmap.len(), 0);
                }
                for (word, theirs) in all.iter_mut().zip(bitmap) {
                    *word |= theirs;
                }
            }
            // Bit 0 is the null's.
            if let Some(first) = all.first_mut() {
                *first &= !1;
            }
            *count = all
                .iter()
                .map(|word: &u64| u64::from(word.count_ones()))
                .sum();
        }
        counts
    }
}

impl Seen {
    fn make_room(&mut self, groups: usize, words: usize) {
        if self.bitmaps.len() < groups {
            self.bitmaps.resize_with(groups, Vec::new);
        }
        for bitmap in &mut self.bitmaps {
            if bitmap.len() < words {
                bitmap.resize(words, 0);
            }
        }
    }

    /// Moves what is marked here to the shared set.
    fn pour(&mut self, distinct: &Distinct, threads: usize) {
        self.shared = true;
        let mut pairs = Vec::new();
        for (group, bitmap) in std::mem::take(&mut self.bitmaps).into_iter().enumerate() {
            for (at, mut word) in bitmap.into_iter().enumerate() {
                while word != 0 {
                    let value = at as u64 * 64 + u64::from(word.trailing_zeros());
                    word &= word - 1;
                    if value != 0 {
                        pairs.push((group as u64) << 32 | value);
                    }
                }
            }
            if pairs.len() >= 4096 {
                distinct.insert(&pairs, threads);
                pairs.clear();
            }
        }
        distinct.insert(&pairs, threads);
    }
}

impl PairSet {
    fn new(bits: u32) -> Self {
        Self {
            bits,
            slots: (0..1usize << bits).map(|_| AtomicU64::new(0)).collect(),
        }
    }

    #[inline]
    fn place(&self, pair: u64) -> usize {
        (mix(pair) >> (64 - self.bits)) as usize
    }

    /// How many of at most [`TOGETHER`] pairs are new. As in the table of values, their slots are fetched first.
    fn insert_all(&self, pairs: &[u64]) -> usize {
        let touched = pairs.iter().fold(0, |seen, pair| {
            seen ^ self.slots[self.place(*pair)].load(Ordering::Relaxed)
        });
        black_box(touched);
        pairs.iter().filter(|pair| self.insert(**pair)).count()
    }

    /// Whether `pair` is new.
    #[inline]
    fn insert(&self, pair: u64) -> bool {
        let mask = self.slots.len() - 1;
        let mut at = self.place(pair);
        loop {
            let slot = &self.slots[at & mask];
            let mut found = slot.load(Ordering::Relaxed);
            if found == 0 {
                match slot.compare_exchange(0, pair, Ordering::Relaxed, Ordering::Relaxed) {
                    Ok(_) => return true,
                    Err(other) => found = other,
                }
            }
            if found == pair {
                return false;
            }
            at += 1;
        }
    }

    /// Makes room for `needed` pairs, if nobody has meanwhile.
    fn grow(&mut self, needed: usize) {
        let mut bits = self.bits;
        while needed > (1usize << bits) / 4 * 3 {
            bits += 1;
        }
        if bits == self.bits {
            return;
        }
        let larger = Self::new(bits);
        for slot in &mut self.slots {
            let pair = *slot.get_mut();
            if pair != 0 {
                larger.insert(pair);
            }
        }
        *self = larger;
    }
}
