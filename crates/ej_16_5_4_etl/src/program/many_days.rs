//! A thousand small days: what each commit costs, what the log grows to, and what opening the table comes to cost.

use super::arguments::ManyDaysArguments;
use super::{Failure, events, many_days_report, save};
use crate::Etl;
use ecommerce_model::{ConfigGenerador, Fecha};
use ecommerce_pipeline::{Location, PipelineError};
use serde::{Deserialize, Serialize};
use std::fs::File;
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant, SystemTime};

/// Commits after which the table is looked at; those that are no multiple of ten stand between two checkpoints.
const MARKS: [u32; 8] = [1, 10, 15, 50, 100, 250, 500, 995];
/// Commits between checkpoints: never within the run, delta-rs' default, this pipeline's, and that once more with a day between
/// two commits, as when the pipeline runs once a day: then the log lets go of what is older than a month.
const VARIANTS: [(&str, u32, bool); 4] = [
    ("nunca", 1_000_000, false),
    ("100", 100, false),
    ("10", 10, false),
    ("10-diario", 10, true),
];

/// The result.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct ManyDays {
    pub(super) dias: u32,
    pub(super) filas_por_dia: u64,
    pub(super) aperturas: u32,
    pub(super) maquina: String,
    pub(super) commit: Option<String>,
    pub(super) metodo: String,
    pub(super) variantes: Vec<Variant>,
}

/// A table whose checkpoints lie so far apart.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct Variant {
    pub(super) nombre: String,
    pub(super) checkpoint_cada: u32,
    /// Days per second over the whole run, over its first tenth and over its last.
    pub(super) dias_por_s: f64,
    pub(super) dias_por_s_primeros: f64,
    pub(super) dias_por_s_ultimos: f64,
    pub(super) puntos: Vec<Point>,
}

/// The table after so many commits.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct Point {
    pub(super) commits: u32,
    /// Median and least of the milliseconds that opening it anew takes.
    pub(super) abrir_ms: f64,
    pub(super) abrir_min_ms: f64,
    pub(super) registro_archivos: u64,
    pub(super) registro_kb: f64,
    pub(super) checkpoints: u64,
    pub(super) datos_archivos: u64,
}

pub(super) async fn run(arguments: &ManyDaysArguments) -> Result<(), Failure> {
    let place = arguments.trabajo.clone().unwrap_or_else(std::env::temp_dir);
    let scratch = tempfile::tempdir_in(&place).map_err(Failure::file(&place))?;
    let result = measure(arguments, scratch.path()).await?;
    let json = serde_json::to_string_pretty(&result)
        .map_err(|e| Failure::File(arguments.salida.clone(), e.into()))?;
    let file = |name: &str| arguments.salida.join(name);
    save(&file("muchos-dias.json"), &(json + "\n"))?;
    save(
        &file("muchos-dias.md"),
        &many_days_report::markdown(&result),
    )?;
    save(&file("muchos-dias.svg"), &many_days_report::svg(&result))?;
    let figures = serde_json::to_string_pretty(&many_days_report::figures(&result))
        .map_err(|e| Failure::File(arguments.salida.clone(), e.into()))?;
    save(&file("muchos-dias-cifras.json"), &(figures + "\n"))?;
    print!("{}", many_days_report::markdown(&result));
    Ok(())
}

async fn measure(arguments: &ManyDaysArguments, scratch: &Path) -> Result<ManyDays, Failure> {
    let first = Fecha::new(2021, 1, 1).ok_or_else(|| Failure::usage("no hay calendario"))?;
    let rows = arguments.filas * u64::from(arguments.dias);
    let config = ConfigGenerador {
        // Every day must have sales: a small one of broken rows alone would stop the run.
        defectos: 0.0,
        ..ConfigGenerador::new(42, first, arguments.dias, rows)
    };
    eprintln!("{} días de {} eventos…", arguments.dias, arguments.filas);
    let events = scratch.join("eventos");
    events::write_with(&events, config)?;
    let days: Vec<Fecha> = std::iter::successors(Some(first), |d| d.next())
        .take(arguments.dias as usize)
        .collect();
    let mut variants = Vec::new();
    for (name, every, aged) in VARIANTS {
        eprintln!("variante {name}…");
        let table = scratch.join(format!("tabla-{name}"));
        variants.push(variant(arguments, &events, &table, &days, (name, every, aged)).await?);
        // Thousands of small files are enough of them at a time.
        std::fs::remove_dir_all(&table).map_err(Failure::file(&table))?;
    }
    Ok(ManyDays {
        dias: arguments.dias,
        filas_por_dia: arguments.filas,
        aperturas: arguments.aperturas,
        maquina: machine(),
        commit: commit(),
        metodo: "Un proceso reemplaza los días uno tras otro en una tabla nueva; en cada punto se vuelve a abrir la tabla \
desde cero, con la caché de archivos del sistema caliente; abrir es leer el registro hasta tener la lista de archivos vivos; en `10-diario` \
los archivos del registro llevan la fecha que tendrían con un commit al día"
            .into(),
        variantes: variants,
    })
}

