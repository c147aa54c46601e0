//! What is wrong with the command line, in one Spanish line.

use clap::error::{ContextKind, ContextValue, ErrorKind};
use std::process::ExitCode;

/// Prints help, version, or what is wrong with the arguments. Values are not repeated: they may be secrets.
pub(crate) fn report(e: &clap::Error) -> ExitCode {
    if matches!(e.kind(), ErrorKind::DisplayHelp | ErrorKind::DisplayVersion) {
        // Nobody is left to tell when the terminal is gone.
        let _ = e.print();
        return ExitCode::SUCCESS;
    }
    eprintln!("error: {} (ver --help)", line(e));
    ExitCode::from(2)
}

fn line(e: &clap::Error) -> String {
    let text = |kind| match e.get(kind) {
        Some(ContextValue::String(s)) => s.clone(),
        Some(ContextValue::Strings(s)) => s.join(", "),
        _ => String::new(),
    };
    let argument = text(ContextKind::InvalidArg);
    let meant = [ContextKind::SuggestedArg, ContextKind::SuggestedSubcommand]
        .into_iter()
        .map(text)
        .find(|s| !s.is_empty())
        .map_or(String::new(), |s| format!("; ¿quería decir '{s}'?"));
    match e.kind() {
        ErrorKind::UnknownArgument => format!("la opción '{argument}' no existe{meant}"),
        ErrorKind::ArgumentConflict => format!("'{argument}' no se puede combinar con lo demás"),
        ErrorKind::InvalidValue => format!("falta el valor de {argument}"),
        ErrorKind::ValueValidation => {
            format!("valor no válido en {argument}: se espera clave=valor")
        }
        ErrorKind::InvalidUtf8 => "un argumento no es texto UTF-8".to_owned(),
        ErrorKind::TooManyValues | ErrorKind::WrongNumberOfValues => {
            format!("{argument} no lleva tantos valores")
        }
        _ => "los argumentos no se entienden".to_owned(),
    }
}
