//! `cargo xtask medir 16.1`: the criterion benches of a section, or of one exercise (16.2.4), in an empty directory, and what they measured archived.
//! Without a section: [`series`].

pub(crate) mod series;

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

use anyhow::{Context, Result, ensure};
use clap::Args;

use crate::checkout::Checkout;
use crate::{process, venv};

/// Where criterion writes; its default is shared by every run there ever was.
const HOUSE: &str = "CRITERION_HOME";

/// What `cargo xtask medir` is asked.
#[derive(Args, Debug)]
pub(crate) struct Options {
    /// Los bancos de una sección del capítulo, o de uno de sus ejercicios: 16.1, 16.2.4; todas las medidas de docs/medidas.toml si falta
    seccion: Option<String>,
    #[command(flatten)]
    series: series::Options,
    /// No mide: archiva lo que ya hay en la casa de criterion
    #[arg(long, requires = "seccion")]
    solo_archivar: bool,
    /// La casa de criterion; target/medir/<sección> si falta
    #[arg(long, value_name = "DIR", requires = "seccion")]
    casa: Option<PathBuf>,
    /// Carpeta de los resultados; docs/resultados si falta
    #[arg(long, value_name = "DIR", requires = "seccion")]
    resultados: Option<PathBuf>,
    /// Con --solo-archivar y una casa ajena: lo escrito antes de este instante no cuenta (2026-11-22T03:00:00Z)
    #[arg(long, value_name = "INSTANTE", requires = "solo_archivar")]
    desde: Option<String>,
    /// Sobrescribe los resultados de otra corrida del mismo día; sin sección, repite las medidas que ya están en la carpeta
    #[arg(long)]
    reemplazar: bool,
}

/// Builds, opens a run, benches and archives; each step only if the one before it went well.
///
/// # Errors
/// The section has no bench, or cargo cannot be started.
pub(crate) fn run(checkout: &Checkout, options: &Options) -> Result<ExitCode> {
    let Some(section) = &options.seccion else {
        return series::run(checkout, &options.series, options.reemplazar);
    };
    let section = Section::of(checkout.root(), section)?;
    let directory = format!("s{}", section.number.replace('.', "_"));
    let default = checkout.target().join("medir").join(directory);
    let house = std::path::absolute(options.casa.clone().unwrap_or(default))
        .context("--casa no es una ruta")?;

    let mut steps = Vec::new();
    if !options.solo_archivar {
        // Built first, so that the compiler is not at work when the run begins.
        steps.push(section.bench(checkout.root(), &house, &["--no-run"]));
        steps.push(section.record(checkout.root(), "abrir", &house, options));
        steps.push(section.bench(checkout.root(), &house, &section.chosen()));
    }
    steps.push(section.record(checkout.root(), "archivar", &house, options));

    let python = venv::ensure(checkout, venv::Name::Python);
    if let Err(error) = &python {
        eprintln!("NO EJECUTADO: los pares de Python: {error:#}");
    }
    for mut step in steps {
        if let Ok(python) = &python {
            step.env(venv::Name::Python.variable(), python);
        }
        let ended = process::status(&mut step)?;
        if !ended.success() {
            eprintln!("falló: {}", process::shown(&step));
            return Ok(process::passed_on(ended));
        }
    }
    Ok(ExitCode::SUCCESS)
}

/// A section, or an exercise of one, that has a bench.
struct Section {
    /// 16.1, or 16.2.4
    number: String,
    /// `s16_1`
    bench: String,
}

impl Section {
    fn of(root: &Path, number: &str) -> Result<Self> {
        let words: Vec<&str> = number.split('.').collect();
        let bench = format!(
            "s{}",
            words.iter().take(2).copied().collect::<Vec<_>>().join("_")
        );
        let file = format!("benches/benches/{bench}/main.rs");
        ensure!(
            matches!(words.len(), 2 | 3) && root.join(&file).is_file(),
            "la sección «{number}» no tiene banco: falta {file}"
        );
        Ok(Self {
            number: number.to_owned(),
            bench,
        })
    }

