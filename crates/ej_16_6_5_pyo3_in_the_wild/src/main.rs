//! Opens wheels and says what is in them; writes the table of the guide's six projects.
#![forbid(unsafe_code)]

use std::fmt::Write as _;
use std::io::Write as _;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, Subcommand};
use ej_16_6_5_pyo3_in_the_wild::{Wheel, WheelError, download, markdown};

/// Abre ruedas de Python y dice qué llevan dentro.
#[derive(Debug, Parser)]
#[command(version)]
struct Args {
    #[command(subcommand)]
    order: Order,
}

#[derive(Debug, Subcommand)]
enum Order {
    /// Dice qué lleva cada rueda
    Abrir {
        /// Las ruedas, archivos .whl
        #[arg(required = true, value_name = "RUEDA")]
        ruedas: Vec<PathBuf>,
        /// Todo lo que se sabe de ellas, en JSON
        #[arg(long)]
        json: bool,
    },
    /// Descarga con pip las ruedas de la guía, con su versión y su sha256 fijados (93 MB)
    Descargar {
        /// Dónde dejarlas
        #[arg(long, default_value = "target/ruedas")]
        carpeta: PathBuf,
        /// El Python cuyo pip las descarga
        #[arg(long, default_value = "python3")]
        python: PathBuf,
    },
    /// La tabla de los seis proyectos de la guía, con un veredicto cada uno
    Tabla {
        /// Dónde están las ruedas
        #[arg(long, default_value = "target/ruedas")]
        carpeta: PathBuf,
        /// El archivo que se escribe, en lugar de imprimirla
        #[arg(long, value_name = "ARCHIVO")]
        salida: Option<PathBuf>,
    },
}

/// Something of the input cannot be read.
const UNREADABLE: u8 = 3;
/// The network, pip or the disk.
const STORAGE: u8 = 5;

fn main() -> ExitCode {
    let args = match ecommerce_cli::parse::<Args>(std::env::args_os()) {
        Ok(args) => args,
        Err(code) => return code,
    };
    match args.order {
        Order::Abrir { ruedas, json } => open(&ruedas, json),
        Order::Descargar { carpeta, python } => end(download(&python, &carpeta)),
        Order::Tabla { carpeta, salida } => end(markdown(&carpeta).and_then(|text| match salida {
            Some(path) => {
                std::fs::write(&path, text).map_err(|source| WheelError::Io { path, source })
            }
            None => {
                print(&text);
                Ok(())
            }
        })),
    }
}

fn end(done: Result<(), WheelError>) -> ExitCode {
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            // Nobody is left to tell when standard error is gone.
            let _ = writeln!(std::io::stderr(), "error: {error}");
            ExitCode::from(match error {
                WheelError::Pip(_) | WheelError::Io { .. } => STORAGE,
                _ => UNREADABLE,
            })
        }
    }
}

fn open(paths: &[PathBuf], json: bool) -> ExitCode {
    let mut wheels = Vec::new();
    let mut worst = ExitCode::SUCCESS;
    for path in paths {
        match Wheel::open(path) {
            Ok(wheel) => wheels.push(wheel),
            Err(error) => {
                // What the system says names the file already.
                let place = match error {
                    WheelError::Io { .. } => String::new(),
                    _ => format!("{}: ", path.display()),
                };
                let _ = writeln!(std::io::stderr(), "error: {place}{error}");
                worst = ExitCode::from(UNREADABLE);
            }
        }
    }
    if json {
        match serde_json::to_string_pretty(&wheels) {
            Ok(text) => print(&(text + "\n")),
            Err(error) => {
                let _ = writeln!(std::io::stderr(), "error: {error}");
                return ExitCode::from(STORAGE);
            }
        }
    } else {
        for wheel in &wheels {
            print(&summary(wheel));
        }
    }
    worst
}

fn summary(wheel: &Wheel) -> String {
    let mut text = format!(
        "{} {}: {}, abi3: {}; {} bytes, {} instalada, {} archivos\n",
        wheel.metadata.name,
        wheel.metadata.version,
        wheel.contents(),
        wheel.abi3(),
        wheel.bytes,
        wheel.unpacked,
        wheel.files.len()
    );
    for binary in &wheel.binaries {
        let init: Vec<&str> = binary.init.iter().map(String::as_str).collect();
        let versions: Vec<&str> = binary.pyo3.versions.iter().map(String::as_str).collect();
        // Writing to a String cannot fail.
        let _ = writeln!(
            text,
            "  {}: {} bytes; {}; PyO3: {}; pide {}",
            binary.path,
            binary.bytes,
            if init.is_empty() {
                "ningún PyInit_".to_owned()
            } else {
                init.join(", ")
            },
            if !binary.pyo3.found() {
                "no".to_owned()
            } else if versions.is_empty() {
                "sí".to_owned()
            } else {
                versions.join(", ")
            },
            if binary.needed.is_empty() {
                "nada".to_owned()
            } else {
                binary.needed.join(", ")
            },
        );
    }
    for problem in wheel.problems() {
        let _ = writeln!(text, "  no casa: {problem}");
    }
    text
}

fn print(text: &str) {
    // The reader, `head` for one, may have seen enough.
    let _ = std::io::stdout().write_all(text.as_bytes());
}
