//! The versions of a table.

use super::{Context, existing};
use crate::args::HistoriaArgs;
use anyhow::Result;
use ecommerce_pipeline::{Location, PipelineError};
use futures::TryStreamExt as _;
use serde_json::{Value, json};
use std::process::ExitCode;

pub(super) async fn run(context: &Context, args: &HistoriaArgs) -> Result<ExitCode> {
    let location = Location::parse(&args.tabla).map_err(PipelineError::from)?;
    let table = existing(context, &location).await?;
    let failed = |e| PipelineError::Table {
        location: location.clone(),
        source: Box::new(e),
    };
    let commits: Vec<_> = table
        .history(Some(args.ultimas))
        .try_collect()
        .await
        .map_err(failed)?;
    let latest = table.version().unwrap_or_default();
    let mut rows = Vec::new();
    for (age, commit) in commits.iter().enumerate() {
        let text = |key: &str| {
            commit
                .info
                .get(key)
                .and_then(Value::as_str)
                .unwrap_or_default()
                .to_owned()
        };
        let parameter = |key: &str| {
            let parameters = commit.operation_parameters.as_ref();
            parameters
                .and_then(|p| p.get(key))
                .and_then(Value::as_str)
                .unwrap_or_default()
                .to_owned()
        };
        let instant = commit
            .timestamp
            .and_then(|ms| ecommerce_model::format_instant(ms.saturating_mul(1_000)));
        let added = commit
            .info
            .get("operationMetrics")
            .and_then(|m| m.get("num_added_rows"))
            .and_then(Value::as_u64);
        rows.push(json!({
            "version": latest.saturating_sub(age as u64),
            "instante": instant,
            "operacion": commit.operation,
            "predicado": parameter("predicate"),
            "filas": added,
            "ejecucion": text("run_id"),
        }));
    }
    context.say.summary(&Value::Array(rows.clone()));
    let mut out = format!(
        "{:>8}  {:<27}  {:<10}  {:>8}  {}",
        "versión", "instante", "operación", "filas", "qué"
    );
    for row in &rows {
        let text = |key: &str| row[key].as_str().unwrap_or_default().to_owned();
        let filas = row["filas"]
            .as_u64()
            .map(|n| n.to_string())
            .unwrap_or_default();
        out.push_str(&format!(
            "\n{:>8}  {:<27}  {:<10}  {:>8}  {}",
            row["version"],
            text("instante"),
            text("operacion"),
            filas,
            text("predicado")
        ));
    }
    context.say.result(&out);
    Ok(ExitCode::SUCCESS)
}
