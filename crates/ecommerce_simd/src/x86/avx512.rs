//! The kernels in AVX-512: a row is four registers of eight lanes.

use std::arch::x86_64::*;

use super::avx2;
use crate::order::{BLOCK, Counted, LANES};
use crate::vector::{self, All, Positive, Row};

const WIDTH: usize = 8;
const REGISTERS: usize = LANES / WIDTH;

#[derive(Clone, Copy)]
struct Avx512([__m512d; REGISTERS]);

impl Row for Avx512 {
    type Counts = u64;
    const ALIGN: usize = WIDTH;

    #[inline(always)]
    unsafe fn zero() -> Self {
        // SAFETY: the caller vouches for the instructions.
        Self(unsafe { [_mm512_setzero_pd(); REGISTERS] })
    }

    #[inline(always)]
    unsafe fn load(at: *const f64) -> Self {
        // SAFETY: the caller vouches for the instructions and for a row of elements.
        unsafe {
            let mut row = Self::zero();
            for (i, register) in row.0.iter_mut().enumerate() {
                *register = _mm512_loadu_pd(at.add(i * WIDTH));
            }
            row
        }
    }

    #[inline(always)]
    unsafe fn load_head(base: *const f64, skip: usize) -> Self {
        // SAFETY: the caller vouches for the instructions and for the elements that the mask lets through.
        unsafe {
            let mut row = Self::zero();
            row.0[REGISTERS - 1] = _mm512_maskz_loadu_pd(0xff << skip, base);
            row
        }
    }

    #[inline(always)]
    unsafe fn load_tail(at: *const f64, count: usize) -> Self {
        let present = (1_u32 << count) - 1;
        // SAFETY: the caller vouches for the instructions and for the elements that the masks let through.
        unsafe {
            let mut row = Self::zero();
            for (i, register) in row.0.iter_mut().enumerate() {
                let mask = (present >> (i * WIDTH)) as __mmask8;
                *register = _mm512_maskz_loadu_pd(mask, at.wrapping_add(i * WIDTH));
            }
            row
        }
    }

    #[inline(always)]
    unsafe fn prefetch(at: *const f64) {
        // SAFETY: the caller vouches for the instructions.
        unsafe { super::prefetch(at) };
    }

    #[inline(always)]
    unsafe fn add(mut self, x: Self) -> Self {
        for (sums, x) in self.0.iter_mut().zip(x.0) {
            // SAFETY: the caller vouches for the instructions.
            *sums = unsafe { _mm512_add_pd(*sums, x) };
        }
        self
    }

    #[inline(always)]
    unsafe fn add_positive(mut self, x: Self, counts: &mut u64) -> Self {
        let mut above = [0; REGISTERS];
        for ((sums, x), above) in self.0.iter_mut().zip(x.0).zip(&mut above) {
            // SAFETY: the caller vouches for the instructions.
            unsafe {
                // An ordered comparison: NaN is not above zero.
                *above = _mm512_cmp_pd_mask::<_CMP_GT_OQ>(x, _mm512_setzero_pd());
                *sums = _mm512_mask_add_pd(*sums, *above, *sums, x);
            }
        }
        // One count for the row: the compiler turns four small ones into a long sequence of shuffles.
        *counts += u64::from(u32::from_le_bytes(above).count_ones());
        self
    }

    #[inline(always)]
    unsafe fn fold(self) -> f64 {
        let [a, b, c, d] = self.0;
        // SAFETY: the caller vouches for the instructions.
        unsafe {
            let by_8 = _mm512_add_pd(_mm512_add_pd(a, c), _mm512_add_pd(b, d));
            super::fold_halves(
                _mm512_castpd512_pd256(by_8),
                _mm512_extractf64x4_pd::<1>(by_8),
            )
        }
    }

    #[inline(always)]
    unsafe fn no_counts() -> u64 {
        0
    }

    #[inline(always)]
    unsafe fn count(counts: u64) -> u64 {
        counts
    }
}

/// Returns the sum.
///
/// What lies in memory is left to AVX2, whose narrower loads get as much out of it, or a little more, and the same bits.
///
/// # Safety
/// The processor has AVX-512F and AVX2.
#[target_feature(enable = "avx512f,avx2")]
pub(crate) unsafe fn suma(x: &[f64]) -> f64 {
    if vector::is_far(x) {
        // SAFETY: the caller vouches for AVX2.
        return unsafe { avx2::suma_long(x) };
    }
    if x.len() > BLOCK {
        // SAFETY: the caller vouches for AVX-512F.
        return unsafe { suma_long(x) };
    }
    // SAFETY: this function enables the row's instructions.
    unsafe { vector::block::<Avx512, All<_>>(x) }
}

// Apart, so that a short slice does not pay for the cascade's frame.
#[inline(never)]
#[target_feature(enable = "avx512f")]
unsafe fn suma_long(x: &[f64]) -> f64 {
    // SAFETY: this function enables the row's instructions.
    unsafe { vector::blocks::<Avx512, All<_>>(x) }
}

/// Returns the sum and the count of the elements above zero; from memory as [`suma`].
///
/// # Safety
/// The processor has AVX-512F, AVX2 and POPCNT.
#[target_feature(enable = "avx512f,avx2,popcnt")]
pub(crate) unsafe fn suma_y_cuenta_positivos(x: &[f64]) -> (f64, u64) {
    let Counted { sum, count } = if vector::is_far(x) {
        // SAFETY: the caller vouches for AVX2.
        unsafe { avx2::positive_long(x) }
    } else if x.len() > BLOCK {
        // SAFETY: the caller vouches for AVX-512F and POPCNT.
        unsafe { positive_long(x) }
    } else {
        // SAFETY: this function enables the row's instructions.
        unsafe { vector::block::<Avx512, Positive<_>>(x) }
    };
    (sum, count)
}

#[inline(never)]
#[target_feature(enable = "avx512f,popcnt")]
unsafe fn positive_long(x: &[f64]) -> Counted {
    // SAFETY: this function enables the row's instructions.
    unsafe { vector::blocks::<Avx512, Positive<_>>(x) }
}
