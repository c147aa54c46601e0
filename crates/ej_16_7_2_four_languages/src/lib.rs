#![doc = include_str!("../README.md")]
#![forbid(unsafe_code)]
#![cfg_attr(
    test,
    allow(clippy::unwrap_used, reason = "a failing test should panic")
)]

mod datafusion_engine;
mod engine;
mod error;
mod input;
mod native_engine;
mod output;
mod polars_engine;
pub mod program;
mod work;

pub use datafusion_engine::DataFusion;
pub use engine::{Engine, Repetitions, parts, work};
pub use error::WorkError;
pub use input::Input;
pub use native_engine::Native;
pub use polars_engine::Polars;
pub use work::{Key, MOST, Sum, mean};
