//! What goes wrong, in one Spanish line that says what, where and what to do.

use clap::error::{ContextKind, ContextValue, ErrorKind};
use ecommerce_arrow::ReadProblem;
use ecommerce_pipeline::{ErrorClass, InputError, LocationError, PipelineError, RejectedFile};
use std::process::ExitCode;

/// The exit code for a kind of trouble.
pub fn exit_code(class: ErrorClass) -> u8 {
    match class {
        ErrorClass::Usage => 2,
        ErrorClass::Input => 3,
        ErrorClass::Conflict => 4,
        ErrorClass::Storage => 5,
        ErrorClass::Resource => 6,
    }
}

/// Exit code after Ctrl-C, as shells expect it.
pub(crate) const INTERRUPTED: u8 = 130;

/// Prints help, version, or what is wrong with the arguments. Values are not repeated: they may be secrets.
pub(crate) fn report_usage(e: &clap::Error) -> ExitCode {
    if matches!(
        e.kind(),
        ErrorKind::DisplayHelp
            | ErrorKind::DisplayVersion
            | ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand
    ) {
        // Nobody is left to tell when the terminal is gone.
        let _ = e.print();
        return ExitCode::from(
            if e.kind() == ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand {
                2
            } else {
                0
            },
        );
    }
    eprintln!("error: {} (ver --help)", usage_line(e));
    ExitCode::from(2)
}

fn usage_line(e: &clap::Error) -> String {
    let text = |kind| match e.get(kind) {
        Some(ContextValue::String(s)) => s.clone(),
        Some(ContextValue::Strings(s)) => s.join(", "),
        _ => String::new(),
    };
    let argument = text(ContextKind::InvalidArg);
    let meant = match text(ContextKind::SuggestedArg) {
        s if s.is_empty() => text(ContextKind::SuggestedSubcommand),
        s => s,
    };
    let meant = if meant.is_empty() {
        meant
    } else {
        format!("; ¿quería decir '{meant}'?")
    };
    match e.kind() {
        ErrorKind::MissingRequiredArgument => format!("falta {argument}"),
        ErrorKind::UnknownArgument => format!("la opción '{argument}' no existe{meant}"),
        ErrorKind::InvalidSubcommand => format!(
            "la orden '{}' no existe{meant}",
            text(ContextKind::InvalidSubcommand)
        ),
        ErrorKind::ArgumentConflict => format!("'{argument}' no se puede combinar con lo demás"),
        ErrorKind::InvalidValue if text(ContextKind::InvalidValue).is_empty() => {
            format!("falta el valor de {argument}")
        }
        ErrorKind::InvalidValue => format!(
            "valor no admitido en {argument}: se espera {}",
            text(ContextKind::ValidValue)
        ),
        ErrorKind::ValueValidation => {
            let why = std::error::Error::source(e)
                .map(ToString::to_string)
                .unwrap_or_default();
            format!(
                "valor no válido en {argument}: {}",
                spanish_number_error(&why)
            )
        }
        ErrorKind::InvalidUtf8 => "un argumento no es texto UTF-8".to_owned(),
        _ => "los argumentos no se entienden".to_owned(),
    }
}

/// The parsers of numbers speak English; everything else already comes from us.
fn spanish_number_error(why: &str) -> String {
    if why.contains("digit") || why.contains("number too") || why.contains("not in") {
        "no es un número entero válido".into()
    } else {
        why.to_owned()
    }
}

