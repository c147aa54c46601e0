//! Where the repository and its build directory lie.

use std::env;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

/// The checkout that the commands work on.
pub(crate) struct Checkout {
    root: PathBuf,
    target: PathBuf,
}

impl Checkout {
    /// Returns the checkout that contains the current directory.
    ///
    /// # Errors
    /// The current directory is in no checkout of this repository.
    pub(crate) fn locate() -> Result<Self> {
        let here = env::current_dir().context("no se puede leer la carpeta actual")?;
        let root = here
            .ancestors()
            .find(|dir| {
                dir.join("docs/ejercicios.toml").is_file() && dir.join("Cargo.toml").is_file()
            })
            .context("ejecuta este comando dentro del repositorio (falta docs/ejercicios.toml)")?
            .to_path_buf();
        let target = match env::var_os("CARGO_TARGET_DIR").filter(|dir| !dir.is_empty()) {
            Some(dir) => root.join(dir),
            None => root.join("target"),
        };
        Ok(Self { root, target })
    }

    /// Returns the repository's root.
    pub(crate) fn root(&self) -> &Path {
        &self.root
    }

    /// Returns cargo's build directory, where tools and virtual environments are kept too.
    pub(crate) fn target(&self) -> &Path {
        &self.target
    }
}

#[cfg(test)]
impl Checkout {
    /// Returns a checkout at `root` with its own build directory, for tests.
    pub(crate) fn at(root: &Path) -> Self {
        Self {
            root: root.to_path_buf(),
            target: root.join("target"),
        }
    }
}