    /// What `cargo bench` is told to run of the section: everything, or the ids of the exercise.
    fn chosen(&self) -> Vec<String> {
        match self.number.split('.').count() {
            3 => vec![
                "--".to_owned(),
                format!("^{}/", self.number.replace('.', "\\.")),
            ],
            _ => Vec::new(),
        }
    }

    /// `cargo bench` of the section, writing to `house`.
    fn bench(&self, root: &Path, house: &Path, more: &[impl AsRef<OsStr>]) -> Command {
        let mut command = process::cargo();
        command
            .current_dir(root)
            .args(["bench", "--package", "benches", "--bench", &self.bench])
            .args(more)
            .env(HOUSE, house);
        command
    }

    /// One of the two commands of `benches/src/bin/medir.rs`.
    fn record(&self, root: &Path, order: &str, house: &Path, options: &Options) -> Command {
        let mut command = process::cargo();
        command.current_dir(root).args([
            "run",
            "--quiet",
            "--release",
            "--package",
            "benches",
            "--bin",
            "medir",
            "--",
            order,
            &self.number,
        ]);
        command.args([OsStr::new("--casa"), house.as_os_str()]);
        if let Some(results) = &options.resultados {
            // Said from where the person is; the recorder runs in the root.
            let results = std::path::absolute(results).unwrap_or_else(|_| results.clone());
            command.arg("--resultados").arg(results);
        }
        if options.reemplazar {
            command.arg("--reemplazar");
        }
        if let Some(since) = &options.desde {
            command.args(["--desde", since]);
        }
        command
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    fn root() -> tempfile::TempDir {
        let root = tempfile::tempdir().unwrap();
        let bench = root.path().join("benches/benches/s16_1");
        fs::create_dir_all(&bench).unwrap();
        fs::write(bench.join("main.rs"), "").unwrap();
        root
    }

    fn options(line: &str) -> Options {
        #[derive(clap::Parser)]
        struct Cli {
            #[command(flatten)]
            options: Options,
        }
        <Cli as clap::Parser>::parse_from(line.split(' ')).options
    }

    /// The line without the program's own path.
    fn line(command: &Command) -> String {
        let shown = process::shown(command);
        shown.split_once(' ').unwrap().1.to_owned()
    }

    #[test]
    fn a_section_leads_to_its_bench_and_one_without_is_refused() {
        let root = root();
        assert_eq!(Section::of(root.path(), "16.1").unwrap().bench, "s16_1");
        let exercise = Section::of(root.path(), "16.1.3").unwrap();
        assert_eq!(exercise.bench, "s16_1");
        assert_eq!(exercise.chosen(), ["--", r"^16\.1\.3/"]);
        for none in ["16.2", "16.2.4", "16", "16_1", "16.1.3.1", ""] {
            let error = Section::of(root.path(), none).err().unwrap();
            assert!(error.to_string().contains("no tiene banco"), "{none}");
        }
    }

    #[test]
    fn the_bench_writes_into_the_house_of_this_run() {
        let root = root();
        let section = Section::of(root.path(), "16.1").unwrap();
        let command = section.bench(root.path(), Path::new("/casa"), &["--no-run"]);
        assert_eq!(
            line(&command),
            "bench --package benches --bench s16_1 --no-run"
        );
        let house = command
            .get_envs()
            .find(|(name, _)| *name == HOUSE)
            .and_then(|(_, value)| value);
        assert_eq!(house, Some(OsStr::new("/casa")));
    }

    #[test]
    fn what_was_asked_reaches_the_recorder() {
        let root = root();
        let section = Section::of(root.path(), "16.1").unwrap();
        let house = Path::new("/casa");
        let recorder = "run --quiet --release --package benches --bin medir --";
        let plain = section.record(root.path(), "abrir", house, &options("medir 16.1"));
        assert_eq!(line(&plain), format!("{recorder} abrir 16.1 --casa /casa"));
        let asked = options("medir 16.1 --solo-archivar --desde 2026-11-22T03:00:00Z --reemplazar");
        let command = section.record(root.path(), "archivar", house, &asked);
        assert_eq!(
            line(&command),
            format!(
                "{recorder} archivar 16.1 --casa /casa --reemplazar --desde 2026-11-22T03:00:00Z"
            )
        );
    }
}