/// The line for a failed day.
pub(crate) fn describe(e: &PipelineError) -> String {
    match e {
        PipelineError::Location(e) => location(e),
        PipelineError::Date(e) => format!("fecha fuera del calendario admitido: {e}"),
        PipelineError::Input(e) => input(e),
        PipelineError::Rejected { rejected, total } => rejected_files(rejected, *total),
        PipelineError::NoValidRow {
            fecha, rows_in: 0, ..
        } => {
            format!("el día {fecha} no tiene ninguna fila; la tabla queda como estaba")
        }
        PipelineError::NoValidRow {
            fecha,
            rows_in,
            motivos,
        } => {
            let reasons: Vec<String> = motivos.iter().map(|(m, n)| format!("{m} {n}")).collect();
            format!(
                "ninguna de las {rows_in} filas del {fecha} cumple el contrato ({}); la tabla queda como estaba",
                reasons.join(", ")
            )
        }
        PipelineError::NotATable { location, what } => {
            let what = if *what == "a file" {
                "un archivo"
            } else {
                "un directorio con otros archivos"
            };
            format!("la salida {location} es {what}, no una tabla Delta: elija otra ruta")
        }
        PipelineError::OtherTable { location, detail } => {
            format!(
                "{location} es una tabla con otras columnas ({detail}): elija otra ruta de salida"
            )
        }
        PipelineError::DamagedLog { location, source } => {
            format!(
                "el registro de la tabla {location} está dañado y no se toca: {}",
                one_line(source.as_ref())
            )
        }
        PipelineError::Conflict { location, attempts } => {
            format!(
                "{location}: otros escritores ganaron {attempts} veces seguidas; vuelva a intentarlo"
            )
        }
        PipelineError::Table { location, source } => format!(
            "no se puede leer o escribir la tabla {location}: {}",
            one_line(source.as_ref())
        ),
        PipelineError::Store { location, source } => {
            format!("no se puede leer {location}: {}", one_line(source.as_ref()))
        }
        PipelineError::Io { path, source } => format!("{}: {}", path.display(), os_error(source)),
        PipelineError::Overflow(fecha) => {
            format!("la suma del {fecha} no cabe en Decimal(18,2): revise los montos")
        }
        PipelineError::OutOfMemory { used, limit } => format!(
            "la memoria no alcanza: {} MiB permitidos, {} en uso; suba el límite (las tablas quedan como estaban)",
            limit >> 20,
            used >> 20
        ),
        PipelineError::TooManyRows => {
            "la entrada puede tener 2^40 filas o más: divídala".to_owned()
        }
        PipelineError::Engine(source) => format!(
            "el motor de las métricas falló (las tablas quedan como estaban): {}",
            engine(source.as_ref())
        ),
        PipelineError::Internal(what) => format!("fallo interno: {what}"),
        PipelineError::Cancelled => "interrumpido; las tablas quedan como estaban".to_owned(),
    }
}

