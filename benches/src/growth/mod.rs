//! One query over several sizes, cold and warm: the table, the drawing, and what becomes of the guide's claims.
//!
//! Everything here is read off results that were written before: no number of a page is typed by hand. *Cold* is a process of
//! its own from its start to its end, with the answer written; *warm* is a query in a process that has done one already.

mod drawing;
mod figures;
mod table;
#[cfg(test)]
mod tests;
mod verdict;

use crate::report::{Entry, Outcome};
use anyhow::{Result, ensure};
use ecommerce_cli::thousands;

pub use drawing::draw;
pub(crate) use drawing::draw_titled;
pub use figures::figures;
pub use table::markdown;
pub use verdict::{Cutoff, Difference, Verdict, Word, cutoff};

/// Results of one workload, by rows.
struct Growth<'a> {
    sizes: Vec<&'a Outcome>,
}

impl<'a> Growth<'a> {
    fn of(outcomes: &'a [Outcome]) -> Result<Self> {
        ensure!(!outcomes.is_empty(), "el resultado está vacío");
        let mut sizes: Vec<_> = outcomes.iter().collect();
        sizes.sort_by_key(|o| o.filas);
        let warm = sizes.iter().flat_map(|o| &o.contendientes);
        ensure!(
            warm.into_iter().any(|c| c.caliente.is_some()),
            "ningún contendiente tiene consultas en caliente: este informe es de `duelo revenue`"
        );
        Ok(Self { sizes })
    }

    /// The contestants, in the order of the first result that has them.
    fn names(&self) -> Vec<&'a str> {
        let mut names = Vec::new();
        for entry in self.sizes.iter().flat_map(|o| &o.contendientes) {
            if !names.contains(&entry.nombre.as_str()) {
                names.push(entry.nombre.as_str());
            }
        }
        names
    }
}

/// Cold or warm.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Heat {
    /// A whole process.
    Frio,
    /// A query of a process that runs.
    Caliente,
}

impl Heat {
    pub(crate) const BOTH: [Self; 2] = [Self::Frio, Self::Caliente];

    /// The word keys and titles use.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Frio => "frio",
            Self::Caliente => "caliente",
        }
    }

    /// Median seconds of a contestant.
    pub(crate) fn median(self, entry: &Entry) -> Option<f64> {
        match self {
            Self::Frio => entry.mediana_s,
            Self::Caliente => entry.caliente.as_ref().map(|w| w.mediana_s),
        }
    }

    /// Median seconds of the contestant called `name`.
    pub(crate) fn of(self, outcome: &Outcome, name: &str) -> Option<f64> {
        self.median(find(outcome, name)?)
    }
}

pub(crate) fn find<'a>(outcome: &'a Outcome, name: &str) -> Option<&'a Entry> {
    outcome.contendientes.iter().find(|c| c.nombre == name)
}

/// Rows as keys have them: `10k`, `1M`, `100M`; whatever is no round number stays whole.
pub(crate) fn short(rows: u64) -> String {
    match rows {
        0 => "0".into(),
        n if n.is_multiple_of(1_000_000) => format!("{}M", n / 1_000_000),
        n if n.is_multiple_of(1_000) => format!("{}k", n / 1_000),
        n => n.to_string(),
    }
}

/// Rows to two digits, as one says an estimate.
fn about(rows: f64) -> String {
    let power = 10f64.powf(rows.log10().floor() - 1.0);
    thousands(((rows / power).round() * power).round() as u64)
}

/// Seconds as one reads them.
pub(crate) fn time(seconds: f64) -> String {
    let (value, unit) = if seconds < 1.0 {
        (seconds * 1e3, "ms")
    } else {
        (seconds, "s")
    };
    let digits = match value {
        v if v >= 100.0 => 0,
        v if v >= 10.0 => 1,
        _ => 2,
    };
    format!("{} {unit}", ecommerce_cli::comma(value, digits))
}
