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
use crate::faults::{self, Reports};
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
    /// Only these tiers, beside what cargo alone can run; all if empty.
    #[arg(skip)]
    only: Vec<Tier>,
    /// Tests with this in their path are left out.
    #[arg(skip)]
    without: Option<&'static str>,
    /// A fault that is not reported, or fails, is a failure of the run.
    #[arg(skip)]
    faults_demanded: bool,
    /// Where the table of faults is archived; `docs/resultados` if `None`.
    #[arg(skip)]
    results: Option<PathBuf>,
}

impl Options {
    /// The tests that inject faults into the program of `package`, in every tier that they stand in.
    pub(crate) fn of_faults(package: &str, largo: bool, corpus: Option<PathBuf>) -> Self {
        let tiers = [Tier::Python, Tier::Corpus, Tier::Strace];
        Self {
            largo,
            exigir: tiers.to_vec(),
            corpus,
            packages: vec![package.to_owned()],
            only: tiers.into_iter().chain([Tier::Largo]).collect(),
            // A year and a half of a shop's days takes minutes, and injects nothing.
            without: Some("los_datos_reales"),
            faults_demanded: true,
            results: None,
        }
    }

    /// The same, with their table archived below `results`.
    pub(crate) fn archived_in(self, results: Option<PathBuf>) -> Self {
        Self { results, ..self }
    }

    /// Whether the tests that inject faults are among those that run.
    fn has_faults(&self) -> bool {
        self.packages.is_empty() || self.packages.iter().any(|p| p == faults::PACKAGE)
    }
}

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
    let injected = Reports::begin(checkout)?;
    let mut runtimes = Runtimes::new(checkout, options.corpus.as_deref());
    runtimes.add(faults::VARIABLE, injected.file());
    if options.has_faults() && options.exigir.contains(&Tier::Python) {
        // Python judges what the faults leave, from the first tier on; that it is missing is its own tier's to say.
        let ready = runtimes.prepare(Tier::Python, &[]);
        if options.faults_demanded {
            ready?;
        }
    }
    let mut reports = vec![plain(checkout, options, &runtimes)?];
    match ignored_tests(checkout, options) {
        Ok(ignored) => reports.extend(other_tiers(checkout, options, &mut runtimes, &ignored)?),
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
    let mut total = reports
        .iter()
        .fold(Count::default(), |total, report| total + report.count);
    if options.has_faults() {
        let archived = options.largo && runtimes.python().is_some();
        let usual = checkout.root().join("docs/resultados");
        let results = options.results.as_deref().unwrap_or(&usual);
        let told = injected.tell(options.largo, archived.then_some(results))?;
        if options.faults_demanded && told.wrong > 0 && total.failed == 0 {
            total.failed = told.wrong;
        }
    }
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
fn plain(checkout: &Checkout, options: &Options, runtimes: &Runtimes<'_>) -> Result<Report> {
    let start = Instant::now();
    let mut command = cargo_test(checkout, options);
    command.arg("--no-fail-fast").envs(runtimes.variables());
    let (count, note) = Runner::Cargo.run(&mut command)?;
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
        .filter_map(|line| line.strip_suffix(": test"))
        .filter(|name| !options.without.is_some_and(|part| name.contains(part)))
        .map(str::to_owned)
        .collect())
}

fn other_tiers(
    checkout: &Checkout,
    options: &Options,
    runtimes: &mut Runtimes<'_>,
    ignored: &[String],
) -> Result<Vec<Report>> {
    let mut scripts = pytest::directories(checkout.root());
    if !options.packages.is_empty() {
        let crates = checkout.root().join("crates");
        let is_chosen = |dir: &pytest::Directory| {
            let mut packages = options.packages.iter();
            packages.any(|package| dir.path.starts_with(crates.join(package)))
        };
        scripts.retain(is_chosen);
    }
    let mut reports = Vec::new();
    for tier in Tier::ALL {
        if !options.only.is_empty() && !options.only.contains(&tier) {
            continue;
        }
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
        reports.push(one_tier(checkout, options, runtimes, tier, &tests)?);
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
    } else if let Err(why) = prepare(runtimes, tier, tests) {
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

fn prepare(runtimes: &mut Runtimes<'_>, tier: Tier, tests: &Tests<'_>) -> Result<()> {
    runtimes.prepare(tier, &tests.rust)?;
    if runtimes.python_with_wheel().is_none() && tests.python.iter().any(|dir| dir.has_wheel) {
        runtimes.prepare_wheel()?;
    }
    Ok(())
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
        && (options.packages.is_empty() || options.packages.iter().any(|p| p == faults::PACKAGE))
    {
        // Its tests against a cluster are built with it alone: nobody else's binary should carry a cluster's client. Polars is the
        // workspace's, which is compiled already; alone it would have fewer features and be compiled again.
        let mut command = process::cargo();
        command.current_dir(checkout.root());
        command.args([
            "test",
            "--package",
            faults::PACKAGE,
            "--features",
            "cluster,workspace_hack/polars",
        ]);
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
        if tier == Tier::Largo {
            // Each has the machine to itself: they kill at moments, and what they take in time and memory is told.
            command.arg("--test-threads=1");
        } else {
            command.args(["--skip", Tier::Largo.filter()]);
        }
        if let Some(part) = options.without {
            command.args(["--skip", part]);
        }
        let (count, note) = Runner::Cargo.run(command.envs(runtimes.variables()))?;
        total = total
            + Count {
                skipped: 0,
                ..count
            };
        notes.push(note);
    }
    for with_wheel in [false, true] {
        let interpreter = if with_wheel {
            runtimes.python_with_wheel()
        } else {
            runtimes.python()
        };
        let (dirs, _): (Vec<&pytest::Directory>, Vec<_>) = tests
            .python
            .iter()
            .partition(|dir| dir.has_wheel == with_wheel);
        let (false, Some(interpreter), Some(marker)) =
            (dirs.is_empty(), interpreter, tier.marker())
        else {
            continue;
        };
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
        command.args(dirs.iter().map(|dir| &dir.path));
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
