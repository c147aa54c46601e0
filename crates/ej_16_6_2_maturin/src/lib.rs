#![doc = include_str!("../README.md")]
#![deny(unsafe_code)]

// Thin on purpose: what is computed lives in the crates of the exercises, which cargo tests without Python. Here is only what Python asks for:
// reading its objects (`input`), raising its exceptions (`error`), and letting its other threads and its Ctrl-C through while Rust works
// (`long_work`).

use pyo3::prelude::*;

mod arguments;
mod arrow;
mod error;
mod extensions;
mod input;
mod long_work;
mod percentile;

/// Percentiles, columnas de Arrow sin copia y un lector de formato propio.
///
/// Toda entrada equivocada es un ValueError, un TypeError o un OverflowError que nombra el argumento y dice por qué.
#[pymodule]
fn mi_modulo_rust(m: &Bound<'_, PyModule>) -> PyResult<()> {
    m.add("__version__", env!("CARGO_PKG_VERSION"))?;
    percentile::register(m)?;
    arrow::register(m)?;
    extensions::register(m)
}
