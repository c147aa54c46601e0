#![doc = include_str!("../README.md")]
#![forbid(unsafe_code)]

mod agregable;
pub mod dispatch;
mod money;
mod monto;
mod summaries;

pub use agregable::{Agregable, reduce_all, reducir};
pub use ecommerce_model::{Centavos, TipoEvento, procesar};
pub use money::SumaCentavos;
pub use monto::{MontoError, ParsedColumn, Reason, parse_column, parsear_monto};
pub use summaries::{Maximo, Media, Minimo};
