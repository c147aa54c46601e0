//! Files that appear whole or not at all.

use crate::EngineError;
use arrow::datatypes::SchemaRef;
use parquet::arrow::ArrowWriter;
use parquet::errors::ParquetError;
use parquet::file::properties::WriterProperties;
use std::fs;
use std::io::{self, BufWriter, Write as _};
use std::path::Path;
use tempfile::NamedTempFile;

/// What was written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Written {
    /// Rows of the file.
    pub rows: u64,
    /// Its row groups.
    pub groups: usize,
    /// Its size.
    pub bytes: u64,
}

pub(crate) type Writer<'a> = ArrowWriter<BufWriter<&'a mut NamedTempFile>>;

/// Writes beside `path` and renames at the end, so that a reader finds the old file or the new one.
///
/// # Errors
/// * [`EngineError::Write`] if a directory, the file, or a row of it cannot be written.
pub(crate) fn replace(
    path: &Path,
    schema: SchemaRef,
    properties: WriterProperties,
    rows: impl FnOnce(&mut Writer<'_>) -> Result<(), ParquetError>,
) -> Result<Written, EngineError> {
    let fail = |error: ParquetError| EngineError::write(path, error);
    let io = |error: io::Error| EngineError::write(path, error);
    let mut file = beside(path).map_err(io)?;
    let mut writer =
        ArrowWriter::try_new(BufWriter::new(&mut file), schema, Some(properties)).map_err(fail)?;
    rows(&mut writer).map_err(fail)?;
    let metadata = writer.finish().map_err(fail)?;
    let written = (
        metadata.file_metadata().num_rows(),
        metadata.num_row_groups(),
    );
    writer.inner_mut().flush().map_err(io)?;
    drop(writer);
    let bytes = file.as_file().metadata().map_err(io)?.len();
    finish(file, path).map_err(io)?;
    Ok(Written {
        rows: u64::try_from(written.0).unwrap_or(0),
        groups: written.1,
        bytes,
    })
}

/// Writes a text in the same way.
///
/// # Errors
/// * [`EngineError::Write`] if a directory or the file cannot be written.
pub(crate) fn save_text(path: &Path, text: &str) -> Result<(), EngineError> {
    let write = || {
        let mut file = beside(path)?;
        file.write_all(text.as_bytes())?;
        finish(file, path)
    };
    write().map_err(|error: io::Error| EngineError::write(path, error))
}

/// A new file in the directory of `path`, which is made if it is not there.
fn beside(path: &Path) -> io::Result<NamedTempFile> {
    let parent = path
        .parent()
        .filter(|parent| !parent.as_os_str().is_empty());
    let directory = parent.unwrap_or(Path::new("."));
    fs::create_dir_all(directory)?;
    tempfile::Builder::new()
        .prefix(".parcial-")
        .tempfile_in(directory)
}

fn finish(file: NamedTempFile, path: &Path) -> io::Result<()> {
    readable(file.as_file())?;
    file.persist(path).map_err(|error| error.error)?;
    Ok(())
}

/// A temporary file is its owner's alone; a finished one is like any other.
#[cfg(unix)]
fn readable(file: &fs::File) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt as _;
    file.set_permissions(fs::Permissions::from_mode(0o644))
}

#[cfg(not(unix))]
fn readable(_: &fs::File) -> io::Result<()> {
    Ok(())
}
