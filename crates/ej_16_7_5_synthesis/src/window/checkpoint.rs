//! A value on disk that is always the old one or the new one, whole.

use serde::Serialize;
use serde::de::DeserializeOwned;
use sha2::{Digest as _, Sha256};
use std::fs::{self, File};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

/// Why a checkpoint cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum CheckpointError {
    /// The operating system said no.
    #[error("{path}")]
    Io {
        /// The file or directory.
        path: PathBuf,
        /// What it said.
        source: io::Error,
    },
    /// Its bytes are not those that were written.
    #[error("{path}: the checkpoint is damaged")]
    Damaged {
        /// The file.
        path: PathBuf,
    },
    /// The value has no JSON form.
    #[error("the state cannot be written: {0}")]
    Encode(#[from] serde_json::Error),
}

/// Puts `value` at `path`: written beside it, brought to the disk, and only then given its name.
///
/// # Errors
/// * [`CheckpointError::Io`] names the file; the old checkpoint is still there.
/// * [`CheckpointError::Encode`] if the value has no JSON form.
pub(super) fn save<T: Serialize>(path: &Path, value: &T) -> Result<(), CheckpointError> {
    let json = serde_json::to_vec(value)?;
    let io = |source| CheckpointError::Io {
        path: path.to_owned(),
        source,
    };
    let partial = path.with_extension("nuevo");
    let mut file = File::create(&partial).map_err(io)?;
    file.write_all(digest(&json).as_bytes()).map_err(io)?;
    file.write_all(b"\n").map_err(io)?;
    file.write_all(&json).map_err(io)?;
    file.sync_all().map_err(io)?;
    fs::rename(&partial, path).map_err(io)?;
    // The name is on the disk when the directory is.
    let directory = match path.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    };
    File::open(directory)
        .and_then(|directory| directory.sync_all())
        .map_err(io)
}

/// Returns what was last saved at `path`, or `None` if nothing was.
///
/// # Errors
/// * [`CheckpointError::Io`] if the file is there and cannot be read.
/// * [`CheckpointError::Damaged`] if its digest does not match, or it holds another kind of value.
pub(super) fn load<T: DeserializeOwned>(path: &Path) -> Result<Option<T>, CheckpointError> {
    let bytes = match fs::read(path) {
        Ok(bytes) => bytes,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(source) => {
            return Err(CheckpointError::Io {
                path: path.to_owned(),
                source,
            });
        }
    };
    let damaged = || CheckpointError::Damaged {
        path: path.to_owned(),
    };
    let line = bytes.iter().position(|byte| *byte == b'\n');
    let (told, json) = bytes.split_at(line.ok_or_else(damaged)?);
    let json = &json[1..];
    if told != digest(json).as_bytes() {
        return Err(damaged());
    }
    serde_json::from_slice(json)
        .map(Some)
        .map_err(|_| damaged())
}

fn digest(bytes: &[u8]) -> String {
    Sha256::digest(bytes)
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect()
}
