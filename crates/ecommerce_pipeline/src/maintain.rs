//! Upkeep: compaction, removal of what no version within retention needs, and of what dead writers left.

use crate::delta::{TableKind, Target, is_conflict};
use crate::error::PipelineError;
use crate::location::{Location, StorageOptions};
use deltalake::operations::optimize::OptimizeType;
use deltalake::operations::vacuum::VacuumMode;
use deltalake::{DeltaTable, DeltaTableError};
use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

/// What to do to a table.
#[derive(Clone, Copy, Debug)]
pub struct Maintenance {
    /// Files are kept this long after the last version that used them; time travel further back is lost.
    pub retention: Duration,
    /// Only say what would be removed.
    pub dry_run: bool,
    /// Merge small files first.
    pub compact: bool,
}

/// What was done to one table.
#[derive(Debug)]
pub struct MaintenanceReport {
    /// Which table.
    pub table: TableKind,
    /// Files that compaction read and wrote.
    pub compacted: (u64, u64),
    /// Files removed, or that would be: relative to the table.
    pub removed: Vec<String>,
    /// Staging files of dead writers removed, or that would be.
    pub residue: Vec<PathBuf>,
}

/// Maintains the metrics table at `salida` and the two beside it; a table that does not exist is passed over.
///
/// # Errors
/// * Those of [`crate::open_table`], and [`PipelineError::NotATable`] if a link inside a table leads out of it.
/// * [`PipelineError::Conflict`] if other writers came first every time.
/// * [`PipelineError::Io`] if residue cannot be removed.
pub async fn maintain(
    salida: &Location,
    options: &StorageOptions,
    what: &Maintenance,
) -> Result<Vec<MaintenanceReport>, PipelineError> {
    let mut reports = Vec::new();
    for kind in TableKind::ALL {
        let target = Target::new(&kind.location(salida)?, options, false)?;
        let Some(mut table) = target.open().await? else {
            continue;
        };
        target.refuse_links(true)?;
        let mut compacted = (0, 0);
        if what.compact && !what.dry_run {
            (table, compacted) = compact(&target, table).await?;
        }
        let retention = chrono::Duration::from_std(what.retention).unwrap_or(chrono::Duration::MAX);
        let (_, metrics) = table
            .vacuum()
            .with_mode(VacuumMode::Full)
            .with_retention_period(retention)
            .with_enforce_retention_duration(false)
            .with_dry_run(what.dry_run)
            .await
            .map_err(|e| failed(&target, e, 1))?;
        let residue = match target.location().as_local() {
            Some(root) => remove_residue(root, what)?,
            None => Vec::new(),
        };
        reports.push(MaintenanceReport {
            table: kind,
            compacted,
            removed: metrics.files_deleted,
            residue,
        });
    }
    Ok(reports)
}

const ATTEMPTS: u32 = 10;

/// Merges small files; when another writer came first, on top of what it wrote.
async fn compact(
    target: &Target,
    mut table: DeltaTable,
) -> Result<(DeltaTable, (u64, u64)), PipelineError> {
    let mut attempt = 1;
    loop {
        match table.optimize().with_type(OptimizeType::Compact).await {
            Ok((newer, metrics)) => {
                return Ok((newer, (metrics.num_files_removed, metrics.num_files_added)));
            }
            Err(e) if is_conflict(&e) && attempt < ATTEMPTS => attempt += 1,
            Err(e) => return Err(failed(target, e, attempt)),
        }
        table = target
            .open()
            .await?
            .ok_or_else(|| PipelineError::Internal("the table is gone".into()))?;
    }
}

fn failed(target: &Target, e: DeltaTableError, attempts: u32) -> PipelineError {
    if is_conflict(&e) {
        PipelineError::Conflict {
            location: target.location().clone(),
            attempts,
        }
    } else {
        target.failed(e)
    }
}

/// Files such as `…json#1`: the local store writes under such a name and renames; vacuum does not see them.
fn remove_residue(root: &Path, what: &Maintenance) -> Result<Vec<PathBuf>, PipelineError> {
    let mut found = Vec::new();
    let mut directories = vec![root.to_owned()];
    while let Some(directory) = directories.pop() {
        for entry in fs::read_dir(&directory)
            .map_err(PipelineError::io(&directory))?
            .flatten()
        {
            let path = entry.path();
            let Ok(meta) = entry.metadata() else { continue };
            if meta.is_dir() {
                directories.push(path);
            } else if is_staging(&path) && age(&meta) >= what.retention {
                if !what.dry_run {
                    fs::remove_file(&path).map_err(PipelineError::io(&path))?;
                }
                found.push(path);
            }
        }
    }
    found.sort();
    Ok(found)
}

fn is_staging(path: &Path) -> bool {
    let name = path
        .file_name()
        .and_then(|n| n.to_str())
        .unwrap_or_default();
    name.rsplit_once('#')
        .is_some_and(|(_, n)| !n.is_empty() && n.bytes().all(|b| b.is_ascii_digit()))
}

fn age(meta: &fs::Metadata) -> Duration {
    meta.modified()
        .ok()
        .and_then(|m| SystemTime::now().duration_since(m).ok())
        .unwrap_or_default()
}
