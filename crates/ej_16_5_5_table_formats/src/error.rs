//! One error for three formats: which table, and what is wrong with it.

use serde::{Deserialize, Serialize};
use std::fmt;
use std::path::PathBuf;

/// A table format.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Format {
    /// Delta Lake, by deltalake.
    Delta,
    /// Apache Iceberg, by the crate of the same name.
    Iceberg,
    /// Apache Hudi, by the crate of the same name.
    Hudi,
}

impl fmt::Display for Format {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Delta => "Delta",
            Self::Iceberg => "Iceberg",
            Self::Hudi => "Hudi",
        })
    }
}

/// What can be wrong with a table, the same words for every format.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Problem {
    /// Nothing there, or something that is no table of this format.
    NoEsTabla,
    /// Written for readers or writers newer than this client.
    VersionNueva,
    /// A data file that the metadata names is gone.
    FaltaArchivo,
    /// The metadata cannot be understood.
    MetadatosDanados,
    /// Somebody else committed first, and both cannot hold.
    Conflicto,
    /// Anything else; the detail says it.
    Otro,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NoEsTabla => "no es una tabla",
            Self::VersionNueva => "pide una versión más nueva que este cliente",
            Self::FaltaArchivo => "falta un archivo de datos",
            Self::MetadatosDanados => "los metadatos están dañados",
            Self::Conflicto => "otro escritor se adelantó",
            Self::Otro => "no se pudo",
        })
    }
}

/// Why a table could not be used, or the program that reads it not run.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum FormatError {
    /// The table itself.
    #[error("{place}: {problem} ({format}): {detail}")]
    Table {
        /// Its format.
        format: Format,
        /// Where it stands.
        place: String,
        /// What is wrong.
        problem: Problem,
        /// What the client library said, in one line.
        detail: String,
    },
    /// The place is no path and no address that has a store.
    #[error("{place}: no se puede usar como destino: {detail}")]
    Place {
        /// The text.
        place: String,
        /// What is wrong.
        detail: String,
    },
    /// Another program (the other formats' client, a Spark writer) could not be run, or broke the conversation.
    #[error("{program}: {detail}")]
    Program {
        /// Which.
        program: String,
        /// What happened.
        detail: String,
    },
    /// A batch lacks a column of the events, or has it in a type that holds none of their values.
    #[error("la columna {column} no tiene los valores de un evento: {detail}")]
    Column {
        /// Its name.
        column: String,
        /// What was found.
        detail: String,
    },
    /// A file could not be read or written.
    #[error("{path}: {}", ecommerce_cli::os_error(source))]
    Io {
        /// Which.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// Arrow refused a batch.
    #[error(transparent)]
    Arrow(#[from] arrow::error::ArrowError),
    /// A Parquet file could not be read or written.
    #[error(transparent)]
    Parquet(#[from] parquet::errors::ParquetError),
    /// The generator refused its configuration.
    #[error(transparent)]
    Generator(#[from] ecommerce_model::GeneratorError),
    /// An answer of another program is no JSON of the agreed form.
    #[error("una respuesta no se entiende: {0}")]
    Answer(#[from] serde_json::Error),
}

impl FormatError {
    /// What is wrong with the table, when the table is what is wrong.
    pub fn problem(&self) -> Option<Problem> {
        match self {
            Self::Table { problem, .. } => Some(*problem),
            _ => None,
        }
    }

    pub(crate) fn io(path: impl Into<PathBuf>) -> impl FnOnce(std::io::Error) -> Self {
        let path = path.into();
        move |source| Self::Io { path, source }
    }

    pub(crate) fn program(program: impl Into<String>, detail: impl fmt::Display) -> Self {
        Self::Program {
            program: program.into(),
            detail: one_line(&detail.to_string()),
        }
    }
}

/// The first line that says something, without the noise around it.
pub(crate) fn one_line(text: &str) -> String {
    let line = text
        .lines()
        .map(str::trim)
        .find(|line| !line.is_empty())
        .unwrap_or("sin más explicación");
    line.chars().take(300).collect()
}
