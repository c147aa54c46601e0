//! Asking for memory before it is needed.

/// Asks the processor to have element `at` in its cache soon; a hint, and nothing for an index beyond the end or on a processor
/// that cannot be asked.
///
/// Unlike a read it does not hold up what comes after it, so that dozens may be under way while earlier elements are worked on.
///
/// # Cost
/// One instruction and a bounds check.
///
/// # Source
/// Exercise 16.7.2: the tables of the native engine, whose every look-up otherwise waits for memory.
#[inline(always)]
pub fn prefetch<T>(x: &[T], at: usize) {
    #[cfg(target_arch = "x86_64")]
    if let Some(element) = x.get(at) {
        use std::arch::x86_64::{_MM_HINT_T0, _mm_prefetch};
        // SAFETY: SSE is part of x86-64, and a prefetch neither faults nor changes anything, whatever the address.
        unsafe { _mm_prefetch::<_MM_HINT_T0>(std::ptr::from_ref(element).cast()) }
    }
    #[cfg(not(target_arch = "x86_64"))]
    let _ = (x, at);
}
