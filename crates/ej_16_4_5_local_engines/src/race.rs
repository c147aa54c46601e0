//! A result of `cargo xtask duelo motores`, as far as a ranking and a model need it.

use serde::Deserialize;
use std::collections::BTreeMap;
use thiserror::Error;

/// One race: one input, one limit of memory, several engines.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[expect(
    missing_docs,
    reason = "the keys are described in docs/resultados/README.md"
)]
pub struct Race {
    pub trabajo: String,
    pub filas: u64,
    pub hilos: usize,
    pub limite_mb: u64,
    pub entrada: Input,
    pub contendientes: Vec<Contestant>,
    #[serde(default)]
    pub aa: Option<Twice>,
}

/// What was read.
#[derive(Clone, Debug, PartialEq, Deserialize)]
pub struct Input {
    /// Size of the files, in millions of bytes.
    pub mb: f64,
    /// Size in Arrow, in millions of bytes.
    pub decodificado_mb: f64,
}

/// The contestant that ran twice per round.
#[derive(Clone, Debug, PartialEq, Deserialize)]
pub struct Twice {
    /// Its second time over its first: the noise.
    pub razon: f64,
}

/// One engine.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[expect(
    missing_docs,
    reason = "the keys are described in docs/resultados/README.md"
)]
pub struct Contestant {
    pub nombre: String,
    pub estado: State,
    pub mediana_s: Option<f64>,
    pub cpu_s: Option<f64>,
    pub pico_mb: Option<u64>,
    #[serde(default)]
    pub escrito_mb: Option<u64>,
    #[serde(default)]
    pub partes_s: BTreeMap<String, f64>,
    #[serde(default)]
    pub sesion_s: Option<f64>,
    #[serde(default)]
    pub detalle: Option<String>,
}

/// What became of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// Every answer was right.
    Ok,
    /// It is not installed.
    Ausente,
    /// It failed.
    Error,
    /// It answered something else.
    Distinto,
    /// It ran out of memory, or was killed at the limit.
    SinMemoria,
}

/// Why a text is no race of this exercise.
#[derive(Debug, Error)]
pub enum RaceError {
    /// It is not the JSON of a result with a limit of memory and a decoded size.
    #[error("not a result of `duelo motores`")]
    Format(#[from] serde_json::Error),
    /// It is a result of another workload.
    #[error("a result of `{0}`, not of `motores`")]
    OtherWork(String),
    /// There is no race in it.
    #[error("the result is empty")]
    Empty,
    /// A figure that must be positive is not.
    #[error("`{0}` is not a positive number")]
    NotPositive(&'static str),
}

/// One size is an object, several are an array.
#[derive(Deserialize)]
#[serde(untagged)]
enum OneOrMany {
    Many(Vec<Race>),
    One(Box<Race>),
}

impl Race {
    /// The races of a result file, in its order.
    ///
    /// # Errors
    /// - [`RaceError::Format`] when it is no such result.
    /// - [`RaceError::Empty`] when it is an empty list.
    /// - [`RaceError::OtherWork`] when it is of another workload.
    /// - [`RaceError::NotPositive`] when its limit, its input or its threads are zero or less.
    pub fn read(json: &str) -> Result<Vec<Self>, RaceError> {
        let races = match serde_json::from_str(json)? {
            OneOrMany::Many(races) => races,
            OneOrMany::One(race) => vec![*race],
        };
        if races.is_empty() {
            return Err(RaceError::Empty);
        }
        for race in &races {
            if race.trabajo != "motores" {
                return Err(RaceError::OtherWork(race.trabajo.clone()));
            }
            let positive = [
                (race.limite_mb > 0, "limite_mb"),
                (race.hilos > 0, "hilos"),
                (race.entrada.mb > 0.0, "mb"),
                (race.entrada.decodificado_mb > 0.0, "decodificado_mb"),
            ];
            if let Some((_, name)) = positive.iter().find(|(is, _)| !is) {
                return Err(RaceError::NotPositive(name));
            }
        }
        Ok(races)
    }

    /// Decoded data over the memory allowed: the guide's 50 GB in 32 GB are 1.56.
    pub fn ratio(&self) -> f64 {
        // The limit is in MiB, the input in millions of bytes.
        self.entrada.decodificado_mb / (self.limite_mb as f64 * 1.048_576)
    }

    /// How far apart two runs of the same thing were, as a part; zero where nobody ran twice.
    pub fn noise(&self) -> f64 {
        self.aa.as_ref().map_or(0.0, |aa| (aa.razon - 1.0).abs())
    }

    /// The contestant called `name`.
    pub fn find(&self, name: &str) -> Option<&Contestant> {
        self.contendientes.iter().find(|c| c.nombre == name)
    }
}

impl Contestant {
    /// Its seconds, if it finished with the right answer.
    pub fn seconds(&self) -> Option<f64> {
        self.mediana_s.filter(|_| self.estado == State::Ok)
    }
}
