//! The duel of 16.4.2: the distance of the same file of pairs by this crate's function and by what Spark, DuckDB, Polars and DataFusion call from
//! Python, one process after the other, in rounds.
//!
//! ```text
//! cargo run --release -p ej_16_4_2_udf --example duelo_udf -- --resultados docs/resultados/AAAA-MM-DD-máquina
//! ```
//!
//! The interpreters come from ECOMMERCE_PYTHON and ECOMMERCE_PYTHON_SPARK, the module of `udf_python` from UDF_PYTHON; what is missing is
//! `ausente` in the table. Every contestant's count, sum and maximum are compared before any time counts.

mod duelo {
    pub(crate) mod contestants;
    pub(crate) mod inputs;
    pub(crate) mod ours;
    pub(crate) mod tables;
}

use duelo::contestants::{Contestant, contestants};
use duelo::tables::{Outcome, markdown, report};
use std::path::PathBuf;
use std::process::ExitCode;

/// What the command line says.
struct Options {
    filas: usize,
    rondas: usize,
    repeticiones: usize,
    /// Only those whose name contains it.
    solo: Option<String>,
    resultados: Option<PathBuf>,
}

type Failure = Box<dyn std::error::Error>;

fn main() -> ExitCode {
    match run() {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("duelo_udf: {error}");
            ExitCode::from(2)
        }
    }
}

/// Runs the duel, or one of our own contestants; whether all that ran agree.
fn run() -> Result<bool, Failure> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    if let [flag, forma, ruta, repeticiones] = arguments.as_slice()
        && flag == "--contendiente"
    {
        println!(
            "{}",
            duelo::ours::answer(forma, ruta, repeticiones.parse()?)?
        );
        return Ok(true);
    }
    let options = options(&arguments)?;
    let dir = tempfile::tempdir()?;
    let input = dir.path().join("pares.parquet");
    let input = input.to_str().ok_or("la carpeta temporal no es texto")?;
    let reference = duelo::inputs::write(input, options.filas)?;
    let chosen = |contestant: &Contestant| {
        let part = options.solo.as_deref().unwrap_or_default();
        contestant.name.contains(part)
    };
    let mut outcomes: Vec<Outcome> = contestants()
        .into_iter()
        .filter(chosen)
        .map(|contestant| Outcome::new(contestant, &reference))
        .collect();
    // The first round is the one that checks: who differs is out of the others.
    for round in 0..options.rondas {
        let count = outcomes.len();
        for turn in 0..count {
            // Each starts a round in turn, so that none always follows the same one.
            let outcome = &mut outcomes[(turn + round) % count];
            outcome.round(input, options.repeticiones);
            eprintln!("{}/{} {}", round + 1, options.rondas, outcome.line());
        }
    }
    let table = markdown(&outcomes, &options_line(&options));
    println!("{table}");
    if let Some(directory) = &options.resultados {
        std::fs::create_dir_all(directory)?;
        let json = report(
            &outcomes,
            options.filas,
            options.rondas,
            options.repeticiones,
        );
        std::fs::write(
            directory.join("udf.json"),
            serde_json::to_string_pretty(&json)? + "\n",
        )?;
        std::fs::write(directory.join("udf.md"), table)?;
    }
    Ok(outcomes.iter().all(Outcome::is_sound))
}

fn options_line(options: &Options) -> String {
    let Options {
        filas,
        rondas,
        repeticiones,
        ..
    } = options;
    format!(
        "{filas} pares · {rondas} rondas de un proceso por contendiente · {repeticiones} repeticiones en cada uno"
    )
}

fn options(arguments: &[String]) -> Result<Options, Failure> {
    let mut options = Options {
        filas: 1_000_000,
        rondas: 3,
        repeticiones: 4,
        solo: None,
        resultados: None,
    };
    let mut rest = arguments.iter();
    while let Some(flag) = rest.next() {
        let value = rest.next().ok_or_else(|| format!("{flag} pide un valor"))?;
        match flag.as_str() {
            "--filas" => options.filas = value.parse()?,
            "--rondas" => options.rondas = value.parse()?,
            "--repeticiones" => options.repeticiones = value.parse()?,
            "--solo" => options.solo = Some(value.clone()),
            "--resultados" => options.resultados = Some(value.into()),
            otra => return Err(format!("no se entiende {otra}").into()),
        }
    }
    if options.filas == 0 || options.rondas == 0 || options.repeticiones == 0 {
        return Err("filas, rondas y repeticiones son al menos una".into());
    }
    Ok(options)
}
