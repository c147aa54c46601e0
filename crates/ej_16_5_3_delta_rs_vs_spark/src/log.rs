//! What a table's log says, read as plain JSON: the witness that a feature was used, which no engine is asked.

use crate::RunError;
use parquet::file::reader::{FileReader, SerializedFileReader};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::fs::{self, File};
use std::path::{Path, PathBuf};

/// The log of a table and the files around it.
#[derive(Debug)]
pub struct Log {
    commits: BTreeMap<u64, Vec<Value>>,
    /// Paths below the table, with `/`.
    files: BTreeSet<String>,
    root: PathBuf,
}

impl Log {
    /// Reads the log of the table at `root`.
    ///
    /// # Errors
    /// - [`RunError::File`] if a file or a directory cannot be read
    /// - [`RunError::Commit`] if a commit is no JSON
    pub fn read(root: &Path) -> Result<Self, RunError> {
        let mut files = BTreeSet::new();
        list(root, root, &mut files)?;
        let mut commits = BTreeMap::new();
        for name in &files {
            let Some(version) = version_of(name) else {
                continue;
            };
            let path = root.join(name);
            let text = fs::read_to_string(&path).map_err(|source| RunError::File {
                path: path.clone(),
                source,
            })?;
            let actions: Result<Vec<Value>, _> = text
                .lines()
                .filter(|line| !line.trim().is_empty())
                .map(serde_json::from_str)
                .collect();
            let actions = actions.map_err(|source| RunError::Commit { path, source })?;
            commits.insert(version, actions);
        }
        Ok(Self {
            commits,
            files,
            root: root.to_owned(),
        })
    }

    /// Returns the versions whose commits are there.
    pub fn versions(&self) -> impl Iterator<Item = u64> + '_ {
        self.commits.keys().copied()
    }

    fn actions(&self) -> impl Iterator<Item = &Value> {
        self.commits.values().flatten()
    }

    /// Returns whether an action has something else than null at `pointer`, such as `/add/deletionVector`.
    #[must_use]
    pub fn any(&self, pointer: &str) -> bool {
        self.actions().any(|action| holds(action, pointer))
    }

    /// Returns whether an action of the last commit has something else than null at `pointer`.
    #[must_use]
    pub fn last(&self, pointer: &str) -> bool {
        let last = self.commits.values().next_back();
        last.is_some_and(|actions| actions.iter().any(|action| holds(action, pointer)))
    }

    /// Returns whether a commit calls itself `operation`.
    #[must_use]
    pub fn operation(&self, operation: &str) -> bool {
        self.actions().any(|action| {
            let named = action.pointer("/commitInfo/operation");
            named.and_then(Value::as_str) == Some(operation)
        })
    }

    /// Returns the text of the last schema.
    #[must_use]
    pub fn schema(&self) -> &str {
        let last = self
            .actions()
            .filter_map(|action| action.pointer("/metaData/schemaString"))
            .last();
        last.and_then(Value::as_str).unwrap_or_default()
    }

    /// Returns the last value of a table property.
    #[must_use]
    pub fn property(&self, key: &str) -> Option<&str> {
        let last = self
            .actions()
            .filter_map(|action| action.pointer("/metaData/configuration"))
            .last();
        last?.get(key)?.as_str()
    }

    /// Returns the paths of the files that the table consists of, as the log writes them.
    #[must_use]
    pub fn live(&self) -> BTreeSet<&str> {
        let mut live = BTreeSet::new();
        // Within a commit a file that is removed and added again, with a deletion vector, stays.
        for actions in self.commits.values() {
            for pointer in ["/remove/path", "/add/path"] {
                for path in actions
                    .iter()
                    .filter_map(|action| action.pointer(pointer)?.as_str())
                {
                    if pointer == "/add/path" {
                        live.insert(path);
                    } else {
                        live.remove(path);
                    }
                }
            }
        }
        live
    }

    /// Returns how many Parquet files lie outside the log.
    #[must_use]
    pub fn data_files(&self) -> usize {
        let data = |name: &&String| name.ends_with(".parquet") && !name.starts_with("_delta_log/");
        self.files.iter().filter(data).count()
    }

    /// Returns whether the path of a file below the table contains `part`.
    #[must_use]
    pub fn has_file(&self, part: &str) -> bool {
        self.files.iter().any(|name| name.contains(part))
    }

    /// Returns the checkpoints, as paths below the table; not the hidden checksums that Hadoop lays beside them.
    pub fn checkpoints(&self) -> impl Iterator<Item = &str> {
        let names = self.files.iter().map(String::as_str);
        names.filter(|name| {
            let file = name.strip_prefix("_delta_log/").unwrap_or_default();
            file.starts_with(|first: char| first.is_ascii_digit()) && file.contains(".checkpoint.")
        })
    }

    /// Returns whether there is a checkpoint of the second kind: one that says so in itself, or that is JSON.
    ///
    /// # Errors
    /// - [`RunError::File`], [`RunError::Checkpoint`] if it cannot be read
    pub fn has_checkpoint_v2(&self) -> Result<bool, RunError> {
        for name in self.checkpoints() {
            if name.ends_with(".json") {
                return Ok(true);
            }
            let path = self.root.join(name);
            let file = File::open(&path).map_err(|source| RunError::File {
                path: path.clone(),
                source,
            })?;
            let reader = SerializedFileReader::new(file)
                .map_err(|source| RunError::Checkpoint { path, source })?;
            let schema = reader.metadata().file_metadata().schema();
            if schema
                .get_fields()
                .iter()
                .any(|field| field.name() == "checkpointMetadata")
            {
                return Ok(true);
            }
        }
        Ok(false)
    }
}

fn holds(action: &Value, pointer: &str) -> bool {
    action
        .pointer(pointer)
        .is_some_and(|value| !value.is_null())
}

/// The version of `_delta_log/00000000000000000003.json`.
pub(crate) fn version_of(name: &str) -> Option<u64> {
    let digits = name.strip_prefix("_delta_log/")?.strip_suffix(".json")?;
    let numbered = digits.len() == 20 && digits.bytes().all(|byte| byte.is_ascii_digit());
    numbered.then(|| digits.parse().ok()).flatten()
}

fn list(root: &Path, dir: &Path, found: &mut BTreeSet<String>) -> Result<(), RunError> {
    let broken = |source| RunError::File {
        path: dir.to_owned(),
        source,
    };
    for entry in fs::read_dir(dir).map_err(broken)? {
        let path = entry.map_err(broken)?.path();
        if path.is_dir() {
            list(root, &path, found)?;
        } else if let Ok(below) = path.strip_prefix(root) {
            found.insert(below.to_string_lossy().replace('\\', "/"));
        }
    }
    Ok(())
}
