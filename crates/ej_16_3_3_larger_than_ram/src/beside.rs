//! A file that appears whole or not at all.

use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};
use tempfile::TempPath;

/// A file to be written beside the one whose place it takes.
///
/// Dropped before [`publish`](Self::publish) it is removed; a process that is killed leaves it, under a name that begins
/// with a dot and ends in `.parcial`, and the old file as it was.
#[derive(Debug)]
pub struct Beside {
    path: TempPath,
    place: PathBuf,
}

impl Beside {
    /// An empty file in the directory of `place`.
    ///
    /// # Errors
    /// * That of the directory, with its path: it is missing, no directory, or cannot be written.
    pub fn of(place: &Path) -> io::Result<Self> {
        let path = tempfile::Builder::new()
            .prefix(".")
            .suffix(".parcial")
            .permissions(usual_permissions())
            .tempfile_in(directory_of(place))
            .map_err(|e| naming(place, &e))?
            .into_temp_path();
        Ok(Self {
            path,
            place: place.to_owned(),
        })
    }

    /// Where to write.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Puts the file in its place, once its bytes are on the disk.
    ///
    /// # Errors
    /// * That of the system, with the path; the old file stays.
    pub fn publish(self) -> io::Result<()> {
        let Self { path, place } = self;
        publish(&path, &place)?;
        // It has another name now: there is nothing left to remove.
        let _ = path.keep();
        Ok(())
    }
}

/// Renames a complete file to its place, once its bytes are on the disk: before that it would be whole in name only.
///
/// # Errors
/// * That of the system, with the path of the place; what was there stays.
pub fn publish(file: &Path, place: &Path) -> io::Result<()> {
    let steps = || {
        File::open(file)?.sync_all()?;
        std::fs::rename(file, place)?;
        File::open(directory_of(place))?.sync_all()
    };
    steps().map_err(|e| naming(place, &e))
}

/// The directory a file is in; `.` for a bare name.
fn directory_of(file: &Path) -> &Path {
    match file.parent() {
        Some(parent) if parent != Path::new("") => parent,
        _ => Path::new("."),
    }
}

/// The system's error does not say which file.
fn naming(file: &Path, error: &io::Error) -> io::Error {
    io::Error::new(error.kind(), format!("{}: {error}", file.display()))
}

/// What a file that nobody thought about gets: the process's umask decides.
fn usual_permissions() -> std::fs::Permissions {
    use std::os::unix::fs::PermissionsExt as _;
    std::fs::Permissions::from_mode(0o666)
}
