//! The hash of a composite key.

use std::sync::Arc;

use arrow::array::{
    Array, ArrayRef, AsArray, Int64Array, LargeStringArray, StringArray, StringViewArray,
    UInt64Array, make_array,
};
use arrow::compute::{CastOptions, cast_with_options, concat};
use arrow::datatypes::{DataType, Int64Type};
use ej_16_6_4_when_to_extend::{Algoritmo, Clave, Huella, HuellaError};
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;

use super::argumentos::{self, entero, texto, trabajo};
use super::tabla::ArrayArrow;
use crate::arrow::leer_array;
use crate::error::{ComoPython, desborde, interno, tipo, valor};
use crate::largo;

/// Adds what this file exports.
pub(super) fn registrar(m: &Bound<'_, PyModule>) -> PyResult<()> {
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
    let sal = entero(sal, "sal", 0, u64::MAX.into())?;
    let algoritmo = match algoritmo {
        Some(nombre) => texto(nombre, "algoritmo")?
            .parse()
            .map_err(HuellaError::como_python)?,
        None => Algoritmo::Fnv1a,
    };
    let hilos = argumentos::hilos(hilos)?;
    let cliente = enteros(cliente, "cliente")?;
    let comercio = una_pieza(comercio, "comercio")?;
    let filas = cliente.len();
    if comercio.len() != filas {
        return Err(valor(
            "comercio",
            format_args!("tiene {} filas y cliente tiene {filas}", comercio.len()),
        ));
    }
    let textos = Textos::de(comercio)?;
    let huella = Huella::new(sal, algoritmo);
    // A row takes as long as some numbers do.
    let huellas = largo::ejecutar(py, filas.saturating_mul(8), move |parar| {
        let clave = |fila| Clave {
            cliente: cliente.is_valid(fila).then(|| cliente.value(fila)),
            comercio: textos.get(fila),
        };
        huella.de_todas(filas, clave, trabajo(hilos, parar))
    })?;
    Ok(ArrayArrow::new(
        "huella",
        Arc::new(UInt64Array::from(huellas)),
    ))
}

/// A column of Arrow in one piece.
fn una_pieza(columna: &Bound<'_, PyAny>, argumento: &str) -> PyResult<ArrayRef> {
    let trozos: Vec<ArrayRef> = leer_array(columna, argumento)?
        .into_iter()
        .map(make_array)
        .collect();
    match trozos.as_slice() {
        [uno] => Ok(Arc::clone(uno)),
        // A stream without chunks has a type all the same, which is lost here: of no rows it does not matter.
        [] => Ok(Arc::new(Int64Array::from(Vec::<i64>::new()))),
        varios => {
            let varios: Vec<&dyn Array> = varios.iter().map(AsRef::as_ref).collect();
            concat(&varios).map_err(interno)
        }
    }
}

fn enteros(columna: &Bound<'_, PyAny>, argumento: &str) -> PyResult<Int64Array> {
    let columna = una_pieza(columna, argumento)?;
    if !columna.data_type().is_integer() {
        return Err(tipo(
            argumento,
            format_args!(
                "se esperaba una columna de enteros, no de {}",
                columna.data_type()
            ),
        ));
    }
    let estricto = CastOptions {
        safe: false,
        ..CastOptions::default()
    };
    cast_with_options(&columna, &DataType::Int64, &estricto)
        .map(|columna| columna.as_primitive::<Int64Type>().clone())
        .map_err(|_| desborde(argumento, "hay un valor que no cabe en 64 bits con signo"))
}

/// A column of text, of any of Arrow's three layouts.
enum Textos {
    Corto(StringArray),
    Largo(LargeStringArray),
    Vista(StringViewArray),
    Ninguno,
}

impl Textos {
    fn de(columna: ArrayRef) -> PyResult<Self> {
        match columna.data_type() {
            DataType::Utf8 => Ok(Self::Corto(columna.as_string::<i32>().clone())),
            DataType::LargeUtf8 => Ok(Self::Largo(columna.as_string::<i64>().clone())),
            DataType::Utf8View => Ok(Self::Vista(columna.as_string_view().clone())),
            _ if columna.is_empty() => Ok(Self::Ninguno),
            otro => Err(tipo(
                "comercio",
                format_args!("se esperaba una columna de texto, no de {otro}"),
            )),
        }
    }

    fn get(&self, fila: usize) -> Option<&str> {
        match self {
            Self::Corto(columna) => columna.is_valid(fila).then(|| columna.value(fila)),
            Self::Largo(columna) => columna.is_valid(fila).then(|| columna.value(fila)),
            Self::Vista(columna) => columna.is_valid(fila).then(|| columna.value(fila)),
            Self::Ninguno => None,
        }
    }
}

impl ComoPython for HuellaError {
    fn como_python(self) -> PyErr {
        match self {
            Self::Interrumpido => interno(self),
            // It names its argument.
            otro => PyValueError::new_err(otro.to_string()),
        }
    }
}
