//! The guide's class, without Python.

use crate::error::PercentileError;
use crate::method::Method;
use crate::percentile::percentile;
use crate::selection::Options;

/// Some numbers and what is asked of them.
///
/// They do not change once given: what is computed here does not depend on who else computes at the same time.
#[derive(Clone, Debug, PartialEq)]
pub struct ProcesadorDatos {
    datos: Vec<f64>,
}

impl ProcesadorDatos {
    /// Returns a processor of these data.
    pub fn nuevo(datos: Vec<f64>) -> Self {
        Self { datos }
    }

    /// Returns the data.
    pub fn datos(&self) -> &[f64] {
        &self.datos
    }

    /// Returns the sum, added from first to last; 0 without data.
    pub fn suma(&self) -> f64 {
        // Not `sum`, which starts at -0.0.
        self.datos.iter().fold(0.0, |sum, x| sum + x)
    }

    /// Returns the mean.
    ///
    /// # Errors
    /// [`PercentileError::Empty`]: there are no data. The guide's method divides by zero and returns NaN.
    pub fn media(&self) -> Result<f64, PercentileError> {
        if self.datos.is_empty() {
            return Err(PercentileError::Empty);
        }
        Ok(self.suma() / self.datos.len() as f64)
    }

    /// Returns a percentile.
    ///
    /// # Errors
    /// Those of [`percentiles`](crate::percentiles).
    pub fn percentil(
        &self,
        percentage: f64,
        method: Method,
        options: &Options<'_>,
    ) -> Result<f64, PercentileError> {
        percentile(&[&self.datos], percentage, method, options)
    }
}
