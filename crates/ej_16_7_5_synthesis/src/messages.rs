//! What went wrong, in one line of Spanish.

use ecommerce_cli::os_error;
use ej_16_7_5_synthesis::batch::BatchError;
use ej_16_7_5_synthesis::portable::PortableError;
use ej_16_7_5_synthesis::step::StepError;
use ej_16_7_5_synthesis::window::{CheckpointError, PacedError, SessionError, WindowError};

/// The line for an error of any of the orders; what was said on top of it comes first.
pub(crate) fn spanish(error: &anyhow::Error) -> String {
    let mut said = Vec::new();
    for cause in error.chain() {
        let line = cause
            .downcast_ref()
            .map(batch)
            .or_else(|| cause.downcast_ref().map(portable))
            .or_else(|| cause.downcast_ref().map(step))
            .or_else(|| cause.downcast_ref().map(session))
            .or_else(|| cause.downcast_ref().map(paced))
            .or_else(|| cause.downcast_ref().map(window))
            .or_else(|| cause.downcast_ref().map(os_error));
        match line {
            // It tells its own causes.
            Some(line) => {
                said.push(line);
                break;
            }
            None => said.push(cause.to_string()),
        }
    }
    said.join(": ")
}

fn batch(error: &BatchError) -> String {
    match error {
        BatchError::Pipeline(error) => error.spanish(),
        BatchError::TooFew => {
            "para ver un crecimiento hacen falta al menos tres tamaños distintos (--filas)"
                .to_owned()
        }
        BatchError::NotLinear { off, allowed } => format!(
            "los tiempos se apartan de una recta hasta un {off:.0} %, y más de un {allowed:.0} % no es ruido"
        ),
        BatchError::DayTooLarge { day, largest } => format!(
            "cada día tendría {:.1} MB y el mayor medido tiene {:.1}: más días (--dias), o mida con más filas (--filas)",
            *day as f64 / 1e6,
            *largest as f64 / 1e6
        ),
        BatchError::Generator(_) | BatchError::Write(_) | BatchError::Location(_) => {
            error.to_string()
        }
    }
}

fn portable(error: &PortableError) -> String {
    match error {
        PortableError::Start { program, source } => {
            format!("{}: {}", program.display(), os_error(source))
        }
        PortableError::Failed { order, words } => format!("`{order}` no acabó bien: {words}"),
    }
}

fn step(error: &StepError) -> String {
    match error {
        StepError::Io { path, source } => format!("{}: {}", path.display(), os_error(source)),
        StepError::Nothing { path } => {
            format!(
                "{}: no hay ninguna tabla Parquet ni Arrow con filas",
                path.display()
            )
        }
        StepError::Parquet { path, source } => {
            format!(
                "{}: no se lee ni se escribe como Parquet ({source})",
                path.display()
            )
        }
        StepError::Arrow { path, source } => {
            format!(
                "{}: no se lee ni se escribe como Arrow ({source})",
                path.display()
            )
        }
        StepError::Content(_) => "una columna es de un tipo sin forma canónica".to_owned(),
    }
}

fn session(error: &SessionError) -> String {
    match error {
        SessionError::Checkpoint(CheckpointError::Io { path, source })
        | SessionError::Io { path, source } => format!("{}: {}", path.display(), os_error(source)),
        SessionError::Checkpoint(CheckpointError::Damaged { path }) => format!(
            "{}: el estado guardado está dañado; bórrelo junto con la salida para empezar de nuevo",
            path.display()
        ),
        SessionError::OtherWindows { path } => format!(
            "{}: el estado guardado es de otras ventanas; use las mismas, u otro --estado y otra --salida",
            path.display()
        ),
        SessionError::OutputLost { path } => format!(
            "{}: la salida es más corta que cuando se guardó el estado",
            path.display()
        ),
        SessionError::Checkpoint(CheckpointError::Encode(_)) | SessionError::Date(_) => {
            error.to_string()
        }
    }
}

fn paced(error: &PacedError) -> String {
    match error {
        PacedError::Session(error) => session(error),
        PacedError::Calendar => "los eventos no caben en el calendario".to_owned(),
        PacedError::Generator(_) => error.to_string(),
    }
}

fn window(error: &WindowError) -> String {
    match error {
        WindowError::Slide => {
            "--paso-ms debe ser mayor que cero y no mayor que --ventana-ms".to_owned()
        }
        WindowError::TooLong => "una duración debe ser menor que cien años".to_owned(),
    }
}
