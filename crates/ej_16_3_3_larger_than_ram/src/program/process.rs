//! `procesar`: the work is done by a child, because a refused allocation ends a Rust process wherever it happens.
//!
//! The parent gives the child a directory beside the output, waits, and either renames what the child left there or says in one
//! line how it died. Whatever happens to the child, the directory goes.

use super::arguments::{Motor, Operacion, Process};
use super::failure::{Failure, INPUT, MEMORY, one_line, same_file};
use super::watch::{Watched, watch};
use ej_16_3_3_larger_than_ram::{
    Engine, Input, Operation, Peak, RunError, is_same_file, limit_data, ordenar_por_tramos,
    publish, to_parquet,
};
use nix::sys::prctl::set_pdeathsig;
use nix::sys::signal::Signal;
use serde::{Deserialize, Serialize};
use std::io::{self, ErrorKind};
use std::os::unix::process::ExitStatusExt as _;
use std::path::Path;
use std::process::Command;
use std::time::Instant;

/// What was done and what it took.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Report {
    /// Rows of the input.
    pub(crate) filas_entrada: u64,
    /// Rows of the result.
    pub(crate) filas: u64,
    /// Bytes of the input's pages, decompressed.
    pub(crate) bytes_decodificados: u64,
    /// From the first look at the input to the result on the disk, without starting the process.
    pub(crate) segundos: f64,
    /// Resident memory at its highest, bytes.
    pub(crate) pico_residente: u64,
    /// Of which not mapped from files, as sampled, bytes.
    pub(crate) pico_anonimo: u64,
    /// What RLIMIT_DATA counts, as sampled, bytes.
    pub(crate) pico_datos: u64,
    /// What RLIMIT_AS would count, bytes.
    pub(crate) pico_mapeado: u64,
}

/// What keeps memory low where it is short: Polars decodes two row groups ahead instead of sixteen, and glibc keeps freed memory in
/// two arenas instead of eight per core.
const UNDER_A_LIMIT: [(&str, &str); 2] = [
    ("POLARS_ROW_GROUP_PREFETCH_SIZE", "2"),
    ("MALLOC_ARENA_MAX", "2"),
];

const RESULT: &str = "resultado.parquet";

pub(crate) fn run(args: &Process) -> Result<(), Failure> {
    if let Some(directory) = &args.aislado {
        let report = work(args, directory)?;
        println!("{}", json(&report)?);
        return Ok(());
    }
    let report = supervise(args)?;
    if args.json {
        println!("{}", json(&report)?);
    } else {
        println!(
            "{}: {} filas en {:.2} s; pico de {} MiB residentes, {} MiB anónimos",
            args.salida.display(),
            report.filas,
            report.segundos,
            report.pico_residente >> 20,
            report.pico_anonimo >> 20
        );
    }
    Ok(())
}

fn json(report: &Report) -> Result<String, Failure> {
    serde_json::to_string(report).map_err(Failure::storage)
}

/// Has a child do it, and puts its result in place.
pub(crate) fn supervise(args: &Process) -> Result<Report, Failure> {
    for input in std::iter::once(&args.entrada).chain(&args.con) {
        if is_same_file(input, &args.salida) {
            return Err(same_file(&args.salida));
        }
    }
    if args.salida.is_dir() {
        let what = format!("{} es un directorio", args.salida.display());
        return Err(Failure::storage(what));
    }
    let parent = match args.salida.parent() {
        Some(parent) if parent != Path::new("") => parent,
        _ => Path::new("."),
    };
    let directory = tempfile::Builder::new()
        .prefix(".")
        .suffix(".parcial")
        .tempdir_in(parent)
        .map_err(|e| Failure::storage(format!("{}: {}", parent.display(), reason(&e))))?;
    let program = std::env::current_exe().map_err(Failure::storage)?;
    let watched = watch(&mut command(&program, args, directory.path()))
        .map_err(|e| Failure::memory(&format!("no se puede lanzar el proceso: {e}")))?;
    if !watched.status.success() {
        return Err(ending(args, &watched));
    }
    let mut report: Report = serde_json::from_str(&watched.stdout)
        .map_err(|e| Failure::storage(format!("el proceso no dijo qué hizo: {e}")))?;
    report.pico_anonimo = report.pico_anonimo.max(watched.peak.anonymous);
    report.pico_datos = report.pico_datos.max(watched.peak.data);
    publish(&directory.path().join(RESULT), &args.salida).map_err(Failure::storage)?;
    Ok(report)
}

/// Why a directory cannot be written, without the name that was tried in it.
fn reason(error: &io::Error) -> String {
    match error.kind() {
        ErrorKind::NotFound => "no existe, o no admite archivos".into(),
        ErrorKind::NotADirectory => "no es un directorio".into(),
        ErrorKind::PermissionDenied => "sin permiso".into(),
        ErrorKind::StorageFull => "disco lleno".into(),
        other => other.to_string(),
    }
}

