#![doc = include_str!("../README.md")]
#![forbid(unsafe_code)]
#![cfg_attr(
    test,
    allow(clippy::unwrap_used, reason = "a failing test should panic")
)]

mod fingerprint;
mod mayor;
mod rolling;
mod sharing;

pub use fingerprint::{Algoritmo, Clave, Huella, HuellaError};
pub use mayor::{
    Cabecera, Campo, Cierre, ErrorDeFormato, ErrorMayor, Escritor, Extracto, Generador, Lote,
    Motivo, Movimiento, Movimientos, Notas, SIN_FECHA, Texto, Totales, leer, totales,
};
pub use rolling::{Interpolacion, Metodo, PercentilMovil, PercentilMovilError, VENTANA_GRANDE};
pub use sharing::Trabajo;
