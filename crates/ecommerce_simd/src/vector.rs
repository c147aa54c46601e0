//! The order of [`crate::order`] in vector registers: one driver, which each instruction set fills with its own row.
//!
//! Everything here is always inlined into a kernel that enables its instructions. Hence loops and no closures, here and in the rows: a
//! closure is a function of its own, without the kernel's instructions, and every intrinsic in it would stay a call.

use crate::order::{BLOCK, Cascade, Counted, LANES, PIECE, STREAMS, STRIDE, Total, WINDOW};

/// Bytes by which a row of a window is announced before it is read.
const AHEAD: usize = 512;

/// Returns whether a slice is so long that it is taken to lie in memory and not in a cache, where announcements would only cost.
#[inline(always)]
pub(crate) fn is_far(x: &[f64]) -> bool {
    size_of_val(x) >= 16 << 20
}

/// [`LANES`] elements in registers.
///
/// # Safety
/// Every method may only be called where the processor has the implementation's instructions.
pub(crate) trait Row: Copy {
    /// Counts of elements, in whatever form is cheapest to add to.
    type Counts: Copy;

    /// Elements of the register whose loads should not straddle two cache lines; 1 if that costs nothing.
    const ALIGN: usize = 1;

    /// Returns +0.0 in every lane.
    unsafe fn zero() -> Self;

    /// Returns the row that starts at `at`.
    ///
    /// # Safety
    /// [`LANES`] elements can be read at `at`.
    unsafe fn load(at: *const f64) -> Self;

    /// Returns in the last register its elements from `skip` on, and +0.0 in all other lanes. `base` is where the register
    /// would start, which may be before the slice. Never called where [`Self::ALIGN`] is 1.
    ///
    /// # Safety
    /// The elements from `base + skip` to `base + ALIGN` can be read.
    #[inline(always)]
    unsafe fn load_head(base: *const f64, skip: usize) -> Self {
        let _ = (base, skip);
        // SAFETY: the caller vouches for the instructions.
        unsafe { Self::zero() }
    }

    /// Returns `count` elements, fewer than [`LANES`], and +0.0 in the lanes after them.
    ///
    /// # Safety
    /// `count` elements can be read at `at`.
    unsafe fn load_tail(at: *const f64, count: usize) -> Self;

    /// Announces that the row at `at` will be read soon. It may be any address.
    #[inline(always)]
    unsafe fn prefetch(at: *const f64) {
        let _ = at;
    }

    /// Returns the sums by lane.
    unsafe fn add(self, x: Self) -> Self;

    /// Returns the sums by lane with the elements of `x` that are above zero, which are counted.
    unsafe fn add_positive(self, x: Self, counts: &mut Self::Counts) -> Self;

    /// Returns [`Self::add_positive`] of the row at `at`. Where registers are scarce, each is used up before the next is loaded.
    ///
    /// # Safety
    /// As [`Self::load`].
    #[inline(always)]
    unsafe fn add_positive_at(self, at: *const f64, counts: &mut Self::Counts) -> Self {
        // SAFETY: the caller vouches for the instructions and for a row of elements.
        unsafe { self.add_positive(Self::load(at), counts) }
    }

    /// Returns the sum of the lanes, folded by halves.
    unsafe fn fold(self) -> f64;

    /// Returns counts of nothing.
    unsafe fn no_counts() -> Self::Counts;

    /// Returns how many elements were counted.
    unsafe fn count(counts: Self::Counts) -> u64;
}

/// What is added up by lanes.
pub(crate) trait Sums<R: Row>: Copy {
    /// What the lanes come to.
    type Total: Total;

    /// Returns sums of nothing.
    unsafe fn zero() -> Self;

    /// Adds a row.
    unsafe fn add(&mut self, row: R);

    /// Adds the row at `at`.
    ///
    /// # Safety
    /// As [`Row::load`].
    unsafe fn add_at(&mut self, at: *const f64);

    /// Returns the total of the lanes.
    unsafe fn fold(self) -> Self::Total;
}

/// The sums of all elements.
#[derive(Clone, Copy)]
pub(crate) struct All<R>(R);

impl<R: Row> Sums<R> for All<R> {
    type Total = f64;

    #[inline(always)]
    unsafe fn zero() -> Self {
        // SAFETY: the caller vouches for the instructions.
        Self(unsafe { R::zero() })
    }

