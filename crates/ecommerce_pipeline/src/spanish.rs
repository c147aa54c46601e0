//! What goes wrong, in one Spanish line that says what, where and what to do: the same in every program of the platform.

use crate::error::{ErrorClass, InputError, Obstacle, PipelineError, RejectedFile};
use crate::location::LocationError;
use ecommerce_arrow::ReadProblem;
use ecommerce_cli::{os_error, without_echo};
use ecommerce_model::DateError;

impl ErrorClass {
    /// The exit code for this kind of trouble.
    ///
    /// 2 usage · 3 input that cannot be used · 4 other writers kept winning · 5 storage · 6 disk, memory or descriptors.
    pub fn exit_code(self) -> u8 {
        match self {
            Self::Usage => 2,
            Self::Input => 3,
            Self::Conflict => 4,
            Self::Storage => 5,
            Self::Resource => 6,
        }
    }
}

impl PipelineError {
    /// The line for a day that failed, without anything that a store echoed.
    pub fn spanish(&self) -> String {
        match self {
            Self::Location(e) => location(e),
            Self::Date(DateError::NotADate(text)) => {
                format!("'{text}' no es una fecha de la forma AAAA-MM-DD")
            }
            Self::Date(e) => format!("fecha o zona que no se admite: {e}"),
            Self::Input(e) => input(e),
            Self::Rejected { rejected, total } => rejected_files(rejected, *total),
            Self::NoValidRow {
                fecha, rows_in: 0, ..
            } => format!("el día {fecha} no tiene ninguna fila; la tabla queda como estaba"),
            Self::NoValidRow {
                fecha,
                rows_in,
                motivos,
            } => {
                let reasons: Vec<String> =
                    motivos.iter().map(|(m, n)| format!("{m} {n}")).collect();
                let reasons = if reasons.is_empty() {
                    "todas sin monto".to_owned()
                } else {
                    reasons.join(", ")
                };
                format!(
                    "ninguna de las {rows_in} filas del {fecha} cumple el contrato ({reasons}); la tabla queda como estaba"
                )
            }
            Self::NotATable { location, what } => {
                let what = match what {
                    Obstacle::File => "un archivo",
                    Obstacle::OtherFiles => "un directorio con otros archivos",
                    Obstacle::LinkOut => "un directorio con un enlace que lleva fuera",
                };
                format!("la salida {location} es {what}, no una tabla Delta: elija otra ruta")
            }
            Self::OtherTable { location, detail } => format!(
                "{location} es una tabla con otras columnas ({detail}): elija otra ruta de salida"
            ),
            Self::DamagedLog { location, source } => format!(
                "el registro de la tabla {location} está dañado y no se toca: {}",
                cause(source.as_ref())
            ),
            Self::Conflict { location, attempts } => format!(
                "{location}: otros escritores ganaron {attempts} veces seguidas; vuelva a intentarlo"
            ),
            Self::Table { location, source } if self.class() == ErrorClass::Input => format!(
                "{location} no admite lo que este programa escribe, y no se toca: {}",
                cause(source.as_ref())
            ),
            Self::Table { location, source } => format!(
                "no se puede leer o escribir la tabla {location}: {}",
                cause(source.as_ref())
            ),
            Self::Store { location, source } => {
                format!("no se puede leer {location}: {}", cause(source.as_ref()))
            }
            Self::Io { path, source } => format!("{}: {}", path.display(), os_error(source)),
            Self::Overflow(fecha) => {
                format!("la suma del {fecha} no cabe en Decimal(18,2): revise los montos")
            }
            Self::OutOfMemory { used, limit } => format!(
                "la memoria no alcanza: {} MiB permitidos, {} en uso; suba el límite (la salida queda como estaba)",
                limit >> 20,
                used >> 20
            ),
            Self::TooManyRows => "la entrada puede tener 2^40 filas o más: divídala".to_owned(),
            Self::Engine(source) => format!(
                "el motor de las métricas falló (la salida queda como estaba): {}",
                cause(source.as_ref())
            ),
            Self::Internal(what) => format!("fallo interno: {what}"),
            Self::Cancelled => "interrumpido; la salida queda como estaba".to_owned(),
        }
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
    let more = match rejected.len() {
        n if n > 5 => format!(" … y {} más", n - 5),
        _ => String::new(),
    };
    let of = match total {
        0 | 1 => String::new(),
        _ => format!(" ({} de {total} archivos)", rejected.len()),
    };
    format!(
        "{}{more}{of}; la salida queda como estaba",
        list.join(" · ")
    )
}

/// The Spanish phrase for what is wrong with a file.
pub fn problem(p: &ReadProblem) -> String {
    if let ReadProblem::Damaged(what) = p
        && let Some(e) = crate::error::os_error(what)
    {
        return os_error(&e);
    }
    p.spanish(os_error)
}

/// The deepest cause on one line: outer layers only repeat it.
fn cause(e: &(dyn std::error::Error + 'static)) -> String {
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
    crate::error::os_error(text).map_or_else(|| without_echo(text), |e| os_error(&e))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::location::Location;

    #[test]
    fn an_error_repeats_nothing_that_a_store_echoed() {
        let answer = "403: <?xml version=\"1.0\"?><Error><Code>SignatureDoesNotMatch</Code>\
            <Message>no</Message><AWSAccessKeyId>AKIA1</AWSAccessKeyId></Error>";
        let error = PipelineError::Store {
            location: Location::parse("s3://tienda/eventos").unwrap(),
            source: Box::new(object_store::Error::Generic {
                store: "S3",
                source: answer.into(),
            }),
        };
        let line = error.spanish();
        assert_eq!(
            line,
            "no se puede leer s3://tienda/eventos: 403: SignatureDoesNotMatch: no"
        );
    }
}
