//! The order in which every kernel adds.
//!
//! It is a function of the length alone, so that a sum has the same bits on every machine:
//!
//! 1. Fewer than [`SHORT`] elements are added from left to right.
//! 2. A longer slice is cut into blocks. Elements `j`, `j + 32`, `j + 64`, … of a block are added, one after the other, in
//!    lane `j` of [`LANES`]; then the lanes are folded by halves: 16 upon 16, 8 upon 8, 4, 2, 1.
//! 3. The sums of the blocks are added in pairs of equal size: see [`Cascade`].
//!
//! A block is [`BLOCK`] consecutive elements, save in the [`WINDOW`]s with which a long slice begins. There it takes
//! [`PIECE`] elements from each of [`STREAMS`] places, [`STRIDE`] elements apart, a row of each by turns: reading eight pages at
//! once keeps more requests to memory under way than reading one.
//!
//! A missing element counts as +0.0, which no lane notices: a lane starts at +0.0, and what starts there never becomes −0.0.

use std::ops::AddAssign;

/// Running sums side by side: four registers of AVX-512, eight of AVX2, sixteen of NEON or SSE2.
pub(crate) const LANES: usize = 32;

/// Below this length a loop is done before a vector kernel has folded its lanes.
pub(crate) const SHORT: usize = 12;

/// Elements of a block: 128 to a lane, 32 KiB.
pub(crate) const BLOCK: usize = 128 * LANES;

/// Places that a window is read from. A first-level cache has eight ways: sixteen places would evict one another.
pub(crate) const STREAMS: usize = 8;

/// Elements that a window's block takes from each place: 8 × 13 to a lane.
pub(crate) const PIECE: usize = 13 * LANES;

/// Elements from one place to the next: 65 KiB. At 64 all places would share their sets of the cache.
pub(crate) const STRIDE: usize = 20 * PIECE;

/// Elements of a window: 520 KiB.
pub(crate) const WINDOW: usize = STREAMS * STRIDE;

/// What a kernel adds up: a sum, or a sum with a count.
pub(crate) trait Total: Copy + Default + AddAssign {}

impl Total for f64 {}

/// A sum and how many elements are in it.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Counted {
    pub(crate) sum: f64,
    pub(crate) count: u64,
}

impl AddAssign for Counted {
    #[inline(always)]
    fn add_assign(&mut self, other: Self) {
        self.sum += other.sum;
        self.count += other.count;
    }
}

impl Total for Counted {}

/// The totals of blocks, added in pairs: after N blocks there is one total for each bit set in N, so a block's sum goes
/// through at most ⌈log₂ N⌉ additions.
pub(crate) struct Cascade<T> {
    /// At k, the total of 2^k blocks. No slice of f64 has 2^60 elements, nor 2^49 blocks.
    levels: [T; 49],
    blocks: u64,
}

impl<T: Total> Cascade<T> {
    #[inline(always)]
    pub(crate) fn new() -> Self {
        Self {
            levels: [T::default(); 49],
            blocks: 0,
        }
    }

    /// Adds the next block's total.
    #[inline(always)]
    pub(crate) fn push(&mut self, mut total: T) {
        let full = self.blocks.trailing_ones() as usize;
        for level in &self.levels[..full] {
            total += *level;
        }
        self.levels[full] = total;
        self.blocks += 1;
    }

    /// Returns the total of all blocks: the levels in use, from the smallest.
    #[inline(always)]
    pub(crate) fn total(&self) -> T {
        let mut total = T::default();
        let mut blocks = self.blocks;
        while blocks != 0 {
            total += self.levels[blocks.trailing_zeros() as usize];
            blocks &= blocks - 1;
        }
        total
    }
}
