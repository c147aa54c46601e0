//! Percentiles of columns that nobody sorts and nobody copies.

use crate::error::PercentilError;
use crate::metodo::{Lugar, Metodo};
use crate::seleccion::{Opciones, valores_de_rangos};

/// Returns the percentile as the guide's function does: method `lower`, the largest value that is not above its place.
///
/// # Errors
/// Those of [`percentiles`].
pub fn calcular_percentil(datos: &[f64], porcentaje: f64) -> Result<f64, PercentilError> {
    percentil(&[datos], porcentaje, Metodo::Lower, &Opciones::default())
}

/// Returns one percentile of a column that may lie in several chunks.
///
/// # Errors
/// Those of [`percentiles`].
pub fn percentil(
    trozos: &[&[f64]],
    porcentaje: f64,
    metodo: Metodo,
    opciones: &Opciones<'_>,
) -> Result<f64, PercentilError> {
    let cuantil = cuantil(porcentaje, None)?;
    let valores = de_cuantiles(trozos, &[cuantil], metodo, opciones)?;
    Ok(valores[0])
}

/// Returns the percentiles, in the order asked for, equal to `numpy.percentile` of the same `method` to the last bit.
///
/// Which zero is meant among -0.0 and 0.0, equal to each other, is not said, here nor there.
///
/// # Shape
/// As many values as `porcentajes`.
///
/// # Errors
/// - [`PercentilError::FueraDeRango`]: a percentile is NaN or outside 0..=100.
/// - [`PercentilError::Vacio`]: the chunks hold no value.
/// - [`PercentilError::Nan`]: a value is NaN. numpy returns NaN instead.
/// - [`PercentilError::SinMemoria`]: see Cost.
/// - [`PercentilError::Cancelado`]: as the options say.
///
/// # Cost
/// One read of the data and a copy of a few percent of them, in the usual case: see [`Opciones`]. Small columns, many percentiles and columns made to fool the
/// sample are copied whole, and selected from in linear time per halving of the percentiles.
pub fn percentiles(
    trozos: &[&[f64]],
    porcentajes: &[f64],
    metodo: Metodo,
    opciones: &Opciones<'_>,
) -> Result<Vec<f64>, PercentilError> {
    let cuantiles = porcentajes
        .iter()
        .enumerate()
        .map(|(posicion, &porcentaje)| cuantil(porcentaje, Some(posicion)))
        .collect::<Result<Vec<_>, _>>()?;
    de_cuantiles(trozos, &cuantiles, metodo, opciones)
}

fn cuantil(porcentaje: f64, posicion: Option<usize>) -> Result<f64, PercentilError> {
    let cuantil = porcentaje / 100.0;
    if (0.0..=1.0).contains(&cuantil) {
        Ok(cuantil)
    } else {
        Err(PercentilError::FueraDeRango {
            percentil: porcentaje,
            posicion,
        })
    }
}

fn de_cuantiles(
    trozos: &[&[f64]],
    cuantiles: &[f64],
    metodo: Metodo,
    opciones: &Opciones<'_>,
) -> Result<Vec<f64>, PercentilError> {
    let n = trozos.iter().map(|trozo| trozo.len()).sum();
    if n == 0 {
        return Err(PercentilError::Vacio);
    }
    let lugares: Vec<Lugar> = cuantiles.iter().map(|&q| metodo.lugar(n, q)).collect();
    let mut rangos: Vec<usize> = lugares.iter().flat_map(|lugar| lugar.rangos()).collect();
    rangos.sort_unstable();
    rangos.dedup();
    let valores = valores_de_rangos(trozos, n, &rangos, opciones)?;
    let de_rango = |rango: usize| {
        let posicion = rangos.partition_point(|&otro| otro < rango);
        valores[posicion]
    };
    Ok(lugares
        .into_iter()
        .map(|lugar| lugar.valor(de_rango))
        .collect())
}
