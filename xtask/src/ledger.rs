//! The ledger `docs/afirmaciones.toml`: every claim of the chapter, its verdict and the evidence.

use anyhow::{Context, Result};
use serde::Deserialize;

/// Where the ledger lies.
pub(crate) const PATH: &str = "docs/afirmaciones.toml";

/// The whole ledger.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Ledger {
    #[serde(default, rename = "afirmacion")]
    pub(crate) claims: Vec<Claim>,
}

/// One claim of the chapter.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Claim {
    pub(crate) id: String,
    pub(crate) ejercicio: String,
    pub(crate) afirmacion: String,
    pub(crate) veredicto: Verdict,
    #[serde(default)]
    pub(crate) evidencia: Evidence,
    #[serde(default)]
    pub(crate) nota: String,
}

/// What the evidence says of the claim.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Verdict {
    Confirmada,
    Matizada,
    Caducada,
    Refutada,
    NoComprobable,
}

/// What proves the verdict. One is enough; several may stand together.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Evidence {
    /// `path/of/file.rs::name_of_the_test`
    pub(crate) test: Option<String>,
    /// The id of a bench, as it stands in a file under `benches/`.
    pub(crate) bench: Option<String>,
    /// A public source: an address or a citation.
    pub(crate) fuente: Option<String>,
}

impl Evidence {
    fn is_empty(&self) -> bool {
        self.test.is_none() && self.bench.is_none() && self.fuente.is_none()
    }
}

/// Where a claim stands in the chapter: its opening (16.0), an exercise, its summary (16.R).
type Place = (u32, u32, u32);

/// Returns where `exercise` stands in the chapter, or `None` when it is no place of chapter 16.
fn place(exercise: &str) -> Option<(u32, u32)> {
    match exercise {
        "16.0" => Some((0, 0)),
        "16.R" => Some((u32::MAX, 0)),
        _ => {
            let (section, number) = exercise.strip_prefix("16.")?.split_once('.')?;
            Some((section.parse().ok()?, number.parse().ok()?))
        }
    }
}

/// Returns where the claim `16.2.3-04` stands, or `None` when that is no id.
fn place_of_id(id: &str) -> Option<Place> {
    let (exercise, number) = id.rsplit_once('-')?;
    let two_digits = number.len() == 2 && number.bytes().all(|byte| byte.is_ascii_digit());
    let (section, exercise) = place(exercise)?;
    two_digits.then_some((section, exercise, number.parse().ok()?))
}

impl Ledger {
    /// Returns the ledger in `text`.
    ///
    /// # Errors
    /// `text` is not TOML, or a field is missing, unknown or of another type.
    pub(crate) fn parse(text: &str) -> Result<Self> {
        toml::from_str(text).with_context(|| format!("{PATH} no se puede leer"))
    }

    /// Returns what is wrong with the form of the rows, each with the id of its row.
    pub(crate) fn mistakes(&self) -> Vec<(String, String)> {
        let mut found = Vec::new();
        let mut last: Option<Place> = None;
        for claim in &self.claims {
            let mut wrong = |what: &str| found.push((claim.id.clone(), what.to_owned()));
            match place_of_id(&claim.id) {
                None => wrong("el id no tiene la forma 16.2.3-04 (o 16.0-01, 16.R-01)"),
                Some(here) => {
                    if !claim.id.starts_with(&format!("{}-", claim.ejercicio)) {
                        wrong("el id no empieza por el número de `ejercicio`");
                    }
                    if last.is_some_and(|last| last >= here) {
                        wrong("id repetido o fuera de orden; ordena las filas por id");
                    }
                    last = Some(here);
                }
            }
            if claim.afirmacion.trim().is_empty() {
                wrong("falta el texto de la afirmación");
            }
            match claim.veredicto {
                Verdict::NoComprobable if claim.nota.trim().is_empty() => {
                    wrong("no_comprobable exige una nota que diga por qué")
                }
                Verdict::NoComprobable => {}
                _ if claim.evidencia.is_empty() => {
                    wrong("falta la evidencia: test, bench o fuente")
                }
                _ => {}
            }
        }
        found
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(id: &str, exercise: &str, rest: &str) -> String {
        format!(
            "[[afirmacion]]\nid = \"{id}\"\nejercicio = \"{exercise}\"\nafirmacion = \"a\"\n{rest}\n"
        )
    }

    const PROVEN: &str = "veredicto = \"confirmada\"\nevidencia = { fuente = \"x\" }";

    #[test]
    fn opening_exercises_and_summary_in_order_have_no_mistake() {
        let text = row("16.0-01", "16.0", PROVEN)
            + &row("16.2.3-09", "16.2.3", PROVEN)
            + &row(
                "16.2.3-10",
                "16.2.3",
                "veredicto = \"no_comprobable\"\nnota = \"predicción\"",
            )
            + &row("16.R-01", "16.R", PROVEN);
        assert_eq!(Ledger::parse(&text).unwrap().mistakes(), []);
    }

    #[test]
    fn disorder_bad_ids_and_missing_evidence_are_found() {
        let text = row("16.2.3-02", "16.2.3", PROVEN)
            + &row("16.2.3-02", "16.2.3", PROVEN)
            + &row("16.2.4-1", "16.2.4", PROVEN)
            + &row("16.3.1-01", "16.3.2", PROVEN)
            + &row("16.4.1-01", "16.4.1", "veredicto = \"refutada\"")
            + &row("16.4.1-02", "16.4.1", "veredicto = \"no_comprobable\"");
        let mistakes = Ledger::parse(&text).unwrap().mistakes();
        let ids: Vec<_> = mistakes.iter().map(|(id, _)| id.as_str()).collect();
        assert_eq!(
            ids,
            [
                "16.2.3-02",
                "16.2.4-1",
                "16.3.1-01",
                "16.4.1-01",
                "16.4.1-02"
            ]
        );
    }

    #[test]
    fn an_unknown_verdict_is_an_error() {
        assert!(Ledger::parse(&row("16.0-01", "16.0", "veredicto = \"quizá\"")).is_err());
    }
}
