//! The exercise from outside: contents, logs, the page and its parser, the run with engines that are made up, delta-rs alone, MERGE's
//! memory; Python and Spark in their tiers.
#![allow(clippy::unwrap_used, reason = "a failing test should panic")]

mod catalogo;
mod contenido;
mod corrida;
mod hijo;
mod largo;
mod memoria;
mod nivel_jvm;
mod nivel_python;
mod pagina;
mod registro;
mod respuestas;
mod rust_solo;

use ecommerce_testkit::process::Child;
use ej_16_5_3_delta_rs_vs_spark::Matrix;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// The page that a run wrote.
fn pagina_guardada() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/matriz-delta.md")
}

/// What it holds.
fn matriz_guardada() -> Matrix {
    Matrix::parse(&std::fs::read_to_string(pagina_guardada()).unwrap()).unwrap()
}

/// What a run with all three finds now, and the page that it writes.
fn matriz_de_hoy(opciones: &[&str]) -> (Matrix, String) {
    let dir = tempfile::tempdir().unwrap();
    let pagina = dir.path().join("matriz.md");
    let fin = Child::new(env!("CARGO_BIN_EXE_ej_16_5_3_delta_rs_vs_spark"))
        .args(["matriz", "--salida"])
        .arg(&pagina)
        .args(opciones)
        .timeout(Duration::from_secs(1800))
        .run()
        .unwrap();
    assert_eq!(fin.code, Some(0), "{fin:?}");
    let texto = std::fs::read_to_string(&pagina).unwrap();
    (Matrix::parse(&texto).unwrap(), texto)
}
