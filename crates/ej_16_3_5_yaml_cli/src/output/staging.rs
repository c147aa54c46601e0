//! Written beside, then renamed: whoever looks sees the old output or the new one, whole.
//!
//! A file is replaced by one `rename`. A directory cannot be: the old one is set aside under a fixed name, the new one takes
//! its place, the old one goes. Killed between the two renames, the old directory is whole under that name, and the next run
//! puts it back before anything else. In S3 an object appears when its upload is completed, so nothing is staged.

use super::target::{Kind, Target};
use crate::problem::{Class, Place, Problem, from_io};
use crate::yaml::Formato;
use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use tempfile::{Builder, TempDir, TempPath};

const MARK: &str = ".transforma-";
const ASIDE: &str = ".transforma-anterior";

/// Where the engine writes until the output is complete; dropped before [`Staging::publish`], nothing of it stays.
pub(crate) enum Staging {
    File { beside: TempPath, target: PathBuf },
    Directory { beside: TempDir, target: PathBuf },
    S3(String),
}

impl Staging {
    /// Makes the place to write to, and clears away what runs that were killed have left.
    pub(crate) fn begin(target: &Target) -> Result<Self, Problem> {
        let (path, directory) = match &target.place {
            Kind::S3(url) => return Ok(Self::S3(url.clone())),
            Kind::File(path) => (path, false),
            Kind::Directory(path) => (path, true),
        };
        let (parent, name) = split(path)?;
        restore(path, &parent, &name)?;
        sweep(&parent, &name);
        let prefix = format!(".{name}{MARK}{}-", std::process::id());
        let mut builder = Builder::new();
        builder.prefix(&prefix);
        let failed = |e: std::io::Error| from_io(path, "escribir", &e);
        if directory {
            let beside = builder
                .permissions(fs::Permissions::from_mode(0o777))
                .tempdir_in(&parent)
                .map_err(failed)?;
            return Ok(Self::Directory {
                beside,
                target: path.clone(),
            });
        }
        let file = builder
            // As any new file: what the umask takes away is taken away.
            .permissions(fs::Permissions::from_mode(0o666))
            .tempfile_in(&parent)
            .map_err(failed)?;
        Ok(Self::File {
            beside: file.into_temp_path(),
            target: path.clone(),
        })
    }

    /// What the engine is told to write to.
    pub(crate) fn write_to(&self) -> String {
        match self {
            Self::File { beside, .. } => beside.to_string_lossy().into_owned(),
            Self::Directory { beside, .. } => beside.path().to_string_lossy().into_owned(),
            Self::S3(url) => url.clone(),
        }
    }

    /// Files and bytes written; unknown in S3.
    pub(crate) fn measure(&self) -> (Option<u64>, Option<u64>) {
        match self {
            Self::File { beside, .. } => (Some(1), fs::metadata(beside).ok().map(|m| m.len())),
            Self::Directory { beside, .. } => {
                let (mut files, mut bytes) = (0, 0);
                count(beside.path(), &mut files, &mut bytes);
                (Some(files), Some(bytes))
            }
            Self::S3(_) => (Some(1), None),
        }
    }

    /// Makes the output visible.
    pub(crate) fn publish(self) -> Result<(), Problem> {
        match self {
            Self::S3(_) => Ok(()),
            Self::File { beside, target } => beside
                .persist(&target)
                .map_err(|e| from_io(&target, "escribir", &e.error)),
            Self::Directory { beside, target } => {
                let (parent, name) = split(&target)?;
                let aside = parent.join(format!(".{name}{ASIDE}"));
                let failed = |e: std::io::Error| from_io(&target, "escribir", &e);
                let replaces = target.exists();
                if replaces {
                    fs::rename(&target, &aside).map_err(failed)?;
                }
                if let Err(e) = fs::rename(beside.path(), &target) {
                    if replaces {
                        // The old one goes back to where everybody looks for it.
                        let _ = fs::rename(&aside, &target);
                    }
                    return Err(failed(e));
                }
                // It has another name now: nothing of it is temporary any more.
                let _ = beside.keep();
                if replaces {
                    fs::remove_dir_all(&aside).map_err(|e| from_io(&aside, "borrar", &e))?;
                }
                Ok(())
            }
        }
    }
}

