#![doc = include_str!("../README.md")]
#![forbid(unsafe_code)]

mod columns;
mod native;
mod places;

pub use columns::{BLOQUE, distancia_haversine_columnas, distancias};
pub use native::{distancia_con_arctan2, distancia_haversine, distancia_sin_acotar, semiverseno};
pub use places::{COLUMNAS, coordenada_valida, pares_al_azar, pares_casi_antipodas};