/// The same order, for the child.
fn command(program: &Path, args: &Process, directory: &Path) -> Command {
    use clap::ValueEnum as _;
    let word = |value: Option<clap::builder::PossibleValue>| {
        value.map(|v| v.get_name().to_owned()).unwrap_or_default()
    };
    let mut command = Command::new(program);
    command
        .arg("procesar")
        .args(["--operacion", &word(args.operacion.to_possible_value())])
        .args(["--motor", &word(args.motor.to_possible_value())])
        .arg("--entrada")
        .arg(&args.entrada)
        .arg("--salida")
        .arg(&args.salida)
        .args(["--clave", &args.clave])
        .args(["--tramo", &args.tramo.to_string()])
        .arg("--aislado")
        .arg(directory);
    if let Some(with) = &args.con {
        command.arg("--con").arg(with);
    }
    if args.adivinar {
        command.arg("--adivinar");
    }
    if let Some(limit) = args.limite {
        command
            .args(["--limite", &limit.to_string()])
            .envs(UNDER_A_LIMIT);
    }
    if let Some(threads) = args.hilos {
        command.env("POLARS_MAX_THREADS", threads.to_string());
    }
    command
}

/// How the child died, as a line: its own if it left one.
fn ending(args: &Process, watched: &Watched) -> Failure {
    let limit = args
        .limite
        .map(|mib| format!(" bajo el límite de {mib} MiB"))
        .unwrap_or_default();
    let came_to = format!("llegó a {} MiB residentes", watched.peak.resident >> 20);
    let said = watched
        .stderr
        .lines()
        .rev()
        .find_map(|l| l.strip_prefix("error: "));
    match (watched.status.code(), watched.status.signal()) {
        (Some(code), _) => {
            let line = said.map_or_else(|| one_line(&watched.stderr), str::to_owned);
            let code = u8::try_from(code).unwrap_or(INPUT);
            if code == MEMORY {
                Failure::new(code, format!("{line}{limit}; {came_to}"))
            } else {
                Failure::new(code, line)
            }
        }
        // Rust's allocator says how much it was refused, and aborts.
        (None, Some(6)) if watched.stderr.contains("memory allocation of") => {
            Failure::memory(&format!("{}{limit}; {came_to}", refused(&watched.stderr)))
        }
        (None, Some(6)) => Failure::memory(&format!("el proceso abortó{limit}; {came_to}")),
        (None, Some(9)) => Failure::memory(&format!("el sistema mató el proceso; {came_to}")),
        // SIGXFSZ, which nobody handles here.
        (None, Some(25)) => {
            Failure::storage("el resultado pasa del tamaño de archivo que el sistema permite")
        }
        (None, signal) => Failure::new(
            INPUT,
            format!("el proceso murió por la señal {}", signal.unwrap_or(0)),
        ),
    }
}

/// How many bytes the allocator refused; two threads may have said it at once, one word amid the other's.
fn refused(stderr: &str) -> String {
    let said = stderr
        .split_whitespace()
        .find_map(|word| word.parse::<u64>().ok());
    said.map_or_else(
        || "se negó una reserva".to_owned(),
        |bytes| format!("se negó una reserva de {bytes} bytes"),
    )
}

/// The work itself, in the child: leaves the result in `directory`.
fn work(args: &Process, directory: &Path) -> Result<Report, Failure> {
    // Without its parent nobody would take the result, nor clear up.
    set_pdeathsig(Signal::SIGKILL).map_err(Failure::storage)?;
    if let Some(mib) = args.limite {
        limit_data(mib << 20).map_err(|e| Failure::memory(&format!("{e}")))?;
    }
    let started = Instant::now();
    let input = Input::open(&args.entrada)?;
    let result = directory.join(RESULT);
    perform(args, &input, directory, &result)?;
    let segundos = started.elapsed().as_secs_f64();
    let mut peak = Peak::default();
    peak.look_at_self();
    Ok(Report {
        filas_entrada: input.rows,
        filas: Input::open(&result)?.rows,
        bytes_decodificados: input.decoded_bytes,
        segundos,
        pico_residente: peak.resident,
        pico_anonimo: peak.anonymous,
        pico_datos: peak.data,
        pico_mapeado: peak.mapped,
    })
}

fn perform(args: &Process, input: &Input, directory: &Path, result: &Path) -> Result<(), Failure> {
    let operation = match args.operacion {
        Operacion::Agregar => Operation::Aggregate,
        Operacion::Ordenar | Operacion::OrdenarPorTramos => Operation::Sort,
        Operacion::Unir => Operation::Join {
            with: args.con.clone().unwrap_or_default(),
            key: args.clave.clone(),
            guess: args.adivinar,
        },
    };
    input.has(&operation.columns())?;
    if let Operation::Join { with, key, .. } = &operation {
        Input::open(with)?.has(&[key.as_str()])?;
    }
    if args.operacion == Operacion::OrdenarPorTramos {
        let bytes = args.tramo << 20;
        ordenar_por_tramos(input, Operation::SORT_KEY, bytes, directory, result)?;
        return Ok(());
    }
    let engine = match args.motor {
        Motor::Streaming => Engine::Streaming,
        Motor::Memoria => Engine::InMemory,
    };
    // Rows as wide as the input's, and so row groups as small: a sink holds one.
    let rows_per_group = usize::try_from(input.rows_per_group)
        .ok()
        .filter(|n| *n > 0);
    operation
        .plan(&input.path)
        .and_then(|plan| to_parquet(plan, engine, result, rows_per_group))
        .map_err(|source| {
            let file = input.path.clone();
            RunError::Polars { file, source }.into()
        })
}
