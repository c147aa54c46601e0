//! A file as memory: the only unsafe code of this crate.
//!
//! Two promises cannot be checked from here, and they are what the caller of [`IpcFile::map`] vouches for:
//!
//! * **Nobody truncates the file.** A page beyond the new end raises SIGBUS in whoever touches it: no error, no panic, the
//!   process is gone (`truncar_bajo_el_mapa_mata_con_sigbus`). [`IpcFile::batch`] compares the length once more before it decodes,
//!   which turns the common case into [`IpcError::Shrunk`] and leaves the race.
//! * **Nobody changes its bytes.** Text and offsets were checked when the batch was made; bytes that change under a `&str` are
//!   undefined behaviour.
//!
//! A writer keeps both by writing beside the file and renaming, as [`write_file_beside`](crate::write_file_beside) does: whoever
//! has the old file mapped keeps the old file. Where nobody can promise that, [`IpcFile::open`] copies and can only fail.

#![allow(
    unsafe_code,
    reason = "mapping a file, and handing the map to Arrow as a buffer"
)]

use crate::error::IpcError;
use crate::file::{Bytes, IpcFile, named, regular};
use crate::limits::Limits;
use arrow::buffer::Buffer;
use memmap2::Mmap;
use std::path::Path;
use std::ptr::NonNull;
use std::sync::Arc;

impl IpcFile {
    /// The file at `path`, mapped: its columns are parts of the map, and whatever still holds one keeps the map alive.
    ///
    /// # Safety
    /// 1. While the map lives, that is until this value and every batch, array and slice that came from it are dropped, no
    ///    process truncates the file.
    /// 2. Nor does any process write to it.
    ///
    /// # Errors
    /// As [`IpcFile::open`], and [`IpcError::Misaligned`] for a column that its writer did not align.
    ///
    /// # Cost
    /// Touches the pages of the magic word, the footer and the dictionaries; a gigabyte of numbers is not read
    /// (`abrir_un_gigabyte_no_toca_sus_datos`). No allocation depends on the file's size.
    pub unsafe fn map(path: &Path, limits: Limits) -> Result<Self, IpcError> {
        let inner = || {
            let (file, len) = regular(path)?;
            if len == 0 {
                return Err(IpcError::Truncated {
                    message: 0,
                    needed: 1,
                    found: 0,
                });
            }
            // SAFETY: the caller vouches that the file is neither truncated nor written to while the map lives.
            let map = unsafe { Mmap::map(&file) }.map_err(IpcError::io("mapping the file"))?;
            Self::new(Bytes::Shared(buffer_of(map), Some(file)), limits)
        };
        named(path, inner()).map(|file| file.named(path))
    }
}

/// The map as a buffer that unmaps when the last slice of it is dropped.
fn buffer_of(map: Mmap) -> Buffer {
    let (start, len) = (NonNull::from(&map[..]).cast::<u8>(), map.len());
    // SAFETY: `start` and `len` are the map's own; moving the `Mmap` into the `Arc` does not move the mapped pages, and
    // the buffer owns that `Arc`, so the pages stay mapped, readable and in place as long as any slice of it exists.
    unsafe { Buffer::from_custom_allocation(start, len, Arc::new(map)) }
}
