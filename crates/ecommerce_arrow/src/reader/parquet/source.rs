//! Where a file's bytes come from.

use crate::reader::ReadProblem;
use parquet::file::reader::ChunkReader;
use std::fs::File;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::SystemTime;

/// Where the bytes come from, anew for every scan.
#[derive(Debug)]
pub(super) enum Source<R> {
    /// Opened again for every scan: scans of one open file would move each other's position.
    Path {
        path: PathBuf,
        stamp: Stamp,
        reader: fn(File) -> R,
    },
    Shared(Arc<R>),
}

/// By which a file is recognised as the one whose footer was checked.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Stamp {
    bytes: u64,
    modified: Option<SystemTime>,
}

impl Stamp {
    pub(super) fn of(file: &File) -> Result<Self, ReadProblem> {
        let metadata = file.metadata()?;
        Ok(Self {
            bytes: metadata.len(),
            modified: metadata.modified().ok(),
        })
    }
}

impl<R: ChunkReader> Source<R> {
    /// A reader of its own for one scan.
    pub(super) fn open(&self) -> Result<Arc<R>, ReadProblem> {
        match self {
            Self::Shared(reader) => Ok(Arc::clone(reader)),
            Self::Path {
                path,
                stamp,
                reader,
            } => {
                let file = File::open(path)?;
                if Stamp::of(&file)? != *stamp {
                    return Err(ReadProblem::Damaged(
                        "it has changed since it was opened".into(),
                    ));
                }
                Ok(Arc::new(reader(file)))
            }
        }
    }
}
