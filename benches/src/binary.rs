//! What an analyst notices of the binary: how long `--help` takes, a small day, and the generator beside `tpchgen-cli`.

use crate::contestant::Tools;
use crate::input;
use crate::linkage::Linkage;
use crate::machine::{self, Machine};
use crate::measure::{self, Measurement, Order};
use crate::stats::{max, median, min, rounded};
use crate::workload::ANALYTICS;
use anyhow::{Context as _, Result, anyhow, ensure};
use serde::Serialize;
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::time::Duration;

const DAY: &str = "2024-01-15";

/// How much is measured.
#[derive(Clone, Copy, Debug)]
pub struct Sizes {
    /// Runs of `--help`.
    pub help: usize,
    /// Events of the small day, and its runs.
    pub day: (u64, usize),
    /// Events generated, and the runs of each generator, taken in turn.
    pub generated: (u64, usize),
}

/// The result, as it is written down.
#[derive(Debug, Serialize)]
pub struct BinaryReport {
    /// Day of the run.
    pub fecha: String,
    /// Commit that was checked out, not necessarily the binary's own.
    pub commit: Option<String>,
    /// On what.
    pub maquina: Machine,
    /// Size of the binary.
    pub bytes: u64,
    /// The newest glibc whose symbols it asks for, `2.17`.
    pub glibc_maxima: Option<String>,
    /// The libraries it asks for.
    pub enlaza: Vec<String>,
    /// What `--version` says.
    pub version: String,
    /// One entry per measurement, absent programs included.
    pub medidas: Vec<Measure>,
}

/// One command, several runs.
#[derive(Debug, Serialize)]
pub struct Measure {
    /// `ayuda`, `dia`, `generador` or `tpchgen`.
    pub nombre: &'static str,
    /// The command, without this machine's directories.
    pub orden: String,
    /// Wall time of each run, in seconds, in the order made.
    pub muestras_s: Vec<f64>,
    /// Their median.
    pub mediana_s: Option<f64>,
    /// The fastest.
    pub min_s: Option<f64>,
    /// The slowest.
    pub max_s: Option<f64>,
    /// Largest memory of a run, in MB.
    pub pico_mb: u64,
    /// Bytes that a run wrote, where that is what is measured.
    pub bytes: Option<u64>,
    /// Millions of bytes written per second, at the median.
    pub mb_s: Option<f64>,
    /// Why there are no runs.
    pub ausente: Option<String>,
}

/// Measures the binary; everything it writes goes to a directory that is removed.
///
/// # Errors
/// The binary is missing, or a command fails.
pub fn measure(tools: &Tools, sizes: Sizes) -> Result<BinaryReport> {
    let binary: PathBuf = tools
        .launcher(&ANALYTICS)
        .map_err(|missing| anyhow!(missing))?
        .remove(0)
        .into();
    std::fs::create_dir_all(input::cache(tools))?;
    let work = tempfile::tempdir_in(input::cache(tools))?;
    let bench = Bench {
        tools,
        work: work.path(),
    };
    let words = |words: &[&str]| -> Vec<OsString> {
        let mut command = vec![binary.clone().into_os_string()];
        command.extend(words.iter().map(OsString::from));
        command
    };

    let mut help = bench.entry("ayuda", &words(&["--help"]));
    for _ in 0..sizes.help + 3 {
        help.add(&bench.run(&words(&["--help"]))?);
    }
    help.forget(3);

    let (rows, runs) = sizes.day;
    let rows = rows.to_string();
    bench.run(&words(&[
        "generar",
        "--filas",
        &rows,
        "--salida",
        "eventos",
        "--silencioso",
    ]))?;
    let day = words(&["-f", DAY, "-e", "eventos", "-s", "metricas", "--silencioso"]);
    let mut small = bench.entry("dia", &day);
    for _ in 0..=runs {
        small.add(&bench.run(&day)?);
    }
    small.forget(1);

    let (rows, runs) = sizes.generated;
    let rows = rows.to_string();
    let ours = words(&[
        "generar",
        "--filas",
        &rows,
        "--salida",
        "gen",
        "--silencioso",
    ]);
    let mut generator = bench.entry("generador", &ours);
    let theirs: Result<Vec<OsString>, String> = tpchgen(tools).map(|program| {
        let mut command = vec![program.into_os_string()];
        command.extend(["parquet", "-s", "1", "--output-dir", "tpch"].map(OsString::from));
        command
    });
    let mut tpch = match &theirs {
        Ok(command) => bench.entry("tpchgen", command),
        Err(missing) => Measure::absent("tpchgen", missing.clone()),
    };
    for _ in 0..runs {
        generator.add_written(&bench.run(&ours)?, bench.written("gen")?);
        if let Ok(command) = &theirs {
            tpch.add_written(&bench.run(command)?, bench.written("tpch")?);
        }
    }

    let version = std::process::Command::new(&binary)
        .arg("--version")
        .output()?;
    let linkage = Linkage::of(&binary)?;
    Ok(BinaryReport {
        fecha: jiff::Zoned::now().strftime("%Y-%m-%d").to_string(),
        commit: machine::commit(&tools.root),
        maquina: Machine::current(work.path()),
        bytes: std::fs::metadata(&binary)?.len(),
        glibc_maxima: linkage
            .newest_glibc
            .map(|(major, minor)| format!("{major}.{minor}")),
        enlaza: linkage.libraries,
        version: String::from_utf8_lossy(&version.stdout).trim().to_owned(),
        medidas: [help, small, generator, tpch]
            .map(Measure::summed_up)
            .into(),
    })
}

