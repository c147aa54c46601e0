//! The command line of `duelo`.

mod arguments;
mod tpch;

use crate::binary::{self, Sizes};
use crate::contestant::Tools;
use crate::measure::{self, Order};
use crate::race::{self, Rules};
use crate::report::Outcome;
use crate::store::Store;
use crate::workload::{self, Contestant, WORKLOADS, Warm, Workload};
use crate::{chart, closing, growth, input, limits, machine};
use anyhow::{Context as _, Result, bail, ensure};
use std::collections::BTreeMap;
use std::path::Path;
use std::process::ExitCode;
use std::time::Duration;

pub use arguments::Arguments;
use arguments::{
    BinaryArguments, ChartArguments, ClosingArguments, MeasureArguments, RaceArguments,
    ReportArguments, Subcommands,
};

/// Does what the command line asks; the exit code is 1 if a contestant failed or differed.
///
/// # Errors
/// What kept the runner from running: unknown names, a missing tier, files that cannot be read or written.
pub fn run(arguments: Arguments) -> Result<ExitCode> {
    match (arguments.order, arguments.race) {
        (Some(Subcommands::Medir(a)), _) => weigh(a),
        (Some(Subcommands::Grafico(a)), _) => draw(&a),
        (Some(Subcommands::Crecimiento(a)), _) => {
            tell(&a, growth::markdown, growth::draw, growth::figures)
        }
        (Some(Subcommands::Limites(a)), _) => {
            tell(&a, limits::markdown, limits::draw, limits::figures)
        }
        (Some(Subcommands::InformeFinal(a)), _) => close(&a),
        (Some(Subcommands::Tpch(a)), _) => tpch::compete(&a),
        (Some(Subcommands::TpchInforme(a)), _) => tpch::report(&a),
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
    let named = a.aa.iter().map(|name| ("--aa", name));
    for (option, name) in named.chain(a.partes.iter().map(|name| ("--partes", name))) {
        ensure!(
            contestants.iter().any(|c| c.name == name),
            "{option} {name} no está entre los contendientes"
        );
    }
    ensure!(
        !a.s3 || workload.s3.is_some(),
        "los contendientes de {} no leen de S3",
        workload.name
    );
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
        memory_kb: a
            .limite_mb
            .map(|megabytes| megabytes * 1024)
            .or_else(|| machine::available_kb().map(|free| free / 10 * 9)),
        warm: workload.warm.map(|usual| Warm {
            queries: a.consultas.unwrap_or(usual.queries),
            processes: a.procesos.unwrap_or(usual.processes),
            ..usual
        }),
        parts: a.partes.clone(),
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
        let store = a.s3.then(|| Store::serve(&tools, &input)).transpose()?;
        let outcome = race::run(
            &tools,
            workload,
            &contestants,
            &input,
            &rules,
            store.as_ref(),
        )?;
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

/// A result as [`write`] wrote it.
fn read(path: &Path) -> Result<Vec<Outcome>> {
    let text = std::fs::read_to_string(path)
        .with_context(|| format!("no se puede leer {}", path.display()))?;
    serde_json::from_str::<Vec<Outcome>>(&text)
        .or_else(|_| serde_json::from_str::<Outcome>(&text).map(|one| vec![one]))
        .with_context(|| format!("{} no es un resultado del duelo", path.display()))
}

/// What a report makes of results.
type Told<T> = fn(&[Outcome]) -> Result<T>;

/// Writes what is asked for of a report: its text, its drawing, its figures by name.
fn tell(
    a: &ReportArguments,
    markdown: Told<String>,
    draw: Told<String>,
    figures: Told<BTreeMap<String, String>>,
) -> Result<ExitCode> {
    let mut outcomes = Vec::new();
    for path in &a.archivos {
        outcomes.extend(read(path)?);
    }
    let told = markdown(&outcomes)?;
    if let Some(path) = &a.svg {
        save(path, &draw(&outcomes)?)?;
    }
    if let Some(path) = &a.cifras {
        let figures = serde_json::to_string_pretty(&figures(&outcomes)?)?;
        save(path, &(figures + "\n"))?;
    }
    match &a.md {
        Some(path) => save(path, &told)?,
        None => print!("{told}"),
    }
    Ok(ExitCode::SUCCESS)
}

/// As [`tell`], with a page for the browser.
fn close(a: &ClosingArguments) -> Result<ExitCode> {
    let code = tell(
        &a.report,
        closing::markdown,
        closing::draw,
        closing::figures,
    )?;
    if let Some(path) = &a.html {
        let mut outcomes = Vec::new();
        for file in &a.report.archivos {
            outcomes.extend(read(file)?);
        }
        save(path, &closing::page(&outcomes)?)?;
    }
    Ok(code)
}

fn draw(a: &ChartArguments) -> Result<ExitCode> {
    let outcomes = read(&a.archivo)?;
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
        memory_kb: a.limite_kb,
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
            lines.push(format!("  {:<23}{state}", contestant.name));
        }
    }
    lines.join("\n") + "\n"
}

fn join<'a>(names: impl Iterator<Item = &'a str>) -> String {
    names.collect::<Vec<_>>().join(", ")
}
