//! The contestants of this crate, each in a process of its own like the others.

use crate::Failure;
use datafusion::arrow::array::{AsArray as _, RecordBatch};
use datafusion::arrow::datatypes::{Float64Type, Int64Type};
use datafusion::prelude::{ParquetReadOptions, SessionConfig, SessionContext};
use ej_16_3_2_custom_expressions::COLUMNAS;
use ej_16_4_2_udf::{contexto, haversine_en_sql, udf_de_la_guia};
use serde_json::{Value, json};
use std::time::Instant;

/// Runs the query as often as asked; the line that the Python peers print too.
pub(crate) fn answer(form: &str, path: &str, repetitions: usize) -> Result<Value, Failure> {
    let [lat1, lon1, lat2, lon2] = COLUMNAS;
    let four = COLUMNAS.join(", ");
    let distance = match form {
        "vectorial" => format!("haversine({four})"),
        "guia" => format!("haversine_guia({four})"),
        "sql" => haversine_en_sql(lat1, lon1, lat2, lon2),
        otra => return Err(format!("forma desconocida: {otra}").into()),
    };
    let sql = format!(
        "SELECT count(km), sum(km), max(km) FROM (SELECT {distance} AS km FROM pares) AS distancias"
    );
    let runtime = tokio::runtime::Runtime::new()?;
    runtime.block_on(async {
        let ctx = contexto(SessionConfig::new());
        ctx.register_udf(udf_de_la_guia());
        ctx.register_parquet("pares", path, ParquetReadOptions::default())
            .await?;
        let mut seconds = Vec::new();
        let mut answer = (0, f64::NAN, f64::NAN);
        for _ in 0..repetitions {
            let start = Instant::now();
            answer = query(&ctx, &sql).await?;
            seconds.push(start.elapsed().as_secs_f64());
        }
        let version = format!("datafusion {}", datafusion::DATAFUSION_VERSION);
        Ok(json!({
            "forma": form, "version": version, "segundos": seconds,
            "filas": answer.0, "suma_km": answer.1, "maximo_km": answer.2,
        }))
    })
}

async fn query(ctx: &SessionContext, sql: &str) -> Result<(i64, f64, f64), Failure> {
    let batches = ctx.sql(sql).await?.collect().await?;
    let batch = batches.iter().find(|batch| batch.num_rows() == 1);
    let batch: &RecordBatch = batch.ok_or("la consulta no dio una fila")?;
    let float = |i: usize| batch.column(i).as_primitive::<Float64Type>().value(0);
    let count = batch.column(0).as_primitive::<Int64Type>().value(0);
    Ok((count, float(1), float(2)))
}
