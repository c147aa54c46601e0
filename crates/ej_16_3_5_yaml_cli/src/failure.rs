//! What Polars says, in one Spanish line: its errors name neither the file nor the line of the YAML, and some are panics.

use crate::input::{Location, Source};
use crate::problem::{Class, Place, Problem, one_line};
use crate::s3;
use crate::sql::engine;
use crate::yaml::Formato;
use polars::prelude::PolarsError;
use std::io::ErrorKind;
use std::panic::{AssertUnwindSafe, catch_unwind};

/// An error found while the plan is made: the step at this place asks something the data is not.
pub(crate) fn planning(e: &PolarsError, at: Place) -> Problem {
    match root(e) {
        PolarsError::ColumnNotFound(what) | PolarsError::SchemaFieldNotFound(what) => {
            let name = quoted(what).unwrap_or(what);
            Problem::mismatch(at, format!("la columna «{name}» no existe"))
        }
        PolarsError::Duplicate(what) => Problem::mismatch(
            at,
            format!(
                "dos columnas se llamarían igual: {}",
                quoted(what).unwrap_or(what)
            ),
        ),
        PolarsError::IO { .. } => running(e, &[]).at_yaml(at),
        other if is_parquet(&other.to_string()) => running(e, &[]).at_yaml(at),
        PolarsError::SQLInterface(_) | PolarsError::SQLSyntax(_) => Problem::yaml(
            at,
            format!("la expresión SQL no se entiende: {}", engine(root(e))),
        ),
        PolarsError::NoData(_) => Problem::new(Class::Input, "la entrada no tiene datos").at(at),
        other => Problem::mismatch(
            at,
            format!(
                "los tipos no casan con lo que pide el paso: {}",
                engine(other)
            ),
        ),
    }
}

/// Runs something of the engine's: `Err(None)` if it panicked, as Polars does on some malformed files.
pub(crate) fn guarded<T>(
    work: impl FnOnce() -> Result<T, PolarsError>,
) -> Result<T, Option<PolarsError>> {
    match catch_unwind(AssertUnwindSafe(work)) {
        Ok(outcome) => outcome.map_err(Some),
        Err(_) => Err(None),
    }
}

/// What is wrong with an input whose columns cannot be known.
pub(crate) fn opening(e: Option<&PolarsError>, source: &Source, at: Place) -> Problem {
    let Some(e) = e else {
        return damaged([source], "el motor no lo entiende").at_yaml(at);
    };
    if let Location::S3(url) = &source.location {
        let text = e.to_string();
        return s3::problem(&text, Some(url)).unwrap_or_else(|| {
            Problem::new(
                Class::Input,
                format!("{url}: no se puede leer: {}", engine(root(e))),
            )
        });
    }
    match root(e) {
        PolarsError::IO { .. } => running(e, &[]).at_yaml(at),
        PolarsError::NoData(_) => damaged([source], "no tiene datos"),
        other => damaged([source], &engine(other)),
    }
}

/// What is wrong with the data of these inputs, naming the file if there is only one that it can be.
fn damaged<'a>(sources: impl IntoIterator<Item = &'a Source>, why: &str) -> Problem {
    let sources: Vec<&Source> = sources.into_iter().collect();
    let files: Vec<_> = sources
        .iter()
        .filter_map(|s| s.files.as_ref())
        .flat_map(|f| &f.paths)
        .collect();
    let what = |format: Formato| match format {
        Formato::Parquet => "el Parquet está dañado o no se admite",
        Formato::Csv => "el CSV no se entiende",
    };
    let formats: Vec<Formato> = sources.iter().map(|s| s.format).collect();
    match (files.as_slice(), formats.as_slice()) {
        ([file], [format]) => Problem::data(file, None, format!("{}: {why}", what(*format))),
        _ => {
            let routes: Vec<String> = sources.iter().map(|s| s.location.to_string()).collect();
            Problem::new(
                Class::Input,
                format!(
                    "un archivo de {} está dañado o no se admite: {why}",
                    routes.join(", ")
                ),
            )
        }
    }
}

/// The engine stopped in the middle: a panic, whose text says nothing to the user.
pub(crate) fn stopped(sources: &[(String, Source)]) -> Problem {
    damaged(
        sources.iter().map(|(_, s)| s),
        "el motor se detuvo con unos datos que no esperaba; la salida queda como estaba",
    )
}

