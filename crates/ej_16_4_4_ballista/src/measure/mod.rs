//! The measured run: what several processes cost, what they move, and what they say when one dies.

mod kills;
mod report;
mod timings;

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::Parser;
use ecommerce_cluster::{ClusterError, Engine};

use crate::raised::RaiseError;
use crate::tables::{Tables, TablesError};
use report::Report;

/// Mide TPC-H en un proceso y en varios, y mata procesos
#[derive(Debug, Parser)]
#[command(name = "medir")]
struct Cli {
    /// Carpeta donde se escriben ballista.json y ballista.md
    #[arg(long, value_name = "DIR")]
    salida: PathBuf,
    /// Carpeta de los datos de TPC-H, que se generan si no están
    #[arg(long, value_name = "DIR")]
    datos: PathBuf,
    /// Escala de TPC-H
    #[arg(long, default_value_t = 1.0)]
    escala: f64,
    /// Veces que se hace cada consulta; cuenta la mejor
    #[arg(long, default_value_t = 2)]
    veces: usize,
    /// Muertes de cada fase con cada motor
    #[arg(long, default_value_t = 3)]
    muertes: usize,
}

/// Why there is no measurement.
#[derive(Debug, thiserror::Error)]
enum MeasureError {
    #[error(transparent)]
    Tables(#[from] TablesError),
    #[error(transparent)]
    Raise(#[from] RaiseError),
    #[error(transparent)]
    Cluster(#[from] ClusterError),
    #[error(transparent)]
    Local(#[from] datafusion::error::DataFusionError),
    #[error(transparent)]
    Compare(#[from] arrow::error::ArrowError),
    #[error("{path}: {source}")]
    Io {
        path: PathBuf,
        source: std::io::Error,
    },
    #[error(transparent)]
    Json(#[from] serde_json::Error),
}

/// Runs `medir` with the process's arguments, the name of the subcommand left out.
#[must_use]
pub fn main_with(arguments: Vec<std::ffi::OsString>) -> ExitCode {
    let cli = match ecommerce_cli::parse::<Cli>(arguments) {
        Ok(cli) => cli,
        Err(code) => return code,
    };
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(cores)
        .enable_all()
        .build();
    let ended = match runtime {
        Ok(runtime) => runtime.block_on(measure(&cli, cores)),
        Err(source) => Err(MeasureError::Io {
            path: PathBuf::new(),
            source,
        }),
    };
    match ended {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

async fn measure(cli: &Cli, cores: usize) -> Result<(), MeasureError> {
    let program = std::env::current_exe().map_err(|source| MeasureError::Io {
        path: PathBuf::from("current_exe"),
        source,
    })?;
    let data = Tables::tpch(&cli.datos, cli.escala)?;
    let mut report = Report::new(cli.escala, cores, cli.veces);
    report.timings = timings::all(&program, &data, cli.escala, cores, cli.veces).await?;
    for engine in [Engine::Ballista, Engine::Distribuido] {
        report
            .kills
            .extend(kills::all(&program, engine, cli.muertes).await?);
    }
    write(
        &cli.salida.join("ballista.json"),
        &(serde_json::to_string_pretty(&report)? + "\n"),
    )?;
    write(&cli.salida.join("ballista.md"), &report.markdown())
}

fn write(path: &Path, text: &str) -> Result<(), MeasureError> {
    std::fs::write(path, text).map_err(|source| MeasureError::Io {
        path: path.to_owned(),
        source,
    })
}
