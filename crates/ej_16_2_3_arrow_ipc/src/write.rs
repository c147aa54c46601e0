//! Writing: the stream and the file format, their codecs and their dictionaries.

use crate::error::IpcError;
use arrow::array::RecordBatch;
use arrow::datatypes::{Schema, SchemaRef};
use arrow_ipc::CompressionType;
use arrow_ipc::writer::{DictionaryHandling, FileWriter, IpcWriteOptions, StreamWriter};
use std::fs::{self, File};
use std::io::{BufWriter, Write};
use std::path::Path;

/// How the buffers of each message are compressed, one by one.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Compression {
    /// Not at all: readers can use them in place.
    #[default]
    None,
    /// LZ4 frames.
    Lz4,
    /// Zstandard, level 3.
    Zstd,
}

/// What is sent when a dictionary has more values than before.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Dictionaries {
    /// The whole dictionary, in place of the old one. A file cannot hold two, so writing one there fails.
    #[default]
    Resend,
    /// The new values alone, if the old ones are their prefix.
    Delta,
}

/// How to write.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct WriteOptions {
    /// The codec.
    pub compression: Compression,
    /// What to do about dictionaries that grow.
    pub dictionaries: Dictionaries,
}

impl WriteOptions {
    /// These options with a codec.
    #[must_use]
    pub fn compressed(self, compression: Compression) -> Self {
        Self {
            compression,
            ..self
        }
    }

    fn for_arrow(self) -> Result<IpcWriteOptions, IpcError> {
        let codec = match self.compression {
            Compression::None => None,
            Compression::Lz4 => Some(CompressionType::LZ4_FRAME),
            Compression::Zstd => Some(CompressionType::ZSTD),
        };
        let handling = match self.dictionaries {
            Dictionaries::Resend => DictionaryHandling::Resend,
            Dictionaries::Delta => DictionaryHandling::Delta,
        };
        Ok(IpcWriteOptions::default()
            .try_with_compression(codec)
            .map_err(IpcError::Write)?
            .with_dictionary_handling(handling))
    }
}

/// Writes the batches as a stream, with its end marker, and flushes.
///
/// # Errors
/// * [`IpcError::NoBatches`] if there are none.
/// * [`IpcError::SchemaMismatch`] for a batch whose schema is not the first one's; the stream is then not finished. arrow-ipc does
///   not look: its stream would hold a batch that no reader can make sense of.
/// * [`IpcError::Write`] if `out` fails or a type cannot be written.
pub fn write_stream(
    out: impl Write,
    batches: &[RecordBatch],
    options: WriteOptions,
) -> Result<(), IpcError> {
    let schema = schema_of(batches)?;
    let mut writer = StreamWriter::try_new_with_options(out, &schema, options.for_arrow()?)
        .map_err(IpcError::Write)?;
    for (index, batch) in batches.iter().enumerate() {
        check_schema(&schema, batch, index)?;
        writer.write(batch).map_err(IpcError::Write)?;
    }
    writer.finish().map_err(IpcError::Write)
}

/// Writes the batches as a file, with its footer, and flushes.
///
/// # Errors
/// As [`write_stream`]; here [`IpcError::Write`] also stands for a dictionary that changes.
pub fn write_file(
    out: impl Write,
    batches: &[RecordBatch],
    options: WriteOptions,
) -> Result<(), IpcError> {
    let schema = schema_of(batches)?;
    let mut writer = FileWriter::try_new_with_options(out, &schema, options.for_arrow()?)
        .map_err(IpcError::Write)?;
    for (index, batch) in batches.iter().enumerate() {
        check_schema(&schema, batch, index)?;
        writer.write(batch).map_err(IpcError::Write)?;
    }
    writer.finish().map_err(IpcError::Write)
}

/// Writes the batches to a file beside `path` and renames it there: whoever has the old file open or mapped keeps the old one.
///
/// # Errors
/// As [`write_file`], and [`IpcError::Io`] if the file cannot be made or renamed. On error the old file stays.
pub fn write_file_beside(
    path: &Path,
    batches: &[RecordBatch],
    options: WriteOptions,
) -> Result<(), IpcError> {
    let partial = path.with_extension(format!("{}.partial", std::process::id()));
    let written = File::create(&partial)
        .map_err(IpcError::io("creating the file"))
        .and_then(|file| write_file(BufWriter::with_capacity(1 << 20, file), batches, options))
        .and_then(|()| fs::rename(&partial, path).map_err(IpcError::io("renaming the file")));
    if written.is_err() {
        // The error that matters is the first one; a leftover is only untidy.
        let _ = fs::remove_file(&partial);
    }
    written
}

fn schema_of(batches: &[RecordBatch]) -> Result<SchemaRef, IpcError> {
    batches
        .first()
        .map(RecordBatch::schema)
        .ok_or(IpcError::NoBatches)
}

fn check_schema(schema: &Schema, batch: &RecordBatch, index: usize) -> Result<(), IpcError> {
    let found = batch.schema_ref();
    if found.fields() == schema.fields() {
        return Ok(());
    }
    let differs = schema
        .fields()
        .iter()
        .zip(found.fields())
        .find(|(wanted, found)| wanted != found);
    let difference = match differs {
        Some((wanted, found)) => format!("`{wanted}` became `{found}`"),
        None => format!(
            "{} columns became {}",
            schema.fields().len(),
            found.fields().len()
        ),
    };
    Err(IpcError::SchemaMismatch {
        batch: index,
        difference,
    })
}
