//! A tree of files as a value: what is there and the digest of each content.

use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

/// What stands at one path of a tree.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Entry {
    /// A directory, empty or not.
    Directory,
    /// A regular file: its length and the sha256 of its bytes, in hex.
    File {
        /// Bytes.
        len: u64,
        /// sha256 of the content, in lower-case hex.
        sha256: String,
    },
    /// A symbolic link and what it says; it is not followed.
    Link(PathBuf),
    /// A socket, FIFO or device: never opened, since reading one may not end.
    Special,
}

/// A difference between two trees.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Change {
    /// Only in the later one.
    Added(PathBuf),
    /// Only in the earlier one.
    Removed(PathBuf),
    /// In both, with another kind or other bytes.
    Changed(PathBuf),
}

/// Everything under a directory: relative path → [`Entry`], in the bytewise order of the paths.
///
/// # Cost
/// Reads every byte of every file once.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Tree {
    entries: BTreeMap<PathBuf, Entry>,
}

impl Tree {
    /// The tree under `root`; the root itself is no entry, and a root that does not exist is an empty tree.
    ///
    /// # Errors
    /// - a directory or file that cannot be read, or that vanishes while it is read, with its path.
    pub fn of(root: impl AsRef<Path>) -> io::Result<Self> {
        Self::outside(root, &[] as &[&Path])
    }

    /// The tree under `root` without the subtrees at `excluded` (absolute, or relative to `root`): what must not change
    /// when only those may.
    ///
    /// # Errors
    /// As [`Tree::of`].
    pub fn outside(root: impl AsRef<Path>, excluded: &[impl AsRef<Path>]) -> io::Result<Self> {
        let root = root.as_ref();
        let excluded: Vec<PathBuf> = excluded.iter().map(|path| root.join(path)).collect();
        let mut tree = Self::default();
        if fs::symlink_metadata(root).is_ok() {
            tree.walk(root, root, &excluded)?;
        }
        Ok(tree)
    }

    fn walk(&mut self, root: &Path, dir: &Path, excluded: &[PathBuf]) -> io::Result<()> {
        for found in fs::read_dir(dir).map_err(|e| at(dir, &e))? {
            let path = found.map_err(|e| at(dir, &e))?.path();
            if excluded.contains(&path) {
                continue;
            }
            let entry = entry(&path).map_err(|e| at(&path, &e))?;
            let is_dir = entry == Entry::Directory;
            self.entries.insert(
                path.strip_prefix(root).unwrap_or(&path).to_path_buf(),
                entry,
            );
            if is_dir {
                self.walk(root, &path, excluded)?;
            }
        }
        Ok(())
    }

    /// Each path with what stands there, in the paths' order.
    pub fn iter(&self) -> impl Iterator<Item = (&Path, &Entry)> {
        self.entries
            .iter()
            .map(|(path, entry)| (path.as_path(), entry))
    }

    /// The paths of regular files, in order.
    pub fn files(&self) -> impl Iterator<Item = &Path> {
        self.iter()
            .filter(|(_, entry)| matches!(entry, Entry::File { .. }))
            .map(|(path, _)| path)
    }

    /// What stands at a relative path.
    #[must_use]
    pub fn get(&self, path: impl AsRef<Path>) -> Option<&Entry> {
        self.entries.get(path.as_ref())
    }

    /// One sha256 over all paths, kinds and contents, in lower-case hex. Equal trees have equal digests; times, owners
    /// and modes are no part of it.
    #[must_use]
    pub fn digest(&self) -> String {
        let mut hash = Sha256::new();
        for (path, entry) in &self.entries {
            field(&mut hash, path.as_os_str().as_encoded_bytes());
            match entry {
                Entry::Directory => field(&mut hash, b"d"),
                Entry::File { len, sha256 } => {
                    field(&mut hash, format!("f{len}:{sha256}").as_bytes())
                }
                Entry::Link(target) => {
                    field(&mut hash, b"l");
                    field(&mut hash, target.as_os_str().as_encoded_bytes());
                }
                Entry::Special => field(&mut hash, b"s"),
            }
        }
        hex(&hash.finalize())
    }

    /// What differs in `later`, ordered: added, removed, changed.
    #[must_use]
    pub fn changes(&self, later: &Self) -> Vec<Change> {
        let added = later
            .entries
            .keys()
            .filter(|path| !self.entries.contains_key(*path))
            .cloned()
            .map(Change::Added);
        let removed = self
            .entries
            .keys()
            .filter(|path| !later.entries.contains_key(*path))
            .cloned()
            .map(Change::Removed);
        let changed = self
            .entries
            .iter()
            .filter(|(path, entry)| later.entries.get(*path).is_some_and(|now| now != *entry));
        added
            .chain(removed)
            .chain(changed.map(|(path, _)| Change::Changed(path.clone())))
            .collect()
    }
}

/// One sha256 over every path and every byte under `root`, in lower-case hex: [`Tree::digest`].
///
/// # Errors
/// As [`Tree::of`].
pub fn tree_digest(root: impl AsRef<Path>) -> io::Result<String> {
    Ok(Tree::of(root)?.digest())
}

/// The relative paths of all regular files under `root`, in bytewise order.
///
/// # Errors
/// As [`Tree::of`].
pub fn tree_list(root: impl AsRef<Path>) -> io::Result<Vec<PathBuf>> {
    Ok(Tree::of(root)?.files().map(Path::to_path_buf).collect())
}

fn entry(path: &Path) -> io::Result<Entry> {
    let kind = fs::symlink_metadata(path)?.file_type();
    if kind.is_dir() {
        return Ok(Entry::Directory);
    }
    if kind.is_symlink() {
        return Ok(Entry::Link(fs::read_link(path)?));
    }
    if !kind.is_file() {
        return Ok(Entry::Special);
    }
    let mut hash = Sha256::new();
    let len = io::copy(&mut File::open(path)?, &mut hash)?;
    Ok(Entry::File {
        len,
        sha256: hex(&hash.finalize()),
    })
}

/// Length first, so that no two lists of fields have the same bytes.
fn field(hash: &mut Sha256, bytes: &[u8]) {
    hash.update((bytes.len() as u64).to_le_bytes());
    hash.update(bytes);
}

fn hex(bytes: &[u8]) -> String {
    bytes
        .iter()
        .fold(String::with_capacity(2 * bytes.len()), |text, byte| {
            text + &format!("{byte:02x}")
        })
}

fn at(path: &Path, cause: &io::Error) -> io::Error {
    io::Error::new(cause.kind(), format!("{}: {cause}", path.display()))
}
