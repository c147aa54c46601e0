//! What a session of Spark did, as `benches/peers/comet_spark.py` writes it down.

use crate::error::CometError;
use crate::plan::Plan;
use serde::{Deserialize, Serialize};
use std::path::Path;

/// With the plugin or without it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Motor {
    /// Spark alone.
    Spark,
    /// Spark with Comet.
    Comet,
}

impl Motor {
    /// The word that jobs and results use.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Spark => "spark",
            Self::Comet => "comet",
        }
    }
}

/// A session from its start to its end.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[expect(
    missing_docs,
    reason = "the keys are described in comet_spark.py and in the page"
)]
pub struct Session {
    pub motor: Motor,
    pub spark: String,
    pub comet: Option<String>,
    pub java: String,
    pub monton_mb: u64,
    pub fuera_mb: u64,
    pub hilos: usize,
    pub arranque_s: f64,
    pub pico_mb: Option<u64>,
    pub consultas: Vec<QueryRun>,
}

/// A query of a session, run several times.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[expect(
    missing_docs,
    reason = "the keys are described in comet_spark.py and in the page"
)]
pub struct QueryRun {
    pub nombre: String,
    pub variante: String,
    pub ajustes: std::collections::BTreeMap<String, String>,
    pub segundos: Vec<f64>,
    pub columnas: Vec<Column>,
    pub filas: Vec<Vec<Option<String>>>,
    pub plan: String,
    pub motivos: Vec<String>,
    pub resumen: Option<String>,
    pub error: Option<String>,
}

/// A column of an answer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Column {
    /// Its name.
    pub nombre: String,
    /// Its type, as Spark's `simpleString` says it.
    pub tipo: String,
}

impl Session {
    /// Reads what the script wrote.
    ///
    /// # Errors
    /// - [`CometError::Read`] when the file cannot be read.
    /// - [`CometError::Session`] when it is not what the script writes.
    pub fn read(path: &Path) -> Result<Self, CometError> {
        let bytes = std::fs::read(path).map_err(|source| CometError::Read {
            path: path.to_owned(),
            source,
        })?;
        serde_json::from_slice(&bytes).map_err(|source| CometError::Session {
            path: path.to_owned(),
            source,
        })
    }

    /// The run of `query` in `variant`.
    pub fn find(&self, query: &str, variant: &str) -> Option<&QueryRun> {
        self.consultas
            .iter()
            .find(|run| run.nombre == query && run.variante == variant)
    }
}

impl QueryRun {
    /// Its executed plan.
    ///
    /// # Errors
    /// - [`CometError::Failed`] when the query ended in an error.
    /// - [`CometError::Plan`] when the text is no plan.
    pub fn parsed_plan(&self) -> Result<Plan, CometError> {
        self.succeeded()?;
        Plan::parse(&self.plan).map_err(|source| CometError::Plan {
            query: self.label(),
            source,
        })
    }

    /// Whether it gave an answer.
    ///
    /// # Errors
    /// - [`CometError::Failed`] with Spark's words when it did not.
    pub fn succeeded(&self) -> Result<(), CometError> {
        match &self.error {
            None => Ok(()),
            Some(said) => Err(CometError::Failed {
                query: self.label(),
                said: said.clone(),
            }),
        }
    }

    /// Every run but the first, which finds the JIT cold; the first where there is no other.
    pub fn warm(&self) -> &[f64] {
        match self.segundos.len() {
            0 | 1 => &self.segundos,
            _ => &self.segundos[1..],
        }
    }

    /// The query and its variant, for messages.
    pub fn label(&self) -> String {
        format!("{} ({})", self.nombre, self.variante)
    }
}
