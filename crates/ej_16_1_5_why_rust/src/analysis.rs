//! The rows: claims with their verdicts, and the comparison, cell by cell.

use crate::Evidencia;
use serde::Deserialize;
use std::fmt;

/// What the evidence says of a claim.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Veredicto {
    /// It is so.
    Confirmada,
    /// It is so, with a limit that the note names.
    Matizada,
    /// It was so.
    Caducada,
    /// It is not so.
    Refutada,
    /// A prediction, an opinion, or nothing public to check; the note says which.
    NoComprobable,
}

impl fmt::Display for Veredicto {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Confirmada => "confirmada",
            Self::Matizada => "matizada",
            Self::Caducada => "caducada",
            Self::Refutada => "refutada",
            Self::NoComprobable => "no comprobable",
        })
    }
}

/// Which part of the exercise's text a claim stands in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Grupo {
    /// The timeline.
    Cronologia,
    /// Why Rust and not C++.
    PorQueRust,
    /// Why Rust does not replace Python.
    PorQuePython,
    /// What the questions take for granted.
    Premisas,
}

/// One claim.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Afirmacion {
    /// Its row in the ledger, `16.1.5-01`.
    pub id: String,
    /// Where it stands.
    pub grupo: Grupo,
    /// The claim, in a few words of the guide.
    pub texto: String,
    /// What the evidence says.
    pub veredicto: Veredicto,
    /// What the reader should know instead.
    pub nota: String,
    /// What proves it; may be empty only if nothing can.
    pub evidencia: Vec<Evidencia>,
}

/// One aspect of the two engines.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Comparacion {
    /// What is compared.
    pub aspecto: String,
    /// Apache DataFusion.
    pub datafusion: Celda,
    /// DuckDB.
    pub duckdb: Celda,
    /// Which one for what.
    pub elegir: String,
}

/// What one engine is or does, and where that can be seen.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Celda {
    /// The statement.
    pub dice: String,
    /// At least one proof.
    pub evidencia: Vec<Evidencia>,
}

/// Both tables.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Analisis {
    /// The claims, by id.
    #[serde(rename = "afirmacion")]
    pub afirmaciones: Vec<Afirmacion>,
    /// The comparison, in reading order.
    #[serde(rename = "comparacion")]
    pub comparaciones: Vec<Comparacion>,
}

/// Why a text is no analysis.
#[derive(Debug, thiserror::Error)]
pub enum ErrorDeAnalisis {
    /// It is not TOML of this form: an unknown verdict or key, a missing field.
    #[error("the analysis cannot be read")]
    Toml(#[from] toml::de::Error),
    /// An id is not `16.1.5-NN`, or does not follow the one before it.
    #[error("row {0}: the ids must be 16.1.5-01, 16.1.5-02 …")]
    Id(String),
    /// A text that must say something is blank.
    #[error("row {fila}: `{campo}` is blank")]
    EnBlanco {
        /// The row.
        fila: String,
        /// The field.
        campo: &'static str,
    },
    /// A verdict that claims knowledge, or a cell, without a proof.
    #[error("row {0} has no evidence")]
    SinEvidencia(String),
    /// A source that nobody could open.
    #[error("row {fila}: `{fuente}` is no address")]
    Fuente {
        /// The row.
        fila: String,
        /// What stands there.
        fuente: String,
    },
}

/// The analysis of this exercise.
///
/// # Errors
/// None that input can cause: the text is part of the program and a test reads it.
pub fn analisis() -> Result<Analisis, ErrorDeAnalisis> {
    Analisis::parse(include_str!("analisis.toml"))
}

impl Analisis {
    /// The analysis in `text`, if every row is whole.
    ///
    /// # Errors
    /// * [`ErrorDeAnalisis::Toml`] if it cannot be read.
    /// * [`ErrorDeAnalisis::Id`], [`EnBlanco`](ErrorDeAnalisis::EnBlanco), [`SinEvidencia`](ErrorDeAnalisis::SinEvidencia),
    ///   [`Fuente`](ErrorDeAnalisis::Fuente) for the first row that lacks what each names.
    pub fn parse(text: &str) -> Result<Self, ErrorDeAnalisis> {
        let analysis: Self = toml::from_str(text)?;
        for (index, claim) in analysis.afirmaciones.iter().enumerate() {
            if claim.id != format!("16.1.5-{:02}", index + 1) {
                return Err(ErrorDeAnalisis::Id(claim.id.clone()));
            }
            says(&claim.id, "texto", &claim.texto)?;
            says(&claim.id, "nota", &claim.nota)?;
            if claim.evidencia.is_empty() && claim.veredicto != Veredicto::NoComprobable {
                return Err(ErrorDeAnalisis::SinEvidencia(claim.id.clone()));
            }
            sources(&claim.id, &claim.evidencia)?;
        }
        for row in &analysis.comparaciones {
            says(&row.aspecto, "aspecto", &row.aspecto)?;
            says(&row.aspecto, "elegir", &row.elegir)?;
            for cell in [&row.datafusion, &row.duckdb] {
                says(&row.aspecto, "dice", &cell.dice)?;
                if cell.evidencia.is_empty() {
                    return Err(ErrorDeAnalisis::SinEvidencia(row.aspecto.clone()));
                }
                sources(&row.aspecto, &cell.evidencia)?;
            }
        }
        Ok(analysis)
    }

    /// Every proof with the row it stands in.
    pub fn evidencias(&self) -> impl Iterator<Item = (&str, &Evidencia)> {
        let claims = self
            .afirmaciones
            .iter()
            .flat_map(|row| row.evidencia.iter().map(|e| (row.id.as_str(), e)));
        let cells = self.comparaciones.iter().flat_map(|row| {
            [&row.datafusion, &row.duckdb]
                .into_iter()
                .flat_map(|cell| &cell.evidencia)
                .map(|e| (row.aspecto.as_str(), e))
        });
        claims.chain(cells)
    }

    /// How many claims have this verdict.
    pub fn cuantas(&self, veredicto: Veredicto) -> usize {
        let of = self.afirmaciones.iter();
        of.filter(|row| row.veredicto == veredicto).count()
    }
}

fn says(fila: &str, campo: &'static str, text: &str) -> Result<(), ErrorDeAnalisis> {
    if text.trim().is_empty() {
        return Err(ErrorDeAnalisis::EnBlanco {
            fila: fila.to_owned(),
            campo,
        });
    }
    Ok(())
}

fn sources(fila: &str, evidence: &[Evidencia]) -> Result<(), ErrorDeAnalisis> {
    for proof in evidence {
        if let Evidencia::Fuente { fuente, dice } = proof {
            says(fila, "dice", dice)?;
            if !is_address(fuente) {
                return Err(ErrorDeAnalisis::Fuente {
                    fila: fila.to_owned(),
                    fuente: fuente.clone(),
                });
            }
        }
    }
    Ok(())
}

/// An https address with a host; whether it answers, only a reader can tell.
fn is_address(text: &str) -> bool {
    let host = text
        .strip_prefix("https://")
        .and_then(|rest| rest.split('/').next());
    host.is_some_and(|host| host.contains('.') && !host.starts_with('.') && !host.ends_with('.'))
        && !text.contains(char::is_whitespace)
}
