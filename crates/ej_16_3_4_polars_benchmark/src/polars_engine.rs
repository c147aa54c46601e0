//! The guide's query in Polars.

use crate::{BenchmarkError, RegionRevenue, Revenue, SalesFile};
use polars::prelude::{
    DataFrame, DataType, Engine, LazyFrame, PlRefPath, PolarsResult, ScanArgsParquet, col, lit,
};

/// The guide's query, not yet run: rows with `monto > 0`, by region, the sum of `monto`.
///
/// # Shape
/// `region` and `monto`, one row per region, in no order.
///
/// # Errors
/// * What Polars says if the path is none.
///
/// # Source
/// Guide 16.3.4. `scan_parquet` takes a [`PlRefPath`] today, and no text; a name with `*` or `[` is taken literally here.
pub fn plan_polars(path: &str) -> PolarsResult<LazyFrame> {
    let scan = ScanArgsParquet {
        glob: false,
        ..Default::default()
    };
    Ok(LazyFrame::scan_parquet(PlRefPath::new(path), scan)?
        .filter(col("monto").gt(lit(0.0)))
        .group_by([col("region")])
        .agg([col("monto").sum()]))
}

/// Revenue by region, computed by Polars on the engine asked for.
///
/// `Engine::Auto` is what the guide's `.collect()` asks for: in this version of the library, the in-memory engine. The Python
/// package of today answers the same `.collect()` with the streaming engine.
///
/// NaN passes the filter, whatever its sign: Polars orders it above every number. The region's sum is then NaN, which
/// [`Revenue::cents`] refuses.
///
/// # Errors
/// * [`BenchmarkError::Polars`] if the file cannot be scanned or decoded.
///
/// # Cost
/// Decodes two columns. In memory, the rows that pass the filter are held at once; streaming, a few morsels.
pub fn revenue_polars(file: &SalesFile, engine: Engine) -> Result<Revenue, BenchmarkError> {
    let run = || {
        let frame = plan_polars(file.text())?
            .collect_with_engine(engine)?
            .unwrap_single();
        rows(&frame)
    };
    run()
        .map(Revenue::new)
        .map_err(|source| BenchmarkError::Polars {
            file: file.name(),
            source,
        })
}

fn rows(frame: &DataFrame) -> PolarsResult<Vec<RegionRevenue>> {
    // A dictionary comes out as a categorical.
    let regions = frame.column("region")?.cast(&DataType::String)?;
    let totals = frame.column("monto")?.f64()?;
    let pairs = regions.str()?.iter().zip(totals.iter());
    Ok(pairs
        .map(|(region, total)| RegionRevenue {
            region: region.map(str::to_owned),
            revenue: total.unwrap_or(0.0),
        })
        .collect())
}
