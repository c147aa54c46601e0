//! How many different values each group has, exactly: a set of pairs of a group and a value.
//!
//! The values of a dictionary are marked in a bitmap per group, and become pairs once per chunk; others are pairs at once. Of few
//! groups, the first of them, values that are small numbers are bits (`dense.rs`); all other pairs are in tables.

use crate::column::Dictionary;
use crate::dense::{Bits, Dense};
use crate::error::Fault;
use crate::kind::Kind;
use crate::spread::{AHEAD, Spread};
use crate::table::{Key, PARTS, Table, part_of};
use std::sync::{Mutex, PoisonError};

/// Bitmaps of one chunk may take this.
const BITMAP_BYTES: usize = 1 << 20;
/// Words of a record: the value's head; the group, and the value's length.
const STRIDE: usize = 2;

/// The pairs of a column, shared by all threads.
#[derive(Debug)]
pub(crate) struct Distinct {
    parts: Vec<Mutex<Table<true>>>,
    dense: Option<Dense>,
}

/// What one thread has seen and not yet added.
#[derive(Debug)]
pub(crate) struct Seen {
    spread: Spread,
    /// By group, a bit per code of the chunk's dictionary.
    marks: Vec<Vec<u64>>,
    bits: Bits,
}

impl Distinct {
    /// With nothing in it, for values of this kind in few groups or many.
    pub(crate) fn new(kind: Kind, many_groups: bool) -> Self {
        Self {
            parts: (0..PARTS).map(|_| Mutex::default()).collect(),
            dense: (!many_groups).then(|| Dense::new(kind == Kind::Text)),
        }
    }

    /// Adds a group's value, its text in `data`; a null is left out.
    ///
    /// # Errors
    /// If there is no room for its text.
    #[inline(always)]
    pub(crate) fn add(
        &self,
        seen: &mut Seen,
        group: u32,
        key: &Key,
        data: &[u8],
    ) -> Result<(), Fault> {
        if let Some(dense) = &self.dense
            && dense.add(&mut seen.bits, group, key)
        {
            return Ok(());
        }
        self.deal_out(seen, group, key, data)
    }

    /// Adds a value that has no bit. Apart, so that the loops over those that have one stay small.
    #[inline(never)]
    fn deal_out(&self, seen: &mut Seen, group: u32, key: &Key, data: &[u8]) -> Result<(), Fault> {
        if !key.is_some() {
            return Ok(());
        }
        let part = part_of(Table::<true>::hash(*key, group));
        let (record, texts) = seen.spread.record(part);
        record[0] = key.head;
        record[1] = u64::from(group) << 32 | u64::from(key.length);
        let long = key.long_text(data);
        if !long.is_empty() {
            texts.extend_from_slice(long);
        }
        if seen.spread.is_full(part) {
            self.insert(seen, part)?;
        }
        Ok(())
    }

    /// Marks the codes of a dictionary of `size` values, if there is room for it.
    pub(crate) fn mark(
        seen: &mut Seen,
        groups: &[u32],
        codes: impl Iterator<Item = u32>,
        size: usize,
    ) -> bool {
        // The null's code is the one behind the last.
        let words = size / 64 + 1;
        let last = groups.iter().fold(0, |a, b| a.max(*b)) as usize;
        if (last + 1).max(seen.marks.len()) * words * 8 > BITMAP_BYTES {
            return false;
        }
        if seen.marks.len() <= last {
            seen.marks.resize_with(last + 1, Vec::new);
        }
        for marks in &mut seen.marks {
            marks.resize(words, 0);
        }
        for (group, code) in groups.iter().zip(codes) {
            seen.marks[*group as usize][code as usize / 64] |= 1 << (code % 64);
        }
        true
    }

    /// Adds what is marked, before the dictionary is gone.
    ///
    /// # Errors
    /// If there is no room for a text.
    pub(crate) fn add_marked(&self, seen: &mut Seen, dictionary: &Dictionary) -> Result<(), Fault> {
        let mut marks = std::mem::take(&mut seen.marks);
        for (group, marks) in marks.iter_mut().enumerate() {
            for (at, word) in marks.iter().enumerate() {
                let mut word = *word;
                while word != 0 {
                    let code = at * 64 + word.trailing_zeros() as usize;
                    word &= word - 1;
                    if code < dictionary.len() {
                        let key = dictionary.key(code as u32);
                        self.add(seen, group as u32, &key, dictionary.data())?;
                    }
                }
            }
            marks.clear();
        }
        seen.marks = marks;
        Ok(())
    }

    /// Adds all that a thread has not added yet.
    ///
    /// # Errors
    /// If there is no room for a text.
    pub(crate) fn finish(&self, seen: &mut Seen) -> Result<(), Fault> {
        if let Some(dense) = &self.dense {
            dense.merge(&mut seen.bits);
        }
        (0..PARTS).try_for_each(|part| self.insert(seen, part))
    }

    fn insert(&self, seen: &mut Seen, part: usize) -> Result<(), Fault> {
        seen.spread.work(part, |records, texts| {
            let mut table = self.parts[part]
                .lock()
                .unwrap_or_else(PoisonError::into_inner);
            let pair = |record: &[u64; STRIDE]| {
                let key = Key::of(record[0], record[1] as u32);
                let group = (record[1] >> 32) as u32;
                (key, group, Table::<true>::hash(key, group))
            };
            let (records, mut at) = (records.as_chunks::<STRIDE>().0, 0);
            for record in records.iter().take(AHEAD) {
                table.prefetch(pair(record).2);
            }
            for (index, record) in records.iter().enumerate() {
                if let Some(ahead) = records.get(index + AHEAD) {
                    table.prefetch(pair(ahead).2);
                }
                let (key, group, hash) = pair(record);
                let text = key.long_text(texts.get(at..).unwrap_or_default());
                table.number(key, hash, text, group)?;
                at += text.len();
            }
            Ok(())
        })
    }

    /// Groups, each with so many of its values; a group may come again.
    pub(crate) fn each_group(&self, mut f: impl FnMut(u32, u64)) {
        let dense = self.dense.iter().flat_map(Dense::counts);
        for (group, values) in dense.enumerate() {
            f(group as u32, values);
        }
        for part in &self.parts {
            let table = part.lock().unwrap_or_else(PoisonError::into_inner);
            table.iter().for_each(|(_, group)| f(group, 1));
        }
    }
}

impl Seen {
    /// With nothing in it.
    pub(crate) fn new() -> Self {
        Self {
            spread: Spread::new(STRIDE),
            marks: Vec::new(),
            bits: Bits::default(),
        }
    }
}
