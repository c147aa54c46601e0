//! The event model in Arrow: schemas, builders, Parquet and CSV writers, the one safe reader, and the C Data
//! Interface bridge to Polars (feature `polars`).
//!
//! Reading order: [`events_schema`] → [`EventBatchBuilder`] → [`write_days`] → [`SafeParquet`] → [`EventFile`] →
//! `polars_bridge`.
//!
//! ```
//! use ecommerce_arrow::{generate_batch, events_schema};
//! use ecommerce_model::{ConfigGenerador, Generador};
//!
//! let generador = Generador::new(ConfigGenerador::new(42, "2024-01-15".parse()?, 1, 1_000))?;
//! let batch = generate_batch(&generador, 10..20)?;
//! assert_eq!(batch.schema(), events_schema());
//! assert_eq!(batch.num_rows(), 10);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
#![deny(unsafe_op_in_unsafe_fn)]
#![cfg_attr(
    test,
    allow(clippy::unwrap_used, reason = "a failing test should panic")
)]

mod builder;
#[cfg(feature = "polars")]
pub mod polars_bridge;
mod reader;
mod rows;
mod schema;
mod write;

#[cfg(test)]
mod tests;

pub use builder::{EventBatchBuilder, generate_batch};
pub use reader::{
    Chunk, Columns, EventFile, Format, Limits, ReadError, ReadProblem, SafeBatches, SafeParquet,
    SafeScan, Scan,
};
pub use rows::EventColumns;
pub use schema::{COLUMNS, events_schema, events_view_schema};
pub use write::{
    Layout, Progress, WriteError, WrittenDays, batch_to_csv, write_batches, write_days,
};
