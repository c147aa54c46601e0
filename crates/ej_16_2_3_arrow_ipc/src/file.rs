//! The file format: the same messages between two magic words, and a footer that says where each batch is.

use crate::decode::{Decoder, Replacement};
use crate::error::{Claim, IpcError};
use crate::footer::{Span, disjoint, find_footer, spans};
use crate::frame::{body_length, first_line, metadata_of, parse};
use crate::limits::Limits;
use arrow::array::RecordBatch;
use arrow::buffer::{Buffer, MutableBuffer};
use arrow::datatypes::SchemaRef;
use std::fs::File;
use std::ops::Range;
use std::os::unix::fs::FileExt as _;
use std::path::{Path, PathBuf};

/// An IPC file: its batches in any order, each read when it is asked for.
#[derive(Debug)]
pub struct IpcFile {
    bytes: Bytes,
    path: Option<PathBuf>,
    decoder: Decoder,
    blocks: Vec<Span>,
    dictionaries: u64,
    limits: Limits,
}

/// Where the bytes come from.
#[derive(Debug)]
pub(crate) enum Bytes {
    /// Memory that batches share; with the file behind it, if it is a map.
    Shared(Buffer, Option<File>),
    /// A file that is read piece by piece.
    Read(File, u64),
}

impl IpcFile {
    /// The file at `path`, read by copying: nothing that happens to the file later can do worse than an error.
    ///
    /// # Errors
    /// [`IpcError::InFile`] with the path and
    /// * [`IpcError::Io`] if it cannot be opened or read, or is no regular file;
    /// * [`IpcError::Truncated`], [`IpcError::Malformed`] if it is no whole IPC file;
    /// * [`IpcError::Unsupported`], [`IpcError::TooLarge`] if it asks for what this reader does not take.
    ///
    /// # Cost
    /// Reads the footer and the dictionaries; a batch costs one read of its bytes into memory of their size.
    pub fn open(path: &Path, limits: Limits) -> Result<Self, IpcError> {
        let inner = || {
            let (file, len) = regular(path)?;
            Self::new(Bytes::Read(file, len), limits)
        };
        named(path, inner()).map(|file| file.named(path))
    }

    /// The file that `buffer` holds, whose columns are parts of the buffer and keep it alive.
    ///
    /// # Errors
    /// As [`IpcFile::open`], without a path, and [`IpcError::Misaligned`] for a column that cannot be read in place.
    pub fn from_buffer(buffer: Buffer, limits: Limits) -> Result<Self, IpcError> {
        Self::new(Bytes::Shared(buffer, None), limits)
    }

    pub(crate) fn named(self, path: &Path) -> Self {
        Self {
            path: Some(path.to_owned()),
            ..self
        }
    }

    pub(crate) fn new(bytes: Bytes, limits: Limits) -> Result<Self, IpcError> {
        let (footer, end) = find_footer(&bytes, limits)?;
        let footer = arrow_ipc::root_as_footer(&footer)
            .map_err(|e| IpcError::malformed(0, format!("footer: {}", first_line(&e))))?;
        let schema = footer
            .schema()
            .ok_or_else(|| IpcError::malformed(0, "a footer without schema"))?;
        let in_place = matches!(bytes, Bytes::Shared(..));
        let decoder = Decoder::new(schema, limits, Replacement::Refused, in_place)?;
        let dictionaries = spans(footer.dictionaries().into_iter().flatten(), end)?;
        let blocks = spans(footer.recordBatches().into_iter().flatten(), end)?;
        disjoint(&dictionaries, &blocks)?;

        let mut file = Self {
            bytes,
            path: None,
            decoder,
            blocks,
            dictionaries: dictionaries.len() as u64,
            limits,
        };
        for (index, span) in (0..).zip(&dictionaries) {
            let (metadata, body) = file.message(span, index)?;
            let message = parse(metadata_of(&metadata, index)?, index)?;
            file.decoder.dictionary(&message, &body, index)?;
        }
        Ok(file)
    }

    /// The schema of every batch.
    pub fn schema(&self) -> SchemaRef {
        self.decoder.schema.clone()
    }

    /// How many batches there are.
    pub fn len(&self) -> usize {
        self.blocks.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.blocks.is_empty()
    }

    /// Batch `index`, with all columns.
    ///
    /// # Errors
    /// As [`IpcFile::batch_columns`].
    pub fn batch(&self, index: usize) -> Result<RecordBatch, IpcError> {
        self.batch_with(index, None)
    }

