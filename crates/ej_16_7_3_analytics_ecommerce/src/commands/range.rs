//! Backfill: the days of an interval, several at a time, going on where an earlier run stopped.

use super::{Context, cores, day};
use crate::args::RangoArgs;
use crate::messages::{INTERRUPTED, describe};
use crate::output::{Failure, day_json, day_totals};
use crate::progress::{Quiet, Stop};
use anyhow::Result;
use ecommerce_model::Fecha;
use ecommerce_pipeline::{
    DaySummary, PipelineError, Tables, available_days, is_published, open_table, run_day_on,
};
use futures::{StreamExt as _, stream};
use indicatif::{ProgressBar, ProgressStyle};
use serde_json::{Value, json};
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Instant;

/// What became of one day of the interval.
enum Fate {
    Done(Box<DaySummary>, f64),
    Failed(PipelineError),
}

#[derive(Default)]
struct Tally {
    done: u64,
    skipped: u64,
    missing: u64,
    failed: u64,
    rows: u64,
    worst: u8,
    days: Vec<Value>,
}

pub(super) async fn run(context: &Context, args: &RangoArgs) -> Result<ExitCode> {
    if args.hasta < args.desde {
        return Err(Failure::usage(format!(
            "--hasta ({}) es anterior a --desde ({})",
            args.hasta, args.desde
        )));
    }
    let start = Instant::now();
    let at_once = args.trabajos.unwrap_or_else(cores).clamp(1, 64);
    let threads = (cores() / at_once).max(1);
    let template = day::job(context, args.desde, &args.lugares, threads).await?;
    let stop = Stop::listen().await;
    let mut tally = Tally::default();
    let wanted = plan(context, args, &template, &mut tally).await?;
    let bar = context.say.draws().then(|| bar(wanted.len() as u64));
    let template = Arc::new(template);
    let tables = Arc::new(Tables::new(
        &template.salida,
        &context.options,
        template.durable,
    )?);
    let mut fates = stream::iter(wanted)
        .map(|fecha| {
            let (template, tables, stop) =
                (Arc::clone(&template), Arc::clone(&tables), stop.clone());
            // A task of its own: reading a day blocks the thread it runs on.
            tokio::spawn(async move {
                let start = Instant::now();
                let mut job = (*template).clone();
                job.fecha = fecha;
                let fate = match run_day_on(&tables, &job, &Quiet(stop)).await {
                    Ok(summary) => Fate::Done(Box::new(summary), start.elapsed().as_secs_f64()),
                    Err(e) => Fate::Failed(e),
                };
                (fecha, fate)
            })
        })
        .buffer_unordered(at_once);
    while let Some(joined) = fates.next().await {
        let (fecha, fate) = joined.map_err(PipelineError::from)?;
        let line = tally.add(fecha, &fate);
        match &bar {
            Some(bar) => {
                bar.println(line);
                bar.inc(1);
            }
            None => context.say.result(&line),
        }
    }
    if let Some(bar) = bar {
        bar.finish_and_clear();
    }
    finish(context, &mut tally, start.elapsed().as_secs_f64(), &stop)
}

/// The days to run: those of the interval that have data and are not published yet.
async fn plan(
    context: &Context,
    args: &RangoArgs,
    template: &ecommerce_pipeline::DayJob,
    tally: &mut Tally,
) -> Result<Vec<Fecha>> {
    let available = available_days(&template.entrada, &context.options).await?;
    let published = if args.rehacer {
        None
    } else {
        open_table(&template.salida, &context.options).await?
    };
    let mut wanted = Vec::new();
    for fecha in args.desde.through(args.hasta) {
        // An input without day directories is flat: any day may be in it.
        if !available.is_empty() && !available.contains(&fecha) {
            tally.missing += 1;
            tally
                .days
                .push(json!({ "fecha": fecha.to_string(), "estado": "sin_datos" }));
            context.say.note(&format!("{fecha}  sin datos"));
            continue;
        }
        if let Some(table) = &published
            && is_published(&template.salida, table, fecha).await?
        {
            tally.skipped += 1;
            tally
                .days
                .push(json!({ "fecha": fecha.to_string(), "estado": "ya_estaba" }));
            continue;
        }
        wanted.push(fecha);
    }
    if tally.skipped > 0 {
        context.say.note(&format!(
            "{} días ya estaban en la tabla (con --rehacer se procesan otra vez)",
            tally.skipped
        ));
    }
    if wanted.is_empty() && tally.skipped == 0 {
        return Err(Failure::input(format!(
            "{} no tiene datos de ningún día entre el {} y el {}",
            template.entrada, args.desde, args.hasta
        )));
    }
    Ok(wanted)
}

impl Tally {
    fn add(&mut self, fecha: Fecha, fate: &Fate) -> String {
        match fate {
            Fate::Done(summary, seconds) => {
                self.done += 1;
                self.rows += summary.rows_in;
                if !summary.rejected.is_empty() {
                    self.worst = self.worst.max(3);
                }
                let mut value = day_json(summary, *seconds);
                value["estado"] = json!("hecho");
                self.days.push(value);
                let (revenue, transactions, _) = day_totals(&summary.metrics);
                let left_out = if summary.rejected.is_empty() {
                    String::new()
                } else {
                    format!("  {} archivos fuera", summary.rejected.len())
                };
                format!(
                    "{fecha}  {:>10} filas  {:>8} en cuarentena  revenue {:>14}  {:>8} transacciones  {seconds:.2} s{left_out}",
                    summary.rows_in,
                    summary.rows_quarantined(),
                    revenue.to_string(),
                    transactions,
                )
            }
            Fate::Failed(e) => {
                self.failed += 1;
                let code = if matches!(e, PipelineError::Cancelled) {
                    INTERRUPTED
                } else {
                    e.class().exit_code()
                };
                self.worst = self.worst.max(code);
                let line = describe(e);
                self.days.push(json!({ "fecha": fecha.to_string(), "estado": "error", "error": line, "codigo": code }));
                format!("{fecha}  error: {line}")
            }
        }
    }
}

fn finish(context: &Context, tally: &mut Tally, seconds: f64, stop: &Stop) -> Result<ExitCode> {
    tally
        .days
        .sort_by(|a, b| a["fecha"].as_str().cmp(&b["fecha"].as_str()));
    context.say.summary(&json!({
        "dias": tally.days,
        "hechos": tally.done,
        "ya_estaban": tally.skipped,
        "sin_datos": tally.missing,
        "con_error": tally.failed,
        "filas_leidas": tally.rows,
        "segundos": (seconds * 1e3).round() / 1e3,
    }));
    context.say.result(&format!(
        "{} días procesados, {} ya estaban, {} sin datos, {} con error; {} filas en {seconds:.1} s",
        tally.done, tally.skipped, tally.missing, tally.failed, tally.rows
    ));
    Ok(ExitCode::from(if stop.is_set() {
        INTERRUPTED
    } else {
        tally.worst
    }))
}

fn bar(days: u64) -> ProgressBar {
    let bar = ProgressBar::new(days);
    if let Ok(style) = ProgressStyle::with_template("{bar:40} {pos}/{len} días, quedan {eta}") {
        bar.set_style(style.progress_chars("━╸ "));
    }
    bar.tick();
    bar
}
