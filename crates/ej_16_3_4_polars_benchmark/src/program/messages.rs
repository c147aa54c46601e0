//! What went wrong, in one line of Spanish that says what and where, and the exit code.

use crate::BenchmarkError;
use ecommerce_cli::{Collapse, USAGE, Usage, os_error};
use std::process::ExitCode;

const INPUT: u8 = 3;
const STORAGE: u8 = 5;

/// Prints the error and gives its code.
pub(super) fn report(error: &anyhow::Error) -> ExitCode {
    let (code, text) = if error.is::<Usage>() {
        (USAGE, format!("{error} (ver --help)"))
    } else if let Some(error) = error.downcast_ref::<BenchmarkError>() {
        (code(error), in_spanish(error))
    } else if error.is::<Collapse>() {
        (INPUT, error.to_string())
    } else {
        (STORAGE, format!("{error:#}"))
    };
    eprintln!("error: {}", one_line(&text));
    ExitCode::from(code)
}

fn code(error: &BenchmarkError) -> u8 {
    match error {
        BenchmarkError::Output { .. } => STORAGE,
        BenchmarkError::Sales(_) => USAGE,
        _ => INPUT,
    }
}

fn in_spanish(error: &BenchmarkError) -> String {
    match error {
        BenchmarkError::Input(read) => format!("{}: {}", read.file, read.problem.spanish(os_error)),
        BenchmarkError::Path(path) => format!("{}: la ruta no es UTF-8", path.display()),
        BenchmarkError::Polars { file, source } => format!("{file}: Polars no pudo: {source}"),
        BenchmarkError::DataFusion { file, source } => {
            format!("{file}: DataFusion no pudo: {source}")
        }
        BenchmarkError::NotMoney { region, total } => {
            let region = region
                .as_ref()
                .map_or("las filas sin región suman".to_owned(), |r| {
                    format!("la región «{r}» suma")
                });
            format!("{region} {total}, que no es dinero: hay montos NaN, infinitos o enormes")
        }
        BenchmarkError::Unsteady { repetition } => {
            format!("la repetición {repetition} dio otra respuesta que la primera")
        }
        BenchmarkError::Sales(why) => format!("no se pueden generar esas ventas: {why}"),
        BenchmarkError::Output { path, source } => {
            format!("no se puede escribir en {}: {source}", path.display())
        }
    }
}

fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}
