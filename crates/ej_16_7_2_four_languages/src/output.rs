//! A file that is there whole or not at all.

use crate::WorkError;
use std::io;
use std::path::Path;

/// Has `write` make a file beside `path` and moves it there once it is whole: who reads finds the old file or the new one.
pub(crate) fn whole(
    path: &Path,
    write: impl FnOnce(&Path) -> Result<(), WorkError>,
) -> Result<(), WorkError> {
    let parent = match path.parent() {
        Some(parent) if parent.as_os_str().is_empty() => Path::new("."),
        Some(parent) => parent,
        None => {
            let why = io::Error::from(io::ErrorKind::IsADirectory);
            return Err(WorkError::output(path, why));
        }
    };
    // A directory, so that the engine's writer makes the file itself and with the rights any file gets.
    let beside = tempfile::Builder::new()
        .prefix(".parcial-")
        .tempdir_in(parent)
        .map_err(|error| WorkError::output(path, error))?;
    let temporary = beside.path().join("respuesta.parquet");
    write(&temporary).map_err(|error| match error {
        // The name the caller knows.
        WorkError::Output { source, .. } => WorkError::output(path, source),
        other => other,
    })?;
    std::fs::rename(&temporary, path).map_err(|error| WorkError::output(path, error))
}
