//! `cargo xtask test`: the tests of every tier, each with the runtime it needs.
//!
//! What a machine with cargo alone can run is the first tier. The others are ignored tests in modules named after
//! their tier (`nivel_python`, `nivel_jvm`, …); a runtime is installed only when a test asks for it, and one that is
//! missing is said and counted, never passed over.

mod count;
mod counted;
mod pytest;
mod runtimes;
mod tier;

use std::io::Write as _;
use std::path::PathBuf;
use std::process::{Command, ExitCode};
use std::time::{Duration, Instant};

use anyhow::Result;
use clap::Args;

use crate::checkout::Checkout;
use crate::process;
use count::Count;
use counted::Runner;
use runtimes::Runtimes;
use tier::Tier;

/// What to run.
#[derive(Debug, Default, Args)]
pub(crate) struct Options {
    /// Añade las pruebas largas: resistencia y muertes en masa
    #[arg(long)]
    largo: bool,
    /// Niveles cuya falta es un fallo
    #[arg(long, value_delimiter = ',', value_name = "NIVEL,…")]
    exigir: Vec<Tier>,
    /// Carpeta del corpus de archivos dañados (o la variable CORPUS_DIR)
    #[arg(long, value_name = "DIR")]
    corpus: Option<PathBuf>,
    /// Solo estos crates
    #[arg(short = 'p', long = "package", value_name = "CRATE")]
    packages: Vec<String>,
}

/// The crate whose tests of the cluster tier need a feature.
const ANALYTICS: &str = "ej_16_7_3_analytics_ecommerce";

/// How a tier ended.
struct Report {
    name: &'static str,
    count: Count,
    time: Duration,
    note: String,
}

/// Returns whether this is a run of continuous integration, where nothing may be left out silently.
pub(crate) fn in_ci() -> bool {
    std::env::var("CI").is_ok_and(|value| value == "true")
}