    #[inline(always)]
    unsafe fn add(&mut self, row: R) {
        // SAFETY: the caller vouches for the instructions.
        self.0 = unsafe { self.0.add(row) };
    }

    #[inline(always)]
    unsafe fn add_at(&mut self, at: *const f64) {
        // SAFETY: the caller vouches for the instructions and for a row of elements.
        unsafe { self.add(R::load(at)) };
    }

    #[inline(always)]
    unsafe fn fold(self) -> f64 {
        // SAFETY: the caller vouches for the instructions.
        unsafe { self.0.fold() }
    }
}

/// The sums and the count of the elements above zero.
#[derive(Clone, Copy)]
pub(crate) struct Positive<R: Row> {
    sums: R,
    counts: R::Counts,
}

impl<R: Row> Sums<R> for Positive<R> {
    type Total = Counted;

    #[inline(always)]
    unsafe fn zero() -> Self {
        // SAFETY: the caller vouches for the instructions.
        unsafe {
            Self {
                sums: R::zero(),
                counts: R::no_counts(),
            }
        }
    }

    #[inline(always)]
    unsafe fn add(&mut self, row: R) {
        // SAFETY: the caller vouches for the instructions.
        self.sums = unsafe { self.sums.add_positive(row, &mut self.counts) };
    }

    #[inline(always)]
    unsafe fn add_at(&mut self, at: *const f64) {
        // SAFETY: the caller vouches for the instructions and for a row of elements.
        self.sums = unsafe { self.sums.add_positive_at(at, &mut self.counts) };
    }

    #[inline(always)]
    unsafe fn fold(self) -> Counted {
        // SAFETY: the caller vouches for the instructions.
        unsafe {
            Counted {
                sum: self.sums.fold(),
                count: R::count(self.counts),
            }
        }
    }
}

/// Returns the total of at most [`BLOCK`] consecutive elements.
///
/// # Safety
/// The processor has the row's instructions.
#[inline(always)]
pub(crate) unsafe fn block<R: Row, S: Sums<R>>(x: &[f64]) -> S::Total {
    let mut at = x.as_ptr();
    let mut left = x.len();
    // SAFETY: the caller vouches for the instructions. `at` and `left` are always the rest of `x`, so each load is within
    // it: the head too, which leaves the `skip` elements before `at` out and ends within the first row.
    unsafe {
        let mut sums = S::zero();
        // Folding by halves adds lanes j and j + 16, then j and j + 8, … wherever lane 0 may stand. So the lanes may be
        // turned: the head goes to the end of a row that would begin before the slice, and what follows is aligned.
        let skip = at.addr() / size_of::<f64>() % R::ALIGN;
        if skip != 0 && left >= 2 * LANES {
            sums.add(R::load_head(at.wrapping_sub(skip), skip));
            at = at.add(R::ALIGN - skip);
            left -= R::ALIGN - skip;
        }
        while left >= LANES {
            sums.add_at(at);
            at = at.add(LANES);
            left -= LANES;
        }
        if left > 0 {
            sums.add(R::load_tail(at, left));
        }
        sums.fold()
    }
}

/// Returns the total of more than [`BLOCK`] elements.
///
/// # Safety
/// As [`block`].
#[inline(always)]
pub(crate) unsafe fn blocks<R: Row, S: Sums<R>>(x: &[f64]) -> S::Total {
    let mut cascade = Cascade::new();
    let far = is_far(x);
    let (windows, rest) = x.as_chunks::<WINDOW>();
    for window in windows {
        for piece in (0..STRIDE).step_by(PIECE) {
            // SAFETY: as for `block`; the last row of the last place ends where the window does. What is announced may
            // lie beyond.
            let total = unsafe {
                let mut sums = S::zero();
                for row in (piece..piece + PIECE).step_by(LANES) {
                    for place in 0..STREAMS {
                        let at = window.as_ptr().add(place * STRIDE + row);
                        if far {
                            R::prefetch(at.wrapping_byte_add(AHEAD));
                        }
                        sums.add_at(at);
                    }
                }
                sums.fold()
            };
            cascade.push(total);
        }
    }
    for part in rest.chunks(BLOCK) {
        // SAFETY: as for `block`.
        cascade.push(unsafe { block::<R, S>(part) });
    }
    cascade.total()
}
