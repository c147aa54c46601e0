//! The counts themselves: one tally per thread, one for the process, and the scopes that read them.

use std::alloc::{Layout, alloc, dealloc};
use std::cell::Cell;
use std::sync::atomic::{AtomicBool, AtomicI64, AtomicU64, Ordering::Relaxed};
use std::sync::{Mutex, PoisonError};

/// What a scope allocated.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Allocations {
    /// Blocks asked for.
    pub allocations: u64,
    /// Blocks whose size was changed, moved or not.
    pub reallocations: u64,
    /// Blocks given back, also those that are older than the scope.
    pub deallocations: u64,
    /// Bytes asked for in all; growing a block counts its growth.
    pub bytes: u64,
    /// The most bytes that stood at once above what stood when the scope began.
    pub peak: u64,
    /// Bytes that stand at the end above what stood at the start; negative where the scope freed older blocks.
    pub net: i64,
}

impl Allocations {
    const NONE: Self = Self {
        allocations: 0,
        reallocations: 0,
        deallocations: 0,
        bytes: 0,
        peak: 0,
        net: 0,
    };

    fn grow(&mut self, bytes: u64) {
        self.bytes += bytes;
        self.net += bytes as i64;
        self.peak = self.peak.max(self.net.max(0) as u64);
    }

    /// The outer scope's counts once `inner` has ended within it.
    fn around(self, inner: Self) -> Self {
        Self {
            allocations: self.allocations + inner.allocations,
            reallocations: self.reallocations + inner.reallocations,
            deallocations: self.deallocations + inner.deallocations,
            bytes: self.bytes + inner.bytes,
            peak: self.peak.max((self.net + inner.peak as i64).max(0) as u64),
            net: self.net + inner.net,
        }
    }
}

thread_local! {
    // Constant and without a destructor: reading it inside the allocator neither allocates nor registers anything.
    static THREAD: Cell<Allocations> = const { Cell::new(Allocations::NONE) };
    static PROCESS_SCOPE_IS_MINE: Cell<bool> = const { Cell::new(false) };
}

static PROCESS_OPEN: AtomicBool = AtomicBool::new(false);
static ALLOCATIONS: AtomicU64 = AtomicU64::new(0);
static REALLOCATIONS: AtomicU64 = AtomicU64::new(0);
static DEALLOCATIONS: AtomicU64 = AtomicU64::new(0);
static BYTES: AtomicU64 = AtomicU64::new(0);
static NET: AtomicI64 = AtomicI64::new(0);
static PEAK: AtomicI64 = AtomicI64::new(0);
static ONE_AT_A_TIME: Mutex<()> = Mutex::new(());

fn in_thread(change: impl FnOnce(&mut Allocations)) {
    // Past the thread's end its cell may be gone; such frees belong to no scope.
    let _ = THREAD.try_with(|cell| {
        let mut tally = cell.get();
        change(&mut tally);
        cell.set(tally);
    });
}

fn grow_process(bytes: usize) {
    BYTES.fetch_add(bytes as u64, Relaxed);
    let now = NET.fetch_add(bytes as i64, Relaxed) + bytes as i64;
    PEAK.fetch_max(now, Relaxed);
}

pub(super) fn allocated(bytes: usize) {
    in_thread(|tally| {
        tally.allocations += 1;
        tally.grow(bytes as u64);
    });
    if PROCESS_OPEN.load(Relaxed) {
        ALLOCATIONS.fetch_add(1, Relaxed);
        grow_process(bytes);
    }
}

pub(super) fn freed(bytes: usize) {
    in_thread(|tally| {
        tally.deallocations += 1;
        tally.net -= bytes as i64;
    });
    if PROCESS_OPEN.load(Relaxed) {
        DEALLOCATIONS.fetch_add(1, Relaxed);
        NET.fetch_sub(bytes as i64, Relaxed);
    }
}

pub(super) fn resized(old: usize, new: usize) {
    in_thread(|tally| {
        tally.reallocations += 1;
        match new.checked_sub(old) {
            Some(growth) => tally.grow(growth as u64),
            None => tally.net -= (old - new) as i64,
        }
    });
    if PROCESS_OPEN.load(Relaxed) {
        REALLOCATIONS.fetch_add(1, Relaxed);
        match new.checked_sub(old) {
            Some(growth) => grow_process(growth),
            None => drop(NET.fetch_sub((old - new) as i64, Relaxed)),
        }
    }
}

