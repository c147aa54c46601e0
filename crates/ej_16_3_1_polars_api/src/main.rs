//! The exercise's program: a file of events, its revenue, and the plan before and after the optimizer.
#![forbid(unsafe_code)]

use clap::{Parser, Subcommand};
use ecommerce_arrow::generate_batch;
use ecommerce_model::{ConfigGenerador, Generador};
use ej_16_3_1_polars_api::{Origen, calcular_revenue, calcular_revenue_de, escanear, plan_revenue};
use parquet::arrow::ArrowWriter;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// Ejercicio 16.3.1: la API de Polars en Rust
#[derive(Parser)]
#[command(version)]
struct Arguments {
    #[command(subcommand)]
    order: Order,
}

#[derive(Subcommand)]
enum Order {
    /// Escribe eventos del modelo en un archivo Parquet
    Generar {
        /// Cuántas filas
        #[arg(long, default_value_t = 100_000)]
        filas: u64,
        /// La semilla de todas ellas
        #[arg(long, default_value_t = 42)]
        semilla: u64,
        /// El archivo
        salida: PathBuf,
    },
    /// Revenue por región de un archivo, un patrón o una dirección s3:// (con las variables AWS_… del entorno)
    Revenue {
        /// La función de la guía, con los errores de Polars
        #[arg(long)]
        guia: bool,
        /// Dónde están los eventos
        ruta: String,
    },
    /// El plan de esa consulta, antes y después de optimizarlo
    Plan {
        /// Dónde están los eventos
        ruta: String,
    },
}

fn main() -> ExitCode {
    // A panic inside Polars comes back as an error of the file; its own text would only alarm.
    std::panic::set_hook(Box::new(|_| {}));
    let arguments = match ecommerce_cli::parse::<Arguments>(std::env::args_os()) {
        Ok(arguments) => arguments,
        Err(code) => return code,
    };
    match run(arguments.order) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::from(3)
        }
    }
}

fn run(order: Order) -> anyhow::Result<()> {
    match order {
        Order::Generar {
            filas,
            semilla,
            salida,
        } => generar(filas, semilla, &salida)?,
        Order::Revenue { guia: true, ruta } => println!("{}", calcular_revenue(&ruta)?),
        Order::Revenue { guia: false, ruta } => {
            println!("{}", calcular_revenue_de(&Origen::new(ruta))?);
        }
        Order::Plan { ruta } => {
            let consulta = plan_revenue(escanear(&ruta)?);
            println!("sin optimizar\n\n{}\n", consulta.explain(false)?);
            println!("optimizado\n\n{}", consulta.explain(true)?);
        }
    }
    Ok(())
}

/// Writes the events beside the file and puts them in its place when they are whole.
fn generar(filas: u64, semilla: u64, salida: &Path) -> anyhow::Result<()> {
    const BATCH: usize = 16_384;
    let config = ConfigGenerador::new(semilla, "2024-01-15".parse()?, 1, filas);
    let generador = Generador::new(config)?;
    let directory = match salida.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    };
    let beside = tempfile::NamedTempFile::new_in(directory)?;
    let mut writer = ArrowWriter::try_new(beside, ecommerce_arrow::events_schema(), None)?;
    for start in (0..filas).step_by(BATCH) {
        writer.write(&generate_batch(
            &generador,
            start..filas.min(start + BATCH as u64),
        )?)?;
    }
    writer.into_inner()?.persist(salida)?;
    println!("{}: {filas} filas", salida.display());
    Ok(())
}
