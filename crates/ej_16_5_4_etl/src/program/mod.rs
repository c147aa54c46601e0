//! The command line: a day, events to try it on, a thousand small days, and the duel's result as a table.

mod arguments;
mod day;
mod drawing;
mod duel;
mod events;
mod many_days;
mod many_days_report;

use arguments::{Arguments, Order};
use ecommerce_cli::{comma, thousands};
use ecommerce_pipeline::{ErrorClass, PipelineError};
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// Why the program ends with another code than 0.
#[derive(Debug, thiserror::Error)]
enum Failure {
    /// The day was not processed.
    #[error(transparent)]
    Day(#[from] PipelineError),
    /// The arguments do not go together, or a file is not what it should be.
    #[error("{0}")]
    Told(String, ErrorClass),
    /// A file could not be read or written.
    #[error("{0}")]
    File(PathBuf, #[source] std::io::Error),
}

impl Failure {
    fn usage(text: impl Into<String>) -> Self {
        Self::Told(text.into(), ErrorClass::Usage)
    }

    fn input(text: impl Into<String>) -> Self {
        Self::Told(text.into(), ErrorClass::Input)
    }

    fn file(path: &Path) -> impl FnOnce(std::io::Error) -> Self + use<> {
        let path = path.to_owned();
        move |source| Self::File(path, source)
    }

    fn class(&self) -> ErrorClass {
        match self {
            Self::Day(e) => e.class(),
            Self::Told(_, class) => *class,
            Self::File(_, e) => ErrorClass::of(e),
        }
    }

    fn line(&self) -> String {
        match self {
            Self::Day(e) => e.spanish(),
            Self::Told(text, _) => text.clone(),
            Self::File(path, e) => format!("{}: {}", path.display(), ecommerce_cli::os_error(e)),
        }
    }
}

/// Runs the program with these arguments, the first of which is its name, and gives its exit code.
///
/// Results go to standard output, errors to standard error, one line each.
pub fn run(arguments: impl IntoIterator<Item = OsString>) -> ExitCode {
    // A library's panic is reported as one line like any other failure; its own text would only alarm.
    std::panic::set_hook(Box::new(|_| {}));
    let arguments = match ecommerce_cli::parse::<Arguments>(arguments) {
        Ok(arguments) => arguments,
        Err(code) => return code,
    };
    let outcome = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| dispatch(&arguments)));
    match outcome {
        Ok(Ok(())) => ExitCode::SUCCESS,
        Ok(Err(failure)) => {
            eprintln!("error: {}", failure.line());
            ExitCode::from(failure.class().exit_code())
        }
        Err(_) => {
            eprintln!("error: fallo interno inesperado; la tabla no quedó a medias");
            ExitCode::from(ErrorClass::Storage.exit_code())
        }
    }
}

fn dispatch(arguments: &Arguments) -> Result<(), Failure> {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .map_err(Failure::file(Path::new("tokio")))?;
    match (&arguments.order, &arguments.day) {
        (Some(Order::Generar(a)), _) => events::generate(a),
        (Some(Order::MuchosDias(a)), _) => runtime.block_on(many_days::run(a)),
        (Some(Order::Informe(a)), _) => duel::report(a),
        (None, Some(day)) => runtime.block_on(day::run(day)),
        (None, None) => Err(Failure::usage("falta --fecha")),
    }
}

/// Writes a file and the directories above it.
fn save(path: &Path, text: &str) -> Result<(), Failure> {
    if let Some(directory) = path.parent().filter(|d| !d.as_os_str().is_empty()) {
        std::fs::create_dir_all(directory).map_err(Failure::file(directory))?;
    }
    std::fs::write(path, text).map_err(Failure::file(path))
}
