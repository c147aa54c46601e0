//! What the experiment says to a writer, and what a writer answers: one line each.

use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;

/// What a writer is asked to do.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Command {
    /// `agregar PREFIJO N`: N commits of one row each, `PREFIJO-0` to `PREFIJO-(N-1)`.
    Append(String, u32),
    /// `agregar-sin-parar PREFIJO`: the same until [`Command::Stop`].
    AppendUntilStopped(String),
    /// `parar`.
    Stop,
    /// `reemplazar DIA PREFIJO`: the rows of the day become `PREFIJO-0` to `PREFIJO-2`, in one commit.
    Replace(String, String),
    /// `borrar DIA ID`: that row of the day goes.
    Delete(String, String),
    /// `fin`: the writer ends.
    End,
}

/// Rows that a replacement writes.
pub(crate) const REPLACED_BY: u32 = 3;

impl fmt::Display for Command {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Append(prefix, n) => write!(f, "agregar {prefix} {n}"),
            Self::AppendUntilStopped(prefix) => write!(f, "agregar-sin-parar {prefix}"),
            Self::Stop => f.write_str("parar"),
            Self::Replace(day, prefix) => write!(f, "reemplazar {day} {prefix}"),
            Self::Delete(day, id) => write!(f, "borrar {day} {id}"),
            Self::End => f.write_str("fin"),
        }
    }
}

impl FromStr for Command {
    type Err = String;

    fn from_str(line: &str) -> Result<Self, String> {
        let words: Vec<&str> = line.split_whitespace().collect();
        Ok(match words.as_slice() {
            ["agregar", prefix, n] => Self::Append(
                (*prefix).to_owned(),
                n.parse().map_err(|_| format!("«{n}» no es un número"))?,
            ),
            ["agregar-sin-parar", prefix] => Self::AppendUntilStopped((*prefix).to_owned()),
            ["parar"] => Self::Stop,
            ["reemplazar", day, prefix] => Self::Replace((*day).to_owned(), (*prefix).to_owned()),
            ["borrar", day, id] => Self::Delete((*day).to_owned(), (*id).to_owned()),
            ["fin"] => Self::End,
            _ => return Err(format!("orden desconocida: «{line}»")),
        })
    }
}

/// What a writer says.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(tag = "que", rename_all = "snake_case")]
pub enum Line {
    /// Ready for its first command.
    Listo {
        /// Its name and version.
        motor: String,
    },
    /// One commit was tried.
    Commit(Commit),
    /// The command is done.
    Fin,
}

/// A commit as its writer saw it.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Commit {
    /// What was written or deleted; it also stands in the commit's own metadata.
    pub id: String,
    /// Whether the writer was told that it committed.
    pub hecho: bool,
    /// The version it was told, where the engine says it.
    #[serde(default)]
    pub version: Option<u64>,
    /// Why not, in one line.
    #[serde(default)]
    pub error: Option<String>,
}
