//! A run from the YAML to the published output, and how it can be stopped at any moment.

use crate::args::RunArgs;
use crate::failure;
use crate::input::{Watch, find_fault};
use crate::output::{Kind, Staging, Target};
use crate::parameters::Parameters;
use crate::pipeline::{Pipeline, assemble, counted};
use crate::problem::{Class, Problem};
use crate::progress::Progress;
use crate::summary::Summary;
use crate::yaml::{Formato, Tuberia};
use polars::prelude::Engine;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

/// What is being written, shared with whoever waits for Ctrl-C.
#[derive(Default)]
pub(crate) enum Stage {
    #[default]
    Nothing,
    Written(Staging),
    Published,
}

/// See [`Stage`].
pub(crate) type Shared = Arc<Mutex<Stage>>;

/// What a run ends with, if it does not fail.
pub(crate) enum Outcome {
    /// The optimized plan.
    Plan(String),
    /// The result's columns, with nothing written.
    Checked(Summary),
    /// The output is in its place.
    Done(Summary),
}

/// Runs what the arguments say.
pub(crate) fn run(args: &RunArgs, stage: &Shared) -> Result<Outcome, Problem> {
    let file = args.tuberia.as_deref().unwrap_or(Path::new(""));
    inner(args, file, stage).map_err(|e| e.in_file(file))
}

fn inner(args: &RunArgs, file: &Path, stage: &Shared) -> Result<Outcome, Problem> {
    let start = Instant::now();
    let yaml = Tuberia::read(file)?;
    let environment = |name: &str| std::env::var(name).ok();
    let parameters = Parameters::resolve(&yaml.parametros, &args.parametros, environment)?;
    let base = match &args.base {
        Some(base) => base.clone(),
        None => beside(file),
    };
    let progress = Progress::new(args.silencioso || args.json);
    let pipeline = assemble(&yaml, &base, &parameters, progress.on_rows())?;
    if args.plan {
        let plan = pipeline
            .frame
            .lazy
            .describe_optimized_plan()
            .map_err(|e| failure::planning(&e, yaml.salida.place))?;
        return Ok(Outcome::Plan(plan));
    }
    let target = Target::check(yaml, &base, &parameters, &pipeline.frame, &pipeline.sources)?;
    // The optimizer finds some contradictions that the schema does not show; better now than after an hour.
    pipeline
        .frame
        .lazy
        .describe_optimized_plan()
        .map_err(|e| failure::running(&e, &pipeline.sources))?;
    let mut summary = Summary::new(file, &pipeline, &target);
    if args.en_seco {
        summary.finish(start);
        return Ok(Outcome::Checked(summary));
    }
    let rows = execute(&pipeline, &target, stage, &progress)?;
    let measured = publish(stage)?;
    progress.finish();
    summary.written(rows, measured);
    summary.finish(start);
    Ok(Outcome::Done(summary))
}

/// Paths of a pipeline are relative to its own directory, so that it means the same wherever it is run from.
fn beside(file: &Path) -> PathBuf {
    match file.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent.to_owned(),
        _ => PathBuf::new(),
    }
}

fn execute(
    pipeline: &Pipeline,
    target: &Target,
    stage: &Shared,
    progress: &Progress,
) -> Result<u64, Problem> {
    let staging = Staging::begin(target)?;
    let rows = Arc::new(AtomicU64::new(0));
    let seen = Arc::clone(&rows);
    let lazy = counted(
        pipeline.frame.lazy.clone(),
        Arc::new(move |n| {
            seen.fetch_add(n as u64, Ordering::Relaxed);
        }),
    );
    let sink = target.sink(lazy, &staging)?;
    *lock(stage) = Stage::Written(staging);
    let csv: Vec<_> = pipeline
        .sources
        .iter()
        .filter(|(_, s)| s.format == Formato::Csv)
        .filter_map(|(_, s)| Some((s.files.as_ref()?.paths.clone(), s.dialect.clone())))
        .collect();
    let watch = Watch::start(csv.clone());
    let outcome = failure::guarded(|| sink.collect_with_engine(Engine::Streaming));
    progress.pause();
    match outcome {
        Ok(_) => watch.finish()?,
        Err(e) => {
            // A fault of the file, with its line, says more than what the engine stumbled over.
            watch.finish()?;
            let Some(e) = e else {
                return Err(failure::stopped(&pipeline.sources));
            };
            if let Some(problem) = find_fault(&e.to_string(), &csv) {
                return Err(problem);
            }
            if let Some(problem) = failure::conversion(&e, &pipeline.conversions) {
                return Err(problem);
            }
            let mut remote: Vec<String> = pipeline
                .sources
                .iter()
                .filter(|(_, s)| s.files.is_none())
                .map(|(_, s)| s.location.to_string())
                .collect();
            if let Kind::S3(url) = &target.place {
                remote.push(url.clone());
            }
            return Err(failure::running_with(&e, &pipeline.sources, &remote));
        }
    }
    Ok(rows.load(Ordering::Relaxed))
}

/// Publishes under the lock: an interruption comes before or after, never in between.
fn publish(stage: &Shared) -> Result<(Option<u64>, Option<u64>), Problem> {
    let mut stage = lock(stage);
    match std::mem::take(&mut *stage) {
        Stage::Written(staging) => {
            let measured = staging.measure();
            staging.publish()?;
            *stage = Stage::Published;
            Ok(measured)
        }
        _ => Err(Problem::new(Class::Interrupted, INTERRUPTED)),
    }
}

/// What Ctrl-C ends with.
pub(crate) const INTERRUPTED: &str = "interrumpido; la salida queda como estaba";

/// A lock that a panic elsewhere does not take away.
pub(crate) fn lock(stage: &Shared) -> std::sync::MutexGuard<'_, Stage> {
    stage.lock().unwrap_or_else(PoisonError::into_inner)
}
