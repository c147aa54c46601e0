//! The kernels in AVX2: a row is eight registers of four lanes.

use std::arch::x86_64::*;

use crate::order::{BLOCK, Counted, LANES};
use crate::vector::{self, All, Positive, Row};

const WIDTH: usize = 4;
const REGISTERS: usize = LANES / WIDTH;

#[derive(Clone, Copy)]
struct Avx2([__m256d; REGISTERS]);

impl Row for Avx2 {
    type Counts = [__m256i; 2];
    const ALIGN: usize = WIDTH;

    #[inline(always)]
    unsafe fn zero() -> Self {
        // SAFETY: the caller vouches for the instructions.
        Self(unsafe { [_mm256_setzero_pd(); REGISTERS] })
    }

    #[inline(always)]
    unsafe fn load(at: *const f64) -> Self {
        // SAFETY: the caller vouches for the instructions and for a row of elements.
        unsafe {
            let mut row = Self::zero();
            for (i, register) in row.0.iter_mut().enumerate() {
                *register = _mm256_loadu_pd(at.add(i * WIDTH));
            }
            row
        }
    }

    #[inline(always)]
    unsafe fn load_head(base: *const f64, skip: usize) -> Self {
        // SAFETY: the caller vouches for the instructions and for the elements that the mask lets through.
        unsafe {
            let mut row = Self::zero();
            let mask = _mm256_cmpgt_epi64(
                _mm256_setr_epi64x(1, 2, 3, 4),
                _mm256_set1_epi64x(skip as i64),
            );
            row.0[REGISTERS - 1] = _mm256_maskload_pd(base, mask);
            row
        }
    }

    #[inline(always)]
    unsafe fn load_tail(at: *const f64, count: usize) -> Self {
        // SAFETY: the caller vouches for the instructions and for the elements that the masks let through.
        unsafe {
            let mut row = Self::zero();
            for (i, register) in row.0.iter_mut().enumerate() {
                let left = _mm256_set1_epi64x(count as i64 - (i * WIDTH) as i64);
                let mask = _mm256_cmpgt_epi64(left, _mm256_setr_epi64x(0, 1, 2, 3));
                *register = _mm256_maskload_pd(at.wrapping_add(i * WIDTH), mask);
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
            *sums = unsafe { _mm256_add_pd(*sums, x) };
        }
        self
    }

    #[inline(always)]
    unsafe fn add_positive(mut self, x: Self, counts: &mut Self::Counts) -> Self {
        for (i, (sums, x)) in self.0.iter_mut().zip(x.0).enumerate() {
            // SAFETY: the caller vouches for the instructions.
            *sums = unsafe { add_positive(*sums, x, &mut counts[i / 4]) };
        }
        self
    }

    #[inline(always)]
    unsafe fn add_positive_at(mut self, at: *const f64, counts: &mut Self::Counts) -> Self {
        for (i, sums) in self.0.iter_mut().enumerate() {
            // SAFETY: the caller vouches for the instructions and for a row of elements.
            unsafe {
                let x = _mm256_loadu_pd(at.add(i * WIDTH));
                *sums = add_positive(*sums, x, &mut counts[i / 4]);
            }
        }
        self
    }

    #[inline(always)]
    unsafe fn fold(self) -> f64 {
        let x = self.0;
        // SAFETY: the caller vouches for the instructions.
        unsafe {
            let even = _mm256_add_pd(_mm256_add_pd(x[0], x[4]), _mm256_add_pd(x[2], x[6]));
            let odd = _mm256_add_pd(_mm256_add_pd(x[1], x[5]), _mm256_add_pd(x[3], x[7]));
            super::fold_halves(even, odd)
        }
    }

    #[inline(always)]
    unsafe fn no_counts() -> [__m256i; 2] {
        // SAFETY: the caller vouches for the instructions.
        [unsafe { _mm256_setzero_si256() }; 2]
    }

    #[inline(always)]
    unsafe fn count(counts: [__m256i; 2]) -> u64 {
        // SAFETY: the caller vouches for the instructions.
        unsafe {
            let counts = _mm256_add_epi64(counts[0], counts[1]);
            let two = _mm_add_epi64(
                _mm256_castsi256_si128(counts),
                _mm256_extracti128_si256::<1>(counts),
            );
            _mm_cvtsi128_si64(two) as u64 + _mm_extract_epi64::<1>(two) as u64
        }
    }
}

/// Returns the sums with the elements of `x` above zero, which are counted.
///
/// # Safety
/// The processor has AVX2.
#[inline(always)]
unsafe fn add_positive(sums: __m256d, x: __m256d, counts: &mut __m256i) -> __m256d {
    // SAFETY: the caller vouches for the instructions.
    unsafe {
        // An ordered comparison: NaN is not above zero. True is −1, so to subtract it is to count.
        let above = _mm256_cmp_pd::<_CMP_GT_OQ>(x, _mm256_setzero_pd());
        *counts = _mm256_sub_epi64(*counts, _mm256_castpd_si256(above));
        _mm256_add_pd(sums, _mm256_and_pd(above, x))
    }
}

/// Returns the sum.
///
/// # Safety
/// The processor has AVX2.
#[target_feature(enable = "avx2")]
pub(crate) unsafe fn suma(x: &[f64]) -> f64 {
    if x.len() > BLOCK {
        // SAFETY: the caller vouches for AVX2.
        return unsafe { suma_long(x) };
    }
    // SAFETY: this function enables the row's instructions.
    unsafe { vector::block::<Avx2, All<_>>(x) }
}

/// Returns the sum of more than a block; apart, so that a short slice does not pay for the cascade's frame.
///
/// # Safety
/// The processor has AVX2.
#[inline(never)]
#[target_feature(enable = "avx2")]
pub(super) unsafe fn suma_long(x: &[f64]) -> f64 {
    // SAFETY: this function enables the row's instructions.
    unsafe { vector::blocks::<Avx2, All<_>>(x) }
}

/// Returns the sum and the count of the elements above zero.
///
/// # Safety
/// The processor has AVX2.
#[target_feature(enable = "avx2")]
pub(crate) unsafe fn suma_y_cuenta_positivos(x: &[f64]) -> (f64, u64) {
    let Counted { sum, count } = if x.len() > BLOCK {
        // SAFETY: the caller vouches for AVX2.
        unsafe { positive_long(x) }
    } else {
        // SAFETY: this function enables the row's instructions.
        unsafe { vector::block::<Avx2, Positive<_>>(x) }
    };
    (sum, count)
}

/// Returns the sum and the count of more than a block.
///
/// # Safety
/// The processor has AVX2.
#[inline(never)]
#[target_feature(enable = "avx2")]
pub(super) unsafe fn positive_long(x: &[f64]) -> Counted {
    // SAFETY: this function enables the row's instructions.
    unsafe { vector::blocks::<Avx2, Positive<_>>(x) }
}
