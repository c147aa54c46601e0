//! What each format's Rust client can do today: every cell is a trial that was run.

mod delta_trials;

use crate::error::Format;
pub use delta_trials::delta_trials;
use serde::{Deserialize, Serialize};
use std::fmt::Write as _;

/// Something that one may want of a table.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Capability {
    /// Create it and append, partitioned by day; read it back.
    Agregar,
    /// Read one day without opening the files of the others.
    Podar,
    /// Replace a day in one commit.
    Sobrescribir,
    /// Delete rows by a condition.
    Borrar,
    /// Change cells by a condition.
    Actualizar,
    /// Insert or update by key.
    Fusionar,
    /// Read it as it was.
    Viajar,
    /// Add a column, and read old rows through the new schema.
    Columna,
    /// Join small files.
    Compactar,
    /// Forget old versions and remove their files.
    Expirar,
    /// Let two writers that know only the directory meet: one commit per version.
    Arbitrar,
}

impl Capability {
    /// All of them, in the order of the table.
    pub const ALL: [Self; 11] = [
        Self::Agregar,
        Self::Podar,
        Self::Sobrescribir,
        Self::Borrar,
        Self::Actualizar,
        Self::Fusionar,
        Self::Viajar,
        Self::Columna,
        Self::Compactar,
        Self::Expirar,
        Self::Arbitrar,
    ];

    fn label(self) -> &'static str {
        match self {
            Self::Agregar => "crear, agregar y leer, por días",
            Self::Podar => "leer un día sin abrir los demás",
            Self::Sobrescribir => "reemplazar un día en un commit",
            Self::Borrar => "borrar por condición",
            Self::Actualizar => "actualizar por condición",
            Self::Fusionar => "insertar o actualizar por clave",
            Self::Viajar => "leer una versión anterior",
            Self::Columna => "añadir una columna",
            Self::Compactar => "compactar archivos",
            Self::Expirar => "olvidar versiones y borrar sus archivos",
            Self::Arbitrar => "arbitrar dos escritores sin catálogo",
        }
    }
}

/// How a trial ended.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(tag = "resultado", content = "detalle", rename_all = "snake_case")]
pub enum Outcome {
    /// Done, and the rows afterwards are the expected ones; the detail says what was seen.
    Si(String),
    /// Part of it; the detail says which.
    EnParte(String),
    /// Tried and refused, or wrong; the detail is the library's text or what was wrong.
    No(String),
    /// There is nothing to call.
    SinApi(String),
}

/// One cell.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Trial {
    /// The format.
    pub formato: Format,
    /// What was tried.
    pub capacidad: Capability,
    /// How it ended.
    #[serde(flatten)]
    pub fin: Outcome,
}

/// The table of all trials, and below it what each of them saw.
///
/// A cell that nobody tried is a `?`.
pub fn markdown(trials: &[Trial], versions: &[(Format, String)]) -> String {
    let formats = [Format::Delta, Format::Iceberg, Format::Hudi];
    let mut text = String::from("# Qué puede hoy el cliente de Rust de cada formato\n\n| |");
    for format in formats {
        let version = versions.iter().find(|(of, _)| *of == format);
        let _ = write!(
            text,
            " {format} ({}) |",
            version.map_or("?", |(_, v)| v.as_str())
        );
    }
    text += "\n|---|---|---|---|\n";
    let find = |format, capability| {
        trials
            .iter()
            .find(|trial| trial.formato == format && trial.capacidad == capability)
    };
    for capability in Capability::ALL {
        let _ = write!(text, "| {} |", capability.label());
        for format in formats {
            let word = match find(format, capability).map(|trial| &trial.fin) {
                None => "?",
                Some(Outcome::Si(_)) => "sí",
                Some(Outcome::EnParte(_)) => "en parte",
                Some(Outcome::No(_)) => "no",
                Some(Outcome::SinApi(_)) => "no hay función",
            };
            let _ = write!(text, " {word} |");
        }
        text.push('\n');
    }
    text += "\n## Lo que se vio\n";
    for format in formats {
        let _ = write!(text, "\n**{format}.**\n\n");
        for capability in Capability::ALL {
            if let Some(trial) = find(format, capability) {
                let (Outcome::Si(detail)
                | Outcome::EnParte(detail)
                | Outcome::No(detail)
                | Outcome::SinApi(detail)) = &trial.fin;
                let _ = writeln!(text, "- {}: {}", capability.label(), short(detail));
            }
        }
    }
    text
}

/// A library may name every column twice in one error; the whole of it stands in the JSON.
fn short(detail: &str) -> String {
    match detail.char_indices().nth(160) {
        Some((end, _)) => format!("{}…", detail.get(..end).unwrap_or(detail)),
        None => detail.to_owned(),
    }
}
