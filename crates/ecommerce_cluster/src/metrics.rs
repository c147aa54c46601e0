//! The day's metrics, added up by the cluster.

use std::error::Error;
use std::path::{Path, PathBuf};
use std::time::Duration;

use datafusion::arrow::array::{ArrayRef, AsArray, Int64Array, RecordBatch};
use datafusion::arrow::datatypes::{DataType, Field, Int64Type, Schema};
use datafusion::functions_aggregate::expr_fn::{count, sum};
use datafusion::logical_expr::{Expr, when};
use datafusion::prelude::{DataFrame, cast, col, lit};
use ecommerce_model::Clase;
use ecommerce_pipeline::{EngineSums, MetricsEngine};
use std::sync::Arc;
use tokio::runtime::Handle;

use crate::cluster::{Cluster, plan_error};
use crate::error::ClusterError;

/// Adds up a day's accepted rows on a cluster: what grows with the users of a day is then in its memory, not in this
/// process's.
pub struct ClusterMetrics {
    cluster: Cluster,
    runtime: Handle,
    staging: Option<PathBuf>,
}

impl ClusterMetrics {
    /// Returns the engine for [`ecommerce_pipeline::DayJob::engine`].
    ///
    /// `staging` is a directory that the executors see under the same path; the system's temporary one will do if they are
    /// on this machine. `runtime` is the one that the day runs on, with several threads.
    #[must_use]
    pub fn new(cluster: Cluster, runtime: Handle, staging: Option<PathBuf>) -> Self {
        Self {
            cluster,
            runtime,
            staging,
        }
    }

    async fn sums(&self, rows: &Path) -> Result<EngineSums, ClusterError> {
        // With its slash a directory, whatever its name.
        let location = format!("{}/", rows.display());
        let rows = self.cluster.read_parquet(&location).await?;
        let buyers = self.count_of(buyers_of_the_day(rows.clone())?).await?;
        let regions = self.cluster.data_frame(by_region(rows.clone())?).await?;
        let products = self.cluster.data_frame(by_product(rows)?).await?;
        let regions = regions
            .batches
            .iter()
            .map(|batch| with_buyers(batch, buyers));
        Ok(EngineSums {
            regions: regions.collect::<Result<_, _>>()?,
            products: products.batches,
        })
    }

    async fn count_of(&self, frame: DataFrame) -> Result<i64, ClusterError> {
        let answer = self.cluster.data_frame(frame).await?;
        let counts = answer.batches.iter().filter(|b| b.num_rows() > 0);
        Ok(counts
            .filter_map(|b| b.column(0).as_primitive_opt::<Int64Type>())
            .map(|c| c.value(0))
            .sum())
    }
}

impl MetricsEngine for ClusterMetrics {
    fn staging(&self) -> Option<&Path> {
        self.staging.as_deref()
    }

    fn sum(
        &self,
        rows: &Path,
        stop: &(dyn Fn() -> bool + Sync),
    ) -> Result<EngineSums, Box<dyn Error + Send + Sync>> {
        self.runtime.block_on(async {
            tokio::select! {
                sums = self.sums(rows) => Ok(sums?),
                // Whoever drops a query cancels it.
                () = until(stop) => Err("nobody waits for the sums any more".into()),
            }
        })
    }
}

/// Returns once `stop` says so.
async fn until(stop: &(dyn Fn() -> bool + Sync)) {
    let mut ticks = tokio::time::interval(Duration::from_millis(100));
    while !stop() {
        ticks.tick().await;
    }
}

fn is(clase: Clase) -> Expr {
    col("clase").eq(lit(clase as i32))
}

/// How often a condition holds.
fn times(condition: Expr) -> Result<Expr, ClusterError> {
    let one = when(condition, lit(1_i64)).otherwise(lit(0_i64));
    Ok(sum(one.map_err(plan_error)?))
}

/// A row per region, from a row per region and user: no user is counted twice, and no distinct count is kept in one place.
fn by_region(rows: DataFrame) -> Result<DataFrame, ClusterError> {
    let premium = when(col("premium"), col("centavos")).otherwise(lit(0_i64));
    let users = rows
        .aggregate(
            vec![col("region"), col("user_id")],
            vec![
                sum(col("centavos")).alias("revenue"),
                sum(premium.map_err(plan_error)?).alias("revenue_premium"),
                times(is(Clase::Compra))?.alias("transacciones"),
                times(col("premium"))?.alias("transacciones_premium"),
                times(is(Clase::Click))?.alias("clicks"),
                times(is(Clase::AgregarCarrito))?.alias("carritos"),
            ],
        )
        .map_err(plan_error)?;
    let total = |name: &str| sum(col(name)).alias(name);
    users
        .aggregate(
            vec![col("region")],
            vec![
                total("revenue"),
                total("revenue_premium"),
                total("transacciones"),
                total("transacciones_premium"),
                total("clicks"),
                total("carritos"),
                times(col("transacciones").gt(lit(0_i64)))?.alias("usuarios_unicos"),
                count(col("user_id")).alias("visitantes"),
            ],
        )
        .map_err(plan_error)
}

/// One number: users that bought anywhere.
fn buyers_of_the_day(rows: DataFrame) -> Result<DataFrame, ClusterError> {
    let buyers = rows
        .filter(is(Clase::Compra))
        .and_then(|purchases| purchases.aggregate(vec![col("user_id")], vec![]))
        .map_err(plan_error)?;
    let how_many = cast(count(col("user_id")), DataType::Int64).alias("compradores");
    buyers.aggregate(vec![], vec![how_many]).map_err(plan_error)
}

/// A row per product bought.
fn by_product(rows: DataFrame) -> Result<DataFrame, ClusterError> {
    rows.filter(is(Clase::Compra))
        .and_then(|purchases| {
            purchases.aggregate(
                vec![col("producto_id")],
                vec![
                    sum(col("centavos")).alias("revenue"),
                    count(lit(1_i64)).alias("transacciones"),
                ],
            )
        })
        .map_err(plan_error)
}

/// The batch with the day's buyers in every row.
fn with_buyers(batch: &RecordBatch, buyers: i64) -> Result<RecordBatch, ClusterError> {
    let mut fields = batch.schema().fields().to_vec();
    fields.push(Arc::new(Field::new(
        "usuarios_unicos_dia",
        DataType::Int64,
        false,
    )));
    let mut columns: Vec<ArrayRef> = batch.columns().to_vec();
    columns.push(Arc::new(Int64Array::from(vec![buyers; batch.num_rows()])));
    RecordBatch::try_new(Arc::new(Schema::new(fields)), columns)
        .map_err(|error| plan_error(error.into()))
}
