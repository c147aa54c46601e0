//! The answer as a file.

use crate::{BenchmarkError, Revenue};
use datafusion::arrow::array::{ArrayRef, Int64Array, RecordBatch, StringArray};
use parquet::arrow::ArrowWriter;
use std::fs::Permissions;
use std::io;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::sync::Arc;

/// Writes the answer as Parquet, beside its name first and then under it: who reads finds the old file or the new one, whole.
///
/// # Shape
/// `region` Utf8 and `centavos` Int64, one row per region, sorted.
///
/// # Errors
/// * [`BenchmarkError::NotMoney`] if a total is no money.
/// * [`BenchmarkError::Output`] if the file cannot be written.
pub fn write_revenue(revenue: &Revenue, path: &Path) -> Result<(), BenchmarkError> {
    let cents = revenue.cents()?;
    let regions = StringArray::from_iter(cents.keys().map(Option::as_deref));
    let amounts = Int64Array::from_iter_values(cents.values().map(|c| c.get()));
    let columns: [(&str, ArrayRef, bool); 2] = [
        ("region", Arc::new(regions), true),
        ("centavos", Arc::new(amounts), false),
    ];
    let batch = RecordBatch::try_from_iter_with_nullable(columns)
        .map_err(|e| BenchmarkError::output(path, io::Error::other(e)))?;
    replace(path, |file| {
        let mut writer = ArrowWriter::try_new(file, batch.schema(), None)?;
        writer.write(&batch)?;
        writer.close()?;
        Ok(())
    })
}

/// Writes a file beside `path` and moves it there once it is whole.
pub(crate) fn replace(
    path: &Path,
    write: impl FnOnce(&mut std::fs::File) -> parquet::errors::Result<()>,
) -> Result<(), BenchmarkError> {
    let failed = |e: io::Error| BenchmarkError::output(path, e);
    let directory = match path.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    };
    let mut beside = tempfile::Builder::new()
        .prefix(".revenue-")
        // What any new file gets, less the umask; a temporary one would be its owner's alone.
        .permissions(Permissions::from_mode(0o666))
        .tempfile_in(directory)
        .map_err(failed)?;
    write(beside.as_file_mut()).map_err(|e| failed(io::Error::other(e)))?;
    beside.persist(path).map_err(|e| failed(e.error))?;
    Ok(())
}
