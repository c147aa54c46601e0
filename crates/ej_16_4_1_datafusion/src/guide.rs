//! The guide's query, with its date as a value and not as text.

use crate::{Engine, EngineError, run};
use arrow::array::{Array as _, AsArray as _, RecordBatch};
use arrow::compute::cast;
use arrow::datatypes::{DataType, Float64Type, Int64Type};
use datafusion::common::{ParamValues, ScalarValue};
use datafusion::dataframe::DataFrame;
use datafusion::error::DataFusionError;
use ecommerce_model::Fecha;

/// Revenue by region since a day, which is the parameter `$desde`.
pub const CONSULTA: &str = "\
SELECT
    c.region,
    SUM(v.monto) AS revenue,
    COUNT(DISTINCT v.user_id) AS usuarios_unicos,
    AVG(v.monto) AS ticket_promedio
FROM ventas v
LEFT JOIN clientes c ON v.user_id = c.id
WHERE v.monto > 0
  AND v.fecha >= $desde
GROUP BY c.region
ORDER BY revenue DESC";

/// A row of the answer.
#[derive(Clone, Debug, PartialEq)]
pub struct RegionRevenue {
    /// The customer's region; `None` for the sales of customers that `clientes` does not have.
    pub region: Option<String>,
    /// What was paid.
    pub revenue: f64,
    /// Different buyers.
    pub usuarios_unicos: i64,
    /// Average amount of a sale.
    pub ticket_promedio: f64,
}

/// The plan of the guide's query over the tables `ventas` and `clientes` from the day `desde`; nothing runs yet.
///
/// # Errors
/// * [`EngineError::Sql`] if a table or a column is missing, or has another type.
pub async fn plan_revenue(engine: &Engine, desde: Fecha) -> Result<DataFrame, EngineError> {
    let day = ScalarValue::Date32(Some(desde.days_since_epoch()));
    engine
        .query(CONSULTA)
        .await?
        .with_param_values(ParamValues::from(vec![("desde", day)]))
        .map_err(EngineError::planning)
}

/// The answer of the guide's query from the day `desde`, largest revenue first.
///
/// # Errors
/// As [`plan_revenue`] and [`run`].
///
/// # Cost
/// Decodes three columns of `ventas` and two of `clientes`; holds the customers of one side and every different buyer of a region.
pub async fn revenue_por_region(
    engine: &Engine,
    desde: Fecha,
) -> Result<Vec<RegionRevenue>, EngineError> {
    let (batches, _) = run(plan_revenue(engine, desde).await?).await?;
    let mut found = Vec::new();
    for batch in &batches {
        read(batch, &mut found).map_err(|error| EngineError::Run(Box::new(error)))?;
    }
    Ok(found)
}

fn read(batch: &RecordBatch, found: &mut Vec<RegionRevenue>) -> Result<(), DataFusionError> {
    let column = |at: usize, kind: &DataType| cast(batch.column(at), kind);
    let regions = column(0, &DataType::Utf8)?;
    let regions = regions.as_string::<i32>();
    let totals = column(1, &DataType::Float64)?;
    let totals = totals.as_primitive::<Float64Type>();
    let buyers = column(2, &DataType::Int64)?;
    let buyers = buyers.as_primitive::<Int64Type>();
    let means = column(3, &DataType::Float64)?;
    let means = means.as_primitive::<Float64Type>();
    for row in 0..batch.num_rows() {
        found.push(RegionRevenue {
            region: regions.is_valid(row).then(|| regions.value(row).to_owned()),
            revenue: totals.value(row),
            usuarios_unicos: buyers.value(row),
            ticket_promedio: means.value(row),
        });
    }
    Ok(())
}
