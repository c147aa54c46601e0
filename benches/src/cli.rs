//! The command line of `duelo`.

use crate::binary::{self, Sizes};
use crate::contestant::Tools;
use crate::measure::{self, Order};
use crate::race::{self, Rules};
use crate::report::Outcome;
use crate::workload::{self, Contestant, WORKLOADS, Workload};
use crate::{chart, input};
use anyhow::{Context as _, Result, bail, ensure};
use clap::{Args, Parser, Subcommand};
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Duration;

const EXAMPLES: &str = "\
Ejemplos:
  duelo etl --filas 1000000 --json resultado.json
  duelo etl --filas 1000000,10000000 --contendientes rust,polars-python --json crecimiento.json
  duelo grafico crecimiento.json --salida memoria.svg --tipo memoria
  duelo binario --json binario.json
  duelo lista";

/// Procesos enteros frente a frente: intercalados, comprobados, con su tiempo, su CPU y su memoria.
#[derive(Parser, Debug)]
#[command(name = "duelo", after_help = EXAMPLES, args_conflicts_with_subcommands = true, subcommand_negates_reqs = true)]
pub struct Arguments {
    #[command(subcommand)]
    order: Option<Subcommands>,
    #[command(flatten)]
    race: Option<RaceArguments>,
}

#[derive(Subcommand, Debug)]
enum Subcommands {
    /// Dibuja un resultado en SVG
    Grafico(ChartArguments),
    /// Mide lo que se nota del binario: --help, un día pequeño, el generador frente a tpchgen-cli
    Binario(BinaryArguments),
    /// Los trabajos y sus contendientes, con lo que falta para cada uno
    Lista,
    /// Mide un solo proceso: lo que el duelo usa por dentro
    #[command(hide = true)]
    Medir(MeasureArguments),
}

#[derive(Args, Debug)]
struct RaceArguments {
    /// Trabajo: véase `duelo lista`
    trabajo: String,
    /// Filas de la entrada; varias, separadas por comas, dan un resultado cada una
    #[arg(long, value_delimiter = ',', required_unless_present = "entrada")]
    filas: Vec<u64>,
    /// Contendientes, separados por comas; todos si falta
    #[arg(long, value_delimiter = ',')]
    contendientes: Vec<String>,
    /// Archivo del resultado
    #[arg(long, value_name = "F")]
    json: Option<PathBuf>,
    /// Corridas que cuentan
    #[arg(long, default_value_t = 5)]
    corridas: usize,
    /// Corridas previas que no cuentan
    #[arg(long, default_value_t = 1)]
    calentamiento: usize,
    /// Una entrada ya hecha, con fecha=…/, en lugar de la generada
    #[arg(long, value_name = "DIR", conflicts_with = "filas")]
    entrada: Option<PathBuf>,
    /// Núcleos para cada contendiente; todos si falta
    #[arg(long)]
    hilos: Option<usize>,
    /// Contendiente que corre dos veces por ronda; el primero si falta
    #[arg(long, value_name = "NOMBRE")]
    aa: Option<String>,
    /// Segundos tras los que se abandona una corrida
    #[arg(long, default_value_t = 1800.0, value_name = "S")]
    limite_s: f64,
    /// Binario analytics-ecommerce; el de target/dist o target/release si falta
    #[arg(long, value_name = "RUTA")]
    binario: Option<PathBuf>,
}

#[derive(Args, Debug)]
struct ChartArguments {
    /// Resultado de un duelo
    archivo: PathBuf,
    /// Archivo SVG
    #[arg(long)]
    salida: PathBuf,
    /// Barras de tiempo por contendiente, o líneas de memoria por filas
    #[arg(long, value_enum, default_value_t = chart::Kind::Tiempos)]
    tipo: chart::Kind,
}

#[derive(Args, Debug)]
struct BinaryArguments {
    /// Archivo del resultado
    #[arg(long, value_name = "F")]
    json: Option<PathBuf>,
    /// Eventos que se generan en cada corrida del generador
    #[arg(long, default_value_t = 10_000_000)]
    filas: u64,
    /// Binario analytics-ecommerce; el de target/dist o target/release si falta
    #[arg(long, value_name = "RUTA")]
    binario: Option<PathBuf>,
}

#[derive(Args, Debug)]
struct MeasureArguments {
    #[arg(long)]
    stdout: PathBuf,
    #[arg(long)]
    stderr: PathBuf,
    #[arg(long)]
    limite_s: f64,
    #[arg(long)]
    hilos: Option<usize>,
    #[arg(last = true, required = true)]
    comando: Vec<OsString>,
}

/// Does what the command line asks; the exit code is 1 if a contestant failed or differed.
///
/// # Errors
/// What kept the runner from running: unknown names, a missing tier, files that cannot be read or written.
pub fn run(arguments: Arguments) -> Result<ExitCode> {
    match (arguments.order, arguments.race) {
        (Some(Subcommands::Medir(a)), _) => weigh(a),
        (Some(Subcommands::Grafico(a)), _) => draw(&a),
        (Some(Subcommands::Binario(a)), _) => examine(&a),
        (Some(Subcommands::Lista), _) => {
            print!("{}", list(&Tools::discover(None)));
            Ok(ExitCode::SUCCESS)
        }
        (None, Some(a)) => compete(&a),
        (None, None) => bail!("falta el trabajo: véase duelo --help"),
    }
}

