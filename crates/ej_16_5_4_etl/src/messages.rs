//! What goes wrong, in one Spanish line that says what and where, and the exit code.

use ecommerce_arrow::ReadProblem;
use ecommerce_model::DateError;
use ecommerce_pipeline::{
    ErrorClass, InputError, LocationError, Obstacle, PipelineError, RejectedFile,
};
use std::error::Error;
use std::io;

/// The exit code for a kind of trouble, the same in all programs of the platform.
///
/// 2 usage · 3 input that cannot be used · 4 other writers kept winning · 5 storage · 6 disk, memory or descriptors.
pub fn exit_code(class: ErrorClass) -> u8 {
    match class {
        ErrorClass::Usage => 2,
        ErrorClass::Input => 3,
        ErrorClass::Conflict => 4,
        ErrorClass::Storage => 5,
        ErrorClass::Resource => 6,
    }
}

/// The line for a day that was not processed.
pub fn describe(e: &PipelineError) -> String {
    match e {
        PipelineError::Location(e) => location(e),
        PipelineError::Date(DateError::NotADate(text)) => {
            format!("'{text}' no es una fecha de la forma AAAA-MM-DD")
        }
        PipelineError::Date(e) => format!("fecha o zona que no se admite: {e}"),
        PipelineError::Input(e) => input(e),
        PipelineError::Rejected { rejected, total } => rejected_files(rejected, *total),
        PipelineError::NoValidRow {
            fecha, rows_in: 0, ..
        } => format!("el día {fecha} no tiene ninguna fila; la tabla queda como estaba"),
        PipelineError::NoValidRow {
            fecha,
            rows_in,
            motivos,
        } => {
            let reasons: Vec<String> = motivos.iter().map(|(m, n)| format!("{m} {n}")).collect();
            let reasons = if reasons.is_empty() {
                "todas sin monto".to_owned()
            } else {
                reasons.join(", ")
            };
            format!(
                "ninguna de las {rows_in} filas del {fecha} es una venta que valga ({reasons}); la tabla queda como estaba"
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
        PipelineError::OtherTable { location, detail } => format!(
            "{location} es una tabla con otras columnas ({detail}): elija otra ruta de salida"
        ),
        PipelineError::DamagedLog { location, source } => format!(
            "el registro de la tabla {location} está dañado y no se toca: {}",
            cause(source.as_ref())
        ),
        PipelineError::Conflict { location, attempts } => format!(
            "{location}: otros escritores ganaron {attempts} veces seguidas; vuelva a intentarlo"
        ),
        PipelineError::Table { location, source } if e.class() == ErrorClass::Input => format!(
            "{location} es de una versión que este programa no sabe escribir, y no se toca: {}",
            cause(source.as_ref())
        ),
        PipelineError::Table { location, source } => format!(
            "no se puede leer o escribir la tabla {location}: {}",
            cause(source.as_ref())
        ),
        PipelineError::Store { location, source } => {
            format!("no se puede leer {location}: {}", cause(source.as_ref()))
        }
        PipelineError::Io { path, source } => format!("{}: {}", path.display(), os_error(source)),
        PipelineError::Overflow(fecha) => {
            format!("la suma del {fecha} no cabe en Decimal(18,2): revise los montos")
        }
        PipelineError::OutOfMemory { used, limit } => format!(
            "la memoria no alcanza: {} MiB permitidos, {} en uso (la tabla queda como estaba)",
            limit >> 20,
            used >> 20
        ),
        PipelineError::TooManyRows => "la entrada tiene demasiadas filas: divídala".to_owned(),
        PipelineError::Engine(e) => format!("el motor falló: {}", cause(e.as_ref())),
        PipelineError::Internal(what) => format!("fallo interno: {what}"),
        PipelineError::Cancelled => "interrumpido; la tabla queda como estaba".to_owned(),
    }
}

fn location(e: &LocationError) -> String {
    match e {
        LocationError::Unusable => "una ruta está vacía o no se puede usar".to_owned(),
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
            available,
        } => {
            let there = available.map_or(String::new(), |(a, b, n)| {
                format!("; hay {n} días, del {a} al {b}")
            });
            format!("{location} no tiene datos del {fecha}{there}")
        }
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
    let more = match rejected.len() {
        n if n > 5 => format!(" … y {} más", n - 5),
        _ => String::new(),
    };
    format!(
        "{}{more} ({} de {total} archivos; la tabla queda como estaba)",
        list.join(" · "),
        rejected.len()
    )
}

fn problem(p: &ReadProblem) -> String {
    match p {
        ReadProblem::Io(e) => os_error(e),
        ReadProblem::NotRegular => "no es un archivo normal".to_owned(),
        ReadProblem::Damaged(what) => format!("archivo dañado ({what})"),
        ReadProblem::TooLarge { what, bytes, limit } => {
            format!("rechazado sin leerlo: {what} declara {bytes} bytes y el máximo es {limit}")
        }
        ReadProblem::MissingColumn { column, similar } => {
            let similar = similar.as_ref().map(|s| format!(" (hay '{s}')"));
            format!("falta la columna '{column}'{}", similar.unwrap_or_default())
        }
        ReadProblem::RetypedColumn {
            column,
            found,
            expected,
        } => format!("la columna '{column}' es {found} y debe ser {expected}"),
        ReadProblem::RepeatedColumn(c) => format!("la columna '{c}' está repetida"),
        ReadProblem::BadRecord { line, detail } => format!("línea {line} mal formada ({detail})"),
    }
}

/// The phrase for what the operating system answered.
pub(crate) fn os_error(e: &io::Error) -> String {
    const EIO: i32 = 5;
    const EMFILE: i32 = 24;
    const ENFILE: i32 = 23;
    match (e.kind(), e.raw_os_error()) {
        (io::ErrorKind::NotFound, _) => "no existe".to_owned(),
        (io::ErrorKind::PermissionDenied, _) => "sin permiso".to_owned(),
        (io::ErrorKind::StorageFull, _) => "disco lleno".to_owned(),
        (io::ErrorKind::ReadOnlyFilesystem, _) => "sistema de archivos de solo lectura".to_owned(),
        (_, Some(EIO)) => "error de entrada y salida del disco".to_owned(),
        (_, Some(EMFILE | ENFILE)) => "demasiados archivos abiertos".to_owned(),
        _ => e.to_string(),
    }
}

/// The deepest cause on one line: outer layers only repeat it.
fn cause(e: &(dyn Error + 'static)) -> String {
    let mut deepest = e;
    while let Some(source) = deepest.source() {
        deepest = source;
    }
    let text = deepest
        .downcast_ref::<io::Error>()
        .map_or_else(|| deepest.to_string(), os_error);
    let text = if text.len() > 8 { text } else { e.to_string() };
    let words: Vec<&str> = text.split_whitespace().collect();
    words.join(" ").chars().take(300).collect()
}
