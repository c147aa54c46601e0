//! Numbers for values: one table that all threads share, so that its size is that of the distinct values and nothing has to be
//! merged in the end.
//!
//! Open addressing over atomics. A thread that does not find its value claims an empty slot, writes the value and publishes it; one
//! that meets a slot half written waits those few instructions. The table grows under a write lock, between batches.
//! Slots are in the order of their hashes' highest bits, so growing moves them from front to back, not at random.

use crate::error::Fault;
use std::hint::{black_box, spin_loop};
use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};
use std::sync::{OnceLock, PoisonError, RwLock, RwLockReadGuard};
use xxhash_rust::xxh3::xxh3_64;

/// The number of a null.
pub(crate) const NULL: u32 = 0;
/// Nothing in the slot.
const EMPTY: u64 = 0;
/// Being written.
const BUSY: u64 = u64::MAX;
/// Texts up to this are in the slot itself.
const SHORT: usize = 8;
/// The length of what is no text.
const NUMBER: u32 = 8;
const FIRST_BITS: u32 = 10;

/// Values and their numbers, from 1; 0 is for a null.
#[derive(Debug)]
pub(crate) struct Interner {
    table: RwLock<Table>,
    next: AtomicU32,
}

#[derive(Debug)]
struct Table {
    /// As many as 2 to this.
    bits: u32,
    slots: Box<[Slot]>,
    /// What long texts are, by slot; made when the first one comes.
    texts: OnceLock<Box<[LongText]>>,
}

type LongText = OnceLock<Box<[u8]>>;

#[derive(Debug, Default)]
struct Slot {
    /// The number, the bytes of a short text, or the hash of a long one.
    head: AtomicU64,
    /// The length in the high half and the number given in the low one.
    tag: AtomicU64,
}

/// Values looked up together, so that their slots come from memory at the same time.
pub(crate) const TOGETHER: usize = 128;

/// A value as it is looked for; where a text is, in the buffer that it is looked for with.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Key {
    head: u64,
    length: u32,
    start: u32,
}

impl Key {
    /// No value.
    pub(crate) const NULL: Self = Self {
        head: 0,
        length: u32::MAX,
        start: 0,
    };

    /// An integer, or anything of 64 bits.
    #[inline]
    pub(crate) fn number(value: u64) -> Self {
        Self {
            head: value,
            length: NUMBER,
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
            Some(eight) if length as usize <= SHORT => {
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
}

#[inline]
fn text_at(data: &[u8], start: u32, length: u32) -> &[u8] {
    let start = start as usize;
    data.get(start..start + length as usize).unwrap_or_default()
}

#[inline(never)]
fn slow_head(text: &[u8]) -> u64 {
    if text.len() > SHORT {
        return xxh3_64(text);
    }
    let mut eight = [0; 8];
    eight[..text.len()].copy_from_slice(text);
    u64::from_le_bytes(eight)
}

/// Mixes a head so that its highest bits depend on all others. Long heads are hashes already; mixing them again is harmless.
#[inline]
pub(crate) fn mix(head: u64) -> u64 {
    let folded = u128::from(head ^ 0x9E37_79B9_7F4A_7C15) * 0xA076_1D64_78BD_642F;
    (folded >> 64) as u64 ^ folded as u64
}

impl Interner {
    /// With nothing in it.
    pub(crate) fn new() -> Self {
        Self {
            table: RwLock::new(Table::new(FIRST_BITS)),
            next: AtomicU32::new(1),
        }
    }

    /// One more than the largest number given.
    pub(crate) fn numbers(&self) -> u32 {
        self.next.load(Ordering::Relaxed)
    }

    /// The table for a batch of at most `room` values per thread, of which others may have as many under way.
    ///
    /// # Errors
    /// If the numbers run out.
    pub(crate) fn batch(&self, room: usize, threads: usize) -> Result<Batch<'_>, Fault> {
        loop {
            let table = self.table.read().unwrap_or_else(PoisonError::into_inner);
            let used = self.numbers() as usize;
            let needed = used.saturating_add(room.saturating_mul(threads + 1));
            if needed >= u32::MAX as usize {
                return Err(Fault::TooManyValues);
            }
            if needed <= table.slots.len() / 4 * 3 {
                return Ok(Batch {
                    table,
                    next: &self.next,
                });
            }
            drop(table);
            let mut table = self.table.write().unwrap_or_else(PoisonError::into_inner);
            table.grow(needed);
        }
    }

    /// The values in the order of their numbers, the null's place taken by the first.
    pub(crate) fn values(&self) -> Values<'_> {
        let table = self.table.read().unwrap_or_else(PoisonError::into_inner);
        let mut places = vec![0; self.numbers() as usize];
        for (at, slot) in table.slots.iter().enumerate() {
            let number = slot.tag.load(Ordering::Acquire) as u32;
            if number != NULL {
                places[number as usize] = at as u32;
            }
        }
        Values { table, places }
    }
}

/// The table while a batch is looked up.
pub(crate) struct Batch<'a> {
    table: RwLockReadGuard<'a, Table>,
    next: &'a AtomicU32,
}

