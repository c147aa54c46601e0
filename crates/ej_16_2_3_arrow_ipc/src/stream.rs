//! The stream format: batches one after the other, from whatever can be read once.

use crate::decode::{Decoder, Replacement, is_dictionary};
use crate::error::IpcError;
use crate::frame::Frames;
use crate::limits::Limits;
use crate::source::{Reading, Shared, Slice, Source};
use arrow::array::RecordBatch;
use arrow::buffer::Buffer;
use arrow::datatypes::SchemaRef;
use std::io::Read;

/// The batches of an IPC stream, each an error if it is not whole and valid.
///
/// The stream must end with its marker: a writer that died between two batches leaves a stream that is valid up to there,
/// and arrow-ipc's own reader takes it for complete. After an error the iterator is over.
#[derive(Debug)]
pub struct StreamBatches<S> {
    frames: Frames<S>,
    decoder: Decoder,
    over: bool,
}

impl<R: Read> StreamBatches<Reading<R>> {
    /// The batches that `input` will bring: a pipe, a socket, a file.
    ///
    /// # Errors
    /// As [`StreamBatches::from_slice`], and
    /// * [`IpcError::Io`] if reading fails.
    ///
    /// # Cost
    /// Waits for the schema. Memory: one body at a time, allocated as its bytes arrive (see [`Limits`]). It reads a few bytes
    /// at a time between bodies, so give it a buffered reader, and never more than the stream: what follows it stays unread.
    pub fn from_reader(input: R, limits: Limits) -> Result<Self, IpcError> {
        Self::open(Reading(input), limits)
    }
}

impl<'a> StreamBatches<Slice<'a>> {
    /// The batches of a stream in memory, whose values are copied out of it.
    ///
    /// # Errors
    /// * [`IpcError::Unfinished`] if there is nothing.
    /// * [`IpcError::Truncated`] if it ends within the schema.
    /// * [`IpcError::Malformed`], [`IpcError::Unsupported`], [`IpcError::TooLarge`] if it does not begin with a schema that
    ///   this reader can and may take.
    pub fn from_slice(bytes: &'a [u8], limits: Limits) -> Result<Self, IpcError> {
        Self::open(Slice(bytes), limits)
    }

    /// What was not read: after the last batch, the bytes that follow the stream.
    pub fn rest(&self) -> &'a [u8] {
        self.frames.source.0
    }
}

impl StreamBatches<Shared> {
    /// The batches of a stream in a buffer, whose columns are parts of that buffer and keep it alive.
    ///
    /// # Errors
    /// As [`StreamBatches::from_slice`].
    ///
    /// # Cost
    /// No copy where the writer aligned its columns, as arrow-rs (64 bytes) and pyarrow (8 bytes; enough for all but 128-bit
    /// numbers) do; compressed columns are of course decompressed.
    pub fn from_buffer(buffer: Buffer, limits: Limits) -> Result<Self, IpcError> {
        Self::open(Shared { buffer, at: 0 }, limits)
    }
}

impl<S: Source> StreamBatches<S> {
    fn open(source: S, limits: Limits) -> Result<Self, IpcError> {
        let mut frames = Frames::new(source, limits);
        let decoder = frames.next(|message, body, index| {
            let schema = message.header_as_schema().ok_or_else(|| {
                IpcError::malformed(
                    index,
                    format!("{:?} where the schema should be", message.header_type()),
                )
            })?;
            if !body.is_empty() {
                return Err(IpcError::malformed(index, "a schema with a body"));
            }
            Decoder::new(schema, limits, Replacement::Allowed, false)
        })?;
        let decoder = decoder
            .ok_or_else(|| IpcError::malformed(0, "a stream that ends before its schema"))?;
        Ok(Self {
            frames,
            decoder,
            over: false,
        })
    }

    /// The schema of every batch.
    pub fn schema(&self) -> SchemaRef {
        self.decoder.schema.clone()
    }

    /// Bytes of the stream read so far.
    pub fn position(&self) -> u64 {
        self.frames.position
    }

    fn advance(&mut self) -> Result<Option<RecordBatch>, IpcError> {
        loop {
            let decoder = &mut self.decoder;
            let next = self.frames.next(|message, body, index| {
                if is_dictionary(&message) {
                    decoder.dictionary(&message, &body, index).map(|()| None)
                } else {
                    decoder.batch(&message, &body, index, None).map(Some)
                }
            })?;
            match next {
                None => return Ok(None),
                Some(Some(batch)) => return Ok(Some(batch)),
                Some(None) => {}
            }
        }
    }
}

impl<S: Source> Iterator for StreamBatches<S> {
    type Item = Result<RecordBatch, IpcError>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.over {
            return None;
        }
        let next = self.advance().transpose();
        self.over = !matches!(next, Some(Ok(_)));
        next
    }
}
