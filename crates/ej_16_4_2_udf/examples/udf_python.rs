//! The module that Python loads: `haversine` of this crate as the capsule that `datafusion` for Python takes for a function.
//!
//! ```text
//! PYO3_NO_PYTHON=1 PYO3_BUILD_EXTENSION_MODULE=1 cargo build -p ej_16_4_2_udf --example udf_python --features python
//! ```
//!
//! The library it leaves, `libudf_python.so`, is the module `udf_python` for any CPython from 3.11 on: no interpreter is needed to build it.

use datafusion::logical_expr::ScalarUDF;
use datafusion_ffi::udf::FFI_ScalarUDF;
use ej_16_4_2_udf::Haversine;
use pyo3::prelude::*;
use pyo3::types::PyCapsule;
use std::sync::Arc;

/// The function, for `datafusion.udf(HaversineRust())`.
#[pyclass(frozen)]
struct HaversineRust;

#[pymethods]
impl HaversineRust {
    #[new]
    fn new() -> Self {
        Self
    }

    /// The protocol's method: a capsule with the function's table of pointers.
    fn __datafusion_scalar_udf__<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyCapsule>> {
        let udf = Arc::new(ScalarUDF::from(Haversine::new()));
        PyCapsule::new_with_value(py, FFI_ScalarUDF::from(udf), c"datafusion_scalar_udf")
    }
}

/// Major version of the interface that this side was built with. The capsule does not carry it: who loads must compare.
#[pyfunction]
fn version_ffi() -> u64 {
    datafusion_ffi::version()
}

#[pymodule]
fn udf_python(module: &Bound<'_, PyModule>) -> PyResult<()> {
    module.add_class::<HaversineRust>()?;
    module.add_function(wrap_pyfunction!(version_ffi, module)?)?;
    Ok(())
}
