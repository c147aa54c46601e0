//! The distance against an exact one, against itself written otherwise, and in the optimizer's hands.
#![allow(clippy::unwrap_used, missing_docs, reason = "tests")]

mod bordes;
mod columnas;
mod elipsoide;
mod llamadas;
mod lugares;
mod nivel_python;
mod no_compila;
mod planes;
mod precision;
mod programa;
mod referencia;

use ej_16_3_2_custom_expressions::{COLUMNAS, distancia_haversine, distancia_haversine_columnas};
use polars::prelude::*;

/// The four columns of a frame of pairs.
fn puntos() -> [Expr; 4] {
    COLUMNAS.map(col)
}

fn nativa() -> Expr {
    let [lat1, lon1, lat2, lon2] = puntos();
    distancia_haversine(lat1, lon1, lat2, lon2)
}

fn columnas() -> Expr {
    let [lat1, lon1, lat2, lon2] = puntos();
    distancia_haversine_columnas(lat1, lon1, lat2, lon2)
}

/// What an expression gives for a frame.
fn evaluar(pares: &DataFrame, expresion: Expr) -> PolarsResult<Vec<Option<f64>>> {
    let hecho = pares.clone().lazy().select([expresion]).collect()?;
    let km = hecho.column("distancia_km")?.f64()?;
    Ok(km.iter().collect())
}

/// A frame of one pair.
fn par(lat1: f64, lon1: f64, lat2: f64, lon2: f64) -> DataFrame {
    df!(
        "lat_origen" => [lat1],
        "lon_origen" => [lon1],
        "lat_destino" => [lat2],
        "lon_destino" => [lon2],
    )
    .unwrap()
}

/// Numbers by their bits: NaN is equal to NaN, and −0 is not 0.
fn bits(km: &[Option<f64>]) -> Vec<Option<u64>> {
    km.iter().map(|km| km.map(f64::to_bits)).collect()
}

/// The rows of a frame of pairs.
fn filas(pares: &DataFrame) -> Vec<[f64; 4]> {
    let columnas = COLUMNAS.map(|nombre| pares.column(nombre).unwrap().f64().unwrap().rechunk());
    let de = |i: usize| columnas.each_ref().map(|columna| columna.get(i).unwrap());
    (0..pares.height()).map(de).collect()
}
