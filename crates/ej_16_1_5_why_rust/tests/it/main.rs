//! Exercise 16.1.5: no row without verdict and evidence, no evidence that is not there, and what this repository itself shows.
#![allow(clippy::unwrap_used, missing_docs, reason = "tests")]

mod filas;
mod nivel_python;
mod repositorio;

use std::path::{Path, PathBuf};

fn raiz() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}
