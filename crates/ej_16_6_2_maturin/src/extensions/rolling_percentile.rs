//! The percentile over a sliding window.

use std::sync::Arc;

use arrow::array::Float64Array;
use ej_16_6_4_when_to_extend::{Interpolation, RollingPercentile, RollingPercentileError};
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;

use super::execution::{execution, threads};
use super::table::ArrayArrow;
use crate::arguments::{integer_between, text};
use crate::error::{IntoPyErr, internal_error};
use crate::input::{Numbers, number};
use crate::long_work;

/// Adds what this file exports.
pub(super) fn register(m: &Bound<'_, PyModule>) -> PyResult<()> {
    m.add_function(wrap_pyfunction!(percentil_movil, m)?)
}

/// El percentil de los últimos valores en cada posición: `pandas.Series(datos).rolling(ventana, min_periods=minimo).quantile(q, interpolacion)`, al bit.
///
/// Como en Pandas, NaN y los infinitos son valores que faltan, y donde hay menos de `minimo` el resultado es NaN.
///
/// Parámetros:
///     datos: una columna de números, como en calcular_percentil. No se modifica.
///     ventana: de 1 en adelante.
///     q: de 0 a 1.
///     interpolacion: "linear", "lower", "higher", "nearest" o "midpoint".
///     minimo: cuántos valores hacen falta, hasta `ventana`; si no se dice, `ventana`.
///     hilos: cuántos como mucho; si no se dice, los de la máquina.
///
/// Devuelve:
///     ArrayArrow de float64, tan larga como datos, sin nulos.
///
/// Errores:
///     ValueError: fuera de esos límites (también q NaN y ventana 0, que Pandas contesta con NaN); datos con nulos o de más de una dimensión.
///     TypeError: argumentos de otro tipo. OverflowError: un entero que no cabe.
#[pyfunction]
#[pyo3(
    signature = (datos, ventana, q, *, interpolacion=None, minimo=None, hilos=None),
    text_signature = "(datos, ventana, q, *, interpolacion='linear', minimo=None, hilos=None)"
)]
fn percentil_movil(
    py: Python<'_>,
    datos: &Bound<'_, PyAny>,
    ventana: &Bound<'_, PyAny>,
    q: &Bound<'_, PyAny>,
    interpolacion: Option<&Bound<'_, PyAny>>,
    minimo: Option<&Bound<'_, PyAny>>,
    hilos: Option<&Bound<'_, PyAny>>,
) -> PyResult<ArrayArrow> {
    let interpolation = match interpolacion {
        Some(name) => text(name, "interpolacion")?
            .parse()
            .map_err(RollingPercentileError::into_py_err)?,
        None => Interpolation::Linear,
    };
    let most = i128::from(i64::MAX);
    let min_periods = minimo
        .map(|minimo| integer_between(minimo, "minimo", 0, most))
        .transpose()?;
    let window = integer_between(ventana, "ventana", 1, most)?;
    let percentile = RollingPercentile::new(window, number(q, "q")?, interpolation, min_periods)
        .map_err(RollingPercentileError::into_py_err)?;
    let threads = threads(hilos)?;
    let numbers = Numbers::read(datos, "datos")?;
    let result = long_work::run(py, numbers.len().saturating_mul(16), move |stop| {
        let execution = execution(threads, stop);
        match numbers.chunks().as_slice() {
            [data] => percentile.compute_with(data, percentile.method(), execution),
            chunks => percentile.compute_with(&chunks.concat(), percentile.method(), execution),
        }
    })?;
    Ok(ArrayArrow::new(
        "percentil",
        Arc::new(Float64Array::from(result)),
    ))
}

impl IntoPyErr for RollingPercentileError {
    fn into_py_err(self) -> PyErr {
        match self {
            Self::Interrupted => internal_error(self),
            // It names its argument.
            other => PyValueError::new_err(other.to_string()),
        }
    }
}
