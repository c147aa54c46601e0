//! What is wrong with a file, in Spanish.

use super::ReadProblem;
use std::io;

impl ReadProblem {
    /// The phrase for a line that names the file before it; `os_error` says what the operating system answered.
    ///
    /// ```
    /// use ecommerce_arrow::ReadProblem;
    /// let os_error = |e: &std::io::Error| e.to_string();
    /// assert_eq!(ReadProblem::NotRegular.spanish(os_error), "no es un archivo normal");
    /// ```
    pub fn spanish(&self, os_error: impl FnOnce(&io::Error) -> String) -> String {
        match self {
            Self::Io(e) => os_error(e),
            Self::NotRegular => "no es un archivo normal".to_owned(),
            Self::Damaged(what) => format!("archivo dañado ({what})"),
            Self::TooLarge { what, bytes, limit } => {
                format!(
                    "rechazado antes de leerlo: {what} declara {bytes} bytes y el máximo es {limit}"
                )
            }
            Self::MissingColumn {
                column,
                similar: None,
            } => format!("falta la columna '{column}'"),
            Self::MissingColumn {
                column,
                similar: Some(similar),
            } => format!("falta la columna '{column}' (hay '{similar}')"),
            Self::RetypedColumn {
                column,
                found,
                expected,
            } => format!("la columna '{column}' es {found} y debe ser {expected}"),
            Self::RepeatedColumn(column) => format!("la columna '{column}' está repetida"),
            Self::BadRecord { line, detail } => format!("línea {line} mal formada ({detail})"),
        }
    }
}
