#![doc = include_str!("../README.md")]
#![forbid(unsafe_code)]
#![cfg_attr(
    test,
    allow(clippy::unwrap_used, reason = "a failing test should panic")
)]

mod direct;
mod error;
mod origin;
mod revenue;
mod schema;

pub use direct::{RegionRevenue, revenue_directo};
pub use error::RevenueError;
pub use origin::{Claves, OpcionesS3, Origen};
pub use revenue::{
    calcular_revenue, calcular_revenue_de, escanear, escanear_de, plan_revenue, recoger,
};
pub use schema::{COLUMNAS, comprobar_columnas, mas_parecida};
