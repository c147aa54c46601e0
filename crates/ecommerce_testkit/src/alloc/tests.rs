#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use super::*;
use std::hint::black_box;

#[test]
fn work_without_the_heap_counts_nothing() {
    let (sum, seen) = in_this_thread(|| black_box([1u64, 2, 3]).iter().sum::<u64>());
    assert_eq!(sum, 6);
    assert_eq!(seen, Allocations::default());
}

#[test]
fn a_block_is_counted_with_its_exact_bytes() {
    let ((), seen) = in_this_thread(|| drop(black_box(Vec::<u8>::with_capacity(1000))));
    assert_eq!(
        seen,
        Allocations {
            allocations: 1,
            deallocations: 1,
            bytes: 1000,
            peak: 1000,
            ..Allocations::default()
        }
    );
}

#[test]
fn zeroed_blocks_count_too() {
    let (kept, seen) = in_this_thread(|| vec![0u64; 16]);
    assert_eq!((seen.allocations, seen.bytes, seen.net), (1, 128, 128));
    drop(kept);
}

#[test]
fn the_peak_is_what_stood_at_once_not_the_sum() {
    let ((), seen) = in_this_thread(|| {
        for _ in 0..10 {
            drop(black_box(vec![1u8; 100]));
        }
    });
    assert_eq!(
        (seen.allocations, seen.bytes, seen.peak, seen.net),
        (10, 1000, 100, 0)
    );
}

#[test]
fn growing_counts_the_growth_and_shrinking_gives_it_back() {
    let (kept, seen) = in_this_thread(|| {
        let mut v = Vec::<u8>::with_capacity(64);
        v.reserve_exact(256);
        v.push(1);
        v.shrink_to(32);
        v
    });
    assert_eq!(
        (
            seen.allocations,
            seen.reallocations,
            seen.bytes,
            seen.peak,
            seen.net
        ),
        (1, 2, 256, 256, 32)
    );
    drop(kept);
}

#[test]
fn freeing_what_is_older_than_the_scope_is_negative() {
    let old = vec![0u8; 500];
    let ((), seen) = in_this_thread(move || drop(old));
    assert_eq!((seen.bytes, seen.peak, seen.net), (0, 0, -500));
}

#[test]
fn an_inner_scope_is_part_of_the_outer_and_starts_at_zero() {
    let (inner, outer) = in_this_thread(|| {
        let base = black_box(vec![0u8; 100]);
        let ((), inner) = in_this_thread(|| drop(black_box(vec![0u8; 50])));
        drop(base);
        inner
    });
    assert_eq!((inner.bytes, inner.peak), (50, 50));
    assert_eq!((outer.bytes, outer.peak, outer.net), (150 + PROBE, 150, 0));
}

/// The bytes by which a nested scope proves that it is counted: they belong to the outer scope.
const PROBE: u64 = 8;

#[test]
fn a_panic_inside_leaves_the_outer_scope_right() {
    let (caught, seen) = in_this_thread(|| {
        std::panic::catch_unwind(|| {
            in_this_thread(|| -> () { std::panic::resume_unwind(Box::new(7u8)) })
        })
    });
    assert!(caught.is_err());
    assert!(seen.allocations >= 1, "{seen:?}");
    let ((), next) = in_this_thread(|| ());
    assert_eq!(next, Allocations::default());
}

#[test]
fn the_process_sees_the_threads_that_the_thread_does_not() {
    let ((alone, seen_alone), all) = in_the_process(|| {
        in_this_thread(|| {
            std::thread::spawn(|| drop(black_box(vec![1u8; 1 << 20])))
                .join()
                .is_ok()
        })
    });
    assert!(alone);
    assert!(seen_alone.bytes < 1 << 20, "{seen_alone:?}");
    // No more can be said here, where other tests allocate too; the exact peak stands in the function's example.
    assert!(all.bytes >= 1 << 20, "{all:?}");
}

#[test]
#[should_panic(expected = "inside another")]
fn a_process_scope_inside_another_is_refused() {
    in_the_process(|| in_the_process(|| ()));
}

#[test]
fn another_allocator_can_stand_below() {
    let counted = CountingAllocator::over(System);
    let layout = Layout::from_size_align(32, 8).unwrap();
    // SAFETY: a valid layout of 32 bytes; the block is freed once with that layout.
    unsafe { counted.dealloc(counted.alloc(layout), layout) };
}
