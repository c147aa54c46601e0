#![doc = include_str!("../README.md")]
#![forbid(unsafe_code)]
#![cfg_attr(
    test,
    allow(clippy::unwrap_used, reason = "a failing test should panic")
)]

mod datafusion_engine;
mod error;
mod input;
mod output;
mod polars_engine;
pub mod program;
mod repeated;
mod revenue;
pub mod sales;

pub use datafusion_engine::{DataFusion, revenue_datafusion};
pub use error::BenchmarkError;
pub use input::SalesFile;
pub use output::write_revenue;
pub use polars_engine::{plan_polars, revenue_polars};
pub use repeated::{Repetitions, Timed, repeat};
pub use revenue::{RegionRevenue, Revenue};
