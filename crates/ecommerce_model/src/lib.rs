//! Events, money, contract rules and the seeded generator of the e-commerce analytics platform.
//!
//! This crate is the bottom of the workspace: it knows no Arrow, no engine and no file format, so every other
//! crate can share its words. Reading order: [`Evento`] → [`Centavos`] and [`Fecha`] → [`Contrato`] → [`Generador`].
//!
//! ```
//! use ecommerce_model::{Contrato, Dia, FilaEvento, Motivo, Zona};
//!
//! let dia = Dia::new("2024-01-15".parse()?, &Zona::utc())?;
//! let compra = FilaEvento {
//!     evento_id: Some("e1"),
//!     tipo: Some("compra"),
//!     user_id: Some("u7"),
//!     region: Some("norte"),
//!     monto: Some(150.505),
//!     timestamp: Some(1_705_312_800_000_000), // 2024-01-15T10:00:00Z
//!     ..FilaEvento::default()
//! };
//! let contrato = Contrato::new(dia);
//! assert_eq!(contrato.check(&compra)?.centavos.get(), 15_050); // 150.505 × 100 lands on a tie, and ties go to even
//!
//! let sin_region = FilaEvento { region: None, ..compra };
//! assert_eq!(contrato.check(&sin_region), Err(Motivo::FaltaRegion));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
#![forbid(unsafe_code)]
#![cfg_attr(
    test,
    allow(clippy::unwrap_used, reason = "a failing test should panic")
)]

mod agreement;
mod catalog;
mod contract;
mod date;
mod event;
mod generator;
mod money;

#[cfg(test)]
mod tests;

pub use agreement::{cells_agree, first_disagreement};
pub use catalog::{Cliente, Entrega, Producto, RADIO_TIERRA_KM, Venta, haversine_km};
pub use contract::{Aceptada, Contrato, Motivo};
pub use date::{DateError, Dia, Fecha, Zona, format_instant, parse_instant_micros};
pub use event::{Clase, Evento, FilaEvento, TipoEvento, procesar};
pub use generator::{ConfigGenerador, FilaGenerada, Generador, GeneratorError, REGIONES};
pub use money::{Centavos, MoneyError, ratio_half_up};
