//! The operations of exercise 16.6.4 as Python sees them: a legacy file, a hash, a rolling percentile.

use pyo3::prelude::*;

mod execution;
mod fingerprint;
mod mayor;
mod rolling_percentile;
mod table;

/// Adds what these files export.
pub(crate) fn register(m: &Bound<'_, PyModule>) -> PyResult<()> {
    m.add_class::<table::TablaArrow>()?;
    m.add_class::<table::ArrayArrow>()?;
    mayor::register(m)?;
    fingerprint::register(m)?;
    rolling_percentile::register(m)
}
