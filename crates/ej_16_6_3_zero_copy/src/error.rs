//! What is refused, and why.

use arrow::datatypes::DataType;
use arrow::error::ArrowError;
use thiserror::Error;

/// Why a column that another library hands over is not taken, or why a call did not end.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum ZeroCopyError {
    /// The structure was consumed by somebody else, or its producer let it go.
    #[error("{0} ya se consumió o se liberó")]
    Released(&'static str),
    /// The structure contradicts itself or the C Data Interface.
    #[error("no cumple la interfaz C de Arrow: {0}")]
    Malformed(String),
    /// The producer of a stream reported an error of its own.
    #[error("su productor falló (código {code}): {message}")]
    Producer {
        /// The `errno` that the producer returned.
        code: i32,
        /// What the producer says of it.
        message: String,
    },
    /// The column holds another type than Float64.
    #[error("se esperaba una columna float64 y llegó {0}; conviértela antes, por ejemplo con cast")]
    WrongType(DataType),
    /// Two columns of one call differ in length.
    #[error("la columna {position} tiene {found} filas y la primera {expected}")]
    Lengths {
        /// Which column, counted from 1.
        position: usize,
        /// The rows of the first column.
        expected: usize,
        /// The rows of this one.
        found: usize,
    },
    /// The caller asked to stop.
    #[error("el cálculo se interrumpió")]
    Cancelled,
    /// Arrow refused the column.
    #[error("Arrow no la acepta: {0}")]
    Arrow(#[from] ArrowError),
}

impl ZeroCopyError {
    pub(crate) fn malformed(why: impl Into<String>) -> Self {
        Self::Malformed(why.into())
    }
}
