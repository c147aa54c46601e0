//! What went wrong, in one line of Spanish that says what and where, and the exit code.

use crate::BenchmarkError;
use ecommerce_arrow::ReadProblem;
use ecommerce_cli::USAGE;
use std::fmt;
use std::process::ExitCode;

const INPUT: u8 = 3;
const STORAGE: u8 = 5;

/// Arguments that are each right and together wrong.
#[derive(Debug)]
pub(super) struct Usage(&'static str);

impl Usage {
    pub(super) const fn new(what: &'static str) -> Self {
        Self(what)
    }
}

impl fmt::Display for Usage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }
}

impl std::error::Error for Usage {}

/// An engine panicked.
#[derive(Debug)]
pub(super) struct Collapse;

impl fmt::Display for Collapse {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("el motor se vino abajo con este archivo: sus páginas están dañadas; no se escribió nada")
    }
}

impl std::error::Error for Collapse {}

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
        BenchmarkError::Input(read) => format!("{}: {}", read.file, problem(&read.problem)),
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

fn problem(problem: &ReadProblem) -> String {
    match problem {
        ReadProblem::Io(error) if error.kind() == std::io::ErrorKind::NotFound => {
            "no existe".into()
        }
        ReadProblem::Io(error) => format!("no se puede leer: {error}"),
        ReadProblem::NotRegular => "no es un archivo".into(),
        ReadProblem::Damaged(detail) => format!("no es un Parquet entero: {detail}"),
        ReadProblem::TooLarge { what, bytes, limit } => {
            format!("{what} dice ocupar {bytes} bytes, más de los {limit} admitidos")
        }
        ReadProblem::MissingColumn { column, similar } => match similar {
            Some(similar) => format!("falta la columna '{column}'; ¿es '{similar}'?"),
            None => format!("falta la columna '{column}'"),
        },
        ReadProblem::RetypedColumn {
            column,
            found,
            expected,
        } => format!("la columna '{column}' es {found}, y hace falta {expected}"),
        ReadProblem::RepeatedColumn(column) => format!("la columna '{column}' está dos veces"),
        other => other.to_string(),
    }
}

fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}
