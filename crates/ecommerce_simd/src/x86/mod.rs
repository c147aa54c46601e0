//! The kernels for x86-64.

pub(crate) mod avx2;
pub(crate) mod avx512;

use std::arch::x86_64::*;

/// Returns the sum of eight lanes, given by halves and folded by halves.
///
/// # Safety
/// The processor has AVX.
#[inline(always)]
unsafe fn fold_halves(low: __m256d, high: __m256d) -> f64 {
    // SAFETY: the caller vouches for AVX.
    unsafe {
        let by_4 = _mm256_add_pd(low, high);
        let by_2 = _mm_add_pd(
            _mm256_castpd256_pd128(by_4),
            _mm256_extractf128_pd::<1>(by_4),
        );
        _mm_cvtsd_f64(_mm_add_sd(by_2, _mm_unpackhi_pd(by_2, by_2)))
    }
}

/// Announces the first two lines of the row at `at`; the processor sees to the others. To the second-level cache: in the first,
/// what is read from eight places would be evicted by what is to come.
#[inline(always)]
unsafe fn prefetch(at: *const f64) {
    // SAFETY: SSE, which has the instruction, is part of x86-64; any address may be announced.
    unsafe {
        _mm_prefetch::<_MM_HINT_T1>(at.cast());
        _mm_prefetch::<_MM_HINT_T1>(at.wrapping_byte_add(64).cast());
    }
}
