#![doc = include_str!("../README.md")]
#![forbid(unsafe_code)]

pub mod cost;
pub mod cycles;
pub mod drops;
pub mod purchases;
pub mod rules;

pub use cycles::{Back, EventoDeSesion, Sesion, Sesiones};
pub use drops::{DropLog, Probe};
pub use purchases::Compras;
pub use rules::{calcular_suma, escalar};
