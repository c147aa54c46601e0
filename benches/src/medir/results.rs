//! Criterion's files: one directory per benchmark, whose `new/` holds `benchmark.json`, `estimates.json` and `sample.json`.

use anyhow::{Context as _, Result, ensure};
use jiff::Timestamp;
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use std::cmp::Ordering;
use std::path::{Path, PathBuf};

/// One benchmark as it was measured.
///
/// Times are nanoseconds per iteration: the median of the samples, its confidence interval by bootstrap, and the median absolute
/// deviation, which is the spread. Rates follow from the median where the bench declared its throughput.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[expect(
    missing_docs,
    reason = "the keys of the result are described in docs/resultados/README.md"
)]
pub struct Measured {
    pub id: String,
    pub mediana_ns: f64,
    pub intervalo_ns: [f64; 2],
    pub confianza: f64,
    pub mad_ns: f64,
    pub muestras: usize,
    pub elementos: Option<u64>,
    pub bytes: Option<u64>,
    pub ns_por_elemento: Option<f64>,
    pub gb_s: Option<f64>,
}

/// What was found under criterion's directory.
#[derive(Debug)]
pub struct Found {
    /// Of this section and this run, in natural order: 10000 before 100000, 16.1.3 before 16.1.4.
    pub measured: Vec<Measured>,
    /// Ids of this section that an earlier run left; they are not recorded.
    pub stale: Vec<String>,
}

#[derive(Deserialize)]
struct Benchmark {
    full_id: String,
    throughput: Option<Throughput>,
}

/// Criterion's own enum, as it serializes it.
#[derive(Clone, Copy, Deserialize)]
enum Throughput {
    Bits(u64),
    Bytes(u64),
    BytesDecimal(u64),
    Elements(u64),
    ElementsAndBytes { elements: u64, bytes: u64 },
}

impl Throughput {
    fn elements(self) -> Option<u64> {
        match self {
            Self::Elements(elements) | Self::ElementsAndBytes { elements, .. } => Some(elements),
            Self::Bits(_) | Self::Bytes(_) | Self::BytesDecimal(_) => None,
        }
    }

    fn bytes(self) -> Option<u64> {
        match self {
            Self::Bytes(bytes)
            | Self::BytesDecimal(bytes)
            | Self::ElementsAndBytes { bytes, .. } => Some(bytes),
            Self::Bits(bits) => Some(bits / 8),
            Self::Elements(_) => None,
        }
    }
}

#[derive(Deserialize)]
struct Estimates {
    median: Estimate,
    median_abs_dev: Estimate,
}

#[derive(Deserialize)]
struct Estimate {
    confidence_interval: Interval,
    point_estimate: f64,
}

#[derive(Deserialize)]
struct Interval {
    confidence_level: f64,
    lower_bound: f64,
    upper_bound: f64,
}

#[derive(Deserialize)]
struct Sample {
    times: Vec<f64>,
}

/// The results of `section` (16.1, or the exercise 16.2.4) under `house` that were written at `since` or later.
///
/// # Errors
/// If a file of theirs is missing or is not criterion's, or a time is not positive.
pub fn read(house: &Path, section: &str, since: Timestamp) -> Result<Found> {
    let mut benchmarks = Vec::new();
    collect(house, &mut benchmarks)?;
    let of_section = |id: &str| {
        id.strip_prefix(section)
            .is_some_and(|rest| rest.starts_with(['.', '/']))
    };
    let mut found = Found {
        measured: Vec::new(),
        stale: Vec::new(),
    };
    for file in benchmarks {
        let benchmark: Benchmark = json(&file)?;
        if !of_section(&benchmark.full_id) {
            continue;
        }
        // benchmark.json is the last file criterion writes of a benchmark.
        let written = Timestamp::try_from(std::fs::metadata(&file)?.modified()?)?;
        if written < since {
            found.stale.push(benchmark.full_id);
            continue;
        }
        let directory = file.parent().unwrap_or(house);
        let estimates: Estimates = json(&directory.join("estimates.json"))?;
        let sample: Sample = json(&directory.join("sample.json"))?;
        found
            .measured
            .push(measured(benchmark, &estimates, &sample)?);
    }
    found.measured.sort_by(|a, b| natural(&a.id, &b.id));
    found.stale.sort_by(|a, b| natural(a, b));
    Ok(found)
}

fn measured(benchmark: Benchmark, estimates: &Estimates, sample: &Sample) -> Result<Measured> {
    let id = benchmark.full_id;
    let median = estimates.median.point_estimate;
    ensure!(
        median.is_finite() && median > 0.0,
        "{id}: la mediana es {median} ns"
    );
    let interval = &estimates.median.confidence_interval;
    let elements = benchmark.throughput.and_then(Throughput::elements);
    let bytes = benchmark.throughput.and_then(Throughput::bytes);
    Ok(Measured {
        id,
        mediana_ns: rounded(median),
        intervalo_ns: [rounded(interval.lower_bound), rounded(interval.upper_bound)],
        confianza: interval.confidence_level,
        mad_ns: rounded(estimates.median_abs_dev.point_estimate),
        muestras: sample.times.len(),
        elementos: elements,
        bytes,
        ns_por_elemento: elements
            .filter(|n| *n > 0)
            .map(|n| rounded(median / n as f64)),
        // Bytes per nanosecond are gigabytes (10⁹) per second.
        gb_s: bytes.filter(|n| *n > 0).map(|n| rounded(n as f64 / median)),
    })
}

/// Six significant digits: more than any run repeats.
fn rounded(value: f64) -> f64 {
    format!("{value:.5e}").parse().unwrap_or(value)
}

/// Every `…/new/benchmark.json` below `directory`.
fn collect(directory: &Path, found: &mut Vec<PathBuf>) -> Result<()> {
    let entries = std::fs::read_dir(directory)
        .with_context(|| format!("no se puede leer {}", directory.display()))?;
    for entry in entries {
        let path = entry?.path();
        if path.is_dir() {
            collect(&path, found)?;
        } else if path.ends_with("new/benchmark.json") {
            found.push(path);
        }
    }
    Ok(())
}

fn json<T: DeserializeOwned>(path: &Path) -> Result<T> {
    let text = std::fs::read_to_string(path)
        .with_context(|| format!("no se puede leer {}", path.display()))?;
    serde_json::from_str(&text).with_context(|| format!("{} no es de criterion", path.display()))
}

/// Ids part by part, numbers by their value.
fn natural(a: &str, b: &str) -> Ordering {
    let parts = |id: &str| -> Vec<(u64, String)> {
        id.split(['/', '.', '-', '_'])
            .map(|part| (part.parse().unwrap_or(u64::MAX), part.to_owned()))
            .collect()
    };
    parts(a).cmp(&parts(b))
}
