//! Integers, names and threads, as Python gives them.

use std::num::NonZero;
use std::sync::atomic::AtomicBool;

use ej_16_6_4_when_to_extend::Trabajo;
use pyo3::exceptions::PyOverflowError;
use pyo3::prelude::*;
use pyo3::types::{PyBool, PyInt, PyString};

use crate::entrada::nombre_del_tipo;
use crate::error::{desborde, tipo, valor};

/// Returns an integer of `desde` to `hasta`.
///
/// # Errors
/// - `TypeError`: no `int`, or a `bool`.
/// - `ValueError`: outside.
/// - `OverflowError`: beyond 128 bits.
pub(super) fn entero<T: TryFrom<i128>>(
    objeto: &Bound<'_, PyAny>,
    nombre: &str,
    desde: i128,
    hasta: i128,
) -> PyResult<T> {
    if !objeto.is_instance_of::<PyInt>() || objeto.is_instance_of::<PyBool>() {
        return Err(tipo(
            nombre,
            format_args!("se esperaba un int, no {}", nombre_del_tipo(objeto)),
        ));
    }
    let entero = objeto.extract::<i128>().map_err(|error| {
        if error.is_instance_of::<PyOverflowError>(objeto.py()) {
            desborde(nombre, "no cabe en un entero de 128 bits")
        } else {
            error
        }
    })?;
    (desde..=hasta)
        .contains(&entero)
        .then(|| T::try_from(entero).ok())
        .flatten()
        .ok_or_else(|| {
            valor(
                nombre,
                format_args!("debe estar entre {desde} y {hasta}, y es {entero}"),
            )
        })
}

/// Returns a `str`; what of it is no text is replaced, so that it is no name.
///
/// # Errors
/// `TypeError`: no `str`.
pub(super) fn texto(objeto: &Bound<'_, PyAny>, nombre: &str) -> PyResult<String> {
    match objeto.cast::<PyString>() {
        Ok(texto) => Ok(texto.to_string_lossy().into_owned()),
        Err(_) => Err(tipo(
            nombre,
            format_args!("se esperaba un str, no {}", nombre_del_tipo(objeto)),
        )),
    }
}

/// Returns how many threads may be used; `None` is all of the machine's.
///
/// # Errors
/// Those of [`entero`].
pub(super) fn hilos(hilos: Option<&Bound<'_, PyAny>>) -> PyResult<Option<NonZero<usize>>> {
    // More are never useful, and each costs a stack.
    let hilos = hilos
        .map(|hilos| entero(hilos, "hilos", 1, 1024))
        .transpose()?;
    Ok(hilos.and_then(NonZero::new))
}

/// Returns how a computation runs that is given up when `parar` becomes true.
pub(super) fn trabajo(hilos: Option<NonZero<usize>>, parar: &AtomicBool) -> Trabajo<'_> {
    let trabajo = Trabajo::default().hasta(parar);
    match hilos {
        Some(hilos) => trabajo.con_hilos(hilos),
        None => trabajo,
    }
}