impl Batch<'_> {
    /// The numbers of at most [`TOGETHER`] keys, behind those in `out`.
    ///
    /// A slot is hardly ever in the cache, and a branch on it that was guessed wrong waits for it. So all slots are fetched first,
    /// by a loop so short that the processor has many of them under way; then the first two slots of every key are looked at without
    /// a branch; and the few keys that they do not settle are looked up one by one.
    pub(crate) fn numbers(&self, keys: &[Key], data: &[u8], out: &mut Vec<u32>) {
        let slots = &self.table.slots[..];
        let start = out.len();
        black_box(keys.iter().fold(0, |seen, key| {
            seen ^ slots[self.table.place(key.head)]
                .tag
                .load(Ordering::Relaxed)
        }));
        out.extend(keys.iter().map(|key| {
            let place = self.table.place(key.head);
            // The null's number stands for a key that is not settled; long texts never are here.
            let at = |at: usize| {
                let slot = &slots[at];
                let tag = slot.tag.load(Ordering::Acquire);
                let same = (tag >> 32) as u32 == key.length;
                let settled = same
                    & (key.length as usize <= SHORT)
                    & (slot.head.load(Ordering::Relaxed) == key.head);
                if settled { tag as u32 } else { NULL }
            };
            at(place) | at((place + 1) & (slots.len() - 1))
        }));
        for (number, key) in out[start..].iter_mut().zip(keys) {
            if *number == NULL && key.length != u32::MAX {
                *number = self.number(*key, data);
            }
        }
    }

    /// The number of `key`, new if it is.
    #[inline]
    pub(crate) fn number(&self, key: Key, data: &[u8]) -> u32 {
        let table = &*self.table;
        let mask = table.slots.len() - 1;
        let mut at = table.place(key.head);
        loop {
            let slot = &table.slots[at & mask];
            let tag = slot.tag.load(Ordering::Acquire);
            if (tag >> 32) as u32 == key.length
                && tag as u32 != NULL
                && slot.head.load(Ordering::Relaxed) == key.head
                && (key.length as usize <= SHORT
                    || table.text(at & mask) == text_at(data, key.start, key.length))
            {
                return tag as u32;
            }
            match tag {
                EMPTY => {
                    let claim = slot.tag.compare_exchange(
                        EMPTY,
                        BUSY,
                        Ordering::Acquire,
                        Ordering::Relaxed,
                    );
                    if claim.is_ok() {
                        return self.publish(at & mask, key, data);
                    }
                }
                BUSY => spin_loop(),
                _ => at += 1,
            }
        }
    }

    #[cold]
    fn publish(&self, at: usize, key: Key, data: &[u8]) -> u32 {
        let number = self.next.fetch_add(1, Ordering::Relaxed);
        let slot = &self.table.slots[at];
        slot.head.store(key.head, Ordering::Relaxed);
        if key.length as usize > SHORT {
            // The slot is ours alone: nobody has set it before.
            let text = text_at(data, key.start, key.length);
            let _ = self.table.texts()[at].set(text.into());
        }
        slot.tag.store(
            u64::from(key.length) << 32 | u64::from(number),
            Ordering::Release,
        );
        number
    }
}

impl Table {
    fn new(bits: u32) -> Self {
        Self {
            bits,
            slots: (0..1usize << bits).map(|_| Slot::default()).collect(),
            texts: OnceLock::new(),
        }
    }

    #[inline]
    fn place(&self, head: u64) -> usize {
        (mix(head) >> (64 - self.bits)) as usize
    }

    fn texts(&self) -> &[LongText] {
        let make = || self.slots.iter().map(|_| OnceLock::new()).collect();
        self.texts.get_or_init(make)
    }

    fn text(&self, at: usize) -> &[u8] {
        self.texts()[at].get().map_or(&[], |text| text)
    }

    /// Makes room for `needed` values, if nobody has meanwhile.
    fn grow(&mut self, needed: usize) {
        let mut bits = self.bits;
        while needed > (1usize << bits) / 4 * 3 {
            bits += 1;
        }
        if bits == self.bits {
            return;
        }
        let mut larger = Self::new(bits);
        let mask = larger.slots.len() - 1;
        let mut texts = self.texts.take();
        for (from, slot) in self.slots.iter_mut().enumerate() {
            let tag = *slot.tag.get_mut();
            if tag == EMPTY {
                continue;
            }
            let head = *slot.head.get_mut();
            let mut at = larger.place(head);
            while *larger.slots[at & mask].tag.get_mut() != EMPTY {
                at += 1;
            }
            let to = &mut larger.slots[at & mask];
            *to.head.get_mut() = head;
            *to.tag.get_mut() = tag;
            if let Some(text) = texts.as_mut().and_then(|t| t[from].take()) {
                let _ = larger.texts()[at & mask].set(text);
            }
        }
        *self = larger;
    }
}

/// Values by their numbers.
pub(crate) struct Values<'a> {
    table: RwLockReadGuard<'a, Table>,
    places: Vec<u32>,
}

impl Values<'_> {
    /// What has this number, if it is no text.
    pub(crate) fn number(&self, number: u32) -> u64 {
        self.slot(number).head.load(Ordering::Relaxed)
    }

    /// The text that has this number; a short one is put together in `room`.
    pub(crate) fn text<'a>(&'a self, number: u32, room: &'a mut [u8; 8]) -> &'a [u8] {
        let slot = self.slot(number);
        let length = (slot.tag.load(Ordering::Relaxed) >> 32) as usize;
        if length > SHORT {
            return self.table.text(self.places[number as usize] as usize);
        }
        *room = slot.head.load(Ordering::Relaxed).to_le_bytes();
        &room[..length]
    }

    fn slot(&self, number: u32) -> &Slot {
        &self.table.slots[self.places[number as usize] as usize]
    }
}