/// What `work` returned and what the calling thread allocated meanwhile; other threads are not seen. Scopes nest.
///
/// # Panics
/// If the binary's global allocator is not a [`CountingAllocator`](super::CountingAllocator): zeros would be a lie.
pub fn in_this_thread<R>(work: impl FnOnce() -> R) -> (R, Allocations) {
    /// Gives the outer scope its counts back, also when `work` panics.
    struct Outer(Allocations);
    impl Drop for Outer {
        fn drop(&mut self) {
            THREAD.with(|cell| cell.set(self.0.around(cell.get())));
        }
    }
    assert_counted();
    let outer = Outer(THREAD.with(|cell| cell.replace(Allocations::NONE)));
    let result = work();
    let seen = THREAD.with(Cell::get);
    drop(outer);
    (result, seen)
}

/// What `work` returned and what all threads of the process allocated meanwhile.
///
/// One such scope at a time: a second thread waits its turn. Other tests of the same binary are seen too, so exact
/// counts need a binary (or a child process) of their own, as this example is.
///
/// ```
/// use ecommerce_testkit::alloc::{self, CountingAllocator};
///
/// #[global_allocator]
/// static COUNTED: CountingAllocator = CountingAllocator::system();
///
/// let older = vec![0u8; 1 << 20];
/// let ((), seen) = alloc::in_the_process(|| {
///     let both = [1, 2].map(|mib| std::thread::spawn(move || vec![1u8; mib << 20]));
///     let kept = both.map(|thread| thread.join().map_or(0, |bytes| bytes.len()));
///     assert_eq!(kept, [1 << 20, 2 << 20]);
/// });
/// assert!(seen.bytes >= 3 << 20 && seen.bytes < 4 << 20, "{seen:?}");
/// assert!(seen.peak >= 2 << 20 && seen.peak < 4 << 20, "{seen:?}");
/// assert!(seen.net < 1 << 20, "both blocks were given back: {seen:?}");
/// # drop(older);
/// ```
///
/// # Panics
/// As [`in_this_thread`], and when a scope of the process is opened inside another: it would wait for itself.
pub fn in_the_process<R>(work: impl FnOnce() -> R) -> (R, Allocations) {
    struct Open;
    impl Drop for Open {
        fn drop(&mut self) {
            PROCESS_OPEN.store(false, Relaxed);
            PROCESS_SCOPE_IS_MINE.with(|mine| mine.set(false));
        }
    }
    assert_counted();
    assert!(
        !PROCESS_SCOPE_IS_MINE.with(Cell::get),
        "a scope of the process inside another"
    );
    let _turn = ONE_AT_A_TIME.lock().unwrap_or_else(PoisonError::into_inner);
    for counter in [&ALLOCATIONS, &REALLOCATIONS, &DEALLOCATIONS, &BYTES] {
        counter.store(0, Relaxed);
    }
    NET.store(0, Relaxed);
    PEAK.store(0, Relaxed);
    PROCESS_SCOPE_IS_MINE.with(|mine| mine.set(true));
    PROCESS_OPEN.store(true, Relaxed);
    let open = Open;
    let result = work();
    drop(open);
    let seen = Allocations {
        allocations: ALLOCATIONS.load(Relaxed),
        reallocations: REALLOCATIONS.load(Relaxed),
        deallocations: DEALLOCATIONS.load(Relaxed),
        bytes: BYTES.load(Relaxed),
        peak: PEAK.load(Relaxed).max(0) as u64,
        net: NET.load(Relaxed),
    };
    (result, seen)
}

fn assert_counted() {
    let before = THREAD.with(Cell::get).deallocations;
    let layout = Layout::new::<u64>();
    // SAFETY: the layout has a size; a null block is not freed, any other is freed once, with the layout it came with.
    // Called directly because the compiler may drop a box that nobody reads.
    unsafe {
        let block = alloc(layout);
        if !block.is_null() {
            dealloc(std::hint::black_box(block), layout);
        }
    }
    let after = THREAD.with(Cell::get).deallocations;
    assert!(
        after > before,
        "this binary's #[global_allocator] is not a CountingAllocator"
    );
}
