//! What the YAML reader says, in the words of someone who wrote the YAML.

use super::place::place;
use crate::nearest::hint;
use crate::problem::{Class, Place, Problem};
use serde_saphyr::Error;

/// The problem of class [`Class::Usage`] for what the reader found.
pub(super) fn problem(e: &Error) -> Problem {
    let e = e.without_snippet();
    let at = e.location().map(place).unwrap_or_default();
    problem_at(e, at)
}

fn problem_at(e: &Error, at: Place) -> Problem {
    let message = match e {
        Error::AliasError { error, .. } => return problem_at(error, at),
        Error::SerdeUnknownField {
            field, expected, ..
        } => format!(
            "la clave «{field}» no existe aquí{}",
            hint(field, expected.iter().copied())
        ),
        Error::SerdeUnknownVariant {
            variant, expected, ..
        } => format!(
            "«{variant}» no es un valor de aquí{}",
            hint(variant, expected.iter().copied())
        ),
        Error::SerdeMissingField { field, .. } => format!("falta la clave «{field}»"),
        Error::DuplicateMappingKey { key: Some(key), .. } => {
            format!("la clave «{key}» está repetida: deje una")
        }
        Error::DuplicateMappingKey { .. } => "hay una clave repetida: deje una".to_owned(),
        Error::SerdeInvalidType {
            unexpected,
            expected,
            ..
        }
        | Error::SerdeInvalidValue {
            unexpected,
            expected,
            ..
        } => format!(
            "aquí va {}, y hay {}",
            spanish_shape(expected),
            spanish_shape(unexpected)
        ),
        Error::InvalidScalar { ty, .. } => format!("el valor no es {}", spanish_shape(ty)),
        Error::Unexpected { expected, .. } => format!("aquí va {}", spanish_shape(expected)),
        Error::NullIntoString { .. } => {
            "falta el valor (o es null: póngalo entre comillas si es un texto)".to_owned()
        }
        Error::ExpectedMappingEndAfterEnumVariantValue { .. } => {
            "un paso lleva una sola clave: ponga «- » delante de la siguiente".to_owned()
        }
        Error::ExternallyTaggedEnumExpectedScalarOrMapping { .. }
        | Error::ExpectedStringKeyForExternallyTaggedEnum { .. } => {
            "aquí va un paso: «- filtrar: …», «- derivar: …»".to_owned()
        }
        Error::Budget { .. }
        | Error::AliasReplayLimitExceeded { .. }
        | Error::AliasExpansionLimitExceeded { .. }
        | Error::AliasReplayCounterOverflow { .. }
        | Error::AliasReplayStackDepthExceeded { .. } => {
            "el YAML anida, repite o multiplica (anclas) más de lo que una tubería necesita"
                .to_owned()
        }
        Error::MultipleDocuments { .. } => {
            "hay más de un documento YAML (---): una tubería por archivo".to_owned()
        }
        Error::Eof { .. } => "el YAML acaba antes de tiempo".to_owned(),
        Error::UnknownAnchor { .. } => "el ancla a la que se refiere no existe".to_owned(),
        Error::UnsupportedTag { .. } | Error::TaggedEnumMismatch { .. } => {
            "las etiquetas (!…) no se usan en una tubería".to_owned()
        }
        other => syntax(&other.to_string()),
    };
    Problem::new(Class::Usage, message).at(at)
}

/// A syntax error of the scanner: it speaks English, and only some of what it says is worth translating.
fn syntax(detail: &str) -> String {
    let lower = detail.to_lowercase();
    if lower.contains("tab") {
        return "hay un tabulador en la sangría: YAML solo admite espacios".to_owned();
    }
    if lower.contains("recursion") || lower.contains("depth") || lower.contains("nest") {
        return "el YAML anida más de lo que una tubería necesita".to_owned();
    }
    // The reader appends its own place to the text; ours stands in front already.
    let detail = detail.split(" at line ").next().unwrap_or(detail);
    format!(
        "no es YAML válido: {detail} (un valor que empieza por [ {{ * & ! % @ ` o lleva «: » o « #» va entre comillas)"
    )
}

/// The shapes that serde names, in Spanish; what is Spanish already stays.
fn spanish_shape(shape: &str) -> String {
    let known = [
        ("sequence start", "una lista"),
        ("mapping start", "un mapa"),
        ("mapping", "un mapa"),
        ("struct", "un mapa"),
        ("map", "un mapa"),
        ("sequence", "una lista"),
        ("a sequence", "una lista"),
        ("unit value", "nada"),
        ("null", "nada"),
        ("boolean", "un booleano (true o false)"),
        ("bool", "un booleano (true o false)"),
        ("string", "un texto"),
        ("a string", "un texto"),
        ("scalar", "un valor simple"),
        ("string scalar", "un texto"),
        ("u32", "un entero no negativo"),
        ("u64", "un entero no negativo"),
        ("usize", "un entero no negativo"),
        ("i64", "un entero"),
        ("f64", "un número"),
    ];
    if let Some((_, spanish)) = known.iter().find(|(english, _)| *english == shape) {
        return (*spanish).to_owned();
    }
    for (prefix, spanish) in [
        ("string ", "el texto "),
        ("integer ", "el número "),
        ("floating point ", "el número "),
        ("boolean ", "el booleano "),
        ("struct ", "un mapa "),
    ] {
        if let Some(rest) = shape.strip_prefix(prefix) {
            return if spanish == "un mapa " {
                "un mapa".to_owned()
            } else {
                format!("{spanish}{}", rest.trim_matches(['`', '"']))
            };
        }
    }
    shape.to_owned()
}
