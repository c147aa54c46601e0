//! What is wrong with the arguments, in one line.

use clap::error::{ContextKind, ContextValue, Error, ErrorKind};

/// What is wrong with the arguments, in one Spanish line; `None` if help or the version is to be shown.
///
/// Values are not repeated: they may be secrets.
pub fn usage_error(error: &Error) -> Option<String> {
    let text = |kind| match error.get(kind) {
        Some(ContextValue::String(text)) => text.clone(),
        Some(ContextValue::Strings(texts)) => texts.join(", "),
        _ => String::new(),
    };
    let argument = text(ContextKind::InvalidArg);
    let meant = [ContextKind::SuggestedArg, ContextKind::SuggestedSubcommand]
        .into_iter()
        .map(text)
        .find(|name| !name.is_empty())
        .map(|name| format!("; ¿quería decir '{name}'?"))
        .unwrap_or_default();
    Some(match error.kind() {
        ErrorKind::DisplayHelp
        | ErrorKind::DisplayVersion
        | ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand => return None,
        ErrorKind::MissingRequiredArgument => format!("falta {argument}"),
        ErrorKind::MissingSubcommand => "falta la orden".to_owned(),
        ErrorKind::UnknownArgument => format!("la opción '{argument}' no existe{meant}"),
        ErrorKind::InvalidSubcommand => {
            let order = text(ContextKind::InvalidSubcommand);
            format!("la orden '{order}' no existe{meant}")
        }
        ErrorKind::ArgumentConflict => {
            let other = text(ContextKind::PriorArg);
            let other = if other.is_empty() {
                "lo demás"
            } else {
                &other
            };
            format!("{argument} no se puede combinar con {other}")
        }
        ErrorKind::InvalidValue if text(ContextKind::InvalidValue).is_empty() => {
            format!("falta el valor de {argument}")
        }
        ErrorKind::InvalidValue => format!(
            "valor no admitido en {argument}: se espera {}",
            text(ContextKind::ValidValue)
        ),
        ErrorKind::ValueValidation => {
            let why = std::error::Error::source(error)
                .map(ToString::to_string)
                .unwrap_or_default();
            format!("valor no válido en {argument}: {}", in_spanish(&why))
        }
        ErrorKind::TooManyValues | ErrorKind::WrongNumberOfValues | ErrorKind::TooFewValues => {
            format!("{argument} no lleva tantos valores, o lleva más")
        }
        ErrorKind::InvalidUtf8 => "un argumento no es texto UTF-8".to_owned(),
        _ => "los argumentos no se entienden".to_owned(),
    })
}

/// The parsers of the standard library and of clap speak English; everything else already comes from the program.
fn in_spanish(why: &str) -> String {
    if let Some((_, range)) = why.split_once(" is not in ") {
        format!("se espera un número entero en {range}")
    } else if why.contains("invalid digit") || why.contains("empty string") {
        "no es un número entero".to_owned()
    } else if why.contains("number too") {
        "el número no cabe".to_owned()
    } else if why.contains("invalid float") {
        "no es un número".to_owned()
    } else {
        why.to_owned()
    }
}
