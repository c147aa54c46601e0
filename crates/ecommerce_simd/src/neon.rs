//! The kernels in NEON: a row is sixteen registers of two lanes.

use std::arch::aarch64::*;

use crate::order::{BLOCK, Counted, LANES};
use crate::vector::{self, All, Positive, Row};

const WIDTH: usize = 2;
const REGISTERS: usize = LANES / WIDTH;

#[derive(Clone, Copy)]
struct Neon([float64x2_t; REGISTERS]);

impl Row for Neon {
    type Counts = [uint64x2_t; 2];

    #[inline(always)]
    unsafe fn zero() -> Self {
        // SAFETY: the caller vouches for the instructions.
        Self([unsafe { vdupq_n_f64(0.0) }; REGISTERS])
    }

    #[inline(always)]
    unsafe fn load(at: *const f64) -> Self {
        // SAFETY: the caller vouches for the instructions and for a row of elements.
        unsafe {
            let mut row = Self::zero();
            for (i, register) in row.0.iter_mut().enumerate() {
                *register = vld1q_f64(at.add(i * WIDTH));
            }
            row
        }
    }

    #[inline(always)]
    unsafe fn load_tail(at: *const f64, count: usize) -> Self {
        // SAFETY: the caller vouches for the instructions and for `count` elements; only those are loaded.
        unsafe {
            let mut row = Self::zero();
            for (i, register) in row.0.iter_mut().enumerate() {
                let first = i * WIDTH;
                if count >= first + WIDTH {
                    *register = vld1q_f64(at.add(first));
                } else if count > first {
                    *register = vld1q_lane_f64::<0>(at.add(first), *register);
                }
            }
            row
        }
    }

    #[inline(always)]
    unsafe fn add(mut self, x: Self) -> Self {
        for (sums, x) in self.0.iter_mut().zip(x.0) {
            // SAFETY: the caller vouches for the instructions.
            *sums = unsafe { vaddq_f64(*sums, x) };
        }
        self
    }

    #[inline(always)]
    unsafe fn add_positive(mut self, x: Self, counts: &mut Self::Counts) -> Self {
        for (i, (sums, x)) in self.0.iter_mut().zip(x.0).enumerate() {
            // SAFETY: the caller vouches for the instructions.
            *sums = unsafe { add_positive(*sums, x, &mut counts[i % 2]) };
        }
        self
    }

    #[inline(always)]
    unsafe fn add_positive_at(mut self, at: *const f64, counts: &mut Self::Counts) -> Self {
        for (i, sums) in self.0.iter_mut().enumerate() {
            // SAFETY: the caller vouches for the instructions and for a row of elements.
            unsafe {
                let x = vld1q_f64(at.add(i * WIDTH));
                *sums = add_positive(*sums, x, &mut counts[i % 2]);
            }
        }
        self
    }

    #[inline(always)]
    unsafe fn fold(self) -> f64 {
        let mut x = self.0;
        let mut half = REGISTERS / 2;
        while half > 0 {
            for i in 0..half {
                // SAFETY: the caller vouches for the instructions.
                x[i] = unsafe { vaddq_f64(x[i], x[i + half]) };
            }
            half /= 2;
        }
        // SAFETY: the caller vouches for the instructions.
        unsafe { vgetq_lane_f64::<0>(x[0]) + vgetq_lane_f64::<1>(x[0]) }
    }

    #[inline(always)]
    unsafe fn no_counts() -> Self::Counts {
        // SAFETY: the caller vouches for the instructions.
        [unsafe { vdupq_n_u64(0) }; 2]
    }

    #[inline(always)]
    unsafe fn count(counts: Self::Counts) -> u64 {
        // SAFETY: the caller vouches for the instructions.
        unsafe { vaddvq_u64(vaddq_u64(counts[0], counts[1])) }
    }
}

/// Returns the sums with the elements of `x` above zero, which are counted.
///
/// # Safety
/// The processor has NEON.
#[inline(always)]
unsafe fn add_positive(sums: float64x2_t, x: float64x2_t, counts: &mut uint64x2_t) -> float64x2_t {
    // SAFETY: the caller vouches for the instructions.
    unsafe {
        // NaN is not above zero. True is −1, so to subtract it is to count.
        let above = vcgtzq_f64(x);
        *counts = vsubq_u64(*counts, above);
        let kept = vandq_u64(above, vreinterpretq_u64_f64(x));
        vaddq_f64(sums, vreinterpretq_f64_u64(kept))
    }
}

/// Returns the sum.
///
/// # Safety
/// The processor has NEON.
#[target_feature(enable = "neon")]
pub(crate) unsafe fn suma(x: &[f64]) -> f64 {
    if x.len() > BLOCK {
        // SAFETY: the caller vouches for NEON.
        return unsafe { suma_long(x) };
    }
    // SAFETY: this function enables the row's instructions.
    unsafe { vector::block::<Neon, All<_>>(x) }
}

// Apart, so that a short slice does not pay for the cascade's frame.
#[inline(never)]
#[target_feature(enable = "neon")]
unsafe fn suma_long(x: &[f64]) -> f64 {
    // SAFETY: this function enables the row's instructions.
    unsafe { vector::blocks::<Neon, All<_>>(x) }
}

/// Returns the sum and the count of the elements above zero.
///
/// # Safety
/// The processor has NEON.
#[target_feature(enable = "neon")]
pub(crate) unsafe fn suma_y_cuenta_positivos(x: &[f64]) -> (f64, u64) {
    let Counted { sum, count } = if x.len() > BLOCK {
        // SAFETY: the caller vouches for NEON.
        unsafe { positive_long(x) }
    } else {
        // SAFETY: this function enables the row's instructions.
        unsafe { vector::block::<Neon, Positive<_>>(x) }
    };
    (sum, count)
}

#[inline(never)]
#[target_feature(enable = "neon")]
unsafe fn positive_long(x: &[f64]) -> Counted {
    // SAFETY: this function enables the row's instructions.
    unsafe { vector::blocks::<Neon, Positive<_>>(x) }
}