#[cfg(not(feature = "cluster"))]
fn engine(source: &(dyn std::error::Error + 'static)) -> String {
    one_line(source)
}

#[cfg(feature = "cluster")]
fn engine(source: &(dyn std::error::Error + 'static)) -> String {
    match source.downcast_ref::<ecommerce_cluster::ClusterError>() {
        Some(e) => e.spanish(),
        None => one_line(source),
    }
}

fn location(e: &LocationError) -> String {
    match e {
        LocationError::Unusable => "la ruta está vacía o no se puede usar".to_owned(),
        LocationError::UnknownScheme(s) => {
            format!("'{s}://' no se admite: use una ruta local, s3://, gs:// o az://")
        }
        LocationError::Credentials => {
            "las credenciales no van en la dirección: use el entorno o --opcion".to_owned()
        }
        LocationError::NoBucket(text) => format!("'{text}' no nombra ningún contenedor (bucket)"),
        LocationError::Store { location, detail } => {
            format!("no se puede preparar el acceso a {location}: {detail}")
        }
        LocationError::PlainHttp => {
            "http sin cifrar solo se usa en esta máquina: el extremo debe ser https".to_owned()
        }
    }
}

fn input(e: &InputError) -> String {
    match e {
        InputError::NotFound(l) => format!("la entrada {l} no existe"),
        InputError::MissingDay {
            location,
            fecha,
            available: Some((a, b, n)),
        } => {
            format!("{location} no tiene datos del {fecha}; hay {n} días, del {a} al {b}")
        }
        InputError::MissingDay {
            location, fecha, ..
        } => format!("{location} no tiene datos del {fecha}"),
        InputError::NoFiles(l) => format!("en {l} no hay ningún archivo .parquet ni .csv"),
        InputError::OutsideRoot(p) => format!(
            "{} lleva fuera del directorio de entrada: no se lee",
            p.display()
        ),
    }
}

fn rejected_files(rejected: &[RejectedFile], total: usize) -> String {
    let list: Vec<String> = rejected
        .iter()
        .take(5)
        .map(|r| format!("{}: {}", r.file, problem(&r.problem)))
        .collect();
    let more = if rejected.len() > 5 {
        format!(" … y {} más", rejected.len() - 5)
    } else {
        String::new()
    };
    let of = if total > 1 {
        format!(
            " ({} de {total} archivos; con --tolerante se procesan los demás)",
            rejected.len()
        )
    } else {
        String::new()
    };
    format!("{}{more}{of}", list.join(" · "))
}

/// The phrase for a problem of a file.
pub(crate) fn problem(p: &ReadProblem) -> String {
    match p {
        ReadProblem::Io(e) => os_error(e),
        ReadProblem::NotRegular => "no es un archivo normal".to_owned(),
        ReadProblem::Damaged(what) => format!("archivo dañado ({what})"),
        ReadProblem::TooLarge { what, bytes, limit } => {
            format!(
                "rechazado antes de leerlo: {what} declara {bytes} bytes y el máximo es {limit}"
            )
        }
        ReadProblem::MissingColumn {
            column,
            similar: None,
        } => format!("falta la columna '{column}'"),
        ReadProblem::MissingColumn {
            column,
            similar: Some(s),
        } => format!("falta la columna '{column}' (hay '{s}')"),
        ReadProblem::RetypedColumn {
            column,
            found,
            expected,
        } => {
            format!("la columna '{column}' es {found} y debe ser {expected}")
        }
        ReadProblem::RepeatedColumn(c) => format!("la columna '{c}' está repetida"),
        ReadProblem::BadRecord { line, detail } => format!("línea {line} mal formada ({detail})"),
    }
}

/// What a failing disk answers; std has no kind for it.
const EIO: i32 = 5;
/// No descriptor left, in this process or in the system.
const EMFILE: i32 = 24;
const ENFILE: i32 = 23;

/// The phrase for what the operating system answered.
pub(crate) fn os_error(e: &std::io::Error) -> String {
    use std::io::ErrorKind as K;
    match e.kind() {
        K::NotFound => "no existe".to_owned(),
        K::PermissionDenied => "sin permiso".to_owned(),
        K::StorageFull => "disco lleno".to_owned(),
        K::QuotaExceeded => "cuota de disco agotada".to_owned(),
        K::ReadOnlyFilesystem => "sistema de archivos de solo lectura".to_owned(),
        _ => match e.raw_os_error() {
            Some(EIO) => "error de entrada y salida del disco".to_owned(),
            Some(EMFILE | ENFILE) => {
                "demasiados archivos abiertos: suba el límite (ulimit -n)".to_owned()
            }
            _ => e.to_string(),
        },
    }
}

/// The deepest cause on one line: outer layers only repeat it.
fn one_line(e: &(dyn std::error::Error + 'static)) -> String {
    let mut deepest = e;
    while let Some(source) = deepest.source() {
        deepest = source;
    }
    let deepest_text = deepest
        .downcast_ref::<std::io::Error>()
        .map_or_else(|| deepest.to_string(), os_error);
    let text = if deepest_text.len() > 8 {
        deepest_text
    } else {
        e.to_string()
    };
    text.split_whitespace()
        .collect::<Vec<_>>()
        .join(" ")
        .chars()
        .take(300)
        .collect()
}
