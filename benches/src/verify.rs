//! Whether what a contestant wrote is the right answer.
//!
//! The comparison is `benches/peers/contenido.py`, an independent reader: see `CONTENIDO.md` beside it.

use crate::contestant::Tools;
use crate::input::Input;
use crate::workload::Workload;
use anyhow::{Context as _, Result, bail, ensure};
use serde::Deserialize;
use sha2::{Digest as _, Sha256};
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// The right answer, rendered row by row, in a directory that is kept between runs.
#[derive(Clone, Debug)]
pub struct Reference {
    directory: PathBuf,
    /// Rows the reference read.
    pub rows: u64,
    /// Hash of the whole answer.
    pub hash: String,
}

/// How an output compares.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verdict {
    /// Hash of the output's tables together.
    pub hash: String,
    /// What differs and the first rows that do, in Spanish; `None` if nothing.
    pub difference: Option<String>,
    /// How far the farthest value lies from the reference's, in units of its column, where the reference grants a bound.
    pub deviation: Option<u64>,
}

#[derive(Deserialize)]
struct Summary {
    filas: u64,
    tablas: std::collections::BTreeMap<String, TableSummary>,
}

#[derive(Deserialize)]
struct TableSummary {
    hash: String,
}

#[derive(Deserialize)]
struct Comparison {
    hash: String,
    filas: u64,
    igual: bool,
    diferencias: Option<Differences>,
    desviacion: Option<u64>,
}

#[derive(Deserialize)]
struct Differences {
    filas_de_mas: u64,
    filas_de_menos: u64,
    de_mas: Vec<String>,
    de_menos: Vec<String>,
}

impl Reference {
    /// The reference of `workload` over `input`, computed unless `cache` has it for the same files and the same scripts.
    ///
    /// # Errors
    /// If there is no Python tier, or the reference script fails.
    pub fn obtain(tools: &Tools, workload: &Workload, input: &Input, cache: &Path) -> Result<Self> {
        let directory = cache.join(fingerprint(tools, workload, input)?);
        let summary = directory.join("resumen.json");
        if !summary.is_file() {
            let python = tools
                .python
                .as_deref()
                .context("la referencia necesita ECOMMERCE_PYTHON: cargo xtask test")?;
            let mut command = Command::new(python);
            command.arg(tools.peers().join(workload.reference));
            if let Some(day) = workload.day() {
                command.args(["--fecha", day]);
            }
            command.args(workload.reference_arguments);
            command.arg("--entrada").arg(&input.path);
            run_quietly(command.arg("--salida").arg(&directory))?;
        }
        let summary: Summary = serde_json::from_slice(&std::fs::read(&summary)?)?;
        let hashes = summary
            .tablas
            .iter()
            .map(|(name, table)| (name.as_str(), table.hash.as_str()));
        Ok(Self {
            directory,
            rows: summary.filas,
            hash: combined(hashes),
        })
    }

    /// Compares the tables at `output` with this reference.
    ///
    /// # Errors
    /// If the checker itself fails, which is no verdict on the contestant.
    pub fn compare(&self, tools: &Tools, workload: &Workload, output: &Path) -> Result<Verdict> {
        let python = tools
            .python
            .as_deref()
            .context("la comprobación necesita ECOMMERCE_PYTHON")?;
        let mut command = Command::new(python);
        command.arg(tools.peers().join("contenido.py"));
        command.args(
            workload
                .tables
                .iter()
                .map(|t| format!("{}{}", output.display(), t.suffix)),
        );
        command.arg("--contra").args(
            workload
                .tables
                .iter()
                .map(|t| self.directory.join(format!("{}.lineas", t.name))),
        );
        let said = command
            .stdin(Stdio::null())
            .output()
            .context("no arranca contenido.py")?;
        let lines: Vec<_> = said
            .stdout
            .split(|b| *b == b'\n')
            .filter(|line| !line.is_empty())
            .collect();
        ensure!(
            lines.len() == workload.tables.len(),
            "contenido.py: {}",
            String::from_utf8_lossy(&said.stderr).trim()
        );

        let mut difference = String::new();
        let mut hashes = Vec::new();
        let mut deviation = None;
        for (table, line) in workload.tables.iter().zip(lines) {
            let found: Comparison = serde_json::from_slice(line)?;
            if !found.igual {
                describe(&mut difference, table.name, &found);
            }
            deviation = deviation.max(found.desviacion);
            hashes.push((table.name, found.hash));
        }
        hashes.sort_unstable();
        let hash = combined(hashes.iter().map(|(name, hash)| (*name, hash.as_str())));
        Ok(Verdict {
            hash,
            difference: (!difference.is_empty()).then_some(difference),
            deviation,
        })
    }
}

