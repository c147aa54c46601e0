#![doc = include_str!("../README.md")]
#![forbid(unsafe_code)]

mod analysis;
mod evidence;
mod markdown;

pub use analysis::{
    Afirmacion, Analisis, Celda, Comparacion, ErrorDeAnalisis, Grupo, Veredicto, analisis,
};
pub use evidence::{Evidencia, Falta};
