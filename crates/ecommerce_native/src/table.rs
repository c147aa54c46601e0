//! A hash table of values with a number each: open addressing in buckets of a cache line, 16 bytes a value, texts of up to eight bytes in the slot itself.
//!
//! Buckets are in the order of their values' hashes, so growing moves them from front to back, not at random.

use crate::error::Fault;
use ecommerce_simd::prefetch;
use xxhash_rust::xxh3::xxh3_64;

/// Texts up to this are in the slot itself.
const SHORT: u32 = 8;
/// The length of what is no text.
const NUMBER: u32 = 8;
/// The length of a null.
const NULL: u32 = u32::MAX;
/// The length in a slot without a value.
const EMPTY: u32 = u32::MAX - 1;
const FIRST_BITS: u32 = 2;
const PART_BITS: u32 = 8;
/// As many parts as values may be spread over by [`part_of`]: a million values make tables that each fit a core's own cache.
pub(crate) const PARTS: usize = 1 << PART_BITS;

/// A value as it is looked for; where its text is, in the buffer that it is looked for with.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Key {
    /// The number, the bytes of a short text, or the hash of a long one.
    pub(crate) head: u64,
    pub(crate) length: u32,
    start: u32,
}

impl Key {
    /// No value.
    pub(crate) const NULL: Self = Self {
        head: 0,
        length: NULL,
        start: 0,
    };

    /// An integer, or anything of 64 bits.
    #[inline]
    pub(crate) fn number(value: u64) -> Self {
        Self::of(value, NUMBER)
    }

    /// What [`Key::head`] and [`Key::length`] said, its text at the start of the buffer.
    #[inline]
    pub(crate) fn of(head: u64, length: u32) -> Self {
        Self {
            head,
            length,
            start: 0,
        }
    }

    /// The text at `start`: where eight bytes can be read at once they are.
    #[inline(always)]
    pub(crate) fn text(data: &[u8], start: u32, length: u32) -> Self {
        let eight = data
            .get(start as usize..)
            .and_then(|d| d.first_chunk::<8>());
        let head = match eight {
            // Without the bytes behind the text; a shift by 64 bits, for no bytes, would be too far.
            Some(eight) if length <= SHORT => {
                let kept = u64::MAX.checked_shr(64 - 8 * length).unwrap_or(0);
                u64::from_le_bytes(*eight) & kept
            }
            _ => slow_head(text_at(data, start, length)),
        };
        Self {
            head,
            length,
            start,
        }
    }

    /// A text's place in a buffer that is still being filled.
    pub(crate) fn place(start: u32, length: u32) -> Self {
        Self {
            head: 0,
            length,
            start,
        }
    }

    /// The text in this place.
    pub(crate) fn read(self, data: &[u8]) -> Self {
        Self::text(data, self.start, self.length)
    }

    /// Whether it is a value.
    #[inline]
    pub(crate) fn is_some(self) -> bool {
        self.length != NULL
    }

    /// Its text in `data`, if that is not in the head.
    #[inline]
    pub(crate) fn long_text(self, data: &[u8]) -> &[u8] {
        if is_long(self.length) {
            text_at(data, self.start, self.length)
        } else {
            &[]
        }
    }
}

/// The part that a hash belongs to.
#[inline]
pub(crate) fn part_of(hash: u64) -> usize {
    (hash >> (64 - PART_BITS)) as usize
}

#[inline]
fn is_long(length: u32) -> bool {
    length > SHORT && length < EMPTY
}

#[inline]
fn text_at(data: &[u8], start: u32, length: u32) -> &[u8] {
    let start = start as usize;
    data.get(start..start + length as usize).unwrap_or_default()
}

#[inline(never)]
fn slow_head(text: &[u8]) -> u64 {
    if text.len() > SHORT as usize {
        return xxh3_64(text);
    }
    let mut eight = [0; 8];
    eight[..text.len()].copy_from_slice(text);
    u64::from_le_bytes(eight)
}

