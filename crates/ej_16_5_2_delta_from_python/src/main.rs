//! A writer of sales to be started from elsewhere: from the Python tests, and to be killed.
#![forbid(unsafe_code)]

use clap::{Parser, Subcommand};
use ej_16_5_2_delta_from_python::{SalesError, append, contents, latest, overwrite, sales};
use serde_json::json;
use std::error::Error;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

#[derive(Parser)]
#[command(about = "Escribe y lee una tabla de ventas desde Rust")]
struct Arguments {
    #[command(subcommand)]
    order: Order,
}

#[derive(Subcommand)]
enum Order {
    /// Añade filas; hace la tabla si no la hay
    Anadir(Write),
    /// Sustituye todas las filas; hace la tabla si no la hay
    Sobrescribir(Write),
    /// Imprime la versión, las filas y la suma de los montos
    Leer {
        /// Carpeta de la tabla
        #[arg(long)]
        tabla: PathBuf,
    },
}

#[derive(clap::Args)]
struct Write {
    /// Carpeta de la tabla
    #[arg(long)]
    tabla: PathBuf,
    /// Cuántas filas
    #[arg(long)]
    filas: u64,
    /// De qué serie: dos marcas no comparten ningún monto
    #[arg(long, default_value_t = 0)]
    marca: u64,
}

fn main() -> ExitCode {
    let arguments = match ecommerce_cli::parse::<Arguments>(std::env::args_os()) {
        Ok(arguments) => arguments,
        Err(code) => return code,
    };
    match obey(arguments.order) {
        Ok(said) => {
            println!("{said}");
            ExitCode::SUCCESS
        }
        Err(error) => {
            let mut line = error.to_string();
            let mut cause = error.source();
            while let Some(error) = cause {
                line = format!("{line}: {error}");
                cause = error.source();
            }
            eprintln!("error: {line}");
            ExitCode::FAILURE
        }
    }
}

fn obey(order: Order) -> Result<serde_json::Value, Box<dyn Error>> {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()?;
    let absolute = |table: &Path| std::path::absolute(table);
    match order {
        Order::Anadir(asked) => {
            let table = absolute(&asked.tabla)?;
            let version = runtime.block_on(append(&table, &sales(asked.marca, asked.filas)))?;
            Ok(json!({ "version": version }))
        }
        Order::Sobrescribir(asked) => {
            let table = absolute(&asked.tabla)?;
            let version = runtime.block_on(overwrite(&table, &sales(asked.marca, asked.filas)))?;
            Ok(json!({ "version": version }))
        }
        Order::Leer { tabla } => {
            let table = absolute(&tabla)?;
            let (version, found) = runtime.block_on(async {
                Ok::<_, SalesError>((latest(&table).await?, contents(&table).await?))
            })?;
            let sum: f64 = found.iter().filter_map(|sale| sale.monto).sum();
            Ok(json!({ "version": version, "filas": found.len(), "suma": sum }))
        }
    }
}
