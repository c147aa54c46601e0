//! Values that are small numbers, or texts that end in one, such as `u0000042`: a set of them is a bitmap.
//!
//! A table of a million values is in no core's own cache, and every row that is looked up there waits for memory. A bit for each
//! number below four million is half a MiB.

use crate::spread::AHEAD;
use crate::table::Key;
use ecommerce_simd::prefetch;
use std::sync::{Mutex, OnceLock, PoisonError};

/// Numbers below this have a bit.
const NUMBERS: u64 = 1 << 22;
/// Groups below this have a bitmap, of half a MiB at most.
const GROUPS: u32 = 16;
/// Bits that are set at a time.
const PENDING: usize = 1024;
/// Eight digits 0.
const ZEROS: u64 = 0x3030_3030_3030_3030;

/// How a column's values are numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Shape {
    /// They are.
    Numbers,
    /// Texts of this length that differ in the digits at their end alone.
    Texts {
        length: u32,
        /// Moves the text to the end of eight bytes.
        shift: u32,
        /// The bytes that are digits there, and what is in the others.
        digits: u64,
        rest: u64,
    },
}

impl Shape {
    /// That of a text of up to eight bytes with digits at its end.
    pub(crate) fn of(key: &Key) -> Option<Self> {
        let length = key.length;
        if !(1..=8).contains(&length) {
            return None;
        }
        let shift = 64 - 8 * length;
        let text = key.head << shift;
        let bytes = text.to_le_bytes();
        let count = bytes
            .iter()
            .rev()
            .take_while(|b| b.is_ascii_digit())
            .count();
        let digits = u64::MAX.checked_shl(64 - 8 * count as u32)?;
        Some(Self::Texts {
            length,
            shift,
            digits,
            rest: text & !digits,
        })
    }

    /// The number that a value is, if it has this shape; no other value of this shape is the same number.
    #[inline(always)]
    pub(crate) fn number(self, key: &Key) -> Option<u64> {
        match self {
            Self::Numbers => key.is_some().then_some(key.head),
            Self::Texts {
                length,
                shift,
                digits,
                rest,
            } => {
                if key.length != length {
                    return None;
                }
                let text = key.head << shift;
                let eight = (text & digits) | (ZEROS & !digits);
                (text & !digits == rest && are_digits(eight)).then(|| value(eight))
            }
        }
    }
}

/// Whether eight bytes are digits: 3 in the high half of each, and still after 6 more.
#[inline]
fn are_digits(eight: u64) -> bool {
    const HIGH: u64 = 0xF0F0_F0F0_F0F0_F0F0;
    let more = eight.wrapping_add(0x0606_0606_0606_0606);
    (eight & HIGH) == ZEROS && (more & HIGH) == ZEROS
}

/// The number that eight digits are, the first in the lowest byte: digits to pairs, pairs to fours, all lanes at once.
#[inline]
fn value(eight: u64) -> u64 {
    let digits = eight & 0x0F0F_0F0F_0F0F_0F0F;
    let pairs = (digits * 10 + (digits >> 8)) & 0x00FF_00FF_00FF_00FF;
    let fours = (pairs * 100 + (pairs >> 16)) & 0x0000_FFFF_0000_FFFF;
    (fours * 10_000 + (fours >> 32)) & 0xFFFF_FFFF
}

/// A bitmap per group.
#[derive(Debug, Default)]
pub(crate) struct Bits {
    words: Vec<Vec<u64>>,
    /// Groups and numbers whose bits are still to be set: together, so that their memory can be asked for ahead.
    pending: Vec<(u32, u32)>,
}

impl Bits {
    #[inline(always)]
    fn add(&mut self, group: u32, number: u32) {
        self.pending.push((group, number));
        if self.pending.len() == PENDING {
            self.settle();
        }
    }

    /// Sets the bits that are pending.
    #[inline(never)]
    fn settle(&mut self) {
        let Self { words, pending } = self;
        for (at, (group, number)) in pending.iter().enumerate() {
            if let Some((group, number)) = pending.get(at + AHEAD)
                && let Some(words) = words.get(*group as usize)
            {
                prefetch(words, *number as usize / 64);
            }
            let (word, bit) = (*number as usize / 64, 1 << (number % 64));
            let known = words.get_mut(*group as usize).and_then(|g| g.get_mut(word));
            match known {
                Some(word) => *word |= bit,
                None => grow(words, *group, word)[word] |= bit,
            }
        }
        pending.clear();
    }
}

/// A group's words, made to reach `word`.
#[cold]
fn grow(words: &mut Vec<Vec<u64>>, group: u32, word: usize) -> &mut [u64] {
    let group = group as usize;
    if words.len() <= group {
        words.resize_with(group + 1, Vec::new);
    }
    let words = &mut words[group];
    let room = (word + 1).next_power_of_two().max(words.len());
    words.resize(room, 0);
    words
}

/// The values of a column that are small numbers, by group.
#[derive(Debug)]
pub(crate) struct Dense {
    /// The first value that has a shape decides for all threads; those before it have none, in any of them.
    shape: OnceLock<Shape>,
    words: Mutex<Vec<Vec<u64>>>,
}

impl Dense {
    /// Of a column of numbers, or of texts.
    pub(crate) fn new(texts: bool) -> Self {
        Self {
            shape: if texts {
                OnceLock::new()
            } else {
                OnceLock::from(Shape::Numbers)
            },
            words: Mutex::default(),
        }
    }

    #[cold]
    fn learn(&self, key: &Key) -> Option<u64> {
        let own = Shape::of(key)?;
        self.shape.get_or_init(|| own).number(key)
    }

    /// Adds a group's value to a thread's `bits`. False if it has no place there, whichever thread comes upon it.
    #[inline(always)]
    pub(crate) fn add(&self, bits: &mut Bits, group: u32, key: &Key) -> bool {
        let number = match self.shape.get() {
            Some(shape) => shape.number(key),
            None => self.learn(key),
        };
        match number {
            Some(number) if number < NUMBERS && group < GROUPS => {
                bits.add(group, number as u32);
                true
            }
            _ => false,
        }
    }

    /// Adds what a thread has.
    pub(crate) fn merge(&self, bits: &mut Bits) {
        bits.settle();
        let mut all = self.words.lock().unwrap_or_else(PoisonError::into_inner);
        for (group, words) in std::mem::take(&mut bits.words).into_iter().enumerate() {
            if let Some(last) = words.len().checked_sub(1) {
                let mine = grow(&mut all, group as u32, last);
                mine.iter_mut()
                    .zip(words)
                    .for_each(|(mine, theirs)| *mine |= theirs);
            }
        }
    }

    /// Every group and how many values it has here.
    pub(crate) fn counts(&self) -> Vec<u64> {
        let all = self.words.lock().unwrap_or_else(PoisonError::into_inner);
        let count = |words: &Vec<u64>| words.iter().map(|w| u64::from(w.count_ones())).sum();
        all.iter().map(count).collect()
    }
}
