//! `cargo xtask faults`: the executable list of faults, with how often each was injected and what came of it.
//!
//! Tests report what they inject (`ecommerce_testkit::faults`); the list of what must be reported stands in
//! [`catalogue`], so a fault that no test injects shows as missing and not as silence.

mod catalogue;
mod records;
mod report;
mod suite;

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context, Result};
use clap::Args;

use crate::checkout::Checkout;
use crate::place::Place;
use crate::tests_tiers;
pub(crate) use records::VARIABLE;
use suite::State;

/// The crate whose tests inject the faults: they are about its program.
pub(crate) const PACKAGE: &str = "ej_16_7_3_analytics_ecommerce";

/// What `cargo xtask faults` is asked.
#[derive(Args, Debug)]
pub(crate) struct Options {
    /// Solo las formas cortas, las de la integración continua
    #[arg(long)]
    corto: bool,
    /// Carpeta del corpus de archivos dañados (o la variable CORPUS_DIR)
    #[arg(long, value_name = "DIR")]
    corpus: Option<PathBuf>,
    /// Carpeta de los resultados; docs/resultados si falta
    #[arg(long, value_name = "DIR")]
    resultados: Option<PathBuf>,
}

/// Runs the tests of the program in every tier that injects faults; a fault that fails or is missing is a failure.
///
/// # Errors
/// cargo cannot be started, or the table cannot be written.
pub(crate) fn run(checkout: &Checkout, options: &Options) -> Result<ExitCode> {
    let tests = tests_tiers::Options::of_faults(PACKAGE, !options.corto, options.corpus.clone())
        .archived_in(options.resultados.clone());
    tests_tiers::run(checkout, &tests)
}

/// The reports of one run of tests.
pub(crate) struct Reports {
    file: PathBuf,
    place: Place,
}

/// What the table of a run says in all.
pub(crate) struct Told {
    /// How many forms of faults failed or were not reported.
    pub(crate) wrong: usize,
}

impl Reports {
    /// Empties the file into which the tests of this run will write.
    ///
    /// # Errors
    /// The build directory cannot be written.
    pub(crate) fn begin(checkout: &Checkout) -> Result<Self> {
        let file = checkout.target().join("faltas.tsv");
        fs::create_dir_all(checkout.target())?;
        match fs::remove_file(&file) {
            Err(e) if e.kind() != io::ErrorKind::NotFound => {
                return Err(e).with_context(|| format!("no se puede vaciar {}", file.display()));
            }
            _ => {}
        }
        Ok(Self {
            file,
            place: Place::here(checkout.root()),
        })
    }

    /// The file, for the tests' environment.
    pub(crate) fn file(&self) -> &Path {
        &self.file
    }

    /// Prints a line per fault; also writes the table below `results`, if there is such a directory.
    ///
    /// # Errors
    /// The reports cannot be read, or the table cannot be written.
    pub(crate) fn tell(&self, long: bool, results: Option<&Path>) -> Result<Told> {
        let rows = suite::rows(&records::read(&self.file)?, long);
        println!("\n{}", report::lines(&rows));
        if let Some(results) = results {
            let directory = self.place.directory(results)?;
            fs::create_dir_all(&directory)?;
            let written = [
                ("faltas.md", report::markdown(&rows, &self.place)),
                ("faltas.json", report::json(&rows, &self.place)),
            ];
            for (name, text) in written {
                let file = directory.join(name);
                fs::write(&file, text)
                    .with_context(|| format!("no se puede escribir {}", file.display()))?;
                println!("archivado: {}", file.display());
            }
        }
        let wrong = rows.iter().filter(|row| row.state != State::Passed).count();
        Ok(Told { wrong })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_run_is_archived_and_a_short_one_is_told() {
        let root = tempfile::tempdir().unwrap();
        let checkout = Checkout::at(root.path());
        let reports = Reports::begin(&checkout).unwrap();
        fs::write(
            reports.file(),
            "falta\t20\tceldas\tpasa\t8\t0.500\texportar::x\talgo\tbien\n",
        )
        .unwrap();
        let short = reports.tell(false, None).unwrap();
        let results = root.path().join("docs/resultados");
        let long = reports.tell(true, Some(&results)).unwrap();
        assert!(short.wrong > 0 && long.wrong > short.wrong);
        let directory = reports
            .place
            .directory(&root.path().join("docs/resultados"));
        let directory = directory.unwrap();
        let table = fs::read_to_string(directory.join("faltas.md")).unwrap();
        assert!(table.contains("| 20. exportar a CSV | celdas | algo | 8 | bien | 0,5 |"));
        assert!(directory.join("faltas.json").is_file());
        // The next run starts anew.
        assert!(!Reports::begin(&checkout).unwrap().file().exists());
    }
}
