//! What a Parquet file's footer says, before an engine is let loose on it.

use crate::error::RunError;
use ecommerce_arrow::{Limits, SafeParquet};
use std::path::{Path, PathBuf};

/// A Parquet file whose footer is good, and what it says.
#[derive(Clone, Debug)]
pub struct Input {
    /// Where it is.
    pub path: PathBuf,
    /// Rows.
    pub rows: u64,
    /// Row groups.
    pub row_groups: usize,
    /// Rows of the largest row group: what a reader decodes at a time.
    pub rows_per_group: u64,
    /// Bytes on the disk.
    pub file_bytes: u64,
    /// Bytes of all pages once decompressed. In memory it is this or more: a dictionary's repetitions are counted once.
    pub decoded_bytes: u64,
    columns: Vec<String>,
}

impl Input {
    /// Reads the footer of a file in which nobody trusts.
    ///
    /// # Errors
    /// * [`RunError::Input`] if it is missing, empty, no regular file, truncated or no Parquet file.
    pub fn open(path: &Path) -> Result<Self, RunError> {
        let name = path.display().to_string();
        let file = SafeParquet::open(path, &name, &Limits::default())?;
        let groups = file.metadata().row_groups();
        let rows = |group: &parquet::file::metadata::RowGroupMetaData| {
            u64::try_from(group.num_rows()).unwrap_or(0)
        };
        let decoded = groups
            .iter()
            .map(|group| u64::try_from(group.total_byte_size()).unwrap_or(0));
        Ok(Self {
            path: path.to_owned(),
            rows: groups.iter().map(rows).sum(),
            row_groups: groups.len(),
            rows_per_group: groups.iter().map(rows).max().unwrap_or(0),
            file_bytes: std::fs::metadata(path).map_or(0, |m| m.len()),
            decoded_bytes: decoded.sum(),
            columns: file
                .schema()
                .fields()
                .iter()
                .map(|f| f.name().clone())
                .collect(),
        })
    }

    /// Checks that the columns are there.
    ///
    /// # Errors
    /// * [`RunError::MissingColumn`] for the first that is not.
    pub fn has(&self, columns: &[&str]) -> Result<(), RunError> {
        match columns
            .iter()
            .find(|wanted| !self.columns.iter().any(|c| c == *wanted))
        {
            None => Ok(()),
            Some(missing) => Err(RunError::MissingColumn {
                file: self.path.clone(),
                column: (*missing).to_owned(),
                present: self.columns.clone(),
            }),
        }
    }
}

/// Whether both paths lead to one file, by whatever names and links.
pub fn is_same_file(a: &Path, b: &Path) -> bool {
    use std::os::unix::fs::MetadataExt as _;
    match (std::fs::metadata(a), std::fs::metadata(b)) {
        (Ok(a), Ok(b)) => (a.dev(), a.ino()) == (b.dev(), b.ino()),
        _ => false,
    }
}