/// Mixes a head so that its highest bits depend on all others. Long heads are hashes already; mixing them again is harmless.
#[inline]
fn mix(head: u64) -> u64 {
    let folded = u128::from(head ^ 0x9E37_79B9_7F4A_7C15) * 0xA076_1D64_78BD_642F;
    (folded >> 64) as u64 ^ folded as u64
}

/// Values and a number for each; or, if `PAIRS`, pairs of a value and a number.
#[derive(Debug)]
pub(crate) struct Table<const PAIRS: bool> {
    /// As many buckets as 2 to this.
    bits: u32,
    buckets: Vec<Bucket>,
    used: usize,
    /// Where each slot's long text begins in `arena`; made when the first one comes.
    starts: Vec<u32>,
    arena: Vec<u8>,
}

/// Slots of a bucket.
const SLOTS: usize = 4;

/// A cache line of slots, used from the first to the last: looking further than one line is rare, as it waits for memory again.
#[derive(Clone, Copy, Debug)]
#[repr(align(64))]
struct Bucket([Slot; SLOTS]);

#[derive(Clone, Copy, Debug)]
struct Slot {
    head: u64,
    length: u32,
    number: u32,
}

const NOTHING: Bucket = Bucket(
    [Slot {
        head: 0,
        length: EMPTY,
        number: 0,
    }; SLOTS],
);

impl<const PAIRS: bool> Default for Table<PAIRS> {
    fn default() -> Self {
        Self {
            bits: FIRST_BITS,
            buckets: vec![NOTHING; 1 << FIRST_BITS],
            used: 0,
            starts: Vec::new(),
            arena: Vec::new(),
        }
    }
}

impl<const PAIRS: bool> Table<PAIRS> {
    /// How many values or pairs there are.
    pub(crate) fn len(&self) -> usize {
        self.used
    }

    /// The hash of a value, and of its number in a table of pairs.
    #[inline]
    pub(crate) fn hash(key: Key, number: u32) -> u64 {
        let number = if PAIRS { u64::from(number) } else { 0 };
        mix(key.head ^ number.wrapping_mul(0xD6E8_FEB8_6659_FD93))
    }

    /// The number of a value, whose long text is `text`; a new one gets `number`. Among pairs, `number` itself.
    ///
    /// # Errors
    /// If there is no room for its text.
    #[inline]
    pub(crate) fn number(
        &mut self,
        key: Key,
        hash: u64,
        text: &[u8],
        number: u32,
    ) -> Result<u32, Fault> {
        let mask = self.buckets.len() - 1;
        let mut at = self.bucket(hash);
        loop {
            let bucket = &self.buckets[at & mask];
            // All four without a branch: where a value lies in its bucket cannot be predicted.
            let mut same = SLOTS;
            for (i, slot) in bucket.0.iter().enumerate() {
                let equal = (slot.head == key.head)
                    & (slot.length == key.length)
                    & (!PAIRS | (slot.number == number));
                same = if equal { i } else { same };
            }
            if same < SLOTS {
                let place = (at & mask) * SLOTS + same;
                if !is_long(key.length) || self.long_text(place) == text {
                    return Ok(self.buckets[at & mask].0[same].number);
                }
                // Another text with the same hash: the rest of the bucket may have it.
                if let Some(found) = self.same_hash(at & mask, key, text, number) {
                    return Ok(found);
                }
            }
            let bucket = &self.buckets[at & mask];
            if bucket.0[SLOTS - 1].length == EMPTY {
                let free = bucket.0.iter().take_while(|s| s.length != EMPTY).count();
                self.insert((at & mask) * SLOTS + free, key, text, number)?;
                return Ok(number);
            }
            at += 1;
        }
    }

    #[cold]
    fn same_hash(&self, at: usize, key: Key, text: &[u8], number: u32) -> Option<u32> {
        let slots = self.buckets[at].0.iter().enumerate();
        let same = |(i, slot): (usize, &Slot)| {
            let equal = slot.head == key.head
                && slot.length == key.length
                && (!PAIRS || slot.number == number)
                && self.long_text(at * SLOTS + i) == text;
            equal.then_some(slot.number)
        };
        slots.filter_map(same).next()
    }

