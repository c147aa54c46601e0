//! What went wrong, in one line of Spanish, and the exit code that says which kind it was.

use ej_16_5_1_delta::TableError;
use std::io;

/// Why the program stops.
pub(super) enum Failure {
    Usage(&'static str),
    Table(TableError),
    Output(io::Error),
    Child(String),
}

impl From<TableError> for Failure {
    fn from(e: TableError) -> Self {
        Self::Table(e)
    }
}

impl From<io::Error> for Failure {
    fn from(e: io::Error) -> Self {
        Self::Output(e)
    }
}

/// The codes of `analytics-ecommerce`: 2 usage, 3 what is there cannot be used, 4 another writer was first, 5 the store, 6 this machine.
pub(super) fn code(failure: &Failure) -> u8 {
    match failure {
        Failure::Usage(_) => 2,
        Failure::Output(_) | Failure::Child(_) => 6,
        Failure::Table(e) => match e {
            TableError::Address(_) | TableError::Store { .. } | TableError::Occupied(_) => 2,
            TableError::Conflict(_) => 4,
            TableError::Unavailable { .. } => 5,
            _ => 3,
        },
    }
}

pub(super) fn in_spanish(failure: &Failure) -> String {
    let said = match failure {
        Failure::Usage(what) => (*what).to_owned(),
        Failure::Output(e) => format!("de esta máquina: {e}"),
        Failure::Child(what) => what.clone(),
        Failure::Table(e) => match e {
            TableError::Address(why) => format!("eso no es la dirección de una tabla ({why})"),
            TableError::Store { place, detail } => {
                format!("{place}: no se puede preparar el almacén: {detail}")
            }
            TableError::Unavailable { place, detail } => {
                format!("{place}: el almacén no responde: {detail}")
            }
            TableError::NoTable(place) => format!("{place}: no hay ninguna tabla Delta"),
            TableError::Occupied(place) => {
                format!("{place}: no está vacío, y una tabla nueva solo se hace donde no hay nada")
            }
            TableError::Damaged { place, source } => format!(
                "{place}: el registro está dañado o es de una clase que no se puede leer: {source}"
            ),
            TableError::Rows(said) => format!("la tabla rechaza esas filas: {said}"),
            TableError::Columns(said) => format!("la tabla no tiene esas columnas: {said}"),
            TableError::Conflict(said) => format!("otro escritor llegó antes: {said}"),
            TableError::Action {
                version,
                line,
                source,
            } => format!("la línea {line} de la versión {version} no es una acción: {source}"),
            TableError::NoVersion(version) => format!("el registro no tiene la versión {version}"),
            other => other.to_string(),
        },
    };
    let said = ecommerce_cli::without_echo(&said);
    said.lines().next().unwrap_or_default().to_owned()
}
