//! Iceberg and Hudi, through a program of their own.
//!
//! Their crates bring another arrow than deltalake's, and a lock file with both would hold every pinned crate twice. So they
//! live in a workspace that the root excludes (`otros_formatos/`), are built only by who asks, and speak through Parquet
//! files, JSON on standard output and, when something is wrong, one JSON line on standard error.

use crate::error::{Format, FormatError, Problem, one_line};
use crate::matrix::Trial;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::Command;

/// The manifest of the other workspace.
const MANIFEST: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/otros_formatos/Cargo.toml");
const LOCK: &str = include_str!("../otros_formatos/Cargo.lock");
/// The interpreter of the environment that has protoc beside it, which the build of Hudi's client needs.
const PYTHON: &str = "ECOMMERCE_PYTHON_FORMATOS";

/// A program that reads and writes one of the other formats.
#[derive(Clone, Debug)]
pub struct OtherFormats {
    program: PathBuf,
    format: Format,
}

/// An Iceberg table after a commit.
#[derive(Clone, PartialEq, Eq, Debug, Deserialize)]
pub struct Committed {
    /// The metadata file that is the table now. Whoever does not know its name does not know the table: there is no other
    /// way from the directory to it than a catalogue.
    pub metadatos: PathBuf,
    /// The snapshot.
    pub instantanea: Option<i64>,
    /// Rows in it, as its summary counts them.
    pub filas: u64,
}

/// What was read into a Parquet file, or written from some.
#[derive(Clone, PartialEq, Eq, Debug, Deserialize)]
pub struct ReadRows {
    /// Rows.
    pub filas: u64,
}

/// What a race through one catalogue gave.
#[derive(Clone, PartialEq, Eq, Debug, Deserialize)]
pub struct Race {
    /// Commits that were acknowledged.
    pub confirmados: u64,
    /// Those that were refused in the end.
    pub rechazados: u64,
    /// Rows in the table afterwards.
    pub filas: u64,
    /// The metadata file of the table.
    pub metadatos: PathBuf,
}

/// What stands on standard error when the program gives up.
#[derive(Deserialize)]
struct Complaint {
    formato: Format,
    problema: Problem,
    detalle: String,
}

impl OtherFormats {
    /// The program of `format` at this path.
    pub fn at(format: Format, program: impl Into<PathBuf>) -> Self {
        Self {
            program: program.into(),
            format,
        }
    }

    /// The program of `format`, built first when it is not there yet: minutes the first time, a second afterwards.
    ///
    /// Everything goes to `otros_formatos/` below `target`, the caller's build directory. Hudi's client also needs protoc: the
    /// one beside the Python that `ECOMMERCE_PYTHON_FORMATOS` names, or that of the path.
    ///
    /// # Errors
    /// * [`FormatError::Program`] if cargo cannot build it.
    pub fn build(format: Format, target: &Path) -> Result<Self, FormatError> {
        let name = format!("formato-{}", format.to_string().to_lowercase());
        let target = target.join("otros_formatos");
        let mut cargo = cargo();
        cargo
            .args(["build", "--locked", "--quiet", "--manifest-path", MANIFEST])
            .args(["--package", &name])
            .arg("--target-dir")
            .arg(&target);
        if let Some(python) = std::env::var_os(PYTHON) {
            let protoc = Path::new(&python).with_file_name("protoc");
            if format == Format::Hudi && protoc.is_file() {
                cargo.env("PROTOC", protoc);
            }
        }
        let done = cargo
            .output()
            .map_err(|e| FormatError::program("cargo", e))?;
        if !done.status.success() {
            let words = String::from_utf8_lossy(&done.stderr).into_owned();
            return Err(FormatError::program("cargo", last_line(&words)));
        }
        let program = target.join("debug").join(name);
        Ok(Self { program, format })
    }