    /// Asks for the memory in which this hash is looked up.
    #[inline(always)]
    pub(crate) fn prefetch(&self, hash: u64) {
        prefetch(&self.buckets, self.bucket(hash));
    }

    /// Every value with its number, in no order.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (Entry<'_>, u32)> {
        let of = |place: u32| (self.entry(place), self.number_at(place));
        self.places().map(of)
    }

    /// The places of all values.
    pub(crate) fn places(&self) -> impl Iterator<Item = u32> {
        let used = |place: &u32| self.slot(*place).length != EMPTY;
        (0..(self.buckets.len() * SLOTS) as u32).filter(used)
    }

    /// The value in a place.
    #[inline]
    pub(crate) fn entry(&self, place: u32) -> Entry<'_> {
        let Slot { head, length, .. } = *self.slot(place);
        let long = if is_long(length) {
            self.long_text(place as usize)
        } else {
            &[]
        };
        Entry { head, length, long }
    }

    /// The number of the value in a place.
    #[inline]
    pub(crate) fn number_at(&self, place: u32) -> u32 {
        self.slot(place).number
    }

    #[inline]
    fn slot(&self, place: u32) -> &Slot {
        &self.buckets[place as usize / SLOTS].0[place as usize % SLOTS]
    }

    #[inline]
    fn bucket(&self, hash: u64) -> usize {
        // The highest bits have said which part it is.
        (hash << PART_BITS >> (64 - self.bits)) as usize
    }

    fn long_text(&self, place: usize) -> &[u8] {
        let start = self.starts.get(place).copied().unwrap_or(0);
        text_at(&self.arena, start, self.slot(place as u32).length)
    }

    #[inline(never)]
    fn insert(&mut self, place: usize, key: Key, text: &[u8], number: u32) -> Result<(), Fault> {
        let Key { head, length, .. } = key;
        self.buckets[place / SLOTS].0[place % SLOTS] = Slot {
            head,
            length,
            number,
        };
        self.used += 1;
        if is_long(length) {
            self.starts.resize(self.buckets.len() * SLOTS, 0);
            self.starts[place] =
                u32::try_from(self.arena.len()).map_err(|_| Fault::TooManyValues)?;
            self.arena.extend_from_slice(text);
        }
        // Three slots of four.
        if self.used > self.buckets.len() * (SLOTS - 1) {
            self.grow();
        }
        Ok(())
    }

    fn grow(&mut self) {
        self.bits += 1;
        let buckets = std::mem::replace(&mut self.buckets, vec![NOTHING; 1 << self.bits]);
        let starts = std::mem::take(&mut self.starts);
        if !starts.is_empty() {
            self.starts.resize(self.buckets.len() * SLOTS, 0);
        }
        let mask = self.buckets.len() - 1;
        let slots = buckets.iter().flat_map(|bucket| &bucket.0);
        for (from, slot) in slots.enumerate().filter(|(_, s)| s.length != EMPTY) {
            let mut at = self.bucket(Self::hash(Key::of(slot.head, slot.length), slot.number));
            while self.buckets[at & mask].0[SLOTS - 1].length != EMPTY {
                at += 1;
            }
            let bucket = &mut self.buckets[at & mask].0;
            let free = bucket.iter().take_while(|s| s.length != EMPTY).count();
            bucket[free] = *slot;
            if let Some(start) = starts.get(from) {
                self.starts[(at & mask) * SLOTS + free] = *start;
            }
        }
    }
}

/// A value in a table.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Entry<'a> {
    head: u64,
    length: u32,
    long: &'a [u8],
}

impl Entry<'_> {
    /// Whether it is a value.
    pub(crate) fn is_some(self) -> bool {
        self.length != NULL
    }

    /// Its 64 bits, if it is no text.
    pub(crate) fn bits(self) -> u64 {
        self.head
    }

    /// Hands its text to `f`.
    #[inline]
    pub(crate) fn with_text<T>(self, f: impl FnOnce(&[u8]) -> T) -> T {
        if is_long(self.length) {
            return f(self.long);
        }
        let eight = self.head.to_le_bytes();
        f(eight.get(..self.length as usize).unwrap_or_default())
    }
}
