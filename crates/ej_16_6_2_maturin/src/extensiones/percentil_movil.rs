//! The percentile over a sliding window.

use std::sync::Arc;

use arrow::array::Float64Array;
use ej_16_6_4_when_to_extend::{Interpolacion, PercentilMovil, PercentilMovilError};
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;

use super::argumentos::{self, entero, texto, trabajo};
use super::tabla::ArrayArrow;
use crate::entrada::{Columna, numero};
use crate::error::{ComoPython, interno};
use crate::largo;

/// Adds what this file exports.
pub(super) fn registrar(m: &Bound<'_, PyModule>) -> PyResult<()> {
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
    let interpolacion = match interpolacion {
        Some(nombre) => texto(nombre, "interpolacion")?
            .parse()
            .map_err(PercentilMovilError::como_python)?,
        None => Interpolacion::Lineal,
    };
    let hasta = i128::from(i64::MAX);
    let minimo = minimo
        .map(|minimo| entero(minimo, "minimo", 0, hasta))
        .transpose()?;
    let ventana = entero(ventana, "ventana", 1, hasta)?;
    let pedido = PercentilMovil::new(ventana, numero(q, "q")?, interpolacion, minimo)
        .map_err(PercentilMovilError::como_python)?;
    let hilos = argumentos::hilos(hilos)?;
    let columna = Columna::leer(datos, "datos")?;
    let resultado = largo::ejecutar(py, columna.len().saturating_mul(16), move |parar| {
        let trabajo = trabajo(hilos, parar);
        match columna.trozos().as_slice() {
            [datos] => pedido.calcula_con(datos, pedido.metodo(), trabajo),
            trozos => pedido.calcula_con(&trozos.concat(), pedido.metodo(), trabajo),
        }
    })?;
    Ok(ArrayArrow::new(
        "percentil",
        Arc::new(Float64Array::from(resultado)),
    ))
}

impl ComoPython for PercentilMovilError {
    fn como_python(self) -> PyErr {
        match self {
            Self::Interrumpido => interno(self),
            // It names its argument.
            otro => PyValueError::new_err(otro.to_string()),
        }
    }
}
