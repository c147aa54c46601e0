//! The commands, one file each.

mod day;
mod demo;
#[cfg(feature = "cluster")]
mod engine;
mod generate;
mod history;
mod import;
mod maintain;
mod query;
mod range;
mod report;

use crate::args::{Args, Comunes, Orden};
use crate::output::{Failure, Say};
use anyhow::Result;
use deltalake::DeltaTable;
use ecommerce_pipeline::{Location, StorageOptions, open_table};
use std::process::ExitCode;

/// What every command gets.
pub(crate) struct Context {
    pub(crate) say: Say,
    pub(crate) options: StorageOptions,
}

/// Runs what was asked for.
pub(crate) fn run(args: Args, say: &Say) -> Result<ExitCode> {
    let Comunes { opciones, .. } = args.comunes;
    let context = Context {
        say: *say,
        options: opciones.into_iter().collect(),
    };
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()?;
    runtime.block_on(async {
        match args.orden {
            None => day::run(&context, &args.dia).await,
            Some(Orden::Demo(a)) => demo::run(&context, &a).await,
            Some(Orden::Generar(a)) => generate::run(&context, &a),
            Some(Orden::Importar(a)) => import::run(&context, &a),
            Some(Orden::Rango(a)) => range::run(&context, &a).await,
            Some(Orden::Consultar(a)) => query::run(&context, &a).await,
            Some(Orden::Historia(a)) => history::run(&context, &a).await,
            Some(Orden::Mantener(a)) => maintain::run(&context, &a).await,
            Some(Orden::Reporte(a)) => report::run(&context, &a).await,
        }
    })
}

/// Processors that may be used.
pub(crate) fn cores() -> usize {
    std::thread::available_parallelism().map_or(1, std::num::NonZero::get)
}

/// The table at `location`, which must exist.
pub(crate) async fn existing(context: &Context, location: &Location) -> Result<DeltaTable> {
    let table = open_table(location, &context.options).await?;
    table.ok_or_else(|| Failure::input(format!("en {location} no hay ninguna tabla Delta")))
}

/// Refuses to write data files among others: a mixture could not be told apart again.
pub(crate) fn require_empty(directory: &std::path::Path) -> Result<()> {
    match std::fs::read_dir(directory).map(|mut entries| entries.next().is_some()) {
        Ok(true) => Err(Failure::usage(format!(
            "{} no está vacío: elija otro directorio o vacíelo",
            directory.display()
        ))),
        Err(e) if e.kind() == std::io::ErrorKind::NotADirectory => Err(Failure::usage(format!(
            "{} es un archivo, no un directorio",
            directory.display()
        ))),
        _ => Ok(()),
    }
}
