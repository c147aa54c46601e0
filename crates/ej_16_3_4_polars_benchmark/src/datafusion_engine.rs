//! The same query in DataFusion, built from expressions and not from text.

use crate::{BenchmarkError, RegionRevenue, Revenue, SalesFile};
use datafusion::arrow::array::{AsArray as _, RecordBatch};
use datafusion::arrow::compute::cast;
use datafusion::arrow::datatypes::{DataType, Float64Type};
use datafusion::error::{DataFusionError, Result};
use datafusion::functions_aggregate::expr_fn::sum;
use datafusion::prelude::{ParquetReadOptions, SessionConfig, SessionContext, col, lit};
use std::fmt::Write as _;

/// A session of DataFusion, which a program opens once.
pub struct DataFusion(SessionContext);

impl DataFusion {
    /// A session with the library's defaults but one: as many partitions as processors, texts as views, no filter pushed into
    /// pages, and no statistics of whole files.
    ///
    /// With them this version takes a column whose least and greatest value are equal for a constant. Parquet leaves NaN out of
    /// both, so a file of NaN and 1.0 would be two times 1.0. Row groups are still pruned by their own statistics.
    pub fn new() -> Self {
        let config = SessionConfig::new().with_collect_statistics(false);
        Self(SessionContext::new_with_config(config))
    }
}

impl Default for DataFusion {
    fn default() -> Self {
        Self::new()
    }
}

/// Revenue by region, computed by DataFusion.
///
/// A positive NaN passes the filter and a negative one does not: arrow compares floats by IEEE 754's total order. The
/// region's sum is then NaN, which [`Revenue::cents`] refuses. In a row group whose statistics tell of no positive amount
/// nobody looks, and a NaN is not noticed.
///
/// # Errors
/// * [`BenchmarkError::DataFusion`] if the file cannot be scanned or decoded.
///
/// # Cost
/// Decodes two columns, batch by batch; holds the groups.
pub async fn revenue_datafusion(
    session: &DataFusion,
    file: &SalesFile,
) -> std::result::Result<Revenue, BenchmarkError> {
    query(&session.0, file)
        .await
        .map(Revenue::new)
        .map_err(|source| BenchmarkError::DataFusion {
            file: file.name(),
            source: Box::new(source),
        })
}

async fn query(session: &SessionContext, file: &SalesFile) -> Result<Vec<RegionRevenue>> {
    let options = ParquetReadOptions {
        // The file was opened by its name already: any name will do.
        file_extension: "",
        ..Default::default()
    };
    let batches = session
        .read_parquet(file_url(file.text()), options)
        .await?
        .filter(col("monto").gt(lit(0.0)))?
        .aggregate(
            vec![col("region")],
            vec![sum(col("monto")).alias("revenue")],
        )?
        .collect()
        .await?;
    let mut found = Vec::new();
    for batch in &batches {
        rows(batch, &mut found)?;
    }
    Ok(found)
}

fn rows(batch: &RecordBatch, found: &mut Vec<RegionRevenue>) -> Result<()> {
    let regions = cast(batch.column(0), &DataType::Utf8)?;
    let regions = regions.as_string::<i32>();
    let totals = batch
        .column(1)
        .as_primitive_opt::<Float64Type>()
        .ok_or_else(|| DataFusionError::Internal("the sum of floats is no float".into()))?;
    for (region, total) in regions.iter().zip(totals) {
        found.push(RegionRevenue {
            region: region.map(str::to_owned),
            revenue: total.unwrap_or(0.0),
        });
    }
    Ok(())
}

/// The path as a URL: DataFusion takes `*`, `?` and `[` in a path for a pattern, and in a URL for themselves.
fn file_url(path: &str) -> String {
    let mut url = String::from("file://");
    for byte in path.bytes() {
        if byte.is_ascii_alphanumeric() || b"/-_.~".contains(&byte) {
            url.push(char::from(byte));
        } else {
            // Writing to a String cannot fail.
            let _ = write!(url, "%{byte:02X}");
        }
    }
    url
}
