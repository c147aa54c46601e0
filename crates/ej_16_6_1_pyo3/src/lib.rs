#![doc = include_str!("../README.md")]
#![forbid(unsafe_code)]
#![cfg_attr(
    test,
    allow(clippy::unwrap_used, reason = "a failing test should panic")
)]

mod bracket;
mod error;
mod guide;
mod method;
mod percentile;
mod processor;
mod selection;

pub use error::PercentileError;
pub use guide::percentile_by_sorting;
pub use method::{Method, UnknownMethod};
pub use percentile::{calcular_percentil, percentile, percentiles};
pub use processor::ProcesadorDatos;
pub use selection::Options;

#[cfg(test)]
mod tests;