fn describe(out: &mut String, table: &str, found: &Comparison) {
    let mut line = |text: String| {
        // Writing to a String cannot fail.
        let _ = writeln!(out, "{text}");
    };
    line(format!(
        "{table}: {} filas, distintas de la referencia",
        found.filas
    ));
    if let Some(d) = &found.diferencias {
        line(format!(
            "  sobran {}, faltan {}",
            d.filas_de_mas, d.filas_de_menos
        ));
        d.de_mas.iter().for_each(|row| line(format!("  + {row}")));
        d.de_menos.iter().for_each(|row| line(format!("  - {row}")));
    }
}

/// One hash for several tables, given in the order of their names (see `CONTENIDO.md`).
fn combined<'a>(tables: impl Iterator<Item = (&'a str, &'a str)>) -> String {
    let text: Vec<_> = tables
        .map(|(name, hash)| format!("{name}={hash}"))
        .collect();
    hex(&Sha256::digest(text.join("\n")))
}

/// Sixteen hexadecimal digits that change when the input or the way the answer is computed does.
fn fingerprint(tools: &Tools, workload: &Workload, input: &Input) -> Result<String> {
    let mut digest = Sha256::new();
    for script in [workload.reference, "contenido.py"] {
        digest.update(
            std::fs::read(tools.peers().join(script))
                .with_context(|| format!("falta benches/peers/{script}"))?,
        );
    }
    digest.update(workload.day().unwrap_or_default());
    digest.update(workload.reference_arguments.join(" "));
    for file in crate::input::files(&input.directory)? {
        let meta = file.metadata()?;
        let modified = meta
            .modified()?
            .duration_since(std::time::UNIX_EPOCH)
            .unwrap_or_default()
            .as_nanos();
        digest.update(format!("{}|{}|{modified}\n", file.display(), meta.len()));
    }
    Ok(hex(&digest.finalize())[..16].to_owned())
}

/// Runs a preparation step and keeps its output for the error message.
pub(crate) fn run_quietly(command: &mut Command) -> Result<()> {
    run_with_input(command, Stdio::null())
}

/// The same, reading what it is given.
pub(crate) fn run_with_input(command: &mut Command, input: Stdio) -> Result<()> {
    let program = command.get_program().to_string_lossy().into_owned();
    let said = command
        .stdin(input)
        .output()
        .with_context(|| format!("no arranca {program}"))?;
    if !said.status.success() {
        let arguments: Vec<_> = command
            .get_args()
            .map(|a| a.to_string_lossy().into_owned())
            .collect();
        bail!(
            "falló {program} {}:\n{}",
            arguments.join(" "),
            String::from_utf8_lossy(&said.stderr).trim()
        );
    }
    Ok(())
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|b| format!("{b:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_hash_of_several_tables_is_the_documented_one() {
        // printf 'a=1\nb=2' | sha256sum
        let hash = combined([("a", "1"), ("b", "2")].into_iter());
        assert_eq!(
            hash,
            "55c420c0f44ea4c6c84414bc15c0a2923ce2b03ae1e907fbcf20d131d735faff"
        );
    }
}
