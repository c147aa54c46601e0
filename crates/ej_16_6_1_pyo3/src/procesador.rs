//! The guide's class, without Python.

use crate::error::PercentilError;
use crate::metodo::Metodo;
use crate::percentil::percentil;
use crate::seleccion::Opciones;

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
        self.datos.iter().fold(0.0, |suma, x| suma + x)
    }

    /// Returns the mean.
    ///
    /// # Errors
    /// [`PercentilError::Vacio`]: there are no data. The guide's method divides by zero and returns NaN.
    pub fn media(&self) -> Result<f64, PercentilError> {
        if self.datos.is_empty() {
            return Err(PercentilError::Vacio);
        }
        Ok(self.suma() / self.datos.len() as f64)
    }

    /// Returns a percentile.
    ///
    /// # Errors
    /// Those of [`percentiles`](crate::percentiles).
    pub fn percentil(
        &self,
        porcentaje: f64,
        metodo: Metodo,
        opciones: &Opciones<'_>,
    ) -> Result<f64, PercentilError> {
        percentil(&[&self.datos], porcentaje, metodo, opciones)
    }
}
