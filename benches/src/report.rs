//! The result: JSON for other programs, a table for people.

use crate::machine::Machine;
use ecommerce_cli::{comma, thousands};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::fmt::Write as _;

/// How the numbers of every result were taken.
pub const METHOD: &str = "procesos enteros, intercalados (A B C A B C …); pared: reloj monótono alrededor del primer proceso; \
cpu: getrusage de todo el árbol; pico: máximo de la suma de VmRSS del árbol cada 10 ms o el ru_maxrss del mayor proceso, \
lo que sea más (pico_cota_mb: suma de los máximos de cada proceso, que el pico no puede pasar); escrito_mb: lo que el núcleo le \
cargó al árbol como escrito en disco (ru_oublock), también si el archivo se borró después; la salida de cada corrida se \
compara con la referencia antes de contarla";

/// What became of a contestant.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum State {
    /// Every output was right.
    Ok,
    /// It is not installed.
    Ausente,
    /// It failed.
    Error,
    /// It wrote something else than the reference: it has no times.
    Distinto,
    /// It ran out of memory.
    #[serde(rename = "sin_memoria")]
    SinMemoria,
}

/// One run that counted.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[expect(
    missing_docs,
    reason = "the keys of the result are described in the page of 16.7.3 and in METHOD"
)]
pub struct Sample {
    pub pared_s: f64,
    pub consulta_s: Option<f64>,
    pub cpu_s: f64,
    pub pico_mb: u64,
    pub pico_cota_mb: u64,
    pub procesos: usize,
    pub hilos: u64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub escrito_mb: Option<u64>,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub partes_s: BTreeMap<String, f64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sesion_s: Option<f64>,
}

/// One contestant. The first ten keys are the contract; the rest explains them. `desviacion` is how far its answer lies from the reference, within the bound the reference grants.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[expect(
    missing_docs,
    reason = "the keys of the result are described in the page of 16.7.3 and in METHOD"
)]
pub struct Entry {
    pub nombre: String,
    pub estado: State,
    pub mediana_s: Option<f64>,
    pub consulta_s: Option<f64>,
    pub min_s: Option<f64>,
    pub max_s: Option<f64>,
    pub cpu_s: Option<f64>,
    pub pico_mb: Option<u64>,
    pub hash: Option<String>,
    pub version: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub desviacion: Option<u64>,
    pub detalle: Option<String>,
    pub comando: String,
    pub muestras: Vec<Sample>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub arranque_s: Option<f64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub caliente: Option<WarmEntry>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub escrito_mb: Option<u64>,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub partes_s: BTreeMap<String, f64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sesion_s: Option<f64>,
}

/// Queries of processes that had done one already.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[expect(
    missing_docs,
    reason = "the keys of the result are described in docs/resultados/README.md"
)]
pub struct WarmEntry {
    pub mediana_s: f64,
    pub min_s: f64,
    pub max_s: f64,
    pub primera_s: Option<f64>,
    pub pico_mb: u64,
    pub procesos: Vec<Vec<f64>>,
}

/// One contestant entered twice: how far apart two runs of the same thing are.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[expect(
    missing_docs,
    reason = "the keys of the result are described in the page of 16.7.3 and in METHOD"
)]
pub struct AaPair {
    pub nombre: String,
    pub mediana_a_s: f64,
    pub mediana_b_s: f64,
    pub razon: f64,
    pub muestras_b: Vec<Sample>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub razon_caliente: Option<f64>,
}

/// What was read.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[expect(
    missing_docs,
    reason = "the keys of the result are described in the page of 16.7.3 and in METHOD"
)]
pub struct InputNote {
    pub escritor: String,
    pub archivos: usize,
    pub mb: f64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub decodificado_mb: Option<f64>,
}

/// A whole race. The first four keys are the contract.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[expect(
    missing_docs,
    reason = "the keys of the result are described in the page of 16.7.3 and in METHOD"
)]
pub struct Outcome {
    pub trabajo: String,
    pub filas: u64,
    pub maquina: Machine,
    pub contendientes: Vec<Entry>,
    pub corridas: usize,
    pub calentamiento: usize,
    pub hilos: usize,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub limite_mb: Option<u64>,
    pub cache: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub almacen: Option<String>,
    pub entrada: InputNote,
    pub referencia: String,
    pub aa: Option<AaPair>,
    pub metodo: String,
    pub commit: Option<String>,
    pub fecha: String,
}

