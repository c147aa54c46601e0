//! The one allocation of a result: asked for once, written once, never zeroed.

use std::mem::MaybeUninit;

use arrow::buffer::Buffer;

/// From this many bytes on, memory comes in fresh pages, and there are enough of them for large ones to pay.
#[cfg(target_os = "linux")]
const LARGE: usize = 4 << 20;

/// Returns a buffer of `len` values, written by `fill`.
///
/// # Safety
/// When `fill` returns `Ok`, it has written every value.
///
/// # Errors
/// Those of `fill`.
///
/// # Cost
/// One allocation of `8 · len` bytes.
pub(crate) unsafe fn filled<E>(
    len: usize,
    fill: impl FnOnce(&mut [MaybeUninit<f64>]) -> Result<(), E>,
) -> Result<Buffer, E> {
    let mut values: Vec<f64> = Vec::with_capacity(len);
    let room = &mut values.spare_capacity_mut()[..len];
    prefer_large_pages(room);
    fill(room)?;
    // SAFETY: `fill` has written the first `len` values, as the caller promises.
    unsafe { values.set_len(len) };
    Ok(Buffer::from_vec(values))
}

/// Asks Linux for large pages, as NumPy does for its own arrays: a fresh page costs a fault, and a large one is 512 small ones.
///
/// It is advice: if the system does not follow it, nothing changes but the time.
#[cfg(target_os = "linux")]
fn prefer_large_pages(room: &mut [MaybeUninit<f64>]) {
    use std::ffi::{c_int, c_void};

    /// `MADV_HUGEPAGE` of `linux/mman.h`.
    const HUGE_PAGE: c_int = 14;
    /// A multiple of every page size that Linux has.
    const PAGE: usize = 64 << 10;

    // What the C library, which the standard library links already, declares.
    unsafe extern "C" {
        fn madvise(start: *mut c_void, length: usize, advice: c_int) -> c_int;
    }

    let bytes = size_of_val(room);
    if bytes < LARGE {
        return;
    }
    let start = room.as_mut_ptr().cast::<u8>();
    let skipped = start.align_offset(PAGE);
    let length = (bytes - skipped) / PAGE * PAGE;
    // SAFETY: the range lies within `room`, and the advice changes no byte of it.
    unsafe { madvise(start.add(skipped).cast(), length, HUGE_PAGE) };
}

#[cfg(not(target_os = "linux"))]
fn prefer_large_pages(_room: &mut [MaybeUninit<f64>]) {}
