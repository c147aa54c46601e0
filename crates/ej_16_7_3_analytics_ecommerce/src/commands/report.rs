//! From tables to one HTML file.

use super::Context;
use super::query::tables;
use crate::args::ReporteArgs;
use crate::informe::{
    DatosInforme, DiaRegion, MotivoCuarentena, ProductoVendido, TablaLeida, informe_html,
};
use crate::output::{Failure, human_bytes};
use anyhow::{Context as _, Result};
use arrow::array::{Array, AsArray, RecordBatch};
use arrow::compute::cast;
use arrow::datatypes::{DataType, Date32Type, Decimal128Type, Int64Type, TimestampMicrosecondType};
use datafusion::prelude::SessionContext;
use ecommerce_model::Fecha;
use ecommerce_pipeline::{Location, PipelineError, TableKind, session_for};
use serde_json::json;
use std::io::Write as _;
use std::path::Path;
use std::process::ExitCode;

pub(super) async fn run(context: &Context, args: &ReporteArgs) -> Result<ExitCode> {
    let location = Location::parse(&args.tabla).map_err(PipelineError::from)?;
    let bytes = write(context, &location, &args.salida).await?;
    context
        .say
        .summary(&json!({ "informe": args.salida, "bytes": bytes }));
    context.say.result(&format!(
        "informe: {} ({})",
        args.salida.display(),
        human_bytes(bytes)
    ));
    Ok(ExitCode::SUCCESS)
}

/// Writes the report beside its place and renames it there.
pub(super) async fn write(context: &Context, metrics: &Location, path: &Path) -> Result<u64> {
    let data = collect(context, metrics).await?;
    let html = informe_html(&data);
    let directory = path
        .parent()
        .filter(|p| !p.as_os_str().is_empty())
        .unwrap_or(Path::new("."));
    let save = || -> std::io::Result<()> {
        let mut file = tempfile::Builder::new()
            .prefix(".informe")
            .tempfile_in(directory)?;
        file.write_all(html.as_bytes())?;
        file.persist(path).map_err(|e| e.error)?;
        Ok(())
    };
    save()
        .map_err(|e| Failure::storage(format!("no se puede escribir {}: {e}", path.display())))?;
    Ok(html.len() as u64)
}

async fn collect(context: &Context, metrics: &Location) -> Result<DatosInforme> {
    let tables = tables(context, metrics, None, None).await?;
    let session = session_for(tables.iter().map(|(kind, table)| (kind.sql_name(), table))).await?;
    let has = |kind: TableKind| tables.iter().any(|(k, _)| *k == kind);
    let mut data = DatosInforme {
        titulo: "Analítica de la tienda".to_owned(),
        generado: jiff::Timestamp::now(),
        ..DatosInforme::default()
    };
    // The metrics first: they are what the report is about.
    for kind in TableKind::ALL.into_iter().rev() {
        let version = tables
            .iter()
            .find(|(k, _)| *k == kind)
            .and_then(|(_, t)| t.version());
        data.tablas.push(TablaLeida {
            nombre: kind.sql_name().to_owned(),
            ruta: kind.location(metrics)?.to_string(),
            version,
        });
    }
    days(&session, &mut data).await?;
    if has(TableKind::Products) {
        products(&session, &mut data).await?;
    }
    if has(TableKind::Quarantine) {
        quarantine(&session, &mut data).await?;
    }
    Ok(data)
}

async fn query(session: &SessionContext, sql: &str) -> Result<Vec<RecordBatch>> {
    session
        .sql(sql)
        .await?
        .collect()
        .await
        .context("no se pueden leer las tablas")
}

async fn days(session: &SessionContext, data: &mut DatosInforme) -> Result<()> {
    for batch in query(
        session,
        "SELECT * FROM metricas_diarias ORDER BY fecha, region",
    )
    .await?
    {
        let column = |name: &str| {
            batch
                .column_by_name(name)
                .with_context(|| format!("falta {name}"))
        };
        let int = |name: &str| column(name).map(|c| c.as_primitive::<Int64Type>().clone());
        let money = |name: &str| column(name).map(|c| c.as_primitive::<Decimal128Type>().clone());
        let dates = cast(column("fecha")?, &DataType::Date32)?;
        let regions = cast(column("region")?, &DataType::Utf8)?;
        let (revenue, premium) = (money("revenue")?, money("revenue_premium")?);
        let (transactions, transactions_premium) =
            (int("transacciones")?, int("transacciones_premium")?);
        let (buyers, visitors, clicks) =
            (int("usuarios_unicos")?, int("visitantes")?, int("clicks")?);
        let (carts, buyers_day) = (int("carritos")?, int("usuarios_unicos_dia")?);
        let versions = cast(column("_version_pipeline")?, &DataType::Utf8)?;
        let processed = column("_procesado_en")?
            .as_primitive::<TimestampMicrosecondType>()
            .clone();
        for i in 0..batch.num_rows() {
            let days = dates.as_primitive::<Date32Type>().value(i);
            let fecha =
                Fecha::from_days_since_epoch(days).context("una fecha fuera del calendario")?;
            data.dias.push(DiaRegion {
                fecha: fecha.civil(),
                region: regions.as_string::<i32>().value(i).to_owned(),
                revenue_centavos: revenue.value(i),
                revenue_premium_centavos: premium.value(i),
                transacciones: transactions.value(i),
                transacciones_premium: transactions_premium.value(i),
                usuarios_unicos: buyers.value(i),
                visitantes: visitors.value(i),
                clicks: clicks.value(i),
                carritos: carts.value(i),
                usuarios_unicos_dia: buyers_day.value(i),
            });
            let version = versions.as_string::<i32>().value(i);
            if !data.versiones_pipeline.iter().any(|v| v == version) {
                data.versiones_pipeline.push(version.to_owned());
            }
            let instant = jiff::Timestamp::from_microsecond(processed.value(i)).ok();
            data.ultimo_proceso = data.ultimo_proceso.max(instant);
        }
    }
    Ok(())
}

async fn products(session: &SessionContext, data: &mut DatosInforme) -> Result<()> {
    let sql = "SELECT producto_id, sum(revenue) AS revenue, sum(transacciones) AS transacciones \
               FROM productos_diarios GROUP BY producto_id ORDER BY revenue DESC, producto_id";
    for batch in query(session, sql).await? {
        let names = cast(batch.column(0), &DataType::Utf8)?;
        let names = names.as_string::<i32>();
        let revenue = batch.column(1).as_primitive::<Decimal128Type>();
        let transactions = batch.column(2).as_primitive::<Int64Type>();
        data.productos
            .extend((0..batch.num_rows()).map(|i| ProductoVendido {
                producto_id: names.is_valid(i).then(|| names.value(i).to_owned()),
                revenue_centavos: revenue.value(i),
                transacciones: transactions.value(i),
            }));
    }
    Ok(())
}

async fn quarantine(session: &SessionContext, data: &mut DatosInforme) -> Result<()> {
    let sql = "SELECT motivo, count(*) AS filas FROM cuarentena GROUP BY motivo ORDER BY filas DESC, motivo";
    for batch in query(session, sql).await? {
        let reasons = cast(batch.column(0), &DataType::Utf8)?;
        let counts = batch.column(1).as_primitive::<Int64Type>();
        let reasons = reasons.as_string::<i32>();
        data.cuarentena
            .extend((0..batch.num_rows()).map(|i| MotivoCuarentena {
                motivo: reasons.value(i).to_owned(),
                filas: counts.value(i),
            }));
    }
    Ok(())
}
