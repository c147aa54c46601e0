#![doc = include_str!("../README.md")]
#![forbid(unsafe_code)]
#![cfg_attr(
    test,
    allow(clippy::unwrap_used, reason = "a failing test should panic")
)]

mod contract;
mod metrics;
mod pipeline;
mod program;
mod reading;
mod table;
mod transform;

pub use contract::{Reglas, Venta, Veredicto};
pub use metrics::Metricas;
pub use pipeline::{Etl, pipeline_etl_diario};
pub use program::run;
pub use table::{CHECKPOINT_CADA, definition, segmentos_schema};
pub use transform::{Parcial, segmento, transformar, ventas_frame};
