//! The whole job on a generated week: what a stranger runs first.

use super::{Context, generate, query, range, report};
use crate::args::{ConsultarArgs, DemoArgs, Formato, Lugares, Modo, RangoArgs};
use crate::output::Failure;
use anyhow::{Context as _, Result};
use ecommerce_arrow::Format;
use ecommerce_model::{ConfigGenerador, Fecha, Zona};
use ecommerce_pipeline::{Location, PipelineError};
use std::fs;
use std::path::Path;
use std::process::ExitCode;

/// Says that the directory is ours to clear.
const MARK: &str = ".demo-analytics-ecommerce";
const DAYS: u32 = 14;

pub(super) async fn run(context: &Context, args: &DemoArgs) -> Result<ExitCode> {
    let root = &args.directorio;
    prepare(root)?;
    let (events, table, html) = (
        root.join("eventos"),
        root.join("metricas"),
        root.join("informe.html"),
    );
    let first: Fecha = Fecha::new(2024, 1, 15).context("fecha de la demostración")?;
    let last = first
        .through(Fecha::new(2024, 12, 31).context("fecha de la demostración")?)
        .nth(DAYS as usize - 1);
    let say = context.say;

    say.result(&format!(
        "1/4 · generar {} eventos en {DAYS} días, con sus defectos y fraudes plantados",
        args.filas
    ));
    let config = ConfigGenerador::new(42, first, DAYS, args.filas);
    let written = generate::generate(context, config, &events, Format::Parquet, 1_000_000)?;
    say.result(&format!(
        "    {} archivos Parquet bajo {}",
        written.files,
        events.display()
    ));

    say.result("\n2/4 · procesar cada día: contrato → cuarentena, métricas con Polars → Delta");
    let places = Lugares {
        entrada: events.display().to_string(),
        salida: table.display().to_string(),
        modo: Modo {
            zona: Zona::utc(),
            tolerante: false,
            duradero: false,
            #[cfg(feature = "cluster")]
            motor: crate::args::MotorArgs::default(),
        },
    };
    let range = RangoArgs {
        desde: first,
        hasta: last.unwrap_or(first),
        lugares: places,
        trabajos: None,
        rehacer: false,
    };
    let code = range::run(context, &range).await?;
    if code != ExitCode::SUCCESS {
        return Ok(code);
    }
    let ask = async |sql: &str| {
        let tabla = table.display().to_string();
        query::run(
            context,
            &ConsultarArgs {
                sql: sql.to_owned(),
                tabla,
                formato: Formato::Tabla,
                version: None,
                a_fecha: None,
            },
        )
        .await
    };
    say.result("\n3/4 · consultar las tablas con SQL (DataFusion, solo lectura)");
    ask(
        "SELECT region, sum(revenue) AS revenue, sum(transacciones) AS transacciones, \
         CAST(sum(revenue) / sum(transacciones) AS DECIMAL(18,2)) AS ticket_promedio, \
         round(100.0 * sum(usuarios_unicos) / sum(visitantes), 2) AS conversion_pct \
         FROM metricas_diarias GROUP BY region ORDER BY revenue DESC",
    )
    .await?;
    ask("SELECT motivo, count(*) AS filas FROM cuarentena GROUP BY motivo ORDER BY filas DESC")
        .await?;

    say.result("\n4/4 · escribir el informe");
    let location = Location::local(&table).map_err(PipelineError::from)?;
    report::write(context, &location, &html).await?;
    let shown = fs::canonicalize(&html).unwrap_or(html);
    say.result(&format!("    ábralo en el navegador: {}", shown.display()));
    Ok(ExitCode::SUCCESS)
}

/// Clears what an earlier demonstration left; somebody else's directory is refused.
fn prepare(root: &Path) -> Result<()> {
    let failed = |e: std::io::Error| {
        Failure::storage(format!("no se puede preparar {}: {e}", root.display()))
    };
    if root.exists() && !root.join(MARK).exists() {
        super::require_empty(root)?;
    }
    fs::create_dir_all(root).map_err(failed)?;
    fs::write(root.join(MARK), "").map_err(failed)?;
    for name in [
        "eventos",
        "metricas",
        "metricas_productos",
        "metricas_cuarentena",
    ] {
        match fs::remove_dir_all(root.join(name)) {
            Err(e) if e.kind() != std::io::ErrorKind::NotFound => return Err(failed(e)),
            _ => {}
        }
    }
    Ok(())
}
