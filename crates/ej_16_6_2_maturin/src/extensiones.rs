//! The operations of exercise 16.6.4 as Python sees them: a legacy file, a hash, a rolling percentile.

use pyo3::prelude::*;

mod argumentos;
mod huella;
mod mayor;
mod percentil_movil;
mod tabla;

/// Adds what these files export.
pub(crate) fn registrar(m: &Bound<'_, PyModule>) -> PyResult<()> {
    m.add_class::<tabla::TablaArrow>()?;
    m.add_class::<tabla::ArrayArrow>()?;
    mayor::registrar(m)?;
    huella::registrar(m)?;
    percentil_movil::registrar(m)
}
