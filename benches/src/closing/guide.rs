//! The guide's table of expected seconds as the ratios it implies, beside the measured ones: seconds depend on the machine and on
//! what the ten gigabytes are.

use super::Duels;
use crate::growth::Heat;

/// A claim: the second contestant takes so many times as long as the first.
#[derive(Clone, Copy, Debug)]
pub(super) struct Claim {
    pub(super) key: &'static str,
    pub(super) text: &'static str,
    pub(super) pair: (&'static str, &'static str),
    /// Guide's seconds of the second over those of the first.
    pub(super) ratio: f64,
}

/// Every line of the table beside the one it is compared with.
pub(super) const CLAIMS: [Claim; 6] = [
    Claim {
        key: "polars",
        text: "Polars Python ≈ Polars Rust (18 s y 16 s)",
        pair: ("rust-polars", "polars-python"),
        ratio: 18.0 / 16.0,
    },
    Claim {
        key: "pandas",
        text: "Polars >> Pandas, 10x (18 s y 180 s)",
        pair: ("polars-python", "pandas"),
        ratio: 10.0,
    },
    Claim {
        key: "spark",
        text: "Polars > Spark local (18 s y 45 s)",
        pair: ("polars-python", "pyspark"),
        ratio: 45.0 / 18.0,
    },
    Claim {
        key: "datafusion",
        text: "DataFusion, más genérico (Polars Rust 16 s, DataFusion 22 s)",
        pair: ("rust-polars", "rust-datafusion"),
        ratio: 22.0 / 16.0,
    },
    Claim {
        key: "java",
        text: "Java + Spark sin el overhead de Python (PySpark 45 s, Java 40 s)",
        pair: ("pyspark", "java-spark"),
        ratio: 40.0 / 45.0,
    },
    Claim {
        key: "scala",
        text: "Scala igual que Java (40 s y 38 s)",
        pair: ("java-spark", "scala-spark"),
        ratio: 38.0 / 40.0,
    },
];

/// The measured ratio of a pair by size, cold or warm.
pub(super) fn ratios(duels: &Duels<'_>, pair: (&str, &str), heat: Heat) -> Vec<(u64, f64)> {
    let ratio = |outcome: &crate::report::Outcome| {
        let (first, second) = (heat.of(outcome, pair.0)?, heat.of(outcome, pair.1)?);
        (first > 0.0).then(|| (outcome.filas, second / first))
    };
    duels.region.iter().filter_map(|o| ratio(o)).collect()
}
