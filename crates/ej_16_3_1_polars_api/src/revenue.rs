//! The guide's query, on a local path or on S3, with Polars' own errors and with typed ones.

use crate::error::{RevenueError, panic_text};
use crate::origin::Origen;
use crate::schema::comprobar_columnas;
use polars::prelude::*;
use std::panic::{AssertUnwindSafe, catch_unwind};

/// Returns revenue, buyers and mean ticket of each region, as the guide's function of this name.
///
/// `ruta` is a file, a directory, a pattern with `*`, or an `s3://` address; for the latter the environment's `AWS_…` variables
/// say where and as whom.
///
/// # Shape
/// One row per `region` that has an amount above zero, by falling revenue; ties in any order, `null` a region like any other.
/// `region` String · `revenue` Float64 · `usuarios_unicos` UInt32, where a missing user counts as one more ·
/// `ticket_promedio` Float64.
///
/// # Errors
/// Those of Polars, when the query runs and not before: a missing file or column, another type. [`calcular_revenue_de`] tells
/// them apart.
///
/// # Cost
/// Reads three columns. Nothing is read before `collect`.
///
/// # Source
/// Guide 16.3.1, `calcular_revenue`.
pub fn calcular_revenue(ruta: &str) -> Result<DataFrame, PolarsError> {
    plan_revenue(escanear(ruta)?).collect()
}

/// Returns the query over a frame that nobody has read yet: the same steps for a file, S3 or memory.
pub fn plan_revenue(eventos: LazyFrame) -> LazyFrame {
    let by_revenue = SortMultipleOptions::default().with_order_descending(true);
    eventos
        .filter(col("monto").gt(lit(0.0)))
        .group_by([col("region")])
        .agg([
            col("monto").sum().alias("revenue"),
            col("user_id").n_unique().alias("usuarios_unicos"),
            col("monto").mean().alias("ticket_promedio"),
        ])
        .sort(["revenue"], by_revenue)
}

/// Returns the scan of a path, for which nothing has been opened yet.
///
/// # Errors
/// None for a path: what is wrong with it shows when its schema is asked for.
pub fn escanear(ruta: &str) -> Result<LazyFrame, PolarsError> {
    LazyFrame::scan_parquet(ruta.into(), ScanArgsParquet::default())
}

/// Returns the scan of a source with its options.
///
/// # Errors
/// * [`RevenueError::Insecure`] for plain HTTP to another machine.
/// * [`RevenueError::Query`] if Polars refuses the address.
pub fn escanear_de(origen: &Origen) -> Result<LazyFrame, RevenueError> {
    let args = ScanArgsParquet {
        cloud_options: origen.cloud_options()?,
        ..ScanArgsParquet::default()
    };
    LazyFrame::scan_parquet(origen.ruta().into(), args)
        .map_err(|e| RevenueError::of_polars(origen.ruta(), e))
}

/// Returns what [`calcular_revenue`] does, of a source with typed options, after a look at its columns.
///
/// # Shape
/// As [`calcular_revenue`].
///
/// # Errors
/// * [`RevenueError::NoFiles`] if there is no such file, or nothing that matches the pattern.
/// * [`RevenueError::NotParquet`] for an empty file, or one without a Parquet footer.
/// * [`RevenueError::NoColumn`] names the missing column and the one most like it.
/// * [`RevenueError::Retyped`] if a column has another type than the contract's.
/// * [`RevenueError::Insecure`] for plain HTTP to another machine.
/// * [`RevenueError::Storage`] if the store cannot be reached or says no.
/// * [`RevenueError::Query`] for anything else that Polars returns, [`RevenueError::Panicked`] if it does not return.
///
/// # Cost
/// The footer is read before the columns: on S3, one request more. Blocks the thread: in an asynchronous program it belongs on one
/// that may (`spawn_blocking`).
pub fn calcular_revenue_de(origen: &Origen) -> Result<DataFrame, RevenueError> {
    let of_polars = |e| RevenueError::of_polars(origen.ruta(), e);
    // Polars has panicked at damaged files; the frames it was at work on are dropped with the panic.
    let ran = catch_unwind(AssertUnwindSafe(|| {
        let mut eventos = escanear_de(origen)?;
        let schema = eventos.collect_schema().map_err(of_polars)?;
        comprobar_columnas(origen.ruta(), &schema)?;
        plan_revenue(eventos).collect().map_err(of_polars)
    }));
    ran.unwrap_or_else(|panic| {
        Err(RevenueError::Panicked {
            ruta: origen.ruta().to_owned(),
            detail: panic_text(panic.as_ref()),
        })
    })
}

/// Returns the query's result by the engine named: `collect` alone means the one in memory in Rust, and the streaming one in Python.
///
/// # Errors
/// As `collect`.
pub fn recoger(consulta: LazyFrame, motor: Engine) -> Result<DataFrame, PolarsError> {
    // Only a plan put together from several sinks has several results, and none of ours is.
    Ok(consulta.collect_with_engine(motor)?.unwrap_single())
}
