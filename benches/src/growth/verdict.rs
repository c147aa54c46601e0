//! The guide's three claims about this query, decided by the numbers.

use super::{Growth, Heat};
use crate::report::Outcome;

/// The difference that the guide calls minimal.
const MINIMAL: f64 = 0.05;
/// How many times slower the guide says that Pandas may be.
const TIMES: [f64; 2] = [10.0, 50.0];
/// The guide's sizes begin here; smaller ones are measured for the cut-off alone.
const SMALLEST: u64 = 1_000_000;

/// Rust and Python on the same engine, and as the guide writes both, which is not the same engine.
pub(super) const PAIRS: [(&str, &str, &str); 3] = [
    ("memoria", "rust-polars", "polars-python-memoria"),
    ("streaming", "rust-polars-streaming", "polars-python"),
    ("guia", "rust-polars", "polars-python"),
];
/// The pair of the cut-off: same engine, so that what differs is the process around it.
pub(super) const START: (&str, &str) = ("rust-polars-streaming", "polars-python");
/// The ratios at which a start-up is worth double, a tenth and a twentieth.
pub(super) const LIMITS: [(&str, f64); 3] = [("doble", 2.0), ("10%", 1.10), ("5%", 1.05)];
/// What Pandas is compared with.
pub(super) const BESIDE_PANDAS: &str = "polars-python";
pub(super) const PANDAS: [&str; 2] = ["pandas", "pandas-columnas"];

/// What the numbers say of a claim.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Word {
    /// It holds at every size.
    Confirmada,
    /// It holds at some.
    Matizada,
    /// It holds at none.
    Refutada,
    /// Nothing was measured that could tell.
    SinDatos,
}

impl Word {
    /// The word of the ledger.
    pub const fn text(self) -> &'static str {
        match self {
            Self::Confirmada => "confirmada",
            Self::Matizada => "matizada",
            Self::Refutada => "refutada",
            Self::SinDatos => "sin datos",
        }
    }

    fn of(mut holds: impl Iterator<Item = bool> + Clone) -> Self {
        let (some, all) = (holds.clone().any(|h| h), holds.clone().all(|h| h));
        match (holds.next(), some, all) {
            (None, ..) => Self::SinDatos,
            (_, _, true) => Self::Confirmada,
            (_, true, false) => Self::Matizada,
            (_, false, false) => Self::Refutada,
        }
    }
}

/// Two contestants at one size.
#[derive(Clone, Debug, PartialEq)]
pub struct Difference {
    /// Rows.
    pub rows: u64,
    /// Cold or warm.
    pub heat: Heat,
    /// The second's time over the first's.
    pub ratio: f64,
    /// Whether the claim holds here.
    pub holds: bool,
}

/// A claim with what decides it.
#[derive(Clone, Debug)]
pub struct Verdict {
    /// Whom it is about.
    pub pair: (&'static str, &'static str),
    /// The comparisons, by size, cold before warm.
    pub differences: Vec<Difference>,
    /// What the warm ones of the guide's sizes say: the guide's clock runs inside the process.
    pub word: Word,
}

impl Verdict {
    fn of(
        growth: &Growth<'_>,
        pair: (&'static str, &'static str),
        claim: impl Fn(f64) -> bool,
    ) -> Self {
        let mut differences = Vec::new();
        for outcome in &growth.sizes {
            for heat in Heat::BOTH {
                let (first, second) = (heat.of(outcome, pair.0), heat.of(outcome, pair.1));
                if let Some((first, second)) = first.zip(second).filter(|(f, _)| *f > 0.0) {
                    let ratio = second / first;
                    differences.push(Difference {
                        rows: outcome.filas,
                        heat,
                        ratio,
                        holds: claim(ratio),
                    });
                }
            }
        }
        let counts = |d: &&Difference| d.heat == Heat::Caliente && d.rows >= SMALLEST;
        let word = Word::of(differences.iter().filter(counts).map(|d| d.holds));
        Self {
            pair,
            differences,
            word,
        }
    }
}

/// «< 5 %» for each of [`PAIRS`].
pub(super) fn minimal(growth: &Growth<'_>) -> Vec<(&'static str, Verdict)> {
    let claim = |ratio: f64| (ratio - 1.0).abs() < MINIMAL;
    PAIRS
        .iter()
        .map(|(name, rust, python)| (*name, Verdict::of(growth, (rust, python), claim)))
        .collect()
}

/// «10–50×» for each form of Pandas.
pub(super) fn times(growth: &Growth<'_>) -> Vec<Verdict> {
    let claim = |ratio: f64| (TIMES[0]..=TIMES[1]).contains(&ratio);
    PANDAS
        .iter()
        .map(|pandas| Verdict::of(growth, (BESIDE_PANDAS, pandas), claim))
        .collect()
}

/// From how many rows on a ratio stays at or below a limit.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Cutoff {
    /// At every size measured, of which this is the smallest.
    Below(u64),
    /// From about here, between two sizes measured.
    From(f64),
    /// Not even at the largest size measured.
    Beyond(u64),
}

/// The cut-off of ratios by rows, ascending, interpolated between the logarithms of both; `None` without ratios.
///
/// ```
/// use benches::growth::{Cutoff, cutoff};
/// let ratios = [(1_000, 4.0), (100_000, 1.0)];
/// let Some(Cutoff::From(rows)) = cutoff(&ratios, 2.0) else { panic!() };
/// assert!((rows - 10_000.0).abs() < 1.0);
/// assert_eq!(cutoff(&ratios, 5.0), Some(Cutoff::Below(1_000)));
/// assert_eq!(cutoff(&ratios, 0.5), Some(Cutoff::Beyond(100_000)));
/// assert_eq!(cutoff(&[], 2.0), None);
/// ```
pub fn cutoff(ratios: &[(u64, f64)], limit: f64) -> Option<Cutoff> {
    let (last, first) = (ratios.last()?, ratios.first()?);
    if last.1 > limit {
        return Some(Cutoff::Beyond(last.0));
    }
    let Some(above) = ratios.iter().rposition(|(_, ratio)| *ratio > limit) else {
        return Some(Cutoff::Below(first.0));
    };
    let ((n, high), (m, low)) = (ratios[above], ratios[above + 1]);
    let share = (high.ln() - limit.ln()) / (high.ln() - low.ln());
    let (n, m) = ((n as f64).ln(), (m as f64).ln());
    Some(Cutoff::From((n + share * (m - n)).exp()))
}

/// Cold Python over cold Rust, by rows.
pub(super) fn cold_ratios(growth: &Growth<'_>) -> Vec<(u64, f64)> {
    let ratio = |outcome: &&Outcome| {
        let (rust, python) = (
            Heat::Frio.of(outcome, START.0)?,
            Heat::Frio.of(outcome, START.1)?,
        );
        (rust > 0.0).then(|| (outcome.filas, python / rust))
    };
    growth.sizes.iter().filter_map(ratio).collect()
}
