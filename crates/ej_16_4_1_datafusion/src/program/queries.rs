//! `consultar`: one query over tables that the command line names.

use super::arguments::{Query, Session};
use super::{say, show};
use crate::tpch::Answer;
use crate::{Engine, EngineError, Settings, run, s3_store};
use anyhow::Result;
use datafusion::physical_plan::display::DisplayableExecutionPlan;
use std::path::Path;
use url::Url;

pub(super) async fn answer(query: &Query) -> Result<()> {
    // Nobody has looked whether these files hold NaN.
    let engine = Engine::new(&settings(&query.session, Settings::wary()))?;
    for (name, place) in &query.tabla {
        register(&engine, name, place).await?;
    }
    let frame = engine.query(&query.sql).await?;
    let columns = frame
        .schema()
        .fields()
        .iter()
        .map(|field| field.name().clone());
    let columns = columns.collect();
    let (batches, plan) = run(frame).await?;
    say(&show::answer(
        &Answer::of(columns, &batches)?,
        query.formato,
    ))?;
    if query.explicar {
        let plan = DisplayableExecutionPlan::with_metrics(plan.as_ref());
        say(&format!("\n{}", plan.indent(false)))?;
    }
    Ok(())
}

/// These settings, then what the command line adds.
pub(super) fn settings(session: &Session, mut settings: Settings) -> Settings {
    settings.options.extend(session.opcion.iter().cloned());
    settings.memory = session
        .memoria
        .map(|megabytes| megabytes.get().saturating_mul(1 << 20));
    settings
}

async fn register(engine: &Engine, name: &str, place: &str) -> Result<(), EngineError> {
    if let Some(rest) = place.strip_prefix("s3://") {
        let bucket = rest.split('/').next().unwrap_or(rest);
        let host =
            Url::parse(&format!("s3://{bucket}")).map_err(|_| EngineError::Path(place.into()))?;
        let environment = std::env::vars_os().filter_map(|(name, value)| {
            Some((name.into_string().ok()?, value.into_string().ok()?))
        });
        engine.add_store(&host, s3_store(bucket, environment)?);
        return engine.register_url(name, place).await;
    }
    if place.ends_with('/') {
        return engine.register_directory(name, Path::new(place), &[]).await;
    }
    engine.register_file(name, Path::new(place)).await
}
