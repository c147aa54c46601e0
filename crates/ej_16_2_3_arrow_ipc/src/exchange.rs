//! One process sends, another receives: what crosses a pipe, a socket or a shared file, and what both ends say of it.

use crate::checksum::crc32;
use crate::error::IpcError;
use crate::limits::Limits;
use crate::stream::StreamBatches;
use crate::write::{WriteOptions, write_stream};
use arrow::array::RecordBatch;
use arrow::error::ArrowError;
use ecommerce_arrow::generate_batch;
use ecommerce_model::{ConfigGenerador, DateError, Generador, GeneratorError};
use std::fmt;
use std::io::{BufReader, Read};

/// Why there is nothing to send.
#[derive(Debug, thiserror::Error)]
pub enum SampleError {
    /// The day is none.
    #[error(transparent)]
    Day(#[from] DateError),
    /// The generator refuses the request.
    #[error(transparent)]
    Model(#[from] GeneratorError),
    /// A batch could not be built.
    #[error(transparent)]
    Arrow(#[from] ArrowError),
}

/// The events of one day in `lotes` batches: what the sender sends, and what the receiver can make again to compare.
///
/// # Errors
/// * [`SampleError::Model`] if the generator refuses the number of rows.
/// * [`SampleError::Arrow`] if a batch cannot be built.
pub fn events(seed: u64, rows: u64, batches: u64) -> Result<Vec<RecordBatch>, SampleError> {
    let day = "2024-01-15".parse()?;
    let generator = Generador::new(ConfigGenerador::new(seed, day, 1, rows))?;
    let batches = batches.clamp(1, rows.max(1));
    (0..batches)
        .map(|i| {
            Ok(generate_batch(
                &generator,
                rows * i / batches..rows * (i + 1) / batches,
            )?)
        })
        .collect()
}

/// What arrived, in one line that two processes can compare.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Summary {
    /// Batches.
    pub batches: usize,
    /// Rows.
    pub rows: usize,
    /// CRC-32 of the batches written again without compression: equal content, equal number.
    pub crc: u32,
}

impl Summary {
    /// The summary of these batches.
    ///
    /// # Errors
    /// As [`write_stream`]; an empty list is no error here.
    pub fn of(batches: &[RecordBatch]) -> Result<Self, IpcError> {
        let mut bytes = Vec::new();
        if !batches.is_empty() {
            write_stream(&mut bytes, batches, WriteOptions::default())?;
        }
        Ok(Self {
            batches: batches.len(),
            rows: batches.iter().map(RecordBatch::num_rows).sum(),
            crc: crc32(&bytes),
        })
    }
}

impl fmt::Display for Summary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{} lotes, {} filas, suma {:08x}",
            self.batches, self.rows, self.crc
        )
    }
}

/// All batches of a stream that another process sends.
///
/// # Errors
/// As [`StreamBatches`]; a sender that died is [`IpcError::Unfinished`] between two batches and [`IpcError::Truncated`] within one.
pub fn receive(input: impl Read) -> Result<Vec<RecordBatch>, IpcError> {
    StreamBatches::from_reader(BufReader::with_capacity(64 << 10, input), Limits::default())?
        .collect()
}
