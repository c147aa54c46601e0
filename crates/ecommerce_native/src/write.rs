//! A result as a Parquet file, whole or not at all.

use crate::error::NativeError;
use arrow::array::RecordBatch;
use parquet::arrow::ArrowWriter;
use parquet::basic::Compression;
use parquet::file::properties::WriterProperties;
use std::ffi::OsString;
use std::fs::{self, File};
use std::io;
use std::path::Path;

/// Writes a result as one Parquet file, Snappy: beside its place first, then moved there whole.
///
/// # Errors
/// * [`NativeError::Write`] if it cannot be written; what was there before still is, and nothing is left beside it.
pub fn write_parquet(batch: &RecordBatch, path: impl AsRef<Path>) -> Result<(), NativeError> {
    let path = path.as_ref();
    replace(batch, path).map_err(|source| NativeError::Write {
        file: path.display().to_string(),
        source,
    })
}

fn replace(batch: &RecordBatch, path: &Path) -> io::Result<()> {
    let name = path
        .file_name()
        .ok_or_else(|| io::Error::new(io::ErrorKind::InvalidInput, "not a file's name"))?;
    let mut beside = OsString::from(".");
    beside.push(name);
    beside.push(format!(".{}.tmp", std::process::id()));
    let beside = path.with_file_name(beside);
    let written = write(batch, &beside).and_then(|()| fs::rename(&beside, path));
    if written.is_err() {
        // What failed is what there is to tell.
        let _ = fs::remove_file(&beside);
    }
    written
}

fn write(batch: &RecordBatch, path: &Path) -> io::Result<()> {
    let properties = WriterProperties::builder()
        .set_compression(Compression::SNAPPY)
        .build();
    let mut writer = ArrowWriter::try_new(File::create(path)?, batch.schema(), Some(properties))?;
    writer.write(batch)?;
    writer.close()?;
    Ok(())
}