    /// Batch `index`, with the columns at these positions.
    ///
    /// # Errors
    /// * [`IpcError::NoSuchBatch`] if there is none.
    /// * [`IpcError::Shrunk`] if the file became shorter since it was opened.
    /// * [`IpcError::Malformed`], [`IpcError::TooLarge`], [`IpcError::Invalid`], [`IpcError::Misaligned`] if it is damaged or
    ///   cannot be read in place; [`IpcError::Io`] if it cannot be read.
    ///
    /// # Cost
    /// Numbers without nulls of a map or buffer: no byte of theirs is touched. Validity bitmaps, offsets and text are read
    /// once, because they are checked: a bad offset would be an access anywhere.
    pub fn batch_columns(&self, index: usize, columns: &[usize]) -> Result<RecordBatch, IpcError> {
        self.batch_with(index, Some(columns))
    }

    /// All batches, in the footer's order.
    pub fn batches(&self) -> impl Iterator<Item = Result<RecordBatch, IpcError>> {
        (0..self.len()).map(|index| self.batch(index))
    }

    fn batch_with(&self, index: usize, columns: Option<&[usize]>) -> Result<RecordBatch, IpcError> {
        let inner = || {
            let span = self.blocks.get(index).ok_or(IpcError::NoSuchBatch {
                index,
                batches: self.len(),
            })?;
            let number = self.dictionaries + index as u64;
            let (metadata, body) = self.message(span, number)?;
            let message = parse(metadata_of(&metadata, number)?, number)?;
            self.decoder.batch(&message, &body, number, columns)
        };
        match &self.path {
            Some(path) => named(path, inner()),
            None => inner(),
        }
    }

    /// The metadata block and the body that the footer points to, once both agree on their lengths.
    fn message(&self, span: &Span, index: u64) -> Result<(Buffer, Buffer), IpcError> {
        self.bytes.check_length()?;
        self.limits.check(index, Claim::Metadata, span.metadata)?;
        let start = span.offset + span.metadata;
        let metadata = self.bytes.at(span.offset..start)?;
        let claimed = body_length(
            &parse(metadata_of(&metadata, index)?, index)?,
            index,
            self.limits,
        )?;
        if claimed != span.body {
            let problem = format!("a body of {claimed} bytes in a block of {}", span.body);
            return Err(IpcError::malformed(index, problem));
        }
        Ok((metadata, self.bytes.at(start..span.end())?))
    }
}

impl Bytes {
    pub(crate) fn len(&self) -> u64 {
        match self {
            Self::Shared(buffer, _) => buffer.len() as u64,
            Self::Read(_, len) => *len,
        }
    }

    /// The bytes in `range`, which the caller knows to be inside.
    pub(crate) fn at(&self, range: Range<u64>) -> Result<Buffer, IpcError> {
        let len = usize::try_from(range.end - range.start)
            .map_err(|_| IpcError::unsupported(0, "a block beyond the address space"))?;
        match self {
            Self::Shared(buffer, _) => {
                let start = usize::try_from(range.start)
                    .map_err(|_| IpcError::unsupported(0, "a block beyond the address space"))?;
                Ok(buffer.slice_with_length(start, len))
            }
            Self::Read(file, _) => {
                let mut bytes = MutableBuffer::from_len_zeroed(len);
                file.read_exact_at(bytes.as_slice_mut(), range.start)
                    .map_err(IpcError::io("reading the file"))?;
                Ok(bytes.into())
            }
        }
    }

    /// Whether the file is still as long as it was: of what was cut off, a map cannot tell otherwise.
    fn check_length(&self) -> Result<(), IpcError> {
        let (Self::Shared(_, Some(file)) | Self::Read(file, _)) = self else {
            return Ok(());
        };
        let found = file
            .metadata()
            .map_err(IpcError::io("asking for the file's length"))?
            .len();
        if found < self.len() {
            return Err(IpcError::Shrunk {
                expected: self.len(),
                found,
            });
        }
        Ok(())
    }
}

/// The file and its length, if it is a regular one: a FIFO would be waited for, a device may not end.
pub(crate) fn regular(path: &Path) -> Result<(File, u64), IpcError> {
    let meta = std::fs::metadata(path).map_err(IpcError::io("opening the file"))?;
    if !meta.is_file() {
        return Err(IpcError::unsupported(0, "no regular file"));
    }
    let file = File::open(path).map_err(IpcError::io("opening the file"))?;
    let len = file
        .metadata()
        .map_err(IpcError::io("opening the file"))?
        .len();
    Ok((file, len))
}

pub(crate) fn named<T>(path: &Path, result: Result<T, IpcError>) -> Result<T, IpcError> {
    result.map_err(|source| IpcError::InFile {
        path: path.to_owned(),
        source: Box::new(source),
    })
}
