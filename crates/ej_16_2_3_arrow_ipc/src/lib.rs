#![doc = include_str!("../README.md")]
#![deny(unsafe_code)]
#![cfg_attr(
    test,
    allow(clippy::unwrap_used, reason = "a failing test should panic")
)]

mod check;
pub mod checksum;
mod decode;
mod error;
pub mod exchange;
mod file;
mod footer;
mod frame;
pub mod json;
mod limits;
mod mapped;
pub mod residency;
pub mod sample;
mod source;
mod stream;
mod write;

pub use error::{Claim, IpcError};
pub use file::IpcFile;
pub use limits::{Limits, STEP};
pub use source::{Reading, Shared, Slice, Source};
pub use stream::StreamBatches;
pub use write::{
    Compression, Dictionaries, WriteOptions, write_file, write_file_beside, write_stream,
};

use arrow::array::RecordBatch;

/// The batches as an IPC stream, its end marker included.
///
/// # Shape
/// One schema message, one message per batch, before it those of its dictionaries that are new; buffers at multiples of 64.
///
/// # Errors
/// * [`IpcError::NoBatches`] if there are none: the guide's form panics there.
/// * [`IpcError::SchemaMismatch`] for a batch that differs from the first.
/// * [`IpcError::Write`] for a type that IPC has no form for.
///
/// # Source
/// Guide 16.2.3, which returns `Vec<u8>` and panics on errors.
pub fn serializar_arrow(batches: &[RecordBatch]) -> Result<Vec<u8>, IpcError> {
    let values = batches.iter().flat_map(RecordBatch::columns);
    let hint: usize = values
        .filter_map(|column| column.to_data().get_slice_memory_size().ok())
        .sum();
    // Room for the values and 5 % more, so that the vector is not copied as it grows.
    let mut buffer = Vec::with_capacity(hint + hint / 20 + 4096);
    write_stream(&mut buffer, batches, WriteOptions::default())?;
    Ok(buffer)
}

/// The batches of an IPC stream, all of them or an error.
///
/// # Errors
/// * [`IpcError::Truncated`], [`IpcError::Unfinished`] if it ends before its end: the guide's `filter_map(|b| b.ok())` turns
///   both into fewer rows.
/// * [`IpcError::TrailingBytes`] if more follows, another stream for instance.
/// * [`IpcError::Malformed`], [`IpcError::Invalid`], [`IpcError::TooLarge`], [`IpcError::Unsupported`] as each says.
///
/// # Cost
/// One copy of the bytes; [`StreamBatches::from_buffer`] makes none.
///
/// # Source
/// Guide 16.2.3, which returns `Vec<RecordBatch>`.
pub fn deserializar_arrow(bytes: &[u8]) -> Result<Vec<RecordBatch>, IpcError> {
    let mut stream = StreamBatches::from_slice(bytes, Limits::default())?;
    let batches = stream.by_ref().collect::<Result<_, _>>()?;
    match stream.rest().len() as u64 {
        0 => Ok(batches),
        rest => Err(IpcError::TrailingBytes {
            at: stream.position(),
            bytes: rest,
        }),
    }
}
