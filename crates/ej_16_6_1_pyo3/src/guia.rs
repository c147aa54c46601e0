//! The guide's way, to measure against: copy everything, sort everything, take one.

use std::cmp::Ordering;

use crate::error::PercentilError;

/// Returns what the guide's `calcular_percentil` returns: the percentile by method `lower`, found by sorting a copy.
///
/// The guide's panics on NaN, halfway through the sort; here it is an error, found before.
///
/// # Errors
/// Those of [`calcular_percentil`](crate::calcular_percentil).
///
/// # Cost
/// A copy and O(n log n), for one value.
///
/// # Source
/// Exercise 16.6.1 of the guide.
pub fn percentil_ordenando(datos: &[f64], porcentaje: f64) -> Result<f64, PercentilError> {
    let cuantil = porcentaje / 100.0;
    if !(0.0..=1.0).contains(&cuantil) {
        return Err(PercentilError::FueraDeRango {
            percentil: porcentaje,
            posicion: None,
        });
    }
    if let Some(posicion) = datos.iter().position(|x| x.is_nan()) {
        return Err(PercentilError::Nan { posicion });
    }
    let mut ordenados = datos.to_vec();
    ordenados.sort_by(|a, b| a.partial_cmp(b).unwrap_or(Ordering::Equal));
    let ultimo = ordenados
        .len()
        .checked_sub(1)
        .ok_or(PercentilError::Vacio)?;
    Ok(ordenados[(cuantil * ultimo as f64) as usize])
}
