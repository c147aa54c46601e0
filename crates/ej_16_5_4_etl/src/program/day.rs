//! The day: once, or as often as a measurement asks.

use super::arguments::DayArguments;
use super::{Failure, events, thousands};
use crate::{Etl, Metricas};
use datafusion::prelude::{col, lit};
use datafusion::scalar::ScalarValue;
use ecommerce_pipeline::{Location, PipelineError, open_table, session_for};
use serde_json::json;
use std::time::Instant;

/// Events of a day that nobody gave: a few seconds' work in a debug build.
const INVENTED: u64 = 100_000;

pub(super) async fn run(arguments: &DayArguments) -> Result<(), Failure> {
    // Kept until the end: the directory goes when it is dropped.
    let scratch = match (&arguments.entrada, &arguments.salida) {
        (Some(_), Some(_)) => None,
        _ => Some(tempfile::tempdir().map_err(Failure::file(&std::env::temp_dir()))?),
    };
    let beside = |name: &str| scratch.as_ref().map(|s| s.path().join(name));
    let place = |given: &Option<String>, name: &str| match (given, beside(name)) {
        (Some(text), _) => Location::parse(text),
        (None, Some(path)) => Location::local(&path),
        (None, None) => Location::parse(""),
    };
    let origen = place(&arguments.entrada, "eventos").map_err(PipelineError::from)?;
    let destino = place(&arguments.salida, "ventas").map_err(PipelineError::from)?;
    let invented = arguments.entrada.is_none();
    if let Some(root) = beside("eventos").filter(|_| invented) {
        events::write(&root, arguments.fecha, 1, INVENTED, 42)?;
    }
    let mut etl = Etl::new(arguments.fecha, origen, destino);
    etl.zona = arguments.zona.clone();
    etl.options = arguments.opciones.iter().cloned().collect();
    etl.durable = arguments.duradero;
    etl.threads = arguments.hilos.unwrap_or(etl.threads);
    // Without files of one's own there is something to see: the same day again changes nothing.
    let times = arguments.repeticiones.max(if invented { 2 } else { 1 });

    let (mut seconds, mut last) = (Vec::new(), Metricas::default());
    while seconds.len() < times && goes_on(&seconds, arguments.segundos) {
        let begun = Instant::now();
        last = etl.run().await?;
        seconds.push((begun.elapsed().as_secs_f64() * 1e6).round() / 1e6);
    }
    if arguments.json {
        let mut said = json!(last);
        if let Some(object) = said.as_object_mut() {
            object.insert("consulta_s".into(), json!(seconds.first()));
            object.insert("consultas_s".into(), json!(seconds));
            let version = concat!("ej_16_5_4_etl ", env!("CARGO_PKG_VERSION"));
            object.insert("version".into(), json!(version));
        }
        println!("{said}");
        return Ok(());
    }
    if invented {
        println!(
            "{INVENTED} eventos inventados del {}, hechos {times} veces:",
            last.fecha
        );
    }
    println!("{}", table(&etl).await?);
    print!("{}", text(&last));
    Ok(())
}

fn goes_on(seconds: &[f64], limit: Option<f64>) -> bool {
    seconds.len() < 2 || limit.is_none_or(|limit| seconds.iter().sum::<f64>() < limit)
}

/// The day's rows as the table now has them.
async fn table(etl: &Etl) -> Result<String, PipelineError> {
    let Some(table) = open_table(&etl.destino, &etl.options).await? else {
        return Ok(String::new());
    };
    let day = ScalarValue::Date32(Some(etl.fecha.days_since_epoch()));
    let rows = session_for([("t", &table)])
        .await?
        .table("t")
        .await?
        .filter(col("fecha").eq(lit(day)))?
        .select_columns(&["region", "segmento", "revenue", "usuarios", "transacciones"])?
        .sort_by(vec![col("region"), col("segmento")])?
        .collect()
        .await?;
    Ok(arrow::util::pretty::pretty_format_batches(&rows)?.to_string())
}

fn text(metricas: &Metricas) -> String {
    let mut out = format!(
        "{}: {} filas leídas, {} sin monto, {} ventas por {} · versión {} de la tabla, {:.2} s\n",
        metricas.fecha,
        thousands(metricas.filas_leidas),
        thousands(metricas.filas_filtradas),
        thousands(metricas.filas_validas),
        metricas.revenue,
        metricas.version_tabla,
        metricas.segundos
    );
    let mut note = |line: String| {
        out.push_str(&line);
        out.push('\n');
    };
    for (reason, n) in &metricas.motivos {
        note(format!("  fuera {n}: {reason}"));
    }
    for (fecha, n) in &metricas.de_otra_fecha {
        note(format!(
            "  {n} ventas son del {fecha}: cuando estén en su directorio, repita ese día"
        ));
    }
    for (file, columns) in &metricas.columnas_ignoradas {
        note(format!(
            "  {file}: columnas que no se leen: {}",
            columns.join(", ")
        ));
    }
    out
}
