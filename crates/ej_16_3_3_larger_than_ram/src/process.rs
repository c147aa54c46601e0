//! The guide's function with today's streaming engine, and what it stands on: a plan that ends in a Parquet file.

use crate::beside::Beside;
use crate::input::is_same_file;
use polars::prelude::Engine as PolarsEngine;
use polars::prelude::sync_on_close::SyncOnCloseType;
use polars::prelude::{
    DataFrame, FileWriteFormat, LazyFrame, ParquetCompression, ParquetWriteOptions, ParquetWriter,
    PlRefPath, PolarsError, PolarsResult, ScanArgsParquet, SinkDestination, SinkTarget,
    StatisticsOptions, UnifiedSinkArgs, col, lit, polars_err,
};
use std::path::Path;
use std::sync::Arc;

/// Which of Polars' two engines runs a plan.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Engine {
    /// In pieces that flow from node to node; what a node must keep, it keeps.
    Streaming,
    /// Every node takes whole frames and gives whole frames.
    InMemory,
}

/// Sums `monto` by `region` over the rows where it is positive, and writes one row per region to a Parquet file.
///
/// The file appears whole, in the place of the one that was there, or not at all.
///
/// # Shape
/// `region` as in the input, nullable · `revenue` Float64. In any order: the engine's threads decide.
///
/// # Errors
/// * [`PolarsError::InvalidOperation`] if the output is the input.
/// * [`PolarsError::IO`] if the input cannot be opened or the output's directory cannot be written.
/// * [`PolarsError::ColumnNotFound`] and those of the reader, as they come.
///
/// # Cost
/// Two columns of a few row groups at a time, and a row per group: not the file. A Parquet file that is one row group is
/// decoded whole.
///
/// # Source
/// Exercise 16.3.3 of the guide, whose `collect_streaming` Polars no longer has:
///
/// ```compile_fail,E0599
/// use polars::prelude::LazyFrame;
/// let frame = LazyFrame::default().collect_streaming();
/// ```
///
/// What it became does compile:
///
/// ```no_run
/// use polars::prelude::{Engine, LazyFrame};
/// let frame = LazyFrame::default().collect_with_engine(Engine::Streaming)?.unwrap_single();
/// # Ok::<(), polars::prelude::PolarsError>(())
/// ```
pub fn procesar_grande(ruta_entrada: &str, ruta_salida: &str) -> Result<(), PolarsError> {
    let salida = Path::new(ruta_salida);
    if is_same_file(Path::new(ruta_entrada), salida) {
        return Err(polars_err!(
            InvalidOperation: "{ruta_salida}: the output is the input"
        ));
    }
    let ingresos = scan(ruta_entrada.into())?
        .filter(col("monto").gt(lit(0.0)))
        .group_by([col("region")])
        .agg([col("monto").sum().alias("revenue")]);
    let beside = Beside::of(salida)?;
    to_parquet(ingresos, Engine::Streaming, beside.path(), None)?;
    beside.publish()?;
    Ok(())
}

/// A plan over the file, of which only the footer is read until the plan runs. The path is taken literally.
pub(crate) fn scan(path: PlRefPath) -> PolarsResult<LazyFrame> {
    let args = ScanArgsParquet {
        glob: false,
        ..Default::default()
    };
    LazyFrame::scan_parquet(path, args)
}

/// Runs a plan and writes what it gives to a Parquet file, compressed with Snappy as the guide's.
///
/// With the streaming engine the rows go to the file as they come; with the other they are collected before.
///
/// # Errors
/// * Those of the plan, as they come, and [`PolarsError::IO`] of the file, which is then incomplete.
///
/// # Cost
/// The streaming sink holds a row group until it is full: `rows_per_group` bounds it, and wide rows need it small.
pub fn to_parquet(
    plan: LazyFrame,
    engine: Engine,
    file: &Path,
    rows_per_group: Option<usize>,
) -> PolarsResult<()> {
    match engine {
        Engine::Streaming => {
            let destination = SinkDestination::File {
                target: SinkTarget::Path(PlRefPath::try_from_path(file)?),
            };
            let options = ParquetWriteOptions {
                compression: ParquetCompression::Snappy,
                row_group_size: rows_per_group,
                ..Default::default()
            };
            let args = UnifiedSinkArgs {
                sync_on_close: SyncOnCloseType::All,
                ..Default::default()
            };
            let format = FileWriteFormat::Parquet(Arc::new(options));
            collect(plan.sink(destination, format, args)?, engine)?;
        }
        Engine::InMemory => {
            let mut whole = collect(plan, engine)?;
            ParquetWriter::new(std::fs::File::create(file)?)
                .with_compression(ParquetCompression::Snappy)
                .with_statistics(StatisticsOptions::default())
                .with_row_group_size(rows_per_group)
                .finish(&mut whole)?;
        }
    }
    Ok(())
}

/// What a plan gives; no rows if it ends in a sink.
///
/// # Errors
/// * Those of the plan.
pub(crate) fn collect(plan: LazyFrame, engine: Engine) -> PolarsResult<DataFrame> {
    let engine = match engine {
        Engine::Streaming => PolarsEngine::Streaming,
        Engine::InMemory => PolarsEngine::InMemory,
    };
    // Several frames come only from several plans at once.
    Ok(plan.collect_with_engine(engine)?.unwrap_single())
}