    /// A new Iceberg table with the rows of these Parquet files, partitioned by `fecha`.
    ///
    /// # Errors
    /// * [`FormatError::Table`] if it is refused, [`FormatError::Program`] if the program cannot be run.
    pub fn iceberg_create(
        &self,
        warehouse: &Path,
        data: &[PathBuf],
    ) -> Result<Committed, FormatError> {
        let mut arguments = words(["crear", "--almacen"]);
        arguments.push(warehouse.into());
        self.run(warehouse, with_data(arguments, data))
    }

    /// The table after an append on top of `metadata`.
    ///
    /// # Errors
    /// * As [`OtherFormats::iceberg_create`].
    pub fn iceberg_append(
        &self,
        metadata: &Path,
        data: &[PathBuf],
    ) -> Result<Committed, FormatError> {
        let mut arguments = words(["agregar", "--metadatos"]);
        arguments.push(metadata.into());
        self.run(metadata, with_data(arguments, data))
    }

    /// Reads the Iceberg table into a Parquet file.
    ///
    /// # Errors
    /// * As [`OtherFormats::iceberg_create`].
    pub fn iceberg_read(&self, metadata: &Path, into: &Path) -> Result<ReadRows, FormatError> {
        let mut arguments = words(["leer", "--metadatos"]);
        arguments.push(metadata.into());
        self.run(metadata, with_output(arguments, into))
    }

    /// Lets `writers` tasks append `times` each through one catalogue, a row a commit.
    ///
    /// # Errors
    /// * As [`OtherFormats::iceberg_create`].
    pub fn iceberg_race(
        &self,
        warehouse: &Path,
        writers: u32,
        times: u32,
    ) -> Result<Race, FormatError> {
        let mut arguments = words(["competir", "--almacen"]);
        arguments.push(warehouse.into());
        arguments.extend(words(["--escritores", &writers.to_string()]));
        arguments.extend(words(["--veces", &times.to_string()]));
        self.run(warehouse, arguments)
    }

    /// A new Hudi table with the rows of these Parquet files, a commit each, keyed by `evento_id` and partitioned by `fecha`.
    ///
    /// # Errors
    /// * As [`OtherFormats::iceberg_create`].
    pub fn hudi_create(&self, table: &Path, data: &[PathBuf]) -> Result<ReadRows, FormatError> {
        let mut arguments = words(["crear", "--tabla"]);
        arguments.push(table.into());
        self.run(table, with_data(arguments, data))
    }

    /// Reads the Hudi table into a Parquet file.
    ///
    /// # Errors
    /// * As [`OtherFormats::iceberg_create`].
    pub fn hudi_read(&self, table: &Path, into: &Path) -> Result<ReadRows, FormatError> {
        let mut arguments = words(["leer", "--tabla"]);
        arguments.push(table.into());
        self.run(table, with_output(arguments, into))
    }

    /// What the client can do, tried on new tables below `directory` with the rows of `data`, a day a file.
    ///
    /// # Errors
    /// * As [`OtherFormats::iceberg_create`]; a capability that fails is a result, no error.
    pub fn trials(&self, directory: &Path, data: &[PathBuf]) -> Result<Vec<Trial>, FormatError> {
        let mut arguments = words(["probar", "--almacen"]);
        arguments.push(directory.into());
        self.run(directory, with_data(arguments, data))
    }

    fn run<T: DeserializeOwned>(
        &self,
        place: &Path,
        arguments: Vec<OsString>,
    ) -> Result<T, FormatError> {
        let done = Command::new(&self.program)
            .args(arguments)
            .output()
            .map_err(|e| FormatError::program(self.program.display().to_string(), e))?;
        if done.status.success() {
            return Ok(serde_json::from_slice(&done.stdout)?);
        }
        let words = String::from_utf8_lossy(&done.stderr).into_owned();
        let last = last_line(&words);
        match serde_json::from_str::<Complaint>(&last) {
            Ok(complaint) => Err(FormatError::Table {
                format: complaint.formato,
                place: place.display().to_string(),
                problem: complaint.problema,
                detail: one_line(&complaint.detalle),
            }),
            Err(_) => Err(FormatError::program(
                format!("el programa de {}", self.format),
                format!("{}: {last}", done.status),
            )),
        }
    }
}

