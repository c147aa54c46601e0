//! The frames around messages, with every length checked before it is believed.
//!
//! ```text
//! FF FF FF FF · i32 length of the metadata · metadata (flatbuffer, padded to 8) · body (as long as the metadata says)
//! FF FF FF FF · 00 00 00 00                  end of the stream
//! ```

use crate::error::{Claim, IpcError};
use crate::limits::Limits;
use crate::source::Source;
use arrow::buffer::Buffer;
use arrow_ipc::{Message, MetadataVersion};

const CONTINUATION: [u8; 4] = [0xff; 4];

/// The messages of a stream, one after the other.
#[derive(Debug)]
pub(crate) struct Frames<S> {
    pub(crate) source: S,
    limits: Limits,
    pub(crate) messages: u64,
    pub(crate) position: u64,
}

impl<S: Source> Frames<S> {
    pub(crate) fn new(source: S, limits: Limits) -> Self {
        Self {
            source,
            limits,
            messages: 0,
            position: 0,
        }
    }

    /// What `handle` makes of the next message and its body, or `None` at the end-of-stream marker.
    pub(crate) fn next<T>(
        &mut self,
        handle: impl FnOnce(Message<'_>, Buffer, u64) -> Result<T, IpcError>,
    ) -> Result<Option<T>, IpcError> {
        let mut word = [0; 4];
        match self.fill(&mut word)? {
            4 => {}
            0 => {
                return Err(IpcError::Unfinished {
                    messages: self.messages,
                });
            }
            found => return Err(self.truncated(4, found as u64)),
        }
        if word != CONTINUATION {
            return Err(IpcError::unsupported(
                self.messages,
                "no continuation marker: no IPC stream, or one from before format version 0.15",
            ));
        }
        self.exactly(&mut word)?;
        let length = i32::from_le_bytes(word);
        if length == 0 {
            return Ok(None);
        }
        let length = u64::try_from(length).map_err(|_| {
            IpcError::malformed(self.messages, format!("{length} bytes of metadata"))
        })?;
        self.limits.check(self.messages, Claim::Metadata, length)?;
        let metadata = self.take(length)?;
        let message = parse(&metadata, self.messages)?;
        let length = body_length(&message, self.messages, self.limits)?;
        let body = self.take(length)?;
        let handled = handle(message, body, self.messages)?;
        self.messages += 1;
        Ok(Some(handled))
    }

    fn fill(&mut self, bytes: &mut [u8]) -> Result<usize, IpcError> {
        let found = self
            .source
            .fill(bytes)
            .map_err(IpcError::io("reading the stream"))?;
        self.position += found as u64;
        Ok(found)
    }

    fn exactly(&mut self, bytes: &mut [u8]) -> Result<(), IpcError> {
        match self.fill(bytes)? {
            found if found == bytes.len() => Ok(()),
            found => Err(self.truncated(bytes.len() as u64, found as u64)),
        }
    }

    fn take(&mut self, length: u64) -> Result<Buffer, IpcError> {
        let taken = usize::try_from(length).map_or(Ok(Err(0)), |len| self.source.take(len));
        let taken = taken.map_err(IpcError::io("reading the stream"))?;
        self.position += length;
        taken.map_err(|found| self.truncated(length, found))
    }

    fn truncated(&self, needed: u64, found: u64) -> IpcError {
        IpcError::Truncated {
            message: self.messages,
            needed,
            found,
        }
    }
}

/// The message that the metadata holds: verified, and of a version that this reader knows.
pub(crate) fn parse(metadata: &[u8], index: u64) -> Result<Message<'_>, IpcError> {
    let message = arrow_ipc::root_as_message(metadata)
        .map_err(|e| IpcError::malformed(index, format!("metadata: {}", first_line(&e))))?;
    match message.version() {
        MetadataVersion::V4 | MetadataVersion::V5 => Ok(message),
        other => Err(IpcError::unsupported(index, format!("metadata {other:?}"))),
    }
}

/// The flatbuffer verifier names its error in one line and the way to it in many.
pub(crate) fn first_line(error: &impl std::fmt::Display) -> String {
    error
        .to_string()
        .lines()
        .next()
        .unwrap_or_default()
        .to_owned()
}

/// How long a message says its body is, once that is possible.
pub(crate) fn body_length(
    message: &Message<'_>,
    index: u64,
    limits: Limits,
) -> Result<u64, IpcError> {
    let claimed = message.bodyLength();
    let length = u64::try_from(claimed)
        .ok()
        .filter(|length| length.is_multiple_of(8))
        .ok_or_else(|| IpcError::malformed(index, format!("a body of {claimed} bytes")))?;
    limits.check(index, Claim::Body, length)?;
    Ok(length)
}

/// The metadata and the length of its prefix, of a message that fills `block`.
pub(crate) fn metadata_of(block: &[u8], index: u64) -> Result<&[u8], IpcError> {
    let Some((head, rest)) = block.split_first_chunk::<8>() else {
        return Err(IpcError::malformed(
            index,
            "a block without room for its prefix",
        ));
    };
    let (marker, length) = head.split_at(4);
    if marker != CONTINUATION {
        return Err(IpcError::unsupported(
            index,
            "no continuation marker: a file from before format version 0.15",
        ));
    }
    let length = i32::from_le_bytes([length[0], length[1], length[2], length[3]]);
    usize::try_from(length)
        .ok()
        .and_then(|length| rest.get(..length))
        .filter(|metadata| !metadata.is_empty())
        .ok_or_else(|| {
            IpcError::malformed(
                index,
                format!(
                    "{length} bytes of metadata in a block that has room for {}",
                    rest.len()
                ),
            )
        })
}
