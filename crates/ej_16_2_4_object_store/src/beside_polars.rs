//! Synchronous Polars beside an asynchronous store: bytes come on the runtime, the query runs off it.

use crate::columns::{ColumnsError, ParquetObject};
use arrow::array::{Array, AsArray, Int64Array, RecordBatch};
use arrow::datatypes::{DataType, Field, Float64Type, Schema};
use arrow::error::ArrowError;
use ecommerce_arrow::polars_bridge::{BridgeError, frame_from_batch};
use ecommerce_model::{Centavos, MoneyError};
use polars::prelude::{DataFrame, IntoLazy, PolarsError, SortMultipleOptions, col, concat};
use std::sync::Arc;
use tokio::task::{JoinError, spawn_blocking};

/// Why there is no revenue.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum RevenueError {
    /// The columns could not be read.
    #[error(transparent)]
    Columns(#[from] ColumnsError),
    /// `region` or `monto` is of another type.
    #[error("the column 'monto' is {0}, not Float64")]
    Retyped(DataType),
    /// An amount that is none.
    #[error(transparent)]
    Money(#[from] MoneyError),
    /// A batch could not be put together.
    #[error(transparent)]
    Arrow(#[from] ArrowError),
    /// A batch could not be handed over.
    #[error(transparent)]
    Bridge(#[from] BridgeError),
    /// Polars refused the query.
    #[error(transparent)]
    Polars(#[from] PolarsError),
    /// The query panicked, or the runtime is being shut down.
    #[error("the query did not end: {0}")]
    Unfinished(#[from] JoinError),
}

/// Runs work that blocks, a Polars query for instance, on a thread for such work, and waits for it without blocking.
///
/// Called directly, it would hold the runtime's thread until it is done: timers, heartbeats and every connection would stand
/// still. The other direction, `block_on` inside the work, is possible in here and a panic outside.
///
/// # Errors
/// * [`JoinError`] if the work panicked or the runtime is being shut down.
pub async fn off_the_runtime<T: Send + 'static>(
    work: impl FnOnce() -> T + Send + 'static,
) -> Result<T, JoinError> {
    spawn_blocking(work).await
}

/// The revenue of each region over those row groups, in cents.
///
/// # Shape
/// One row per region with an amount, sorted: `region` String, `centavos` Int64.
///
/// # Errors
/// One variant of [`RevenueError`] each, as they say.
///
/// # Cost
/// The bytes of two columns. Amounts are converted and summed off the runtime.
pub async fn revenue_by_region(
    parquet: &ParquetObject,
    groups: &[usize],
) -> Result<DataFrame, RevenueError> {
    let batches = parquet.read(&["region", "monto"], groups).await?;
    off_the_runtime(move || sum_by_region(&batches)).await?
}

/// The same of batches in memory: plain synchronous code.
///
/// # Errors
/// As [`revenue_by_region`].
pub fn sum_by_region(batches: &[RecordBatch]) -> Result<DataFrame, RevenueError> {
    let frames = batches
        .iter()
        .map(|batch| Ok(frame_from_batch(&in_cents(batch)?)?.lazy()))
        .collect::<Result<Vec<_>, RevenueError>>()?;
    if frames.is_empty() {
        return Ok(DataFrame::empty());
    }
    let sums = concat(frames, Default::default())?
        .filter(col("centavos").is_not_null())
        .group_by([col("region")])
        .agg([col("centavos").sum()])
        .sort(["region"], SortMultipleOptions::default());
    Ok(sums.collect()?)
}

/// `region` and the cents of `monto`, null where it is.
fn in_cents(batch: &RecordBatch) -> Result<RecordBatch, RevenueError> {
    let missing = |name: &str| {
        batch
            .column_by_name(name)
            .ok_or_else(|| ArrowError::SchemaError(format!("there is no column '{name}'")))
    };
    let (region, monto) = (missing("region")?, missing("monto")?);
    let amounts = monto
        .as_primitive_opt::<Float64Type>()
        .ok_or_else(|| RevenueError::Retyped(monto.data_type().clone()))?;
    let cents = amounts
        .iter()
        .map(|amount| {
            amount
                .map(|a| Centavos::from_monto(a).map(Centavos::get))
                .transpose()
        })
        .collect::<Result<Int64Array, _>>()?;
    let schema = Schema::new(vec![
        Field::new("region", region.data_type().clone(), true),
        Field::new("centavos", DataType::Int64, true),
    ]);
    Ok(RecordBatch::try_new(
        Arc::new(schema),
        vec![Arc::clone(region), Arc::new(cents)],
    )?)
}
