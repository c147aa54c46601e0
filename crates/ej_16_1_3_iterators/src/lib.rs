#![doc = include_str!("../README.md")]
#![forbid(unsafe_code)]

mod gift_card;
mod neumaier;
mod pairwise;
mod parallel;
mod sequential;

pub use gift_card::{MontoInvalido, Pago, pagar_con_for, pagar_con_iteradores};
pub use neumaier::{Neumaier, suma_neumaier, suma_neumaier_rayon};
pub use pairwise::{suma_por_pares, suma_por_pares_rayon};
pub use parallel::{BLOQUE, grupo_de_hilos, suma_rayon, suma_rayon_por_bloques};
pub use sequential::{suma_for, suma_iter, suma_por_etapas};
