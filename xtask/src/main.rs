//! The repository's own commands: `cargo xtask --help`.
//!
//! Rules of the repository are a program here, not a page somewhere: [`tidy`] holds one function per rule.
//! Everything that needs more than cargo (Python, data sets, the ordered tiers of tests) is set up here too.
#![forbid(unsafe_code)]
#![cfg_attr(test, allow(clippy::unwrap_used))]

mod checkout;
mod data;
mod dist;
mod duelo;
mod ej;
mod faults;
mod figures;
mod jars;
mod jvm;
mod ledger;
mod libro;
mod medir;
mod place;
mod process;
mod registry;
mod rueda;
mod tests_tiers;
mod tidy;
mod tool;
mod venv;

use std::ffi::OsString;
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Result;
use clap::{Parser, Subcommand};

use checkout::Checkout;

#[derive(Parser)]
#[command(
    name = "cargo xtask",
    bin_name = "cargo xtask",
    about = "Los comandos propios del repositorio"
)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Comprueba las reglas del repositorio: registro, afirmaciones, páginas, dependencias, código
    Tidy {
        /// Reescribe antes las tablas que salen de otro archivo: los ejercicios, del registro; las medidas, de su corrida
        #[arg(long)]
        arreglar: bool,
        /// Deja fuera cargo-deny, que la primera vez tarda minutos en compilarse
        #[arg(long)]
        sin_deny: bool,
    },
    /// Instala lo que las pruebas necesitan y ejecuta las de todos los niveles
    Test(tests_tiers::Options),
    /// Inyecta todas las faltas de la lista (muertes, carreras, discos llenos, S3 roto, entrada mala) y archiva su tabla
    Faults(faults::Options),
    /// Obtiene datos reales de paquetes de PyPI y comprueba su sha256
    Data {
        /// Qué conjunto
        conjunto: data::DataSet,
        /// Carpeta de destino
        #[arg(long, default_value = "data")]
        destino: PathBuf,
    },
    /// Crea el entorno de Python si falta e imprime la ruta de su intérprete
    Venv {
        /// Qué entorno
        nombre: venv::Name,
        /// Trae los jars que le faltan a ese PySpark e imprime la ruta de su carpeta
        #[arg(long)]
        jars: bool,
    },
    /// Ejecuta el duelo entre motores: pasa los argumentos a benches/src/bin/duelo.rs
    Duelo {
        /// Argumentos del duelo, por ejemplo: etl --filas 1000000 --contendientes rust,polars-python
        #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
        args: Vec<OsString>,
    },
    /// Mide otra vez lo que dicen las páginas (docs/medidas.toml), o solo los bancos de una sección, y lo archiva en docs/resultados
    Medir(medir::Options),
    /// Construye el wheel `mi-procesador` con maturin y lo instala en su entorno; imprime la ruta del wheel
    Rueda,
    /// Hace el binario portable (glibc 2.17) y dice cuánto ocupa y qué enlaza
    Dist,
    /// Dice dónde está todo lo de un ejercicio y ejecuta sus pruebas: cargo xtask ej 16.2.3
    Ej(ej::Options),
    /// Construye el libro con mdBook en target/libro/html y comprueba sus enlaces
    Libro(libro::Options),
}

fn main() -> ExitCode {
    let cli = match ecommerce_cli::parse::<Cli>(std::env::args_os()) {
        Ok(cli) => cli,
        Err(code) => return code,
    };
    match run(cli.command) {
        Ok(code) => code,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run(command: Command) -> Result<ExitCode> {
    let checkout = Checkout::locate()?;
    match command {
        Command::Tidy { arreglar, sin_deny } => tidy::run(&checkout, arreglar, !sin_deny),
        Command::Test(options) => tests_tiers::run(&checkout, &options),
        Command::Faults(options) => faults::run(&checkout, &options),
        Command::Data { conjunto, destino } => {
            data::obtain(&checkout, conjunto, &destino)?;
            Ok(ExitCode::SUCCESS)
        }
        Command::Venv { nombre, jars } => {
            let path = if jars {
                jars::ensure(&checkout, jars::Set::of(nombre)?)?
            } else {
                venv::ensure(&checkout, nombre)?
            };
            println!("{}", path.display());
            Ok(ExitCode::SUCCESS)
        }
        Command::Duelo { args } => duelo::run(&checkout, &args),
        Command::Medir(options) => medir::run(&checkout, &options),
        Command::Rueda => {
            println!("{}", rueda::ensure(&checkout)?.wheel.display());
            Ok(ExitCode::SUCCESS)
        }
        Command::Dist => dist::run(&checkout),
        Command::Ej(options) => ej::run(&checkout, &options),
        Command::Libro(options) => libro::run(&checkout, &options),
    }
}
