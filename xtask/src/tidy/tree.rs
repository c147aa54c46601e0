//! The files that git tracks, or would: what every rule looks at.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result};

use crate::process;

/// Bigger files are listed with their size and not read.
const READ_UP_TO: u64 = 4_000_000;

/// One file.
pub(crate) struct TrackedFile {
    pub(crate) size: u64,
    pub(crate) content: Vec<u8>,
}

/// Every file by its path from the root, with `/` between the parts.
pub(crate) struct Tree {
    files: BTreeMap<String, TrackedFile>,
}

impl Tree {
    /// Reads what git tracks below `root`, and what it would with `git add`.
    ///
    /// # Errors
    /// git is missing, `root` is no checkout, or a file cannot be read.
    pub(crate) fn load(root: &Path) -> Result<Self> {
        let mut git = Command::new("git");
        git.arg("-C").arg(root).args([
            "ls-files",
            "-z",
            "--cached",
            "--others",
            "--exclude-standard",
        ]);
        let listing = process::output(&mut git).context("tidy mira los archivos que git conoce")?;
        let mut files = BTreeMap::new();
        for path in listing.split('\0').filter(|path| !path.is_empty()) {
            let full = root.join(path);
            // In the index and deleted on disk: the deletion is what will be committed.
            let Ok(metadata) = fs::symlink_metadata(&full) else {
                continue;
            };
            if !metadata.is_file() {
                continue;
            }
            let size = metadata.len();
            let content = if size <= READ_UP_TO {
                fs::read(&full).with_context(|| format!("no se puede leer {path}"))?
            } else {
                Vec::new()
            };
            files.insert(path.to_owned(), TrackedFile { size, content });
        }
        Ok(Self { files })
    }

    /// Returns the file's text, or `None` when it is missing or no UTF-8.
    pub(crate) fn text(&self, path: &str) -> Option<&str> {
        std::str::from_utf8(&self.files.get(path)?.content).ok()
    }

    /// Returns whether the file exists.
    pub(crate) fn has(&self, path: &str) -> bool {
        self.files.contains_key(path)
    }

    /// Returns every path with its file, sorted.
    pub(crate) fn files(&self) -> impl Iterator<Item = (&str, &TrackedFile)> {
        self.files.iter().map(|(path, file)| (path.as_str(), file))
    }

    /// Returns every readable text whose path ends in `suffix`, sorted by path.
    pub(crate) fn texts(&self, suffix: &str) -> impl Iterator<Item = (&str, &str)> {
        self.files()
            .filter(move |(path, _)| path.ends_with(suffix))
            .filter_map(|(path, file)| Some((path, std::str::from_utf8(&file.content).ok()?)))
    }

    /// Returns the line, from 1, where `needle` first stands in the file; 1 when it does not.
    pub(crate) fn line_of(&self, path: &str, needle: &str) -> usize {
        let found = self
            .text(path)
            .and_then(|text| text.lines().position(|line| line.contains(needle)));
        found.map_or(1, |index| index + 1)
    }
}

#[cfg(test)]
impl Tree {
    /// Returns a tree of these paths and texts.
    pub(crate) fn of(files: &[(&str, &str)]) -> Self {
        let file = |text: &str| TrackedFile {
            size: text.len() as u64,
            content: text.as_bytes().to_vec(),
        };
        Self {
            files: files
                .iter()
                .map(|(path, text)| ((*path).to_owned(), file(text)))
                .collect(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ignored_files_are_left_out_and_new_ones_are_seen() {
        let root = tempfile::tempdir().unwrap();
        process::output(
            Command::new("git")
                .arg("-C")
                .arg(root.path())
                .args(["init", "--quiet"]),
        )
        .unwrap();
        fs::write(root.path().join(".gitignore"), "fuera.txt\n").unwrap();
        fs::write(root.path().join("fuera.txt"), "x").unwrap();
        fs::write(root.path().join("año.txt"), "uno\ndos\n").unwrap();
        let tree = Tree::load(root.path()).unwrap();
        assert!(tree.has("año.txt") && !tree.has("fuera.txt"));
        assert_eq!(tree.line_of("año.txt", "dos"), 2);
    }
}