async fn variant(
    arguments: &ManyDaysArguments,
    events: &Path,
    path: &Path,
    days: &[Fecha],
    (name, every, aged): (&str, u32, bool),
) -> Result<Variant, Failure> {
    let place = |path: &Path| Location::local(path).map_err(PipelineError::from);
    let mut etl = Etl::new(days[0], place(events)?, place(path)?);
    etl.checkpoint_cada = every;
    etl.threads = 1;
    let table = etl.table()?;
    let (mut seconds, mut points) = (Vec::with_capacity(days.len()), Vec::new());
    for (day, commits) in days.iter().zip(1..) {
        etl.fecha = *day;
        if aged {
            age(&path.join("_delta_log"), commits - 1)?;
        }
        let begun = Instant::now();
        etl.run_on(&table).await?;
        seconds.push(begun.elapsed().as_secs_f64());
        if MARKS.contains(&commits) || commits as usize == days.len() {
            points.push(point(arguments, &etl, path, commits).await?);
        }
    }
    let rate = |part: &[f64]| part.len() as f64 / part.iter().sum::<f64>().max(f64::MIN_POSITIVE);
    let tenth = (seconds.len() / 10).max(1);
    Ok(Variant {
        nombre: name.to_owned(),
        checkpoint_cada: every,
        dias_por_s: rate(&seconds),
        dias_por_s_primeros: rate(&seconds[..tenth]),
        dias_por_s_ultimos: rate(&seconds[seconds.len() - tenth..]),
        puntos: points,
    })
}

async fn point(
    arguments: &ManyDaysArguments,
    etl: &Etl,
    path: &Path,
    commits: u32,
) -> Result<Point, Failure> {
    let mut times = Vec::new();
    for _ in 0..arguments.aperturas {
        let begun = Instant::now();
        // A table that nobody has seen: nothing is known from before.
        let opened = etl.table()?.open().await?;
        times.push(begun.elapsed().as_secs_f64() * 1e3);
        let version = opened.and_then(|t| t.version());
        if version != Some(u64::from(commits) - 1) {
            return Err(Failure::input(format!(
                "la tabla tiene la versión {version:?} tras {commits} commits"
            )));
        }
    }
    times.sort_by(f64::total_cmp);
    let log = files(&path.join("_delta_log"))?;
    let data = files(path)?;
    let of = |suffix: &str| log.iter().filter(|(n, _)| n.ends_with(suffix)).count() as u64;
    Ok(Point {
        commits,
        abrir_ms: times[times.len() / 2],
        abrir_min_ms: times[0],
        registro_archivos: log.len() as u64,
        registro_kb: log.iter().map(|(_, bytes)| *bytes).sum::<u64>() as f64 / 1e3,
        checkpoints: of(".checkpoint.parquet"),
        datos_archivos: data.iter().filter(|(n, _)| n.ends_with(".parquet")).count() as u64
            - of(".parquet"),
    })
}

/// Gives every entry of the log the time it would have if a day had passed before each commit, the one to come included.
fn age(log: &Path, next: u32) -> Result<(), Failure> {
    let Ok(entries) = std::fs::read_dir(log) else {
        return Ok(());
    };
    for entry in entries.flatten() {
        let name = entry.file_name().to_string_lossy().into_owned();
        let Some(version) = name.get(..20).and_then(|v| v.parse::<u32>().ok()) else {
            continue;
        };
        let days = u64::from(next.saturating_sub(version));
        let when = SystemTime::now() - Duration::from_secs(days * 86_400);
        let touch = || File::open(entry.path())?.set_modified(when);
        touch().map_err(Failure::file(&entry.path()))?;
    }
    Ok(())
}

/// Names and sizes of all files below a directory.
fn files(directory: &Path) -> Result<Vec<(String, u64)>, Failure> {
    let (mut found, mut pending) = (Vec::new(), vec![directory.to_owned()]);
    while let Some(directory) = pending.pop() {
        let fail = || Failure::file(&directory);
        for entry in std::fs::read_dir(&directory).map_err(fail())? {
            let entry = entry.map_err(fail())?;
            let meta = entry.metadata().map_err(fail())?;
            if meta.is_dir() {
                pending.push(entry.path());
            } else {
                found.push((entry.file_name().to_string_lossy().into_owned(), meta.len()));
            }
        }
    }
    Ok(found)
}

fn machine() -> String {
    let cpu = std::fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let name = cpu
        .lines()
        .find_map(|l| l.strip_prefix("model name")?.split_once(':'))
        .map_or("procesador desconocido", |(_, name)| name.trim());
    let cores = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    format!("{name}, {cores} núcleos, {}", std::env::consts::OS)
}

fn commit() -> Option<String> {
    let said = Command::new("git")
        .args(["rev-parse", "--short", "HEAD"])
        .output()
        .ok()?;
    let text = String::from_utf8(said.stdout).ok()?;
    said.status.success().then(|| text.trim().to_owned())
}