impl Outcome {
    /// Whether every contestant that is installed gave the right answer, or what it did instead is a finding and no fault: it ran
    /// out of memory, or sums floats, as its name says, and is a cent off.
    pub fn is_clean(&self) -> bool {
        self.contendientes.iter().all(|c| match c.estado {
            State::Ok | State::Ausente | State::SinMemoria => true,
            State::Distinto => c.nombre.ends_with("-flotante"),
            State::Error => false,
        })
    }

    /// The table for people, ratios to the first contestant that has times.
    pub fn table(&self) -> String {
        let mut out = String::new();
        let mut line = |text: String| {
            // Writing to a String cannot fail.
            let _ = writeln!(out, "{}", text.trim_end());
        };
        line(format!(
            "{} · {} filas · corridas: {} y {} de calentamiento · {} hilos · caché caliente",
            self.trabajo,
            thousands(self.filas),
            self.corridas,
            self.calentamiento,
            self.hilos
        ));
        let m = &self.maquina;
        line(format!(
            "{} · {} · {} GiB · {}",
            m.cpu,
            m.sistema,
            comma(m.ram_gb, 1),
            m.disco
        ));
        line(String::new());
        let widest = |words: &mut dyn Iterator<Item = &str>, usual: usize| {
            words.map(|w| w.chars().count() + 1).fold(usual, usize::max)
        };
        let entries = &self.contendientes;
        let names = widest(&mut entries.iter().map(|c| c.nombre.as_str()), 19);
        let states = widest(&mut entries.iter().map(|c| c.estado.word()), 10);
        let is_warm = entries.iter().any(|c| c.caliente.is_some());
        let more = |first: &str, second: &str| {
            if is_warm {
                format!("{first:>12}{second:>12}")
            } else {
                String::new()
            }
        };
        line(format!(
            "{:<names$}{:<states$}{:>10}{:>18}{:>11}{:>10}{:>10}{:>10}{:>11}{}",
            "contendiente",
            "estado",
            "mediana s",
            "mín … máx",
            "consulta s",
            "CPU s",
            "pico MB",
            "× tiempo",
            "× memoria",
            more("caliente s", "× caliente"),
        ));
        let first = entries.iter().find(|c| c.mediana_s.is_some());
        let warm = |c: &Entry| c.caliente.as_ref().map(|w| w.mediana_s);
        let first_warm = entries.iter().find_map(warm);
        for c in entries {
            let spread = c
                .min_s
                .zip(c.max_s)
                .map(|(a, b)| format!("{} … {}", comma(a, 3), comma(b, 3)));
            line(format!(
                "{:<names$}{:<states$}{:>10}{:>18}{:>11}{:>10}{:>10}{:>10}{:>11}{}",
                c.nombre,
                c.estado.word(),
                optional(c.mediana_s, 3),
                spread.unwrap_or("–".into()),
                optional(c.consulta_s, 3),
                optional(c.cpu_s, 2),
                c.pico_mb.map_or("–".into(), thousands),
                optional(ratio(c.mediana_s, first.and_then(|f| f.mediana_s)), 2),
                optional(
                    ratio(
                        c.pico_mb.map(|m| m as f64),
                        first.and_then(|f| f.pico_mb).map(|m| m as f64)
                    ),
                    2
                ),
                more(
                    &optional(warm(c), 4),
                    &optional(ratio(warm(c), first_warm), 2)
                ),
            ));
        }
        if let Some(aa) = &self.aa {
            line(format!(
                "A/A {}: la segunda vez, × {} (el tamaño del ruido)",
                aa.nombre,
                comma(aa.razon, 3)
            ));
        }
        for c in entries {
            if let Some(apart) = c.desviacion.filter(|d| *d > 0) {
                line(format!(
                    "{}: el total más lejano, a {apart} de la referencia: sumar floats da para tanto",
                    c.nombre
                ));
            }
            if let Some(detail) = &c.detalle {
                line(format!(
                    "{}: {}",
                    c.nombre,
                    detail.trim_end().replace('\n', "\n  ")
                ));
            }
        }
        out
    }
}

impl State {
    /// The word results use.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Ausente => "ausente",
            Self::Error => "error",
            Self::Distinto => "distinto",
            Self::SinMemoria => "sin memoria",
        }
    }
}

pub(crate) fn ratio(value: Option<f64>, base: Option<f64>) -> Option<f64> {
    value.zip(base).map(|(v, b)| v / b)
}

pub(crate) fn optional(value: Option<f64>, digits: usize) -> String {
    value.map_or("–".into(), |v| comma(v, digits))
}

#[cfg(test)]
mod tests;
