//! Events to try the pipeline on.

use super::arguments::GenerateArguments;
use super::{Failure, thousands};
use ecommerce_arrow::{Format, Layout, WriteError, WrittenDays, write_days};
use ecommerce_model::{ConfigGenerador, Fecha, Generador, GeneratorError};
use std::path::Path;

pub(super) fn generate(arguments: &GenerateArguments) -> Result<(), Failure> {
    let there = std::fs::read_dir(&arguments.salida).is_ok_and(|mut d| d.next().is_some());
    if there || arguments.salida.is_file() {
        // Files of two runs in one day could not be told apart again.
        return Err(Failure::usage(format!(
            "{} no está vacío: elija otro directorio",
            arguments.salida.display()
        )));
    }
    let written = write(
        &arguments.salida,
        arguments.desde,
        arguments.dias,
        arguments.filas,
        arguments.semilla,
    )?;
    println!(
        "{} eventos en {} archivos de {}",
        thousands(written.rows),
        written.files,
        arguments.salida.display()
    );
    Ok(())
}

/// Writes `rows` events over `days` days from `first` on, one file a million rows.
pub(super) fn write(
    root: &Path,
    first: Fecha,
    days: u32,
    rows: u64,
    seed: u64,
) -> Result<WrittenDays, Failure> {
    let config = ConfigGenerador::new(seed, first, days, rows);
    write_with(root, config)
}

pub(super) fn write_with(root: &Path, config: ConfigGenerador) -> Result<WrittenDays, Failure> {
    let generator = Generador::new(config).map_err(|e| {
        Failure::usage(match e {
            GeneratorError::Zero(what) => format!("{what} debe ser al menos 1"),
            GeneratorError::Share(_) => "la parte de defectos no es una parte".to_owned(),
            GeneratorError::Calendar | GeneratorError::Date(_) => {
                "los días no caben entre 1970 y 2099".to_owned()
            }
        })
    })?;
    let layout = Layout {
        root: root.to_owned(),
        format: Format::Parquet,
        rows_per_file: 1 << 20,
        threads: std::thread::available_parallelism().map_or(1, std::num::NonZero::get),
    };
    write_days(&generator, &layout, &|_, _| {}).map_err(|e| match e {
        WriteError::Io { path, source } => Failure::File(path, source),
        WriteError::Parquet { path, source } => {
            Failure::File(path, std::io::Error::other(source.to_string()))
        }
        WriteError::Arrow(e) => Failure::File(root.to_owned(), std::io::Error::other(e)),
    })
}
