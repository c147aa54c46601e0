//! The report of the final duel (16.7.2): what `duelo final` and `duelo final-usuario` measured, on disk and from S3, as text, as
//! drawings, as figures by name, and as one page for the browser that opens offline.
//!
//! Everything here is read off results that were written before: no number of a page is typed by hand.

mod figures;
mod fit;
mod guide;
mod page;
mod sections;
mod targets;
#[cfg(test)]
mod tests;

use crate::growth::{self, Heat, find};
use crate::report::Outcome;
use anyhow::{Result, ensure};

pub use figures::figures;
pub use fit::Fit;
pub use page::page;

/// The work by region and by user.
const WORKS: [&str; 2] = ["final", "final-usuario"];

/// The results, by work and place, each by rows.
struct Duels<'a> {
    region: Vec<&'a Outcome>,
    user: Vec<&'a Outcome>,
    s3: Vec<&'a Outcome>,
}

impl<'a> Duels<'a> {
    fn of(outcomes: &'a [Outcome]) -> Result<Self> {
        ensure!(!outcomes.is_empty(), "el resultado está vacío");
        for outcome in outcomes {
            ensure!(
                WORKS.contains(&outcome.trabajo.as_str()),
                "este informe es de `duelo final` y `duelo final-usuario`, no de `{}`",
                outcome.trabajo
            );
        }
        let pick = |work: &str, on_s3: bool| {
            let mut found: Vec<_> = outcomes
                .iter()
                .filter(|o| o.trabajo == work && o.almacen.is_some() == on_s3)
                .collect();
            found.sort_by_key(|o| o.filas);
            found
        };
        Ok(Self {
            region: pick(WORKS[0], false),
            user: pick(WORKS[1], false),
            s3: pick(WORKS[0], true),
        })
    }

    /// Each set with its heading and the first word of its keys.
    fn sets(&self) -> [(&'static str, &'static str, &[&'a Outcome]); 3] {
        [
            ("Por región", "", &self.region),
            ("Por usuario", "usuario/", &self.user),
            ("Desde S3, por región", "s3/", &self.s3),
        ]
    }

    /// The same work from S3 over that from the disk, warm, where both were measured.
    fn s3_ratio(&self, name: &str, rows: u64) -> Option<f64> {
        let seconds = |set: &[&Outcome]| {
            let outcome = set.iter().find(|o| o.filas == rows)?;
            Heat::Caliente.of(outcome, name)
        };
        Some(seconds(&self.s3)? / seconds(&self.region)?)
    }
}

/// The contestants of a set, in the order of the first result that has them.
fn names<'a>(set: &[&'a Outcome]) -> Vec<&'a str> {
    let mut names = Vec::new();
    for entry in set.iter().flat_map(|o| &o.contendientes) {
        if !names.contains(&entry.nombre.as_str()) {
            names.push(entry.nombre.as_str());
        }
    }
    names
}

/// How a contestant's time grows over a set.
fn fitted(set: &[&Outcome], name: &str, heat: Heat) -> Option<Fit> {
    let times: Vec<_> = set
        .iter()
        .filter_map(|o| Some((o.filas, heat.median(find(o, name)?)?)))
        .collect();
    Fit::of(&times)
}

/// Forms of a contestant that would only crowd a drawing.
fn is_variant(name: &str) -> bool {
    name.ends_with("-flotante") || name.starts_with("pyspark-")
}

/// The results without variants, as a drawing takes them.
fn drawn(set: &[&Outcome]) -> Vec<Outcome> {
    set.iter()
        .map(|outcome| {
            let mut outcome = (*outcome).clone();
            outcome.contendientes.retain(|c| !is_variant(&c.nombre));
            outcome
        })
        .collect()
}

/// An SVG document: seconds by rows of the work by region, cold and warm.
///
/// # Errors
/// If there is no result of the final duel, or none with warm work.
pub fn draw(outcomes: &[Outcome]) -> Result<String> {
    let duels = Duels::of(outcomes)?;
    ensure!(
        !duels.region.is_empty(),
        "falta el resultado de `duelo final`"
    );
    growth_of(&duels.region, "El trabajo final: segundos según las filas")
}

fn growth_of(set: &[&Outcome], title: &str) -> Result<String> {
    growth::draw_titled(&drawn(set), title)
}

/// A document with tables, targets and claims, each number from the results.
///
/// # Errors
/// If there is no result, or one of another work.
pub fn markdown(outcomes: &[Outcome]) -> Result<String> {
    let duels = Duels::of(outcomes)?;
    Ok(page::as_markdown(&sections::sections(&duels)))
}
