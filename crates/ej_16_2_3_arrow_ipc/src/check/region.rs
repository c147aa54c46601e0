//! The body of a message as the list of its buffers.

use super::codec::Codec;
use crate::error::IpcError;
use arrow_ipc::{BodyCompressionMethod, CompressionType, RecordBatch};

/// The buffers of a body, one after the other.
pub(super) struct Region<'a> {
    body: &'a [u8],
    codec: Option<Codec>,
    buffers: std::vec::IntoIter<(i64, i64)>,
    used: u64,
    /// Bytes that the buffers so far measure, uncompressed.
    pub(super) bytes: u64,
    /// Most bytes that decompressing them can take.
    pub(super) cost: u64,
}

/// A buffer of the body: how long it is uncompressed, and where it stands unless it is compressed.
pub(super) struct Span {
    pub(super) length: u64,
    pub(super) address: Option<usize>,
}

impl<'a> Region<'a> {
    pub(super) fn new(
        batch: RecordBatch<'_>,
        body: &'a [u8],
        message: u64,
    ) -> Result<Self, IpcError> {
        let buffers = batch
            .buffers()
            .ok_or_else(|| IpcError::malformed(message, "a batch without its buffers"))?;
        let buffers: Vec<_> = buffers.iter().map(|b| (b.offset(), b.length())).collect();
        let codec = batch
            .compression()
            .map(
                |compression| match (compression.method(), compression.codec()) {
                    (BodyCompressionMethod::BUFFER, CompressionType::LZ4_FRAME) => Ok(Codec::Lz4),
                    (BodyCompressionMethod::BUFFER, CompressionType::ZSTD) => Ok(Codec::Zstd),
                    (method, codec) => {
                        let what = format!("compression {codec:?} by {method:?}");
                        Err(IpcError::unsupported(message, what))
                    }
                },
            )
            .transpose()?;
        Ok(Self {
            body,
            codec,
            buffers: buffers.into_iter(),
            used: 0,
            bytes: 0,
            cost: 0,
        })
    }

    /// How many buffers are left.
    pub(super) fn left(&self) -> usize {
        self.buffers.len()
    }

    /// The next buffer: inside the body, at a multiple of 8, and not shared with another.
    pub(super) fn next_span(&mut self) -> Result<Span, String> {
        let (offset, length) = self.buffers.next().ok_or("no buffer")?;
        let range = usize::try_from(offset)
            .ok()
            .zip(usize::try_from(length).ok());
        let bytes = range
            .filter(|(offset, _)| offset.is_multiple_of(8))
            .and_then(|(offset, length)| self.body.get(offset..)?.get(..length))
            .ok_or_else(|| {
                let body = self.body.len();
                format!("a buffer of {length} bytes at {offset} of {body}")
            })?;
        // Buffers that overlap would let a small body stand for any number of large columns.
        self.used += bytes.len() as u64;
        if self.used > self.body.len() as u64 {
            return Err("its buffers overlap".into());
        }
        let (length, cost) = match self.codec {
            Some(codec) if !bytes.is_empty() => {
                let inside = codec.inspect(bytes)?;
                (inside.length, inside.cost)
            }
            _ => (bytes.len() as u64, 0),
        };
        self.bytes = self.bytes.saturating_add(length);
        self.cost = self.cost.saturating_add(cost);
        Ok(Span {
            length,
            address: self.codec.is_none().then(|| bytes.as_ptr().addr()),
        })
    }
}
