//! Upkeep of the three tables; nothing is removed unless asked for.

use super::Context;
use crate::args::MantenerArgs;
use crate::output::Failure;
use anyhow::Result;
use ecommerce_pipeline::{Location, Maintenance, PipelineError, maintain};
use serde_json::json;
use std::process::ExitCode;
use std::time::Duration;

pub(super) async fn run(context: &Context, args: &MantenerArgs) -> Result<ExitCode> {
    let location = Location::parse(&args.tabla).map_err(PipelineError::from)?;
    let what = Maintenance {
        retention: Duration::from_secs_f64(args.retencion * 86_400.0),
        dry_run: !args.ejecutar,
        compact: !args.sin_compactar,
    };
    let reports = maintain(&location, &context.options, &what).await?;
    if reports.is_empty() {
        return Err(Failure::input(format!(
            "en {location} no hay ninguna tabla Delta"
        )));
    }
    let verb = if args.ejecutar {
        "borrados"
    } else {
        "se borrarían"
    };
    for r in &reports {
        let (merged, into) = r.compacted;
        context.say.result(&format!(
            "{}: {merged} archivos juntados en {into}; {verb} {} archivos sin uso y {} restos de escrituras muertas",
            r.table.sql_name(),
            r.removed.len(),
            r.residue.len()
        ));
        for file in r.removed.iter().take(20) {
            context.say.note(&format!("  {file}"));
        }
        for file in &r.residue {
            context.say.note(&format!("  {}", file.display()));
        }
    }
    if !args.ejecutar {
        context
            .say
            .result("ensayo: no se ha tocado nada; con --ejecutar se compacta y se borra");
    }
    let tables: Vec<_> = reports
        .iter()
        .map(|r| {
            json!({
                "tabla": r.table.sql_name(), "compactados": r.compacted.0, "escritos": r.compacted.1,
                "sin_uso": r.removed, "restos": r.residue,
            })
        })
        .collect();
    context
        .say
        .summary(&json!({ "ejecutado": args.ejecutar, "tablas": tables }));
    Ok(ExitCode::SUCCESS)
}
