//! The transaction log, read as what it is: a directory of numbered files of JSON lines.
//!
//! Delta's protocol in this module's words: version N is the file `N.json`, twenty digits; each of its lines is one action; the state of the
//! table is what all actions up to N leave. Nothing here goes through the Delta library's own reader.

mod action;
mod explain;

use crate::error::TableError;
use crate::place::Place;
pub use action::{Action, Add, CommitInfo, Metadata, Protocol, Remove, Txn};
pub use explain::explain;
use object_store::ObjectStoreExt as _;
use object_store::path::Path as ObjectPath;

/// A commit: one file of the log.
#[derive(Clone, PartialEq, Debug)]
pub struct Entry {
    /// The version that it made.
    pub version: u64,
    /// Its actions, in the file's order.
    pub actions: Vec<Action>,
}

/// What stands in a log.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Files {
    /// Versions whose commits are there, ascending.
    pub commits: Vec<u64>,
    /// Versions of which there is a checkpoint, ascending.
    pub checkpoints: Vec<u64>,
    /// Everything else: `_last_checkpoint`, checksums, what a writer left half done.
    pub others: Vec<String>,
}

/// What stands in the log at `place`.
///
/// # Errors
/// * [`TableError::Unavailable`] if it cannot be listed.
pub async fn files(place: &Place) -> Result<Files, TableError> {
    let mut files = Files::default();
    for path in place.log_files().await? {
        let name = path.strip_prefix("_delta_log/").unwrap_or(&path);
        let version = name.get(..20).and_then(|digits| digits.parse().ok());
        match (version, name.get(20..)) {
            (Some(version), Some(".json")) => files.commits.push(version),
            (Some(version), Some(rest))
                if rest.starts_with(".checkpoint.") && rest.ends_with(".parquet") =>
            {
                if files.checkpoints.last() != Some(&version) {
                    files.checkpoints.push(version);
                }
            }
            _ => files.others.push(name.to_owned()),
        }
    }
    Ok(files)
}

/// The commit of `version`.
///
/// # Errors
/// * [`TableError::NoVersion`] if its file is not there: never written, or cleaned up behind a checkpoint.
/// * [`TableError::Action`] for a line that is no action.
/// * [`TableError::Unavailable`] if the store does not answer.
pub async fn read(place: &Place, version: u64) -> Result<Entry, TableError> {
    let path = ObjectPath::from(format!("_delta_log/{version:020}.json"));
    let bytes = async { place.store().get(&path).await?.bytes().await }.await;
    let bytes = bytes.map_err(|e| match e {
        object_store::Error::NotFound { .. } => TableError::NoVersion(version),
        other => place.unavailable(&other),
    })?;
    let lines = bytes.split(|byte| *byte == b'\n').enumerate();
    let lines = lines.filter(|(_, line)| !line.trim_ascii().is_empty());
    let actions = lines.map(|(at, line)| {
        Action::parse(line).map_err(|source| TableError::Action {
            version,
            line: at + 1,
            source,
        })
    });
    Ok(Entry {
        version,
        actions: actions.collect::<Result<_, _>>()?,
    })
}

/// The paths of the files that hold the rows of `version`, replayed from the commits alone, sorted.
///
/// A quarter page is all that a reader of a simple table needs; checkpoints, deletion vectors and column mapping are what it lacks.
///
/// # Errors
/// As [`read`], for the first version that is missing.
pub async fn replay(place: &Place, version: u64) -> Result<Vec<String>, TableError> {
    let mut live = std::collections::BTreeSet::new();
    for version in 0..=version {
        for action in read(place, version).await?.actions {
            match action {
                Action::Add(add) => drop(live.insert(add.path)),
                Action::Remove(remove) => drop(live.remove(&remove.path)),
                _ => {}
            }
        }
    }
    Ok(live.into_iter().collect())
}
