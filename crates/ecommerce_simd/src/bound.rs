//! How far a sum may be from the exact one.

use crate::order::{BLOCK, LANES, PIECE, SHORT, STREAMS, WINDOW};

/// How many rounded additions an element of a slice of this length goes through at most.
///
/// ```
/// # use ecommerce_simd::roundings;
/// assert_eq!((roundings(0), roundings(1), roundings(11)), (0, 0, 10)); // from left to right
/// assert_eq!(roundings(400), 12 + 5); // 13 elements to a lane, 5 folds
/// assert_eq!(roundings(100_000_000), 127 + 5 + 15); // 128 to a lane, and ⌈log₂⌉ of 30 049 blocks
/// ```
#[must_use]
pub const fn roundings(len: usize) -> u32 {
    if len < SHORT {
        return len.saturating_sub(1) as u32;
    }
    let longest = if len < BLOCK { len } else { BLOCK };
    // A lane's first element is added to +0.0, which is exact.
    let in_lane = longest.div_ceil(LANES) as u32 - 1;
    // Lanes that nothing was added to hold +0.0, and to fold that upon others is exact.
    let filled = if len < LANES { len } else { LANES };
    let folds = filled.next_power_of_two().ilog2();
    let in_windows = len / WINDOW * (WINDOW / (STREAMS * PIECE));
    let blocks = in_windows + (len % WINDOW).div_ceil(BLOCK);
    in_lane + folds + blocks.next_power_of_two().ilog2()
}

/// The error of a sum of this length, as a factor of the sum of the absolute values: d·u ÷ (1 − d·u), rounded up.
///
/// See the [crate's page](crate#error).
#[must_use]
pub const fn error_factor(len: usize) -> f64 {
    let d_u = roundings(len) as f64 * (f64::EPSILON / 2.0);
    // d·u is exact and far below 1. Two roundings to nearest may have lost twice a half of the last place.
    (d_u / (1.0 - d_u)) * (1.0 + 2.0 * f64::EPSILON)
}