/// `tpchgen-cli` beside the Python tier's interpreter, where pip puts it.
fn tpchgen(tools: &Tools) -> Result<PathBuf, String> {
    let python = tools
        .python
        .as_deref()
        .ok_or("falta ECOMMERCE_PYTHON: cargo xtask test lo instala")?;
    let program = python.with_file_name("tpchgen-cli");
    if program.is_file() {
        Ok(program)
    } else {
        Err("tpchgen-cli no está en el entorno de Python".into())
    }
}

struct Bench<'a> {
    tools: &'a Tools,
    work: &'a Path,
}

impl Bench<'_> {
    fn entry(&self, name: &'static str, command: &[OsString]) -> Measure {
        let shown: Vec<_> = command
            .iter()
            .enumerate()
            .map(|(i, word)| match (i, Path::new(word).file_name()) {
                (0, Some(program)) => program.to_string_lossy().into_owned(),
                _ => self.tools.anonymous(&word.to_string_lossy()),
            })
            .collect();
        Measure {
            nombre: name,
            orden: shown.join(" "),
            muestras_s: Vec::new(),
            mediana_s: None,
            min_s: None,
            max_s: None,
            pico_mb: 0,
            bytes: None,
            mb_s: None,
            ausente: None,
        }
    }

    /// Runs in the work directory: the outputs' names are relative, and so are the commands as written down.
    fn run(&self, command: &[OsString]) -> Result<Measurement> {
        let order = Order {
            command: command.to_vec(),
            stdout: self.work.join("stdout"),
            stderr: self.work.join("stderr"),
            limit: Duration::from_secs(600),
            cpus: None,
            memory_kb: None,
        };
        let measured = measure::supervised_in(&std::env::current_exe()?, &order, self.work)?;
        let said = std::fs::read_to_string(&order.stderr).unwrap_or_default();
        ensure!(
            measured.code == Some(0),
            "{} salió con {:?}: {}",
            command[0].to_string_lossy(),
            measured.code,
            said.trim()
        );
        Ok(measured)
    }

    /// Bytes below `name`, which is then removed, so that the next run finds what the first one found.
    fn written(&self, name: &str) -> Result<u64> {
        let directory = self.work.join(name);
        let mut bytes = 0;
        for file in input::files(&directory)? {
            bytes += std::fs::metadata(file)?.len();
        }
        std::fs::remove_dir_all(&directory)
            .with_context(|| format!("no se puede borrar {name}"))?;
        Ok(bytes)
    }
}

impl Measure {
    fn absent(name: &'static str, why: String) -> Self {
        Self {
            nombre: name,
            orden: name.to_owned(),
            muestras_s: Vec::new(),
            mediana_s: None,
            min_s: None,
            max_s: None,
            pico_mb: 0,
            bytes: None,
            mb_s: None,
            ausente: Some(why),
        }
    }

    fn add(&mut self, measured: &Measurement) {
        self.muestras_s.push(rounded(measured.wall_s));
        self.pico_mb = self.pico_mb.max(measured.peak_kb / 1024);
    }

    fn add_written(&mut self, measured: &Measurement, bytes: u64) {
        self.add(measured);
        self.bytes = Some(bytes);
    }

    /// Leaves out the first runs, which filled the caches.
    fn forget(&mut self, runs: usize) {
        self.muestras_s.drain(..runs.min(self.muestras_s.len()));
    }

    fn summed_up(mut self) -> Self {
        self.mediana_s = median(&self.muestras_s).map(rounded);
        self.min_s = min(&self.muestras_s);
        self.max_s = max(&self.muestras_s);
        self.mb_s = self
            .bytes
            .zip(self.mediana_s)
            .map(|(bytes, seconds)| (bytes as f64 / 1e5 / seconds).round() / 10.0);
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn warm_up_runs_do_not_count_and_throughput_is_at_the_median() {
        let mut entry = Measure::absent("generador", String::new());
        for wall_s in [9.0, 2.0, 1.0, 4.0] {
            let measured = Measurement {
                code: Some(0),
                timed_out: false,
                out_of_memory: false,
                wall_s,
                cpu_s: 0.0,
                peak_kb: 2048,
                peak_bound_kb: 2048,
                written_kb: 0,
                processes: 1,
                threads: 1,
            };
            entry.add_written(&measured, 50_000_000);
        }
        entry.forget(1);
        let entry = entry.summed_up();
        assert_eq!(entry.muestras_s, [2.0, 1.0, 4.0]);
        assert_eq!((entry.mediana_s, entry.mb_s), (Some(2.0), Some(25.0)));
        assert_eq!(
            (entry.min_s, entry.max_s, entry.pico_mb),
            (Some(1.0), Some(4.0), 2)
        );
    }
}