/// An error found while the data is read, computed and written.
pub(crate) fn running(e: &PolarsError, sources: &[(String, Source)]) -> Problem {
    let remote: Vec<String> = sources
        .iter()
        .filter_map(|(_, s)| match &s.location {
            Location::S3(url) => Some(url.clone()),
            Location::Local(_) => None,
        })
        .collect();
    running_with(e, sources, &remote)
}

/// As [`running`], where the output is in S3 too.
pub(crate) fn running_with(
    e: &PolarsError,
    sources: &[(String, Source)],
    remote: &[String],
) -> Problem {
    let text = e.to_string();
    if let PolarsError::IO { error, .. } = root(e) {
        let full = matches!(
            error.kind(),
            ErrorKind::StorageFull | ErrorKind::QuotaExceeded | ErrorKind::FileTooLarge
        ) || text.contains("No space left");
        if full {
            return Problem::new(
                Class::Resource,
                "no queda sitio en el disco, o el archivo no cabe en el límite: la salida queda como estaba",
            );
        }
        if matches!(error.raw_os_error(), Some(23 | 24)) || text.contains("Too many open files") {
            return Problem::new(
                Class::Resource,
                "demasiados archivos abiertos: suba el límite (ulimit -n)",
            );
        }
    }
    let about_s3 = remote.iter().find(|url| mentions(&text, url));
    let url = about_s3.or_else(|| remote.first().filter(|_| remote.len() == 1));
    if !remote.is_empty()
        && let Some(problem) = s3::problem(&text, url.map(String::as_str))
    {
        return problem;
    }
    if is_parquet(&text) {
        let parquet = sources
            .iter()
            .map(|(_, s)| s)
            .filter(|s| s.format == Formato::Parquet);
        return damaged(parquet, &engine(root(e)));
    }
    match root(e) {
        PolarsError::IO { error, .. } => {
            let class = match error.kind() {
                ErrorKind::NotFound | ErrorKind::UnexpectedEof | ErrorKind::InvalidData => {
                    Class::Input
                }
                ErrorKind::OutOfMemory => Class::Resource,
                _ => Class::Storage,
            };
            Problem::new(
                class,
                format!("no se puede leer o escribir: {}", engine(root(e))),
            )
        }
        PolarsError::SchemaMismatch(what) => Problem::new(
            Class::Input,
            format!(
                "los archivos de una entrada no tienen las mismas columnas: {}",
                one_line(what)
            ),
        ),
        other => Problem::new(
            Class::Input,
            format!("los datos no son lo que pide la tubería: {}", engine(other)),
        ),
    }
}

/// `conversion from `str` to `i64` failed in column 'x' for 1 out of 3 values: ["abc"]`, in Spanish and pointing at the
/// `convertir` that asked for it, if one did.
pub(crate) fn conversion(e: &PolarsError, asked: &[(String, Place)]) -> Option<Problem> {
    let text = e.to_string();
    let rest = text.split_once("conversion from ")?.1;
    let column = rest.split_once("in column '")?.1.split_once('\'')?.0;
    let values = rest
        .split_once("values: [")
        .and_then(|(_, tail)| tail.split_once(']'))
        .map_or(String::new(), |(values, _)| format!(": {values}"));
    let place = asked
        .iter()
        .find_map(|(name, place)| (name == column).then_some(*place));
    Some(Problem::mismatch(
        place.unwrap_or_default(),
        format!("hay valores de «{column}» que no se pueden convertir{values}"),
    ))
}

fn is_parquet(text: &str) -> bool {
    let lower = text.to_lowercase();
    ["parquet", "thrift", "out of specification", "row group"]
        .iter()
        .any(|sign| lower.contains(sign))
}

fn mentions(text: &str, url: &str) -> bool {
    let key = url.splitn(4, '/').nth(3).unwrap_or(url);
    text.contains(url) || text.contains(key)
}

/// The error under the contexts that Polars wraps around it.
fn root(e: &PolarsError) -> &PolarsError {
    match e {
        PolarsError::Context { error, .. } | PolarsError::ExprContext { error, .. } => root(error),
        other => other,
    }
}

/// The first name between quotes.
pub(crate) fn quoted(text: &str) -> Option<&str> {
    let start = text.find(['"', '\'', '`'])?;
    let quote = text[start..].chars().next()?;
    let rest = &text[start + 1..];
    rest.split_once(quote).map(|(name, _)| name)
}
