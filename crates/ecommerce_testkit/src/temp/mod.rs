//! Temporary directories, and pictures of whole trees to compare before and after.
//!
//! ```
//! use ecommerce_testkit::temp::{self, Tree};
//!
//! let dir = temp::dir()?;
//! std::fs::write(dir.path().join("a.csv"), "1,2\n")?;
//! let before = Tree::of(dir.path())?;
//! // … the run under test …
//! assert_eq!(Tree::of(dir.path())?.digest(), before.digest(), "nothing was written");
//! # Ok::<(), std::io::Error>(())
//! ```

#[cfg(test)]
mod tests;
mod tree;

use std::io;

pub use tempfile::TempDir;
pub use tree::{Change, Entry, Tree, tree_digest, tree_list};

/// A directory that is removed, with all in it, when the value is dropped.
///
/// # Errors
/// If the system's temporary directory cannot be written.
pub fn dir() -> io::Result<TempDir> {
    tempfile::Builder::new().prefix("ecommerce-").tempdir()
}
