#![doc = include_str!("../README.md")]
#![forbid(unsafe_code)]

mod error;
mod guia;
mod horquilla;
mod metodo;
mod percentil;
mod procesador;
mod seleccion;

pub use error::PercentilError;
pub use guia::percentil_ordenando;
pub use metodo::{Metodo, MetodoDesconocido};
pub use percentil::{calcular_percentil, percentil, percentiles};
pub use procesador::ProcesadorDatos;
pub use seleccion::Opciones;

#[cfg(test)]
mod tests;
