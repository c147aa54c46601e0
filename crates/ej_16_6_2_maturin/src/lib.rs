//! The module `mi_modulo_rust` of the wheel `mi-procesador`.
//!
//! Thin on purpose: what is computed lives in the crates of the exercises, which cargo tests without Python. Here is only what Python asks for: reading
//! its objects (`entrada`), raising its exceptions (`error`), and letting its other threads and its Ctrl-C through while Rust works (`largo`).
#![deny(unsafe_code)]

use pyo3::prelude::*;

mod arrow;
mod entrada;
mod error;
mod extensiones;
mod largo;
mod percentil;

/// Percentiles, columnas de Arrow sin copia y un lector de formato propio.
///
/// Toda entrada equivocada es un ValueError, un TypeError o un OverflowError que nombra el argumento y dice por qué.
#[pymodule]
fn mi_modulo_rust(m: &Bound<'_, PyModule>) -> PyResult<()> {
    m.add("__version__", env!("CARGO_PKG_VERSION"))?;
    percentil::registrar(m)?;
    arrow::registrar(m)?;
    extensiones::registrar(m)
}
