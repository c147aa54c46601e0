//! What is wrong with the arguments, in Spanish.

use super::failure::USAGE;
use clap::error::{ContextKind, ContextValue, Error, ErrorKind};
use std::process::ExitCode;

/// Prints the help, or one line about the first argument that does not fit.
pub(crate) fn report(error: &Error) -> ExitCode {
    if matches!(
        error.kind(),
        ErrorKind::DisplayHelp | ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand
    ) {
        // Nobody is left to tell when the terminal is gone.
        let _ = error.print();
        let asked = error.kind() == ErrorKind::DisplayHelp;
        return ExitCode::from(if asked { 0 } else { USAGE });
    }
    eprintln!("error: {} (ver --help)", line(error));
    ExitCode::from(USAGE)
}

fn line(error: &Error) -> String {
    let text = |kind| match error.get(kind) {
        Some(ContextValue::String(text)) => text.clone(),
        Some(ContextValue::Strings(texts)) => texts.join(", "),
        _ => String::new(),
    };
    let argument = text(ContextKind::InvalidArg);
    match error.kind() {
        ErrorKind::MissingRequiredArgument => format!("falta {argument}"),
        ErrorKind::MissingSubcommand => "falta la orden".into(),
        ErrorKind::UnknownArgument => format!("la opción '{argument}' no existe"),
        ErrorKind::InvalidSubcommand => format!(
            "la orden '{}' no existe",
            text(ContextKind::InvalidSubcommand)
        ),
        ErrorKind::ArgumentConflict => format!("'{argument}' no se combina con lo demás"),
        ErrorKind::InvalidValue if text(ContextKind::InvalidValue).is_empty() => {
            format!("falta el valor de {argument}")
        }
        ErrorKind::InvalidValue => format!(
            "{argument} no admite '{}': elija entre {}",
            text(ContextKind::InvalidValue),
            text(ContextKind::ValidValue)
        ),
        ErrorKind::ValueValidation => {
            format!("{argument} no admite '{}'", text(ContextKind::InvalidValue))
        }
        _ => "los argumentos no se entienden".into(),
    }
}
