//! The catalogue: what is tried, what a table holds afterwards, and how its log shows that the feature was used.

mod list;

pub use list::catalogue;

use crate::{Content, Log, RunError};
use std::fs::{self, File};
use std::path::Path;
use std::time::{Duration, SystemTime};

/// A part of the page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Group {
    /// Writing and reading.
    Write,
    /// MERGE and its kin.
    Change,
    /// What rows may be in a table.
    Rules,
    /// Columns and their types.
    Columns,
    /// Files and log.
    Storage,
    /// Streams and transactions.
    Flow,
}

impl Group {
    /// Every group, in the order of the page.
    pub const ALL: [Self; 6] = [
        Self::Write,
        Self::Change,
        Self::Rules,
        Self::Columns,
        Self::Storage,
        Self::Flow,
    ];

    /// Returns its heading.
    #[must_use]
    pub fn title(self) -> &'static str {
        match self {
            Self::Write => "Escribir y leer",
            Self::Change => "Cambiar filas",
            Self::Rules => "Reglas",
            Self::Columns => "Columnas y tipos",
            Self::Storage => "Archivos y registro",
            Self::Flow => "Flujos y transacciones",
        }
    }
}

/// What is done to a table between its making and its reading by others.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Preparation {
    /// Nothing.
    None,
    /// Commits before the last checkpoint are deleted, as log clean-up does: what they say is only in the checkpoint.
    DropOldCommits,
    /// The last commit is dated an hour ago, the others two hours before it: not more, for Spark refuses to go back further than vacuum
    /// lets files live.
    DateCommits,
}

/// Whether the log shows that the feature was used.
type Footprint = fn(&Log) -> Result<bool, RunError>;

/// A feature of Delta Lake and how it is tried.
#[derive(Debug, Clone, Copy)]
pub struct Feature {
    /// Its name in the probes and on the page.
    pub key: &'static str,
    /// Where it stands on the page.
    pub group: Group,
    /// What it is, in a few words of Spanish.
    pub title: &'static str,
    /// What the probe does.
    pub tried: &'static str,
    made: &'static str,
    written: Option<&'static str>,
    footprint: Footprint,
    kept: Footprint,
    preparation: Preparation,
}

impl Feature {
    /// Returns what reading gives once the table is made.
    #[must_use]
    pub fn made(&self) -> Content {
        Content::of(self.made)
    }

    /// Returns what reading gives after somebody wrote once more; `None` if the feature has no such write.
    #[must_use]
    pub fn written(&self) -> Option<Content> {
        self.written.map(Content::of)
    }

    /// Returns whether the log of a table that was just made shows the feature.
    ///
    /// # Errors
    /// Those of [`Log::has_checkpoint_v2`].
    pub fn is_used(&self, log: &Log) -> Result<bool, RunError> {
        (self.footprint)(log)
    }

    /// Returns whether the last write kept what the feature promises.
    ///
    /// # Errors
    /// Those of [`Log::has_checkpoint_v2`].
    pub fn is_kept(&self, log: &Log) -> Result<bool, RunError> {
        (self.kept)(log)
    }

    /// Prepares a table that was made for others to read.
    ///
    /// # Errors
    /// - [`RunError::File`] if a file cannot be deleted or dated
    pub fn prepare(&self, table: &Path) -> Result<(), RunError> {
        match self.preparation {
            Preparation::None => Ok(()),
            Preparation::DropOldCommits => drop_old_commits(table),
            Preparation::DateCommits => date_commits(table),
        }
    }
}

fn commit(table: &Path, version: u64) -> std::path::PathBuf {
    table.join(format!("_delta_log/{version:020}.json"))
}

fn drop_old_commits(table: &Path) -> Result<(), RunError> {
    let log = Log::read(table)?;
    let last = log
        .checkpoints()
        .filter_map(|name| {
            name.get("_delta_log/".len()..)?
                .get(..20)?
                .parse::<u64>()
                .ok()
        })
        .max();
    let Some(last) = last else { return Ok(()) };
    for version in log.versions().filter(|version| *version < last) {
        let path = commit(table, version);
        fs::remove_file(&path).map_err(|source| RunError::File { path, source })?;
    }
    Ok(())
}

const HOUR: Duration = Duration::from_secs(3600);

fn date_commits(table: &Path) -> Result<(), RunError> {
    let log = Log::read(table)?;
    let last = log.versions().max().unwrap_or_default();
    for version in log.versions() {
        let when = if version == last {
            SystemTime::now() - HOUR
        } else {
            SystemTime::now() - 3 * HOUR + Duration::from_secs(version)
        };
        let path = commit(table, version);
        File::options()
            .write(true)
            .open(&path)
            .and_then(|file| file.set_modified(when))
            .map_err(|source| RunError::File { path, source })?;
    }
    Ok(())
}
