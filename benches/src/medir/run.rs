//! A run of a section's benches: when it began, on what, from which commit and with which versions.

use crate::machine::{self, Machine};
use anyhow::{Context as _, Result, ensure};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;

/// The file in criterion's directory that says which run it holds.
pub const FILE: &str = "corrida.json";

/// Crates whose version a reader of the results asks for.
const CRATES: [&str; 10] = [
    "arrow",
    "criterion",
    "csv",
    "datafusion",
    "object_store",
    "parquet",
    "polars",
    "postcard",
    "rayon",
    "serde_json",
];

const PYTHON_VERSIONS: &str = "\
import json, sys, importlib.metadata as m
found = {'python': sys.version.split()[0]}
for name in ('boto3', 'duckdb', 'numpy', 'pandas', 'polars', 'pyarrow'):
    try:
        found[name] = m.version(name)
    except m.PackageNotFoundError:
        pass
print(json.dumps(found), flush=True)
";

/// What is known of a run before its first measurement.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[expect(
    missing_docs,
    reason = "the keys of the result are described in docs/resultados/README.md"
)]
pub struct Run {
    pub seccion: String,
    pub fecha: String,
    pub maquina: Machine,
    pub commit: Option<String>,
    pub rustc: Option<String>,
    pub crates: BTreeMap<String, String>,
    pub python: BTreeMap<String, String>,
}

/// The number of a section, or of one exercise, in names of files: `s16_1`, `s16_2_4`.
///
/// # Errors
/// If `section` is none of chapter 16.
pub fn name(section: &str) -> Result<String> {
    let within = |digits: &str, last: &str| digits.len() == 1 && ("1"..=last).contains(&digits);
    let known = section
        .strip_prefix("16.")
        .is_some_and(|n| match n.split_once('.') {
            None => within(n, "7"),
            Some((section, exercise)) => within(section, "7") && within(exercise, "5"),
        });
    ensure!(
        known,
        "«{section}» no es una sección (de 16.1 a 16.7) ni uno de sus ejercicios (16.1.1 a 16.7.5)"
    );
    Ok(format!("s{}", section.replace('.', "_")))
}

impl Run {
    /// A run of `section` that begins now, of the checkout at `root`.
    ///
    /// # Errors
    /// If `section` is none.
    pub fn now(section: &str, root: &Path, python: Option<&Path>) -> Result<Self> {
        name(section)?;
        let lock = std::fs::read_to_string(root.join("Cargo.lock")).unwrap_or_default();
        let rustc = std::env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
        Ok(Self {
            seccion: section.to_owned(),
            fecha: seconds(Timestamp::now()),
            maquina: Machine::current(root),
            commit: machine::commit(root),
            rustc: said(Command::new(rustc).arg("--version")),
            crates: locked(&lock, &CRATES),
            python: python
                .and_then(|p| said(Command::new(p).args(["-c", PYTHON_VERSIONS])))
                .and_then(|text| serde_json::from_str(&text).ok())
                .unwrap_or_default(),
        })
    }

    /// When it began, to the second.
    ///
    /// # Errors
    /// If `fecha` is no instant.
    pub fn began(&self) -> Result<Timestamp> {
        let parsed = self.fecha.parse();
        parsed.with_context(|| format!("«{}» no es un instante", self.fecha))
    }

    /// The directory of its results: `2026-11-22-2c24g`, the day it began and the machine's size.
    ///
    /// # Errors
    /// If `fecha` is no instant.
    pub fn directory(&self) -> Result<String> {
        let day = self.began()?.strftime("%Y-%m-%d").to_string();
        let Machine {
            nucleos, ram_gb, ..
        } = self.maquina;
        Ok(format!("{day}-{nucleos}c{ram_gb:.0}g"))
    }

    /// Empties `house`, where criterion will write, and leaves this run's description in it.
    ///
    /// # Errors
    /// If `house` holds something that no run of ours put there, or cannot be written.
    pub fn open(&self, house: &Path) -> Result<()> {
        if house.exists() {
            let empty = std::fs::read_dir(house)
                .with_context(|| format!("no se puede leer {}", house.display()))?
                .next()
                .is_none();
            ensure!(
                empty || house.join(FILE).is_file(),
                "{} no está vacía ni es de una corrida anterior: no se borra",
                house.display()
            );
            std::fs::remove_dir_all(house)
                .with_context(|| format!("no se puede vaciar {}", house.display()))?;
        }
        std::fs::create_dir_all(house)?;
        let file = house.join(FILE);
        std::fs::write(&file, serde_json::to_string_pretty(self)? + "\n")
            .with_context(|| format!("no se puede escribir {}", file.display()))
    }

    /// The run that `house` holds; `None` if none of ours wrote there.
    ///
    /// # Errors
    /// If its description cannot be read.
    pub fn of(house: &Path) -> Result<Option<Self>> {
        let file: PathBuf = house.join(FILE);
        if !file.is_file() {
            return Ok(None);
        }
        let text = std::fs::read_to_string(&file)?;
        let run = serde_json::from_str(&text);
        run.with_context(|| format!("{} no describe una corrida", file.display()))
            .map(Some)
    }
}

/// An instant as results write it.
pub(crate) fn seconds(at: Timestamp) -> String {
    at.strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
}

/// What a program says on its standard output; `None` if it fails.
fn said(command: &mut Command) -> Option<String> {
    let output = command.output().ok()?;
    let text = String::from_utf8_lossy(&output.stdout).trim().to_owned();
    (output.status.success() && !text.is_empty()).then_some(text)
}

/// The versions of `names` in a `Cargo.lock`; two of one crate stand together.
pub(crate) fn locked(lock: &str, names: &[&str]) -> BTreeMap<String, String> {
    let mut found = BTreeMap::<String, String>::new();
    for package in lock.split("[[package]]").skip(1) {
        let value = |key: &str| {
            package
                .lines()
                .find_map(|line| line.strip_prefix(key)?.strip_prefix(" = \""))
                .map(|rest| rest.trim_end_matches('"'))
        };
        if let (Some(name), Some(version)) = (value("name"), value("version"))
            && names.contains(&name)
        {
            found
                .entry(name.to_owned())
                .and_modify(|seen| *seen = format!("{seen}, {version}"))
                .or_insert_with(|| version.to_owned());
        }
    }
    found
}
