//! What goes wrong, in one Spanish line that says what, where and what to do.

use ecommerce_arrow::ReadProblem;
use ecommerce_pipeline::{
    ErrorClass, InputError, LocationError, Obstacle, PipelineError, RejectedFile,
};

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
            let what = match what {
                Obstacle::File => "un archivo",
                Obstacle::OtherFiles => "un directorio con otros archivos",
                Obstacle::LinkOut => "un directorio con un enlace que lleva fuera",
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
    use ecommerce_cluster::ClusterError;
    match source.downcast_ref() {
        Some(e @ ClusterError::Source { .. }) => format!(
            "{}; con --intermedio diga un directorio que vean todos",
            e.spanish()
        ),
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
        ReadProblem::Damaged(what) => match ecommerce_pipeline::os_error(what) {
            Some(e) => os_error(&e),
            None => format!("archivo dañado ({what})"),
        },
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
        .map_or_else(|| plainly(&deepest.to_string()), os_error);
    let text = if deepest_text.len() > 8 {
        deepest_text
    } else {
        without_echo(&e.to_string())
    };
    text.split_whitespace()
        .collect::<Vec<_>>()
        .join(" ")
        .chars()
        .take(300)
        .collect()
}

/// The text without a store's echo, or the phrase for the system's error that it ends with.
fn plainly(text: &str) -> String {
    ecommerce_pipeline::os_error(text).map_or_else(|| without_echo(text), |e| os_error(&e))
}

/// What a store said, as far as it is ours to repeat: of an answer in XML or HTML its code and its message. S3 sends back
/// the access key and the text that it signed, and an error is the first thing that people paste into a chat.
pub(crate) fn without_echo(text: &str) -> String {
    let begins = ["<?xml", "<Error", "<!DOCTYPE", "<html"];
    let Some(start) = begins.iter().filter_map(|b| text.find(b)).min() else {
        return text.to_owned();
    };
    let (before, answer) = text.split_at(start);
    let element = |open: &str, close: &str| {
        let (_, rest) = answer.split_once(open)?;
        rest.split_once(close).map(|(inside, _)| inside)
    };
    let code = element("<Code>", "</Code>");
    let said = [code, element("<Message>", "</Message>")];
    let said: Vec<&str> = said.into_iter().flatten().collect();
    format!("{before}{}", said.join(": "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn de_lo_que_responde_s3_quedan_el_codigo_y_el_mensaje() {
        let answer = "403 Forbidden: <?xml version=\"1.0\"?><Error><Code>SignatureDoesNotMatch</Code>\
            <Message>check your key</Message><AWSAccessKeyId>AKIA1</AWSAccessKeyId></Error>";
        assert_eq!(
            without_echo(answer),
            "403 Forbidden: SignatureDoesNotMatch: check your key"
        );
        assert_eq!(without_echo("x: <Error><AWSAccessKeyId>AKIA1"), "x: ");
        assert_eq!(without_echo("a < b"), "a < b");
    }
}