/// Runs the tiers and prints their table; the last line is `N passed, N failed`, with `, N skipped` when some were.
///
/// # Errors
/// cargo cannot be started.
pub(crate) fn run(checkout: &Checkout, options: &Options) -> Result<ExitCode> {
    let mut reports = vec![plain(checkout, options)?];
    match ignored_tests(checkout, options) {
        Ok(ignored) => reports.extend(other_tiers(checkout, options, &ignored)?),
        Err(error) => reports.push(Report {
            name: "los demás",
            count: Count {
                failed: 1,
                ..Count::default()
            },
            time: Duration::ZERO,
            note: format!("NO EJECUTADO: {error:#}"),
        }),
    }
    let total = reports
        .iter()
        .fold(Count::default(), |total, report| total + report.count);
    print!("\n{}\n{total}\n", table(&reports));
    std::io::stdout().flush()?;
    Ok(if total.failed == 0 {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

/// Returns `cargo test`, for the chosen crates or for all that build with cargo alone.
fn cargo_test(checkout: &Checkout, options: &Options) -> Command {
    let mut command = process::cargo();
    command.current_dir(checkout.root()).arg("test");
    for package in &options.packages {
        command.args(["--package", package]);
    }
    command
}

/// Runs what needs nothing but cargo: unit, integration and doc tests.
fn plain(checkout: &Checkout, options: &Options) -> Result<Report> {
    let start = Instant::now();
    let (count, note) = Runner::Cargo.run(cargo_test(checkout, options).arg("--no-fail-fast"))?;
    // What is ignored here is counted by the tier it belongs to.
    let count = Count {
        skipped: 0,
        ..count
    };
    Ok(Report {
        name: "cargo",
        count,
        time: start.elapsed(),
        note,
    })
}

/// Returns the paths of the ignored tests.
fn ignored_tests(checkout: &Checkout, options: &Options) -> Result<Vec<String>> {
    let mut command = cargo_test(checkout, options);
    command.args(["--quiet", "--tests", "--", "--ignored", "--list"]);
    let listing = process::output(&mut command)?;
    Ok(listing
        .lines()
        .filter_map(|line| Some(line.strip_suffix(": test")?.to_owned()))
        .collect())
}

fn other_tiers(checkout: &Checkout, options: &Options, ignored: &[String]) -> Result<Vec<Report>> {
    let mut runtimes = Runtimes::new(checkout, options.corpus.as_deref());
    let scripts = if options.packages.is_empty() {
        pytest::directories(checkout.root())
    } else {
        Vec::new()
    };
    let mut reports = Vec::new();
    for tier in Tier::ALL {
        let tests = Tests {
            rust: ignored
                .iter()
                .filter(|name| Tier::of(name) == Some(tier))
                .cloned()
                .collect(),
            python: match tier {
                Tier::Python => scripts.iter().collect(),
                Tier::Jvm => scripts.iter().filter(|dir| dir.has_jvm).collect(),
                _ => Vec::new(),
            },
        };
        reports.push(one_tier(checkout, options, &mut runtimes, tier, &tests)?);
    }
    let stray: Vec<_> = ignored
        .iter()
        .filter(|name| Tier::of(name).is_none())
        .collect();
    if !stray.is_empty() {
        reports.push(Report {
            name: "ninguno",
            count: Count {
                skipped: stray.len(),
                ..Count::default()
            },
            time: Duration::ZERO,
            note: format!("NO EJECUTADO: ignoradas fuera de los módulos de nivel: {stray:?}"),
        });
    }
    Ok(reports)
}

/// The tests of one tier.
struct Tests<'a> {
    rust: Vec<String>,
    python: Vec<&'a pytest::Directory>,
}

impl Tests<'_> {
    fn len(&self) -> usize {
        self.rust.len() + self.python.iter().map(|dir| dir.tests).sum::<usize>()
    }
}

fn one_tier(
    checkout: &Checkout,
    options: &Options,
    runtimes: &mut Runtimes<'_>,
    tier: Tier,
    tests: &Tests<'_>,
) -> Result<Report> {
    let start = Instant::now();
    let (count, note) = if tests.len() == 0 {
        (Count::default(), "sin pruebas todavía".to_owned())
    } else if tier == Tier::Largo && !options.largo {
        (
            Count {
                skipped: tests.len(),
                ..Count::default()
            },
            "solo con --largo".to_owned(),
        )
    } else if let Err(why) = runtimes.prepare(tier, &tests.rust) {
        let failed = usize::from(options.exigir.contains(&tier));
        let demanded = if failed > 0 { " (exigido)" } else { "" };
        let note = format!("NO EJECUTADO: {why:#}{demanded}");
        println!("{}: {note}", tier.name());
        (
            Count {
                failed,
                skipped: tests.len(),
                ..Count::default()
            },
            note,
        )
    } else {
        run_tier(checkout, options, runtimes, tier, tests)?
    };
    Ok(Report {
        name: tier.name(),
        count,
        time: start.elapsed(),
        note,
    })
}

/// Runs the tests of a tier whose runtime is ready: first those in Rust, then those in Python.
fn run_tier(
    checkout: &Checkout,
    options: &Options,
    runtimes: &Runtimes<'_>,
    tier: Tier,
    tests: &Tests<'_>,
) -> Result<(Count, String)> {
    let mut total = Count::default();
    let mut notes = Vec::new();
    let mut rust = Vec::new();
    if !tests.rust.is_empty() {
        rust.push(cargo_test(checkout, options));
    }
    if tier == Tier::Cluster
        && (options.packages.is_empty() || options.packages.iter().any(|p| p == ANALYTICS))
    {
        // Its tests against a cluster are built with it alone: nobody else's binary should carry a cluster's client.
        let mut command = process::cargo();
        command.current_dir(checkout.root());
        command.args(["test", "--package", ANALYTICS, "--features", "cluster"]);
        rust.push(command);
    }
    for mut command in rust {
        command.args([
            "--tests",
            "--no-fail-fast",
            "--",
            "--ignored",
            tier.filter(),
        ]);
        if tier != Tier::Largo {
            command.args(["--skip", Tier::Largo.filter()]);
        }
        let (count, note) = Runner::Cargo.run(command.envs(runtimes.variables()))?;
        total = total
            + Count {
                skipped: 0,
                ..count
            };
        notes.push(note);
    }
    if let (false, Some(interpreter), Some(marker)) =
        (tests.python.is_empty(), runtimes.python(), tier.marker())
    {
        let mut command = Command::new(interpreter);
        command.current_dir(checkout.root()).args([
            "-m",
            "pytest",
            "--quiet",
            "-p",
            "no:cacheprovider",
            "-m",
            marker,
        ]);
        command.args(tests.python.iter().map(|dir| &dir.path));
        let (count, note) = Runner::Pytest.run(command.envs(runtimes.variables()))?;
        total = total + count;
        notes.push(note);
    }
    notes.retain(|note| !note.is_empty());
    Ok((total, notes.join("; ")))
}

fn table(reports: &[Report]) -> String {
    let mut table = format!(
        "{:<10} {:>7} {:>7} {:>12} {:>9}\n",
        "nivel", "pasan", "fallan", "sin ejecutar", "segundos"
    );
    for Report {
        name,
        count: Count {
            passed,
            failed,
            skipped,
        },
        time,
        note,
    } in reports
    {
        let line = format!(
            "{name:<10} {passed:>7} {failed:>7} {skipped:>12} {:>9.1}  {note}",
            time.as_secs_f64()
        );
        table += line.trim_end();
        table.push('\n');
    }
    table
}

#[cfg(test)]
mod tests;
