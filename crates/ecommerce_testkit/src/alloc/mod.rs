//! Allocations counted: how many, how many bytes, and how high they stood at once.
//!
//! ```
//! use ecommerce_testkit::alloc::{self, CountingAllocator};
//!
//! #[global_allocator]
//! static COUNTED: CountingAllocator = CountingAllocator::system();
//!
//! let (sum, seen) = alloc::in_this_thread(|| (0..1_000u64).sum::<u64>());
//! assert_eq!((sum, seen.allocations, seen.bytes), (499_500, 0, 0));
//!
//! let (grown, seen) = alloc::in_this_thread(|| vec![0u8; 4096]);
//! assert_eq!((seen.allocations, seen.bytes, seen.peak, seen.net), (1, 4096, 4096, 4096));
//! drop(grown);
//! ```

mod tally;
#[cfg(test)]
mod tests;

use std::alloc::{GlobalAlloc, Layout, System};

pub use tally::{Allocations, in_the_process, in_this_thread};

/// A global allocator that counts what passes through it and lets `A` do the work.
///
/// # Cost
/// Per call, one thread-local read and write; while a scope of the whole process is open, four atomic additions more.
#[derive(Debug, Default)]
pub struct CountingAllocator<A = System> {
    inner: A,
}

impl CountingAllocator<System> {
    /// A counter over the system's allocator, for `#[global_allocator]`.
    #[must_use]
    pub const fn system() -> Self {
        Self { inner: System }
    }
}

impl<A> CountingAllocator<A> {
    /// A counter over another allocator, for instance the one a released binary carries.
    #[must_use]
    pub const fn over(inner: A) -> Self {
        Self { inner }
    }
}

// SAFETY: every method hands its arguments on unchanged and returns what `inner` returned, so each promise of the trait
// is the inner allocator's own. The counting neither allocates, nor unwinds, nor touches the memory.
unsafe impl<A: GlobalAlloc> GlobalAlloc for CountingAllocator<A> {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        // SAFETY: the caller's promise about `layout` (non-zero size) is passed on.
        let block = unsafe { self.inner.alloc(layout) };
        if !block.is_null() {
            tally::allocated(layout.size());
        }
        block
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        // SAFETY: as in `alloc`.
        let block = unsafe { self.inner.alloc_zeroed(layout) };
        if !block.is_null() {
            tally::allocated(layout.size());
        }
        block
    }

    unsafe fn dealloc(&self, block: *mut u8, layout: Layout) {
        // SAFETY: `block` came from `inner` through this type with this `layout`, as the caller promises.
        unsafe { self.inner.dealloc(block, layout) };
        tally::freed(layout.size());
    }

    unsafe fn realloc(&self, block: *mut u8, layout: Layout, new_size: usize) -> *mut u8 {
        // SAFETY: as in `dealloc`; `new_size` is the caller's promise.
        let moved = unsafe { self.inner.realloc(block, layout, new_size) };
        if !moved.is_null() {
            tally::resized(layout.size(), new_size);
        }
        moved
    }
}