fn words<const N: usize>(words: [&str; N]) -> Vec<OsString> {
    words.iter().map(OsString::from).collect()
}

fn with_data(mut arguments: Vec<OsString>, data: &[PathBuf]) -> Vec<OsString> {
    for file in data {
        arguments.push("--datos".into());
        arguments.push(file.into());
    }
    arguments
}

fn with_output(mut arguments: Vec<OsString>, into: &Path) -> Vec<OsString> {
    arguments.push("--salida".into());
    arguments.push(into.into());
    arguments
}

fn last_line(text: &str) -> String {
    let mut lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
    lines.next_back().unwrap_or("no dijo nada").to_owned()
}

/// The cargo that runs this program, or the one in the path.
///
/// What a cargo tells the programs that it starts about their own package is taken out: build scripts watch it, and would
/// run again, with all that stands on them, each time another package starts the build.
fn cargo() -> Command {
    let mut command = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    for (name, _) in std::env::vars_os() {
        let of_a_package = |name: &str| {
            ["CARGO_MANIFEST_", "CARGO_PKG_", "CARGO_BIN_"]
                .iter()
                .any(|prefix| name.starts_with(prefix))
                || ["CARGO_CRATE_NAME", "CARGO_PRIMARY_PACKAGE", "OUT_DIR"].contains(&name)
        };
        if name.to_str().is_some_and(of_a_package) {
            command.env_remove(&name);
        }
    }
    command
}

/// The versions that the other workspace has fixed.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Locked {
    /// Of the crate `iceberg`.
    pub iceberg: String,
    /// Of the crate `hudi`.
    pub hudi: String,
    /// Every version of `arrow-array` there is among them.
    pub arrow: Vec<String>,
    /// Every version of `object_store`.
    pub object_store: Vec<String>,
}

/// The versions in the lock file that this crate was compiled with.
pub fn locked() -> Locked {
    let one = |name: &str| versions(name).into_iter().next().unwrap_or_default();
    Locked {
        iceberg: one("iceberg"),
        hudi: one("hudi"),
        arrow: versions("arrow-array"),
        object_store: versions("object_store"),
    }
}

fn versions(name: &str) -> Vec<String> {
    let wanted = format!("name = \"{name}\"");
    let mut lines = LOCK.lines();
    let mut found = Vec::new();
    while let Some(line) = lines.next() {
        if line == wanted {
            let version = lines
                .next()
                .and_then(|next| next.strip_prefix("version = "));
            found.extend(version.map(|version| version.trim_matches('"').to_owned()));
        }
    }
    found
}

/// The actions that Iceberg's `Transaction` offers, from the source of the locked version: what is not among them cannot be
/// committed from Rust.
///
/// # Errors
/// * [`FormatError::Program`] if cargo does not know where the source is; [`FormatError::Io`] if it cannot be read.
pub fn transaction_actions() -> Result<Vec<String>, FormatError> {
    let done = cargo()
        .args(["metadata", "--locked", "--format-version", "1"])
        .args(["--manifest-path", MANIFEST])
        .output()
        .map_err(|e| FormatError::program("cargo", e))?;
    let metadata: serde_json::Value = serde_json::from_slice(&done.stdout)?;
    let packages = metadata["packages"].as_array().into_iter().flatten();
    let manifest = packages
        .filter(|package| package["name"] == "iceberg")
        .find_map(|package| package["manifest_path"].as_str())
        .ok_or_else(|| FormatError::program("cargo", "no dice dónde está iceberg"))?;
    let source = Path::new(manifest).with_file_name("src/transaction/mod.rs");
    let text = std::fs::read_to_string(&source).map_err(FormatError::io(&source))?;
    let body = text.split("impl Transaction {").nth(1).unwrap_or_default();
    let body = body.split("\n}\n").next().unwrap_or_default();
    let mut actions: Vec<String> = body
        .lines()
        .filter_map(|line| line.trim().strip_prefix("pub fn "))
        .filter(|line| line.contains("Action"))
        .filter_map(|line| Some(line.split_once('(')?.0.to_owned()))
        .collect();
    actions.sort();
    Ok(actions)
}
