//! Integers and names, as Python gives them.

use pyo3::exceptions::PyOverflowError;
use pyo3::prelude::*;
use pyo3::types::{PyBool, PyInt, PyString};

use crate::error::{overflow_error, type_error, value_error};
use crate::input::type_name;

/// Returns an integer.
///
/// # Errors
/// - `TypeError`: no `int`, or a `bool`.
/// - `OverflowError`: beyond the bits of `T`.
pub(crate) fn integer<'a, 'py, T>(object: &'a Bound<'py, PyAny>, name: &str) -> PyResult<T>
where
    T: FromPyObject<'a, 'py, Error = PyErr>,
{
    if !object.is_instance_of::<PyInt>() || object.is_instance_of::<PyBool>() {
        return Err(type_error(
            name,
            format_args!("se esperaba un int, no {}", type_name(object)),
        ));
    }
    object.extract().map_err(|error: PyErr| {
        if error.is_instance_of::<PyOverflowError>(object.py()) {
            let bits = 8 * size_of::<T>();
            overflow_error(name, format_args!("no cabe en un entero de {bits} bits"))
        } else {
            error
        }
    })
}

/// Returns an integer of `from` to `to`.
///
/// # Errors
/// Those of [`integer`] of 128 bits, and `ValueError`: outside.
pub(crate) fn integer_between<T: TryFrom<i128>>(
    object: &Bound<'_, PyAny>,
    name: &str,
    from: i128,
    to: i128,
) -> PyResult<T> {
    let integer: i128 = integer(object, name)?;
    (from..=to)
        .contains(&integer)
        .then(|| T::try_from(integer).ok())
        .flatten()
        .ok_or_else(|| {
            value_error(
                name,
                format_args!("debe estar entre {from} y {to}, y es {integer}"),
            )
        })
}

/// Returns a `str`; what of it is no text is replaced, so that it is no name.
///
/// # Errors
/// `TypeError`: no `str`.
pub(crate) fn text(object: &Bound<'_, PyAny>, name: &str) -> PyResult<String> {
    match object.cast::<PyString>() {
        Ok(text) => Ok(text.to_string_lossy().into_owned()),
        Err(_) => Err(type_error(
            name,
            format_args!("se esperaba un str, no {}", type_name(object)),
        )),
    }
}
