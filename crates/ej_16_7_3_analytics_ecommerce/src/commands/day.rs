//! The default action: one day.

use super::{Context, cores};
use crate::args::{DiaArgs, Lugares};
use crate::output::Failure;
use crate::progress::{DayProgress, Stop};
use anyhow::Result;
use ecommerce_arrow::Limits;
use ecommerce_model::Fecha;
use ecommerce_pipeline::{DayJob, Location, run_day};
use std::process::ExitCode;
use std::time::Instant;

pub(super) async fn run(context: &Context, args: &DiaArgs) -> Result<ExitCode> {
    let start = Instant::now();
    let (Some(fecha), Some(entrada), Some(salida)) =
        (args.fecha, args.entrada.clone(), args.salida.clone())
    else {
        return Err(Failure::usage("faltan --fecha, --entrada y --salida"));
    };
    let places = Lugares {
        entrada,
        salida,
        modo: args.modo.clone(),
    };
    let job = job(context, fecha, &places, cores()).await?;
    let progress = DayProgress::new(context.say, Stop::listen().await);
    let outcome = run_day(&job, &progress).await;
    progress.finish();
    let summary = outcome?;
    context.say.day(&summary, start.elapsed().as_secs_f64());
    // The readable files are in, but the day is not all there: whoever runs this unattended must notice.
    Ok(ExitCode::from(if summary.rejected.is_empty() {
        0
    } else {
        3
    }))
}

pub(super) async fn job(
    context: &Context,
    fecha: Fecha,
    places: &Lugares,
    threads: usize,
) -> Result<DayJob> {
    Ok(DayJob {
        fecha,
        zona: places.modo.zona.clone(),
        entrada: Location::parse(&places.entrada)
            .map_err(ecommerce_pipeline::PipelineError::from)?,
        salida: Location::parse(&places.salida).map_err(ecommerce_pipeline::PipelineError::from)?,
        options: context.options.clone(),
        tolerant: places.modo.tolerante,
        durable: places.modo.duradero,
        threads,
        limits: Limits::default(),
        #[cfg(feature = "cluster")]
        engine: super::engine::engine(&places.modo).await?,
        #[cfg(not(feature = "cluster"))]
        engine: None,
    })
}
