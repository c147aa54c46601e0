//! `merge`: a target made by one process, and each variant merged into a fresh copy of it by another, whose peak is its own.

use super::messages::Failure;
use clap::Args;
use ej_16_5_1_delta::Place;
use ej_16_5_1_delta::scale::{self, Measured, Report, Variant};
use std::ffi::OsStr;
use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

#[derive(Args)]
pub(super) struct Measure {
    /// Filas que llegan
    #[arg(long, default_value_t = 1_000_000)]
    fuente: u32,
    /// Filas que hay
    #[arg(long, default_value_t = 10_000_000)]
    destino: u32,
    /// Memoria del motor en la variante acotada, en MiB; lo demás va al disco
    #[arg(long, default_value_t = 512)]
    memoria_mb: u32,
    /// Dónde hacer las tablas; en una carpeta temporal si falta
    #[arg(long)]
    carpeta: Option<PathBuf>,
    /// Escribe lo medido también en este archivo, en JSON
    #[arg(long, value_name = "ARCHIVO")]
    json: Option<PathBuf>,
}

#[derive(Args)]
pub(super) struct Prepare {
    tabla: PathBuf,
    #[arg(long)]
    destino: u32,
}

#[derive(Args)]
pub(super) struct Run {
    tabla: PathBuf,
    #[arg(long, value_parser = variant)]
    variante: Variant,
    #[arg(long)]
    fuente: u32,
    #[arg(long)]
    destino: u32,
    #[arg(long)]
    memoria_mb: u32,
}

const VARIANTS: [(&str, Variant); 3] = [
    ("upsert", Variant::Upsert),
    ("acotada", Variant::Acotada),
    ("completa", Variant::Completa),
];

fn variant(text: &str) -> Result<Variant, String> {
    let found = VARIANTS.iter().find(|(name, _)| *name == text);
    found
        .map(|(_, variant)| *variant)
        .ok_or_else(|| "una de: upsert, acotada, completa".to_owned())
}

impl Measure {
    pub(super) fn run(self) -> Result<(), Failure> {
        // A directory of our own in either case: what stands where the caller pointed is not ours to remove.
        let temporary = match &self.carpeta {
            Some(directory) => {
                fs::create_dir_all(directory)?;
                tempfile::tempdir_in(directory)?
            }
            None => tempfile::tempdir()?,
        };
        let original = temporary.path().join("destino");
        let rows = self.destino.to_string();
        child([
            OsStr::new("merge-preparar"),
            original.as_os_str(),
            OsStr::new("--destino"),
            OsStr::new(&rows),
        ])?;
        let all = VARIANTS.iter();
        let all = all.map(|(name, variant)| Ok((*variant, self.one(name, &original)?)));
        let report = Report {
            merge: all.collect::<Result<_, Failure>>()?,
        };
        // Printed first: what took minutes is not lost to a file that cannot be written.
        print(&report)?;
        if let Some(file) = &self.json {
            let text = serde_json::to_string_pretty(&report).map_err(std::io::Error::from)?;
            fs::write(file, text + "\n")?;
        }
        Ok(())
    }

    fn one(&self, name: &str, original: &Path) -> Result<Measured, Failure> {
        let table = original.with_file_name(format!("destino-{name}"));
        copy(original, &table)?;
        let numbers = [self.fuente, self.destino, self.memoria_mb].map(|n| n.to_string());
        let said = child([
            OsStr::new("merge-correr"),
            table.as_os_str(),
            OsStr::new("--variante"),
            OsStr::new(name),
            OsStr::new("--fuente"),
            OsStr::new(&numbers[0]),
            OsStr::new("--destino"),
            OsStr::new(&numbers[1]),
            OsStr::new("--memoria-mb"),
            OsStr::new(&numbers[2]),
        ]);
        fs::remove_dir_all(&table)?;
        serde_json::from_slice(&said?)
            .map_err(|e| Failure::Child(format!("la variante {name} no dijo qué midió: {e}")))
    }
}

impl Prepare {
    pub(super) async fn run(self) -> Result<(), Failure> {
        Ok(scale::prepare(&Place::local(&self.tabla)?, self.destino.into()).await?)
    }
}

impl Run {
    pub(super) async fn run(self) -> Result<(), Failure> {
        let place = Place::local(&self.tabla)?;
        let memory = usize::try_from(self.memoria_mb).unwrap_or_default() << 20;
        let (source, rows) = (self.fuente.into(), self.destino.into());
        let measured = scale::run(&place, self.variante, source, rows, memory).await?;
        let text = serde_json::to_string(&measured).map_err(std::io::Error::from)?;
        writeln!(std::io::stdout(), "{text}")?;
        Ok(())
    }
}

/// What this program, run anew with these arguments, says on its standard output.
fn child<'a>(arguments: impl IntoIterator<Item = &'a OsStr>) -> Result<Vec<u8>, Failure> {
    let ran = Command::new(std::env::current_exe()?)
        .args(arguments)
        .stdin(Stdio::null())
        .stderr(Stdio::inherit())
        .output()?;
    if ran.status.success() {
        Ok(ran.stdout)
    } else {
        let how = ran.status;
        Err(Failure::Child(format!("un proceso hijo salió con {how}")))
    }
}

/// The table once more: hard links for data files, which are never changed, and copies of the log.
fn copy(from: &Path, to: &Path) -> Result<(), Failure> {
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        let target = to.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            copy(&entry.path(), &target)?;
        } else if fs::hard_link(entry.path(), &target).is_err() {
            fs::copy(entry.path(), &target)?;
        }
    }
    Ok(())
}

fn print(report: &Report) -> Result<(), Failure> {
    let mut out = std::io::stdout().lock();
    writeln!(
        out,
        "variante    insertadas  actualizadas  borradas   archivos leídos / sin leer   segundos   pico MiB"
    )?;
    for (name, variant) in VARIANTS {
        let Some(one) = report.merge.get(&variant) else {
            continue;
        };
        let peak = one
            .pico_mb
            .map_or_else(|| "?".to_owned(), |mb| mb.to_string());
        writeln!(
            out,
            "{name:<10} {:>11} {:>13} {:>9} {:>17} / {:<10} {:>9.2} {:>10}",
            one.insertadas,
            one.actualizadas,
            one.borradas,
            one.archivos_leidos,
            one.archivos_sin_leer,
            one.segundos,
            peak
        )?;
    }
    Ok(())
}
