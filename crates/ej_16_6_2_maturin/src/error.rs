//! The exceptions Python sees: which class, and what they say.
//!
//! A wrong value is a `ValueError`, a wrong type a `TypeError`, a number that no `float` can hold an `OverflowError`. The message starts with the argument's
//! name, as the caller wrote it, and says the reason in Spanish.

use std::fmt::Display;

use ej_16_6_1_pyo3::PercentilError;
use pyo3::exceptions::{PyMemoryError, PyOverflowError, PyRuntimeError, PyTypeError, PyValueError};
use pyo3::prelude::*;

/// An error of a crate that knows no Python, as the exception that says it.
pub(crate) trait ComoPython {
    /// Returns the exception.
    fn como_python(self) -> PyErr;
}

/// Returns a `ValueError`: the type is right, the value is not.
pub(crate) fn valor(argumento: impl Display, motivo: impl Display) -> PyErr {
    PyValueError::new_err(format!("{argumento}: {motivo}"))
}

/// Returns a `TypeError`.
pub(crate) fn tipo(argumento: impl Display, motivo: impl Display) -> PyErr {
    PyTypeError::new_err(format!("{argumento}: {motivo}"))
}

/// Returns an `OverflowError`: a number that does not fit.
pub(crate) fn desborde(argumento: impl Display, motivo: impl Display) -> PyErr {
    PyOverflowError::new_err(format!("{argumento}: {motivo}"))
}

/// Returns a `RuntimeError`: nothing the caller passed is wrong.
pub(crate) fn interno(motivo: impl Display) -> PyErr {
    PyRuntimeError::new_err(format!("error interno: {motivo}"))
}

impl ComoPython for PyErr {
    fn como_python(self) -> PyErr {
        self
    }
}

impl ComoPython for PercentilError {
    fn como_python(self) -> PyErr {
        match self {
            Self::Vacio => valor("datos", "no puede estar vacío"),
            Self::Nan { posicion } => valor(
                format_args!("datos[{posicion}]"),
                "es NaN, que no tiene sitio en ningún orden",
            ),
            Self::FueraDeRango {
                percentil,
                posicion,
            } => {
                let motivo = format!("debe estar entre 0 y 100, y es {percentil}");
                match posicion {
                    None => valor("percentil", motivo),
                    Some(posicion) => valor(format_args!("percentiles[{posicion}]"), motivo),
                }
            }
            Self::SinMemoria { valores } => PyMemoryError::new_err(format!(
                "datos: no hay memoria para una copia de {valores} valores"
            )),
            Self::Cancelado => interno("la operación se canceló"),
            // A variant added later: its own words, in English.
            otro => interno(otro),
        }
    }
}
