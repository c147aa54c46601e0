//! What went wrong, in one line of Spanish that says what and where, and the exit code.

use crate::EngineError;
use datafusion::error::DataFusionError;
use ecommerce_arrow::ReadProblem;
use ecommerce_cli::{Collapse, USAGE, os_error};
use std::fmt;
use std::process::ExitCode;

/// Of an input that cannot be read, or of answers that contradict each other.
pub(super) const INPUT: u8 = 3;
const STORAGE: u8 = 5;
const MEMORY: u8 = 6;

/// An input that is no table.
#[derive(Debug)]
pub(super) struct Input(pub(super) String);

impl fmt::Display for Input {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for Input {}

/// Queries that failed while others were answered; it leaves with the code of the first.
#[derive(Debug)]
pub(super) struct Failures {
    pub(super) code: u8,
    pub(super) text: String,
}

impl fmt::Display for Failures {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl std::error::Error for Failures {}

/// Prints the error and gives its code.
pub(super) fn report(error: &anyhow::Error) -> ExitCode {
    let (code, text) = if let Some(error) = error.downcast_ref::<EngineError>() {
        (code(error), in_spanish(error))
    } else if let Some(failures) = error.downcast_ref::<Failures>() {
        (failures.code, failures.text.clone())
    } else if error.is::<Collapse>() || error.is::<Input>() {
        (INPUT, error.to_string())
    } else {
        (STORAGE, format!("{error:#}"))
    };
    eprintln!("error: {}", one_line(&text));
    ExitCode::from(code)
}

/// The exit code that stands for an error.
pub(super) fn code(error: &EngineError) -> u8 {
    match error {
        EngineError::Setting { .. }
        | EngineError::Path(_)
        | EngineError::Store { .. }
        | EngineError::Writes(_)
        | EngineError::Sql(_)
        | EngineError::Scale { .. }
        | EngineError::Shop(_) => USAGE,
        EngineError::Write { .. } => STORAGE,
        EngineError::Memory(_) => MEMORY,
        EngineError::Register { source, .. } => {
            if is_store(source) {
                STORAGE
            } else {
                INPUT
            }
        }
        EngineError::Run(source) if is_store(source) => STORAGE,
        _ => INPUT,
    }
}

/// Whether the store did not answer, as opposed to: it has no such object.
fn is_store(error: &DataFusionError) -> bool {
    let root = error.find_root();
    matches!(root, DataFusionError::ObjectStore(store) if matches!(**store, object_store::Error::Generic { store: "S3", .. }))
}

/// The error as the program says it.
pub(super) fn in_spanish(error: &EngineError) -> String {
    let said = |source: &DataFusionError| source.strip_backtrace();
    match error {
        EngineError::Setting { key, source } => format!("el ajuste «{key}»: {}", said(source)),
        EngineError::Table { table, source } => {
            format!(
                "tabla {table}: {}: {}",
                source.file,
                problem(&source.problem)
            )
        }
        EngineError::Register { table, source } => format!("tabla {table}: {}", said(source)),
        EngineError::Path(path) => format!("{}: la ruta no es UTF-8", path.display()),
        EngineError::Store { bucket, what } => format!("almacén s3://{bucket}: {what}"),
        EngineError::Writes(what) => {
            format!("solo se responden consultas, que no escriben ni definen nada: {what}")
        }
        EngineError::Sql(source) => format!("la consulta no se puede planificar: {}", said(source)),
        EngineError::Changed { file } => {
            format!("{file} cambió después de abrirlo: no hay respuesta; repite la consulta")
        }
        EngineError::Gone { file } => format!("{file} ya no está: no hay respuesta"),
        EngineError::Memory(source) => format!("no basta la memoria: {}", said(source)),
        EngineError::Run(source) => format!("la consulta falló: {}", said(source)),
        EngineError::Scale {
            given,
            least,
            greatest,
        } => format!("la escala {given} no vale: va de {least} a {greatest}"),
        EngineError::Tpch { directory, what } => format!(
            "{} no tiene datos de TPC-H enteros ({what}); hazlos con `motor-datafusion generar`",
            directory.display()
        ),
        EngineError::Shop(why) => format!("no se pueden generar esas ventas: {why}"),
        EngineError::Write { path, source } => {
            format!("no se puede escribir en {}: {source}", path.display())
        }
    }
}

fn problem(problem: &ReadProblem) -> String {
    match problem {
        ReadProblem::NotRegular => "no es un archivo; si es un directorio, acábalo en /".into(),
        other => other.spanish(os_error),
    }
}

fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}
