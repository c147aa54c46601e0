//! Un mismo código sobre disco, memoria y nubes, visto desde fuera.

#![allow(
    clippy::unwrap_used,
    missing_docs,
    reason = "a test that cannot go on fails"
)]

mod almacenes;
mod carrera;
mod copia;
mod direcciones;
mod dudas;
mod guia;
mod lago;
mod largo;
mod linea_de_ordenes;
mod nivel_python;
mod parquet_remoto;
mod partes;
mod polars_al_lado;
mod reintentos;
mod secretos;
mod suite;
