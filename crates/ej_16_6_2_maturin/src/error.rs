//! The exceptions Python sees: which class, and what they say.
//!
//! A wrong value is a `ValueError`, a wrong type a `TypeError`, a number that no `float` can hold an `OverflowError`. The message starts with the argument's
//! name, as the caller wrote it, and says the reason in Spanish.

use std::fmt::Display;

use ej_16_6_1_pyo3::PercentileError;
use pyo3::exceptions::{PyMemoryError, PyOverflowError, PyRuntimeError, PyTypeError, PyValueError};
use pyo3::prelude::*;

/// An error of a crate that knows no Python, as the exception that says it.
pub(crate) trait IntoPyErr {
    /// Returns the exception.
    fn into_py_err(self) -> PyErr;
}

/// Returns a `ValueError`: the type is right, the value is not.
pub(crate) fn value_error(argument: impl Display, reason: impl Display) -> PyErr {
    PyValueError::new_err(format!("{argument}: {reason}"))
}

/// Returns a `TypeError`.
pub(crate) fn type_error(argument: impl Display, reason: impl Display) -> PyErr {
    PyTypeError::new_err(format!("{argument}: {reason}"))
}

/// Returns an `OverflowError`: a number that does not fit.
pub(crate) fn overflow_error(argument: impl Display, reason: impl Display) -> PyErr {
    PyOverflowError::new_err(format!("{argument}: {reason}"))
}

/// Returns a `RuntimeError`: nothing the caller passed is wrong.
pub(crate) fn internal_error(reason: impl Display) -> PyErr {
    PyRuntimeError::new_err(format!("error interno: {reason}"))
}

impl IntoPyErr for PyErr {
    fn into_py_err(self) -> PyErr {
        self
    }
}

impl IntoPyErr for PercentileError {
    fn into_py_err(self) -> PyErr {
        match self {
            Self::Empty => value_error("datos", "no puede estar vacío"),
            Self::Nan { position } => value_error(
                format_args!("datos[{position}]"),
                "es NaN, que no tiene sitio en ningún orden",
            ),
            Self::OutOfRange {
                percentile,
                position,
            } => {
                let reason = format!("debe estar entre 0 y 100, y es {percentile}");
                match position {
                    None => value_error("percentil", reason),
                    Some(position) => value_error(format_args!("percentiles[{position}]"), reason),
                }
            }
            Self::OutOfMemory { values } => PyMemoryError::new_err(format!(
                "datos: no hay memoria para una copia de {values} valores"
            )),
            Self::Cancelled => internal_error("la operación se canceló"),
            // A variant added later: its own words, in English.
            other => internal_error(other),
        }
    }
}
