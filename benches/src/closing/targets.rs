//! What the native engine was asked to reach, against what was measured.

use super::Duels;
use crate::growth::{find, short};
use crate::report::{Outcome, State};

/// Who has to reach them.
pub(super) const NATIVE: &str = "rust-nativo";

/// A target with what decides it.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Target {
    /// Its name in keys: `rapidez/10M`.
    pub(super) key: String,
    /// What is asked, in Spanish.
    pub(super) asked: String,
    /// Against whom it was measured.
    pub(super) against: String,
    /// The factor reached.
    pub(super) reached: f64,
    /// The factor asked.
    pub(super) wanted: f64,
}

impl Target {
    pub(super) fn is_met(&self) -> bool {
        self.reached >= self.wanted
    }
}

/// Every target that the results can decide.
pub(super) fn targets(duels: &Duels<'_>) -> Vec<Target> {
    let mut found = Vec::new();
    for outcome in &duels.region {
        // Three times at ten million and below, two and a half from a hundred million on.
        let wanted = if outcome.filas >= 100_000_000 {
            2.5
        } else {
            3.0
        };
        found.extend(faster(outcome, "rapidez", "por región", wanted));
    }
    for outcome in &duels.user {
        found.extend(faster(outcome, "rapidez-usuario", "por usuario", 1.5));
    }
    for outcome in &duels.region {
        found.extend(decoding(outcome));
        found.extend(leaner(outcome));
    }
    found
}

/// Warm work, which leaves every start-up out.
fn work(outcome: &Outcome, name: &str) -> Option<f64> {
    Some(find(outcome, name)?.caliente.as_ref()?.mediana_s)
}

/// The least of a figure among all but the native engine.
fn best(
    outcome: &Outcome,
    figure: impl Fn(&crate::report::Entry) -> Option<f64>,
) -> Option<(String, f64)> {
    outcome
        .contendientes
        .iter()
        .filter(|c| c.nombre != NATIVE && c.estado == State::Ok)
        .filter_map(|c| Some((c.nombre.clone(), figure(c)?)))
        .min_by(|a, b| a.1.total_cmp(&b.1))
}

fn faster(outcome: &Outcome, key: &str, what: &str, wanted: f64) -> Option<Target> {
    let (against, theirs) = best(outcome, |c| Some(c.caliente.as_ref()?.mediana_s))?;
    let size = short(outcome.filas);
    Some(Target {
        key: format!("{key}/{size}"),
        asked: format!("{what}, {size} filas: el trabajo solo, × el motor más rápido"),
        against,
        reached: theirs / work(outcome, NATIVE)?,
        wanted,
    })
}

/// What arrow-rs takes only to decode the columns was measured by the native contestant among the parts of its work.
fn decoding(outcome: &Outcome) -> Option<Target> {
    let size = short(outcome.filas);
    let decoding = find(outcome, NATIVE)?.partes_s.get("leer")?;
    Some(Target {
        key: format!("descodificar/{size}"),
        asked: format!(
            "{size} filas: el trabajo entero, × lo que arrow-rs tarda solo en descodificar"
        ),
        against: "arrow-rs".into(),
        reached: decoding / work(outcome, NATIVE)?,
        wanted: 1.0,
    })
}

fn leaner(outcome: &Outcome) -> Option<Target> {
    let (against, theirs) = best(outcome, |c| Some(c.pico_mb? as f64))?;
    let size = short(outcome.filas);
    let ours = find(outcome, NATIVE)
        .filter(|c| c.estado == State::Ok)?
        .pico_mb?;
    Some(Target {
        key: format!("memoria/{size}"),
        asked: format!("{size} filas: pico de memoria, el del motor más sobrio entre el suyo"),
        against,
        reached: theirs / ours.max(1) as f64,
        wanted: 2.0,
    })
}
