//! Groups, and what is known of each.
//!
//! Where every key has a small dictionary there are few groups: a row's group comes from the codes, and each thread adds up its own.
//! Otherwise rows are dealt out by the hash of their key ([`Spread`]), and all threads add to the same tables.

use crate::distinct::{Distinct, Seen};
use crate::error::Fault;
use crate::kind::Kind;
use crate::spread::{AHEAD, Spread};
use crate::sums::Sums;
use crate::table::{Key, PARTS, Table, part_of};
use std::sync::{Mutex, PoisonError};

/// Measures that a record has room to say of whether they are null.
pub(crate) const MOST_MEASURES: usize = 32;

/// Some groups: each key with the number of its group, and what that has.
#[derive(Debug, Default)]
pub(crate) struct Part {
    pub(crate) keys: Table<false>,
    /// Rows per group; empty where the first measure keeps them.
    rows: Vec<u64>,
    /// By measure.
    pub(crate) sums: Vec<Sums>,
}

impl Part {
    /// Groups with their rows and measures.
    pub(crate) fn new(keys: Table<false>, rows: Vec<u64>, sums: Vec<Sums>) -> Self {
        Self { keys, rows, sums }
    }

    /// How many rows a group has.
    pub(crate) fn rows(&self, group: u32) -> u64 {
        match self.rows.get(group as usize) {
            Some(rows) => *rows,
            None => self.sums.first().map_or(0, |first| first.rows(group)),
        }
    }
}

/// The groups of high-cardinality keys, shared by all threads.
#[derive(Debug)]
pub(crate) struct Groups {
    parts: Vec<Mutex<Part>>,
    kinds: Vec<Kind>,
}

/// A row as it is dealt out.
pub(crate) struct Row<'a> {
    pub(crate) key: Key,
    /// Where the key's text is.
    pub(crate) text: &'a [u8],
    /// By measure, a bit if it has a value.
    pub(crate) present: u32,
}

/// Words of a record: the key's head; its length and which measures there are; the measures; a head and a length per distinct value.
pub(crate) fn stride(measures: usize, distincts: usize) -> usize {
    2 + measures + 2 * distincts
}

/// The number by which the rest of the engine knows a group of a part.
#[inline]
pub(crate) fn global(part: usize, number: u32) -> u32 {
    number * PARTS as u32 + part as u32
}

/// The part and the number in it.
pub(crate) fn local(group: u32) -> (usize, u32) {
    (group as usize % PARTS, group / PARTS as u32)
}

impl Groups {
    /// With nothing in it, for measures of these kinds.
    pub(crate) fn new(kinds: Vec<Kind>) -> Self {
        let part = || Part {
            sums: kinds.iter().map(|_| Sums::default()).collect(),
            ..Part::default()
        };
        Self {
            parts: (0..PARTS).map(|_| Mutex::new(part())).collect(),
            kinds,
        }
    }

    /// Adds a row; `fill` writes its measures and distinct values.
    ///
    /// # Errors
    /// If there are too many groups.
    #[inline]
    pub(crate) fn add(
        &self,
        spread: &mut Spread,
        row: &Row<'_>,
        fill: impl FnOnce(&mut [u64], &mut Vec<u8>),
        distincts: &[Distinct],
        seen: &mut [Seen],
    ) -> Result<(), Fault> {
        let part = part_of(Table::<false>::hash(row.key, 0));
        let (record, texts) = spread.record(part);
        record[0] = row.key.head;
        record[1] = u64::from(row.present) << 32 | u64::from(row.key.length);
        let long = row.key.long_text(row.text);
        if !long.is_empty() {
            texts.extend_from_slice(long);
        }
        fill(&mut record[2..], texts);
        if spread.is_full(part) {
            self.insert(spread, part, distincts, seen)?;
        }
        Ok(())
    }

    /// Adds all that a thread has not added yet.
    ///
    /// # Errors
    /// If there are too many groups.
    pub(crate) fn finish(
        &self,
        spread: &mut Spread,
        distincts: &[Distinct],
        seen: &mut [Seen],
    ) -> Result<(), Fault> {
        (0..PARTS).try_for_each(|part| self.insert(spread, part, distincts, seen))
    }

    fn insert(
        &self,
        spread: &mut Spread,
        at: usize,
        distincts: &[Distinct],
        seen: &mut [Seen],
    ) -> Result<(), Fault> {
        let stride = spread.stride;
        spread.work(at, |records, texts| {
            let mut part = self.parts[at]
                .lock()
                .unwrap_or_else(PoisonError::into_inner);
            let Part { keys, rows, sums } = &mut *part;
            let mut texts = texts;
            let mut text = |key: Key| {
                let (own, rest) = texts.split_at(key.long_text(texts).len());
                texts = rest;
                own
            };
            let key = |record: &[u64]| Key::of(record[0], record[1] as u32);
            let hash = |record: &[u64]| Table::<false>::hash(key(record), 0);
            for record in records.chunks_exact(stride).take(AHEAD) {
                keys.prefetch(hash(record));
            }
            for start in (0..records.len()).step_by(stride) {
                if let Some(ahead) = records.get(start + AHEAD * stride..)
                    && !ahead.is_empty()
                {
                    keys.prefetch(hash(ahead));
                }
                let own = &mut records[start..start + stride];
                let next = keys.len() as u32;
                let number = keys.number(key(own), hash(own), text(key(own)), next)?;
                if number == next {
                    if next == u32::MAX / PARTS as u32 {
                        return Err(Fault::TooManyValues);
                    }
                    rows.resize(rows.len() + usize::from(sums.is_empty()), 0);
                    sums.iter_mut().for_each(|s| s.make_room(keys.len()));
                }
                match sums.first() {
                    Some(first) => first.prefetch(number),
                    None => rows[number as usize] += 1,
                }
                // In the place of the head, which nobody asks for any more.
                own[0] = u64::from(number);
                for (d, value) in own[2 + self.kinds.len()..].chunks_exact(2).enumerate() {
                    let key = Key::of(value[0], value[1] as u32);
                    distincts[d].add(&mut seen[d], global(at, number), &key, text(key))?;
                }
            }
            if self.kinds.is_empty() {
                return Ok(());
            }
            for record in records.chunks_exact(stride) {
                let (number, present) = (record[0] as u32, record[1] >> 32);
                sums[0].add_row(number);
                for (m, (bits, kind)) in record[2..].iter().zip(&self.kinds).enumerate() {
                    if present >> m & 1 == 1 {
                        sums[m].add_one(*kind, number, *bits);
                    }
                }
            }
            Ok(())
        })
    }

    /// All parts, once every thread has finished.
    pub(crate) fn into_parts(self) -> Vec<Part> {
        let inner = |part: Mutex<Part>| part.into_inner().unwrap_or_else(PoisonError::into_inner);
        self.parts.into_iter().map(inner).collect()
    }
}