fn compete(a: &RaceArguments) -> Result<ExitCode> {
    let workload = workload::find(&a.trabajo).with_context(|| {
        format!(
            "no hay trabajo «{}»; hay: {}",
            a.trabajo,
            join(WORKLOADS.iter().map(|w| w.name))
        )
    })?;
    let contestants = choose(workload, &a.contendientes)?;
    if let Some(twin) = &a.aa {
        ensure!(
            contestants.iter().any(|c| c.name == twin),
            "--aa {twin} no está entre los contendientes"
        );
    }
    ensure!(a.corridas > 0, "--corridas tiene que ser al menos 1");
    let limit = Duration::try_from_secs_f64(a.limite_s).context("--limite-s no es un tiempo")?;
    let binary = a.binario.as_deref().map(std::path::absolute).transpose()?;
    let tools = Tools::discover(binary);
    let rules = Rules {
        rounds: a.corridas,
        warm_up: a.calentamiento,
        cpus: a.hilos,
        limit,
        twin: a.aa.clone(),
    };

    let mut outcomes = Vec::new();
    let sizes: Vec<Option<u64>> = if a.entrada.is_some() {
        vec![None]
    } else {
        a.filas.iter().map(|n| Some(*n)).collect()
    };
    for rows in sizes {
        let input = match (rows, &a.entrada) {
            (_, Some(directory)) => input::given(workload, directory)?,
            (Some(rows), None) => {
                eprintln!("{}: entrada de {rows} filas…", workload.name);
                input::prepare(&tools, workload, rows)?
            }
            (None, None) => bail!("faltan --filas o --entrada"),
        };
        let outcome = race::run(&tools, workload, &contestants, &input, &rules)?;
        println!("{}", outcome.table());
        outcomes.push(outcome);
        // Written after every size: a long series that is cut short keeps what it has.
        if let Some(path) = &a.json {
            write(path, &outcomes)?;
        }
    }
    Ok(if outcomes.iter().all(Outcome::is_clean) {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

fn choose(workload: &'static Workload, names: &[String]) -> Result<Vec<&'static Contestant>> {
    if names.is_empty() {
        return Ok(workload.contestants.iter().collect());
    }
    let known = || join(workload.contestants.iter().map(|c| c.name));
    names
        .iter()
        .map(|n| {
            workload
                .contestant(n)
                .with_context(|| format!("«{n}» no compite en {}; sí: {}", workload.name, known()))
        })
        .collect()
}

/// One size is an object, several are an array.
fn write(path: &Path, outcomes: &[Outcome]) -> Result<()> {
    let mut text = match outcomes {
        [one] => serde_json::to_string_pretty(one)?,
        many => serde_json::to_string_pretty(many)?,
    };
    text.push('\n');
    save(path, &text)
}

fn save(path: &Path, text: &str) -> Result<()> {
    if let Some(directory) = path.parent().filter(|d| !d.as_os_str().is_empty()) {
        std::fs::create_dir_all(directory)?;
    }
    std::fs::write(path, text).with_context(|| format!("no se puede escribir {}", path.display()))
}

fn draw(a: &ChartArguments) -> Result<ExitCode> {
    let text = std::fs::read_to_string(&a.archivo)
        .with_context(|| format!("no se puede leer {}", a.archivo.display()))?;
    let outcomes = serde_json::from_str::<Vec<Outcome>>(&text)
        .or_else(|_| serde_json::from_str::<Outcome>(&text).map(|one| vec![one]))
        .with_context(|| format!("{} no es un resultado del duelo", a.archivo.display()))?;
    std::fs::write(&a.salida, chart::draw(&outcomes, a.tipo)?)?;
    Ok(ExitCode::SUCCESS)
}

fn weigh(a: MeasureArguments) -> Result<ExitCode> {
    let limit = Duration::try_from_secs_f64(a.limite_s)?;
    let order = Order {
        command: a.comando,
        stdout: a.stdout,
        stderr: a.stderr,
        limit,
        cpus: a.hilos,
    };
    println!("{}", serde_json::to_string(&measure::run(&order)?)?);
    Ok(ExitCode::SUCCESS)
}

fn examine(a: &BinaryArguments) -> Result<ExitCode> {
    let binary = a.binario.as_deref().map(std::path::absolute).transpose()?;
    let sizes = Sizes {
        help: 20,
        day: (100_000, 10),
        generated: (a.filas, 5),
    };
    let report = binary::measure(&Tools::discover(binary), sizes)?;
    let text = serde_json::to_string_pretty(&report)? + "\n";
    print!("{text}");
    if let Some(path) = &a.json {
        save(path, &text)?;
    }
    Ok(ExitCode::SUCCESS)
}

fn list(tools: &Tools) -> String {
    let mut lines = Vec::new();
    for workload in WORKLOADS {
        lines.push(format!("{}: {}", workload.name, workload.description));
        for contestant in workload.contestants {
            let state = tools
                .launcher(&contestant.program)
                .map_or_else(|missing| missing, |_| "instalado".into());
            lines.push(format!("  {:<19}{state}", contestant.name));
        }
    }
    lines.join("\n") + "\n"
}

fn join<'a>(names: impl Iterator<Item = &'a str>) -> String {
    names.collect::<Vec<_>>().join(", ")
}
