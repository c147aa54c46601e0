//! A directory of TPC-H data, and the session that reads it.

use super::table::Table;
use crate::{Engine, EngineError};
use serde::{Deserialize, Serialize};
use std::fs;
use std::path::{Path, PathBuf};

/// The file that says what the others are; it is written last.
pub(super) const MANIFEST: &str = "tpch.json";
const GENERATOR: &str = "tpchgen 3.0";

/// The file of a table.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TableFile {
    /// The table.
    #[serde(rename = "tabla")]
    pub name: String,
    /// Its rows.
    #[serde(rename = "filas")]
    pub rows: u64,
    /// Its row groups.
    #[serde(rename = "grupos")]
    pub groups: usize,
    /// Its size.
    pub bytes: u64,
}

#[derive(Serialize, Deserialize)]
struct Manifest {
    escala: f64,
    generador: String,
    tablas: Vec<TableFile>,
}

/// Finished TPC-H data.
#[derive(Clone, Debug)]
pub struct Dataset {
    directory: PathBuf,
    scale: f64,
    files: Vec<TableFile>,
}

impl Dataset {
    pub(super) fn of(directory: &Path, scale: f64, files: Vec<TableFile>) -> Self {
        Self {
            directory: directory.to_owned(),
            scale,
            files,
        }
    }

    pub(super) fn manifest(&self) -> String {
        let manifest = Manifest {
            escala: self.scale,
            generador: GENERATOR.to_owned(),
            tablas: self.files.clone(),
        };
        // Numbers and names alone: nothing in it can fail to be JSON.
        serde_json::to_string_pretty(&manifest).unwrap_or_default() + "\n"
    }

    /// The data in a directory that [`generate`](super::generate) finished.
    ///
    /// # Errors
    /// * [`EngineError::Tpch`] if it was not finished, or a file is missing or has another size than it had then.
    pub fn open(directory: &Path) -> Result<Self, EngineError> {
        let fail = |what: String| EngineError::Tpch {
            directory: directory.to_owned(),
            what,
        };
        let text = fs::read_to_string(directory.join(MANIFEST)).map_err(|error| {
            fail(format!(
                "no {MANIFEST}, so the data is not finished ({error})"
            ))
        })?;
        let manifest: Manifest = serde_json::from_str(&text)
            .map_err(|error| fail(format!("{MANIFEST} says nothing of use: {error}")))?;
        for table in Table::ALL {
            let file = manifest
                .tablas
                .iter()
                .find(|file| file.name == table.name())
                .ok_or_else(|| fail(format!("{MANIFEST} has no table {}", table.name())))?;
            let path = directory.join(format!("{}.parquet", file.name));
            match fs::metadata(&path) {
                Ok(found) if found.len() == file.bytes => {}
                Ok(found) => {
                    let (found, bytes) = (found.len(), file.bytes);
                    return Err(fail(format!(
                        "{}.parquet has {found} bytes, not {bytes}",
                        file.name
                    )));
                }
                Err(error) => return Err(fail(format!("{}.parquet: {error}", file.name))),
            }
        }
        Ok(Self::of(directory, manifest.escala, manifest.tablas))
    }

    /// The scale factor.
    pub fn scale(&self) -> f64 {
        self.scale
    }

    /// The files, small tables first.
    pub fn files(&self) -> &[TableFile] {
        &self.files
    }

    /// Registers the eight tables.
    ///
    /// # Errors
    /// As [`Engine::register_file`].
    pub async fn register(&self, engine: &Engine) -> Result<(), EngineError> {
        for table in Table::ALL {
            let path = self.directory.join(format!("{}.parquet", table.name()));
            engine.register_file(table.name(), &path).await?;
        }
        Ok(())
    }
}