fn split(path: &Path) -> Result<(PathBuf, String), Problem> {
    match (path.parent(), path.file_name().and_then(|n| n.to_str())) {
        (Some(parent), Some(name)) => Ok((parent.to_owned(), name.to_owned())),
        _ => Err(Problem::new(
            Class::Usage,
            "la salida no nombra un archivo, o su nombre no es texto UTF-8",
        )),
    }
}

fn count(dir: &Path, files: &mut u64, bytes: &mut u64) {
    for entry in fs::read_dir(dir).into_iter().flatten().flatten() {
        match entry.metadata() {
            Ok(m) if m.is_dir() => count(&entry.path(), files, bytes),
            Ok(m) => {
                *files += 1;
                *bytes += m.len();
            }
            Err(_) => {}
        }
    }
}

/// Puts back a directory that a run killed between its two renames had set aside.
fn restore(path: &Path, parent: &Path, name: &str) -> Result<(), Problem> {
    let aside = parent.join(format!(".{name}{ASIDE}"));
    if !aside.is_dir() {
        return Ok(());
    }
    if path.exists() {
        return fs::remove_dir_all(&aside).map_err(|e| from_io(&aside, "borrar", &e));
    }
    fs::rename(&aside, path).map_err(|e| from_io(path, "recuperar", &e))
}

/// Removes what runs that no longer exist have left beside this output.
fn sweep(parent: &Path, name: &str) {
    let prefix = format!(".{name}{MARK}");
    for entry in fs::read_dir(parent).into_iter().flatten().flatten() {
        let file = entry.file_name();
        let Some(rest) = file.to_str().and_then(|f| f.strip_prefix(&prefix)) else {
            continue;
        };
        let Some((pid, _)) = rest.split_once('-') else {
            continue;
        };
        let dead = pid.parse::<u32>().is_ok() && !Path::new("/proc").join(pid).exists();
        if dead {
            let path = entry.path();
            // Whoever left it may be cleaning up at the same moment.
            let _ = if path.is_dir() {
                fs::remove_dir_all(&path)
            } else {
                fs::remove_file(&path)
            };
        }
    }
}

/// Fails unless there is nothing here, or only what an earlier run of ours left: directories `key=value` and files of one format.
pub(super) fn replaceable(path: &Path, kind: Formato, at: Place) -> Result<(), Problem> {
    let Ok(meta) = fs::metadata(path) else {
        return Ok(());
    };
    if !meta.is_dir() {
        return Err(Problem::yaml(
            at,
            format!(
                "la salida {} es un archivo, y con «particionar» es un directorio",
                path.display()
            ),
        ));
    }
    let extension = match kind {
        Formato::Parquet => "parquet",
        Formato::Csv => "csv",
    };
    match foreign(path, extension, true).map_err(|e| from_io(path, "leer", &e))? {
        None => Ok(()),
        Some(found) => Err(Problem::yaml(
            at,
            format!(
                "{} no se reemplaza: contiene {}, que no es de una salida particionada",
                path.display(),
                found.display()
            ),
        )),
    }
}

/// The first entry that no partitioned output of ours contains.
fn foreign(dir: &Path, extension: &str, top: bool) -> std::io::Result<Option<PathBuf>> {
    let mut entries: Vec<_> = fs::read_dir(dir)?.collect::<Result<_, _>>()?;
    entries.sort_by_key(fs::DirEntry::file_name);
    for entry in entries {
        let path = entry.path();
        let kind = entry.file_type()?;
        let ours = if kind.is_dir() {
            if entry.file_name().to_string_lossy().contains('=') {
                if let Some(found) = foreign(&path, extension, false)? {
                    return Ok(Some(found));
                }
                true
            } else {
                false
            }
        } else {
            !top && kind.is_file() && path.extension().is_some_and(|e| e == extension)
        };
        if !ours {
            return Ok(Some(path));
        }
    }
    Ok(None)
}
