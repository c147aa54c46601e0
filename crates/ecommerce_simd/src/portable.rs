//! The kernels in safe Rust. What the compiler makes of them depends on the target; on x86-64 it is SSE2.

use crate::order::{BLOCK, Cascade, Counted, LANES, PIECE, STREAMS, STRIDE, Total, WINDOW};

/// Lanes that are gone over at once: eight registers of two. All 32 would leave SSE2 no register to load into.
const HALF: usize = LANES / 2;

type Half = [f64; HALF];
type Row = [Half; 2];

/// Rows that are gone over for one half of the lanes and then, out of the first-level cache, for the other.
const ROWS: usize = 4;

/// Lanes of counts.
const COUNTS: usize = 4;

/// What of an element is added.
trait Term {
    type Total: Total;

    /// Returns what is added to the sum and to the count.
    fn of(x: f64) -> (f64, u64);

    fn total(sum: f64, count: u64) -> Self::Total;
}

/// The element.
struct All;

impl Term for All {
    type Total = f64;

    #[inline(always)]
    fn of(x: f64) -> (f64, u64) {
        (x, 0)
    }

    #[inline(always)]
    fn total(sum: f64, _: u64) -> f64 {
        sum
    }
}

/// The element if it is above zero, else +0.0.
struct Positive;

impl Term for Positive {
    type Total = Counted;

    #[inline(always)]
    fn of(x: f64) -> (f64, u64) {
        // Apart, and not as one choice between pairs: so each becomes a mask.
        (if x > 0.0 { x } else { 0.0 }, u64::from(x > 0.0))
    }

    #[inline(always)]
    fn total(sum: f64, count: u64) -> Counted {
        Counted { sum, count }
    }
}

/// The running sums and counts of a block.
struct Lanes {
    lower: Half,
    upper: Half,
    counts: [u64; COUNTS],
}

impl Lanes {
    #[inline(always)]
    fn new() -> Self {
        Self {
            lower: [0.0; HALF],
            upper: [0.0; HALF],
            counts: [0; COUNTS],
        }
    }

    /// Adds the rows, first in the lower half of the lanes, then in the upper.
    #[inline(always)]
    fn add<'a, T: Term>(&mut self, rows: impl Iterator<Item = &'a Row> + Clone) {
        for [lower, _] in rows.clone() {
            add::<T>(&mut self.lower, &mut self.counts, lower);
        }
        for [_, upper] in rows {
            add::<T>(&mut self.upper, &mut self.counts, upper);
        }
    }

    /// Returns the total of the lanes, folded by halves.
    #[inline(always)]
    fn fold<T: Term>(self) -> T::Total {
        let mut sums = self.lower;
        for (sum, upper) in sums.iter_mut().zip(self.upper) {
            *sum += upper;
        }
        let mut width = HALF / 2;
        while width > 0 {
            for lane in 0..width {
                sums[lane] += sums[lane + width];
            }
            width /= 2;
        }
        T::total(sums[0], self.counts.iter().sum())
    }
}

/// Adds half a row.
#[inline(always)]
fn add<T: Term>(sums: &mut Half, counts: &mut [u64; COUNTS], x: &Half) {
    for lane in 0..HALF {
        let (term, count) = T::of(x[lane]);
        sums[lane] += term;
        // Cannot overflow, and without the check of a debug build it is one addition for several lanes.
        counts[lane % COUNTS] = counts[lane % COUNTS].wrapping_add(count);
    }
}

/// Returns the whole rows of `x`, and its other elements.
#[inline(always)]
fn rows(x: &[f64]) -> (&[Row], &[f64]) {
    let (halves, tail) = x.as_chunks::<HALF>();
    let (rows, odd) = halves.as_chunks::<2>();
    (rows, &x[x.len() - tail.len() - odd.len() * HALF..])
}

#[inline(always)]
fn total<T: Term>(x: &[f64]) -> T::Total {
    if x.len() <= BLOCK {
        return block::<T>(x);
    }
    let mut cascade = Cascade::new();
    let (windows, rest) = x.as_chunks::<WINDOW>();
    for window in windows {
        let (rows, _) = rows(window);
        for piece in (0..STRIDE).step_by(PIECE) {
            let mut lanes = Lanes::new();
            for row in (piece..piece + PIECE).step_by(LANES) {
                let places = (0..STREAMS).map(|place| &rows[(place * STRIDE + row) / LANES]);
                lanes.add::<T>(places);
            }
            cascade.push(lanes.fold::<T>());
        }
    }
    for part in rest.chunks(BLOCK) {
        cascade.push(block::<T>(part));
    }
    cascade.total()
}

fn block<T: Term>(x: &[f64]) -> T::Total {
    let mut lanes = Lanes::new();
    let (rows, tail) = rows(x);
    for rows in rows.chunks(ROWS) {
        lanes.add::<T>(rows.iter());
    }
    if !tail.is_empty() {
        let mut last = [[0.0; HALF]; 2];
        last.as_flattened_mut()[..tail.len()].copy_from_slice(tail);
        lanes.add::<T>(std::iter::once(&last));
    }
    lanes.fold::<T>()
}

/// Returns the sum.
pub(crate) fn suma(x: &[f64]) -> f64 {
    total::<All>(x)
}

/// Returns the sum and the count of the elements above zero.
pub(crate) fn suma_y_cuenta_positivos(x: &[f64]) -> (f64, u64) {
    let Counted { sum, count } = total::<Positive>(x);
    (sum, count)
}
