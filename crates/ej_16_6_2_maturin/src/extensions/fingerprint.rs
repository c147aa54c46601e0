//! The hash of a composite key.

use std::sync::Arc;

use arrow::array::{
    Array, ArrayRef, AsArray, Int64Array, LargeStringArray, StringArray, StringViewArray,
    UInt64Array, make_array,
};
use arrow::compute::{CastOptions, cast_with_options, concat};
use arrow::datatypes::{DataType, Int64Type};
use ej_16_6_4_when_to_extend::{Algorithm, Fingerprint, FingerprintError, Key};
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;

use super::execution::{execution, threads};
use super::table::ArrayArrow;
use crate::arguments::{integer_between, text};
use crate::arrow::read_array;
use crate::error::{IntoPyErr, internal_error, overflow_error, type_error, value_error};
use crate::long_work;

/// Adds what this file exports.
pub(super) fn register(m: &Bound<'_, PyModule>) -> PyResult<()> {
    m.add_function(wrap_pyfunction!(huella, m)?)
}

/// La huella de 64 bits de cada clave (cliente, comercio) de un inquilino, byte a byte como dice la página de 16.6.4.
///
/// Parámetros:
///     cliente: una columna de Arrow de enteros, con nulos o sin ellos.
///     comercio: una columna de Arrow de texto, con nulos o sin ellos, igual de larga.
///     sal: la del inquilino, de 0 a 2**64 - 1.
///     algoritmo: "fnv1a" o "xxh3".
///     hilos: cuántos como mucho; si no se dice, los de la máquina.
///
/// Devuelve:
///     ArrayArrow de uint64, sin nulos. Las columnas de una pieza se leen donde están; las de varias se copian.
///
/// Errores:
///     ValueError: columnas de distinta longitud, algoritmo desconocido, sal o hilos fuera de sus límites.
///     TypeError: columnas de otro tipo. OverflowError: un cliente que no cabe en 64 bits con signo.
#[pyfunction]
#[pyo3(
    signature = (cliente, comercio, *, sal, algoritmo=None, hilos=None),
    text_signature = "(cliente, comercio, *, sal, algoritmo='fnv1a', hilos=None)"
)]
fn huella(
    py: Python<'_>,
    cliente: &Bound<'_, PyAny>,
    comercio: &Bound<'_, PyAny>,
    sal: &Bound<'_, PyAny>,
    algoritmo: Option<&Bound<'_, PyAny>>,
    hilos: Option<&Bound<'_, PyAny>>,
) -> PyResult<ArrayArrow> {
    let salt = integer_between(sal, "sal", 0, u64::MAX.into())?;
    let algorithm = match algoritmo {
        Some(name) => text(name, "algoritmo")?
            .parse()
            .map_err(FingerprintError::into_py_err)?,
        None => Algorithm::Fnv1a,
    };
    let threads = threads(hilos)?;
    let cliente = integers(cliente, "cliente")?;
    let comercio = one_piece(comercio, "comercio")?;
    let rows = cliente.len();
    if comercio.len() != rows {
        return Err(value_error(
            "comercio",
            format_args!("tiene {} filas y cliente tiene {rows}", comercio.len()),
        ));
    }
    let texts = Texts::of(comercio)?;
    let fingerprint = Fingerprint::new(salt, algorithm);
    // A row takes as long as some numbers do.
    let fingerprints = long_work::run(py, rows.saturating_mul(8), move |stop| {
        let key = |row| Key {
            cliente: cliente.is_valid(row).then(|| cliente.value(row)),
            comercio: texts.get(row),
        };
        fingerprint.of_all(rows, key, execution(threads, stop))
    })?;
    Ok(ArrayArrow::new(
        "huella",
        Arc::new(UInt64Array::from(fingerprints)),
    ))
}

/// A column of Arrow in one piece.
fn one_piece(column: &Bound<'_, PyAny>, argument: &str) -> PyResult<ArrayRef> {
    let chunks: Vec<ArrayRef> = read_array(column, argument)?
        .into_iter()
        .map(make_array)
        .collect();
    match chunks.as_slice() {
        [one] => Ok(Arc::clone(one)),
        // A stream without chunks has a type all the same, which is lost here: of no rows it does not matter.
        [] => Ok(Arc::new(Int64Array::from(Vec::<i64>::new()))),
        several => {
            let several: Vec<&dyn Array> = several.iter().map(AsRef::as_ref).collect();
            concat(&several).map_err(internal_error)
        }
    }
}

fn integers(column: &Bound<'_, PyAny>, argument: &str) -> PyResult<Int64Array> {
    let column = one_piece(column, argument)?;
    if !column.data_type().is_integer() {
        return Err(type_error(
            argument,
            format_args!(
                "se esperaba una columna de enteros, no de {}",
                column.data_type()
            ),
        ));
    }
    let strict = CastOptions {
        safe: false,
        ..CastOptions::default()
    };
    cast_with_options(&column, &DataType::Int64, &strict)
        .map(|column| column.as_primitive::<Int64Type>().clone())
        .map_err(|_| overflow_error(argument, "hay un valor que no cabe en 64 bits con signo"))
}

/// A column of text, of any of Arrow's three layouts.
enum Texts {
    Utf8(StringArray),
    LargeUtf8(LargeStringArray),
    Utf8View(StringViewArray),
    Absent,
}

impl Texts {
    fn of(column: ArrayRef) -> PyResult<Self> {
        match column.data_type() {
            DataType::Utf8 => Ok(Self::Utf8(column.as_string::<i32>().clone())),
            DataType::LargeUtf8 => Ok(Self::LargeUtf8(column.as_string::<i64>().clone())),
            DataType::Utf8View => Ok(Self::Utf8View(column.as_string_view().clone())),
            _ if column.is_empty() => Ok(Self::Absent),
            other => Err(type_error(
                "comercio",
                format_args!("se esperaba una columna de texto, no de {other}"),
            )),
        }
    }

    fn get(&self, row: usize) -> Option<&str> {
        match self {
            Self::Utf8(column) => column.is_valid(row).then(|| column.value(row)),
            Self::LargeUtf8(column) => column.is_valid(row).then(|| column.value(row)),
            Self::Utf8View(column) => column.is_valid(row).then(|| column.value(row)),
            Self::Absent => None,
        }
    }
}

impl IntoPyErr for FingerprintError {
    fn into_py_err(self) -> PyErr {
        match self {
            Self::Interrupted => internal_error(self),
            // It names its argument.
            other => PyValueError::new_err(other.to_string()),
        }
    }
}
