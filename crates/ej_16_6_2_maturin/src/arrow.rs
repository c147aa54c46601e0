//! Arrow columns in and out, by the PyCapsule interface: 16.6.3.

use ecommerce_model::haversine_km;
use ej_16_6_3_zero_copy::addresses::BufferAddress;
use ej_16_6_3_zero_copy::{Column, ZeroCopyError, addresses, map_rows};
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyList};

use crate::error::{IntoPyErr, internal_error, type_error, value_error};
use crate::long_work;

mod column;
mod import;

use column::{ColumnaArrow, ColumnaArrowPorTrozos};
pub(crate) use import::read_array;

/// Adds what this file exports.
pub(crate) fn register(m: &Bound<'_, PyModule>) -> PyResult<()> {
    m.add_class::<ColumnaArrow>()?;
    m.add_class::<ColumnaArrowPorTrozos>()?;
    m.add_function(wrap_pyfunction!(procesar_arrow, m)?)?;
    m.add_function(wrap_pyfunction!(procesar_lista, m)?)?;
    m.add_function(wrap_pyfunction!(haversine, m)?)?;
    m.add_function(wrap_pyfunction!(direcciones, m)?)
}

/// x · 2 + 1 de cada valor de una columna float64, sin copiar la que llega.
///
/// `columna` es cualquier objeto de Arrow (`__arrow_c_array__` o `__arrow_c_stream__`): un Array o ChunkedArray de PyArrow, una Series de Polars o de Pandas,
/// un Array de nanoarrow; o un array de NumPy de float64, contiguo y de una dimensión.
///
/// Devuelve tantas filas como entran, con los mismos nulos: una ColumnaArrow, o una ColumnaArrowPorTrozos con los mismos trozos si la columna llegó por trozos.
/// La memoria de los valores se pide una sola vez. Mientras calcula, los demás hilos de Python siguen.
///
/// TypeError si no es una columna, o no es de float64 (los enteros no se convierten: se copiarían). ValueError si ya se consumió, si su estructura no cumple
/// la interfaz C de Arrow, o si es un array de NumPy con huecos o con más de una dimensión.
#[pyfunction]
fn procesar_arrow<'py>(columna: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
    let py = columna.py();
    let read = import::read_float64(columna, "columna")?;
    let input = read.column;
    let output = long_work::run(py, input.len(), move |cancel| {
        ej_16_6_3_zero_copy::procesar_arrow(&input, cancel)
    })?;
    column::to_python(py, output, read.chunked, &read.name)
}

/// Lo mismo que `procesar_arrow` sobre una lista de float, que se copia al entrar y al salir: sirve para comparar.
///
/// Devuelve una lista de la misma longitud. TypeError si `datos` no es una secuencia de números.
#[pyfunction]
fn procesar_lista(py: Python<'_>, datos: &Bound<'_, PyAny>) -> PyResult<Vec<f64>> {
    let data: Vec<f64> = datos
        .extract()
        .map_err(|error: PyErr| type_error("datos", error.value(py)))?;
    Ok(py.detach(|| data.iter().map(|&x| x * 2.0 + 1.0).collect()))
}

/// Kilómetros entre dos puntos de cada fila, sobre una esfera de 6371 km; los grados, en cuatro columnas float64 de la misma longitud.
///
/// Cada columna es como la de `procesar_arrow`; pueden estar troceadas por sitios distintos. Devuelve una ColumnaArrow con tantas filas, nula donde lo sea
/// alguna de las cuatro.
///
/// TypeError y ValueError como `procesar_arrow`, y ValueError si las longitudes no son iguales.
#[pyfunction]
fn haversine<'py>(
    lat1: &Bound<'py, PyAny>,
    lon1: &Bound<'py, PyAny>,
    lat2: &Bound<'py, PyAny>,
    lon2: &Bound<'py, PyAny>,
) -> PyResult<Bound<'py, PyAny>> {
    let py = lat1.py();
    let columns: [Column; 4] = [
        import::read_float64(lat1, "lat1")?.column,
        import::read_float64(lon1, "lon1")?.column,
        import::read_float64(lat2, "lat2")?.column,
        import::read_float64(lon2, "lon2")?.column,
    ];
    let km = long_work::run(py, columns[0].len(), move |cancel| {
        map_rows(columns.each_ref(), cancel, |[lat1, lon1, lat2, lon2]| {
            haversine_km(lat1, lon1, lat2, lon2)
        })
        .map_err(HaversineError)
    })?;
    column::to_python(py, km.into(), false, "km")
}

/// Dónde están los bytes de una columna de Arrow de cualquier tipo: una lista con un dict por trozo.
///
/// Cada dict tiene `tipo`, `filas`, `desplazamiento` (las filas que hay delante en los mismos búferes), `nulos`, y `buferes`, una lista de
/// (nombre, dirección, bytes).
///
/// TypeError si no es una columna de Arrow ni un array de NumPy de float64; ValueError si ya se consumió o su estructura no cumple la interfaz C de Arrow.
#[pyfunction]
fn direcciones<'py>(columna: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyList>> {
    let py = columna.py();
    let chunks = PyList::empty(py);
    for chunk in read_array(columna, "columna")? {
        let buffers: Vec<(String, usize, usize)> = addresses::buffer_addresses(&chunk)
            .into_iter()
            .map(
                |BufferAddress {
                     name,
                     address,
                     bytes,
                 }| (name, address, bytes),
            )
            .collect();
        let dict = PyDict::new(py);
        dict.set_item("tipo", chunk.data_type().to_string())?;
        dict.set_item("filas", chunk.len())?;
        dict.set_item("desplazamiento", chunk.offset())?;
        dict.set_item("nulos", chunk.null_count())?;
        dict.set_item("buferes", buffers)?;
        chunks.append(dict)?;
    }
    Ok(chunks)
}

impl IntoPyErr for ZeroCopyError {
    fn into_py_err(self) -> PyErr {
        exception("columna", self)
    }
}

/// An error of a call with four columns.
struct HaversineError(ZeroCopyError);

impl IntoPyErr for HaversineError {
    fn into_py_err(self) -> PyErr {
        match self.0 {
            ZeroCopyError::Lengths {
                position,
                expected,
                found,
            } => value_error(
                ["lat1", "lon1", "lat2", "lon2"][(position - 1) % 4],
                format_args!("tiene {found} filas y lat1 tiene {expected}"),
            ),
            other => exception("lat1", other),
        }
    }
}

/// Returns the exception for an error in the column that the caller calls `argument`.
fn exception(argument: &str, error: ZeroCopyError) -> PyErr {
    match error {
        ZeroCopyError::WrongType(_) => type_error(argument, error),
        ZeroCopyError::Cancelled => internal_error(error),
        _ => value_error(argument, error),
    }
}
