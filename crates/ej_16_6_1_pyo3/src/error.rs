//! What a percentile cannot be taken of.

use thiserror::Error;

/// Why there is no result.
#[derive(Clone, Copy, Debug, Error, PartialEq)]
#[non_exhaustive]
pub enum PercentilError {
    /// No data: not even the smallest value exists.
    #[error("there are no data")]
    Vacio,
    /// A value is NaN, which has no place in an order.
    #[error("the value at {posicion} is NaN")]
    Nan {
        /// Of the first one.
        posicion: usize,
    },
    /// The percentile asked for is NaN or outside 0..=100.
    #[error("the percentile must be between 0 and 100, not {percentil}")]
    FueraDeRango {
        /// What was asked for.
        percentil: f64,
        /// Its place, where several were asked for.
        posicion: Option<usize>,
    },
    /// A copy of the data was needed and did not fit.
    #[error("no memory for a copy of {valores} values")]
    SinMemoria {
        /// How many values the copy has.
        valores: usize,
    },
    /// [`Opciones::cancelar`](crate::Opciones::cancelar) turned true.
    #[error("cancelled")]
    Cancelado,
}
