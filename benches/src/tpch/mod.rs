//! The duel of TPC-H: the same twenty-two queries over the same Parquet files, by DataFusion, DuckDB and Polars, per query.
//!
//! The other workloads time whole processes. Here each contestant opens the data once and does every query several times, as an
//! analyst's session would; processes of the contestants take turns, so that a slow minute falls on all. An answer that differs
//! from the reference has no time, and a query that an engine refuses is a result. The `ablation` asks DataFusion
//! alone, with one setting changed at a time.

mod answers;
mod contestants;
mod drawing;
mod run;
mod table;
#[cfg(test)]
mod tests;

use crate::machine::Machine;
use crate::stats;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

pub use answers::{Answered, Session, difference};
pub use contestants::{CONTESTANTS, VARIANTS};
pub use drawing::draw;
pub use run::{Plan, run};
pub use table::{figures, markdown};

/// How the numbers were taken.
pub const METHOD: &str = "cada proceso abre los ocho Parquet y hace cada consulta varias veces; los procesos se alternan (A B C A B C …); \
segundos: del texto de la consulta a sus filas en memoria; la primera repetición de cada proceso no cuenta si hay más; mediana de las demás \
de todos los procesos; cada respuesta se compara con la de referencia antes de contar su tiempo: textos, fechas y enteros iguales, \
decimales hasta el último que los dos muestran y a medio centavo, y las filas que empatan en lo que ordena la consulta en cualquier orden; media geométrica de las razones por consulta, solo de las que los dos responden bien";

/// What a duel found.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[expect(
    missing_docs,
    reason = "the keys of the result are described in METHOD and in docs/resultados/README.md"
)]
pub struct Duel {
    pub trabajo: String,
    pub fecha: String,
    pub maquina: Machine,
    pub commit: Option<String>,
    pub metodo: String,
    pub rondas: usize,
    pub repeticiones: usize,
    pub referencia: String,
    pub escalas: Vec<Scale>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ajustes: Option<Ablation>,
}

/// One size of the data.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[expect(missing_docs, reason = "as for Duel")]
pub struct Scale {
    pub escala: f64,
    pub bytes: u64,
    pub contendientes: Vec<Contender>,
}

/// One engine, or one way to set it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[expect(missing_docs, reason = "as for Duel")]
pub struct Contender {
    pub nombre: String,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub opciones: BTreeMap<String, String>,
    pub version: Option<String>,
    pub apertura_s: Option<f64>,
    pub pico_mb: Option<u64>,
    /// Why it has no query at all: not installed, killed, no output.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fallo: Option<String>,
    pub consultas: Vec<Timed>,
}

/// What became of a query.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[expect(missing_docs, reason = "as for Duel")]
pub struct Timed {
    pub consulta: u8,
    pub mediana_s: Option<f64>,
    pub min_s: Option<f64>,
    pub max_s: Option<f64>,
    pub muestras: usize,
    pub filas: Option<usize>,
    /// Why there is no time: the engine's error, or where its answer differs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub problema: Option<String>,
}

/// DataFusion with one setting changed at a time.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[expect(missing_docs, reason = "as for Duel")]
pub struct Ablation {
    pub escala: f64,
    pub variantes: Vec<Contender>,
}

/// How one contender compares with another over the queries that both answer.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Ratio {
    /// Geometric mean of one's seconds by the other's.
    pub mean: f64,
    /// Over so many queries.
    pub queries: usize,
    /// In so many of them one was the faster.
    pub faster: usize,
}

impl Contender {
    fn seconds(&self, query: u8) -> Option<f64> {
        self.consultas
            .iter()
            .find(|t| t.consulta == query)?
            .mediana_s
    }

    /// The sum of its medians, and over how many queries.
    pub fn total(&self) -> (f64, usize) {
        let medians: Vec<f64> = self.consultas.iter().filter_map(|t| t.mediana_s).collect();
        (medians.iter().sum(), medians.len())
    }

    /// Its seconds by another's; `None` if they share no query.
    pub fn ratio(&self, other: &Self) -> Option<Ratio> {
        let pairs: Vec<f64> = (1..=22)
            .filter_map(|q| Some(self.seconds(q)? / other.seconds(q)?))
            .collect();
        Some(Ratio {
            mean: geometric_mean(&pairs)?,
            queries: pairs.len(),
            faster: pairs.iter().filter(|r| **r < 1.0).count(),
        })
    }
}

impl Scale {
    /// The contender called `name`.
    pub fn find(&self, name: &str) -> Option<&Contender> {
        self.contendientes.iter().find(|c| c.nombre == name)
    }
}

impl Duel {
    /// Whether every contender ran and no answer differed; a query that an engine refuses does not count against it.
    pub fn is_clean(&self) -> bool {
        let variants = self.ajustes.iter().flat_map(|a| &a.variantes);
        let mut all = self
            .escalas
            .iter()
            .flat_map(|s| &s.contendientes)
            .chain(variants);
        all.all(|c| c.fallo.is_none() && !c.consultas.iter().any(Timed::differs))
    }
}

impl Timed {
    /// Whether it answered, and something else than the reference.
    pub fn differs(&self) -> bool {
        self.problema.is_some() && self.filas.is_some()
    }
}

/// The geometric mean; `None` without values or if one is not positive.
///
/// ```
/// use benches::tpch::geometric_mean;
/// assert_eq!(geometric_mean(&[2.0, 0.5]), Some(1.0));
/// assert_eq!(geometric_mean(&[]), None);
/// ```
pub fn geometric_mean(values: &[f64]) -> Option<f64> {
    if values.is_empty() || values.iter().any(|v| *v <= 0.0) {
        return None;
    }
    let logs: f64 = values.iter().map(|v| v.ln()).sum();
    Some(stats::rounded((logs / values.len() as f64).exp()))
}

/// A scale as keys and titles have it: `0.1`, `1`, `10`.
fn short(scale: f64) -> String {
    format!("{scale}")
}
