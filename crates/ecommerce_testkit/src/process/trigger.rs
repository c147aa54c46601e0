//! The event at which a running child is signalled.

use super::launch::Output;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

/// When to signal a child.
#[derive(Debug, Clone)]
pub enum Trigger {
    /// That long after its start.
    After(Duration),
    /// As soon as something stands at this path.
    Exists(PathBuf),
    /// As soon as the directory has an entry whose name contains the text: `_delta_log` and `.json`, or `#1`.
    EntryIn(PathBuf, String),
    /// As soon as it has written that many bytes to standard output.
    Stdout(u64),
    /// As soon as the files below a directory hold that many bytes.
    TreeBytes(PathBuf, u64),
}

impl Trigger {
    /// Whether it has come true for a child started then, with that output.
    pub(super) fn is_due(&self, started: Instant, output: Option<&Output>) -> bool {
        match self {
            Self::After(time) => started.elapsed() >= *time,
            Self::Exists(path) => path.symlink_metadata().is_ok(),
            Self::EntryIn(dir, part) => has_entry(dir, part),
            Self::Stdout(bytes) => output.is_some_and(|output| output.stdout_len() >= *bytes),
            Self::TreeBytes(dir, bytes) => tree_bytes(dir) >= *bytes,
        }
    }
}

fn has_entry(dir: &Path, part: &str) -> bool {
    let Ok(mut found) = std::fs::read_dir(dir) else {
        return false;
    };
    found.any(|entry| entry.is_ok_and(|entry| entry.file_name().to_string_lossy().contains(part)))
}

fn tree_bytes(dir: &Path) -> u64 {
    let Ok(found) = std::fs::read_dir(dir) else {
        return 0;
    };
    found
        .flatten()
        .filter_map(|e| {
            e.metadata().ok().map(|m| {
                if m.is_dir() {
                    tree_bytes(&e.path())
                } else {
                    m.len()
                }
            })
        })
        .sum()
}
