//! Why an IPC stream or file could not be written or read.

use arrow::error::ArrowError;
use std::io;
use std::path::PathBuf;

/// What a size that was refused belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Claim {
    /// The flatbuffer that describes a message.
    Metadata,
    /// The bytes of a message's columns.
    Body,
    /// What a message's compressed buffers would become.
    Decompressed,
    /// The values of all dictionaries together.
    Dictionaries,
    /// Rows of a batch, or elements of a nested column.
    Rows,
    /// Fields of a schema, nested ones included.
    Fields,
    /// The footer of a file.
    Footer,
}

/// Why an IPC stream or file could not be written or read.
///
/// `message` counts the messages of a stream from 0 (the schema); in a file it counts the blocks that were read.
#[derive(Debug, thiserror::Error)]
pub enum IpcError {
    /// There is no batch, hence no schema to write.
    #[error("no batches: a stream needs a schema, and none can be taken from an empty list")]
    NoBatches,
    /// A batch does not have the schema of the first.
    #[error("batch {batch} does not fit the stream's schema: {difference}")]
    SchemaMismatch {
        /// Its position in the list.
        batch: usize,
        /// The first difference.
        difference: String,
    },
    /// The operating system said no.
    #[error("{doing}: {source}")]
    Io {
        /// What was being done.
        doing: &'static str,
        /// What it said.
        source: io::Error,
    },
    /// The input ended inside a message.
    #[error("message {message} is cut off: {needed} bytes needed, {found} there")]
    Truncated {
        /// The message.
        message: u64,
        /// Bytes that this piece of it takes.
        needed: u64,
        /// Bytes that were there.
        found: u64,
    },
    /// The input ended between two messages, but its writer never said that it had finished.
    #[error("the stream stops after {messages} messages without its end-of-stream marker")]
    Unfinished {
        /// Whole messages before the end, the schema included.
        messages: u64,
    },
    /// Something follows the end of the stream.
    #[error("{bytes} bytes follow the end of the stream at byte {at}")]
    TrailingBytes {
        /// Where the stream ended.
        at: u64,
        /// How many bytes follow.
        bytes: u64,
    },
    /// What the bytes say contradicts itself or the format.
    #[error("message {message} is malformed: {problem}")]
    Malformed {
        /// The message.
        message: u64,
        /// The contradiction.
        problem: String,
    },
    /// A size beyond a bound: refused before anything of that size was allocated.
    #[error("message {message} claims {claimed} for its {what:?}; the bound is {bound}")]
    TooLarge {
        /// The message.
        message: u64,
        /// What the size belongs to.
        what: Claim,
        /// The size that it claims.
        claimed: u64,
        /// The bound of [`Limits`](crate::Limits) that it exceeds.
        bound: u64,
    },
    /// Valid, perhaps, but nothing that this reader takes.
    #[error("message {message} is not supported: {what}")]
    Unsupported {
        /// The message.
        message: u64,
        /// What it would take.
        what: String,
    },
    /// A buffer of a map stands where its type cannot be read in place.
    #[error(
        "message {message}: a buffer of column {column} is not aligned to {alignment} bytes and cannot be read in place"
    )]
    Misaligned {
        /// The message.
        message: u64,
        /// The column.
        column: String,
        /// Bytes that its type is aligned to.
        alignment: usize,
    },
    /// The bytes are not those that were sealed.
    #[error(
        "checksum {found:08x} instead of {expected:08x}: the bytes are not those that were written"
    )]
    Checksum {
        /// The checksum that was written.
        expected: u32,
        /// That of the bytes.
        found: u32,
    },
    /// The bytes carry no checksum.
    #[error("no checksum at the end of {bytes} bytes")]
    NoChecksum {
        /// Length of what was given.
        bytes: u64,
    },
    /// A batch that the file does not have.
    #[error("there is no batch {index}: the file has {batches}")]
    NoSuchBatch {
        /// The one asked for, from 0.
        index: usize,
        /// How many there are.
        batches: usize,
    },
    /// The file became shorter after it was opened.
    #[error("the file had {expected} bytes when it was opened and has {found} now")]
    Shrunk {
        /// Bytes at opening.
        expected: u64,
        /// Bytes now.
        found: u64,
    },
    /// arrow-rs refused a message whose outline was sound: a value out of place, text that is no UTF-8, a null that may not be.
    #[error("message {message}: {source}")]
    Invalid {
        /// The message.
        message: u64,
        /// What arrow-rs said.
        source: ArrowError,
    },
    /// arrow-rs could not write.
    #[error("writing: {0}")]
    Write(#[source] ArrowError),
    /// Any of the above, in a file.
    #[error("{}: {source}", path.display())]
    InFile {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        source: Box<IpcError>,
    },
}

impl IpcError {
    pub(crate) fn io(doing: &'static str) -> impl FnOnce(io::Error) -> Self {
        move |source| Self::Io { doing, source }
    }

    pub(crate) fn malformed(message: u64, problem: impl Into<String>) -> Self {
        Self::Malformed {
            message,
            problem: problem.into(),
        }
    }

    pub(crate) fn unsupported(message: u64, what: impl Into<String>) -> Self {
        Self::Unsupported {
            message,
            what: what.into(),
        }
    }

    /// The error itself, without the file's name around it.
    #[must_use]
    pub fn cause(&self) -> &Self {
        match self {
            Self::InFile { source, .. } => source.cause(),
            other => other,
        }
    }
}
