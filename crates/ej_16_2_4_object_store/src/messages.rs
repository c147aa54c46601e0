//! What the binary says of an error, in Spanish, and the code it ends with.

use ej_16_2_4_object_store::{Operation, PlaceError, Said, StoreError};

/// The exit code.
pub(crate) fn codigo(error: &StoreError) -> u8 {
    match error {
        StoreError::Place(_)
        | StoreError::NoCredentials { .. }
        | StoreError::UnknownOption { .. }
        | StoreError::Settings { .. }
        | StoreError::PlainHttp { .. } => 2,
        StoreError::NoBucket { .. }
        | StoreError::NoObject { .. }
        | StoreError::OutOfRange { .. } => 3,
        _ => 5,
    }
}

/// One line that names the place.
pub(crate) fn en_espanol(error: &StoreError) -> String {
    use StoreError as E;
    let hacer = |operation: &Operation| match operation {
        Operation::List => "listar",
        Operation::Head | Operation::Read => "leer",
        Operation::Write | Operation::Upload => "escribir",
        Operation::Create => "crear",
        Operation::Delete => "borrar",
    };
    let dijo = |said: &Said| match said {
        Said::Status(status, None) => format!("respondió {status}"),
        Said::Status(status, Some(code)) => format!("respondió {status} ({code})"),
        Said::Silence => "no respondió a tiempo".to_owned(),
        Said::NoConnection => "no hay conexión".to_owned(),
        Said::Broken => "se cortó la conexión".to_owned(),
        Said::Other(detail) => detail.clone(),
    };
    match error {
        E::Place(PlaceError::NoScheme(url)) => {
            format!("'{url}' no es una URL; un archivo es file:///ruta")
        }
        E::Place(PlaceError::UnknownScheme(esquema)) => {
            format!("'{esquema}://' no se conoce: hay file, memory, s3, gs y az")
        }
        E::Place(PlaceError::NoBucket(url)) => format!("'{url}' no nombra ningún bucket"),
        E::Place(PlaceError::Host(url)) => {
            format!("'{url}' nombra una máquina: un archivo es file:///ruta")
        }
        E::Place(PlaceError::Credentials) => {
            "en la dirección no van credenciales, ni '?' ni '#' (que se escriben %3F y %23)"
                .to_owned()
        }
        E::Place(PlaceError::Key { url, detail }) => format!("'{url}' no es una clave: {detail}"),
        E::Place(PlaceError::Reserved(url)) => {
            format!("'{url}' acaba en # y cifras, como los archivos a medio escribir")
        }
        E::Place(PlaceError::NoKey(url)) => format!("'{url}' nombra un bucket, no un objeto"),
        E::NoCredentials { place, wanted } => format!("{place}: faltan credenciales: {wanted}"),
        E::UnknownOption { place, name } => format!("{place}: no se conoce la opción '{name}'"),
        E::Settings { place, detail } => format!("{place}: {detail}"),
        E::PlainHttp { place } => {
            format!(
                "{place}: http sin cifrar solo se usa en esta máquina; el endpoint debe ser https"
            )
        }
        E::NoBucket { place } => format!("{place}: no existe el bucket '{}'", place.bucket()),
        E::NoObject { place } => format!("{place}: no existe"),
        E::OutOfRange { place, range, size } => {
            format!(
                "{place}: tiene {size} bytes, y se piden de {} a {}",
                range.start, range.end
            )
        }
        E::Changed { place } => format!("{place}: cambió mientras se leía"),
        E::Refused {
            place,
            operation,
            said,
            ..
        } => {
            format!("{place}: no deja {}: {}", hacer(operation), dijo(said))
        }
        E::Unavailable {
            place,
            operation,
            said,
            attempts,
        } => {
            format!(
                "{place}: no se pudo {} en {attempts} intentos: {}",
                hacer(operation),
                dijo(said)
            )
        }
        E::Deadline {
            place,
            operation,
            deadline,
        } => {
            format!(
                "{place}: no se pudo {} en {} s",
                hacer(operation),
                deadline.as_secs()
            )
        }
        E::Failed {
            place,
            operation,
            detail,
        } => {
            format!("{place}: no se pudo {}: {detail}", hacer(operation))
        }
        E::Leftover { cause } => {
            format!(
                "{}; quedan partes sin terminar, que no se ven pero se pagan",
                en_espanol(cause)
            )
        }
        otro => otro.to_string(),
    }
}
