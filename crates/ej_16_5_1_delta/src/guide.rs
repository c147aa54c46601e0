//! The guide's program in today's API: open, say the version and the schema, query, append.

use crate::error::TableError;
use crate::place::Place;
use arrow::array::RecordBatch;
use datafusion::prelude::SessionContext;
use deltalake::operations::write::WriteMetrics;
use deltalake::protocol::SaveMode;
use futures::TryStreamExt as _;

/// What the guide's program prints.
#[derive(Debug)]
pub struct GuideRun {
    /// The version it found.
    pub version: Option<u64>,
    /// The columns it found, name and type.
    pub columns: Vec<String>,
    /// `SELECT region, SUM(monto) FROM ventas GROUP BY region`.
    pub por_region: Vec<RecordBatch>,
    /// The version it made.
    pub version_nueva: Option<u64>,
    /// What the append took. It comes from the commit, where the guide has it from the call.
    pub metricas: Option<WriteMetrics>,
}

/// Opens the table at `place`, queries it and appends to it, as the guide's `main` does.
///
/// Five of its lines are others: the table is opened by URL and store ([`Place`]), it is not itself a provider of rows, the operations are
/// its methods, what changes it consumes it, and a write gives back the table alone.
///
/// # Errors
/// * [`TableError::NoTable`], [`TableError::Damaged`], [`TableError::Unavailable`] from opening.
/// * [`TableError::Query`], and those of [`crate::append`].
pub async fn programa(
    place: &Place,
    nuevos_datos: Vec<RecordBatch>,
) -> Result<GuideRun, TableError> {
    let tabla = place.open().await?;
    let version = tabla.version();
    let schema = tabla.snapshot()?.schema();
    let columns = schema.fields();
    let columns = columns.map(|field| format!("{}: {}", field.name(), field.data_type()));
    let columns = columns.collect();

    let ctx = SessionContext::new();
    ctx.register_table("ventas", tabla.table_provider().await?)?;
    let df = ctx
        .sql("SELECT region, SUM(monto) FROM ventas GROUP BY region ORDER BY region")
        .await?;
    let por_region = df.collect().await?;

    let tabla_actualizada = tabla
        .write(nuevos_datos)
        .with_save_mode(SaveMode::Append)
        .await?;
    let infos: Vec<_> = tabla_actualizada.history(Some(1)).try_collect().await?;
    let metricas = infos
        .into_iter()
        .next()
        .and_then(|mut info| info.info.remove("operationMetrics"))
        .and_then(|metrics| serde_json::from_value(metrics).ok());

    Ok(GuideRun {
        version,
        columns,
        por_region,
        version_nueva: tabla_actualizada.version(),
        metricas,
    })
}
