//! What goes to standard error: which format, what kind of problem, what the library said.

use serde_json::{Value, json};
use std::fmt;

/// The kinds of problem, by the names that the caller knows.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Problem {
    /// Nothing there, or something else.
    NotATable,
    /// For newer clients.
    NewerVersion,
    /// A data file is gone.
    MissingFile,
    /// The metadata makes no sense.
    Damaged,
    /// Somebody was first.
    Conflict,
    /// Anything else.
    Other,
}

/// Why nothing was done.
#[derive(Debug)]
pub struct Failure {
    format: &'static str,
    problem: Problem,
    detail: String,
}

impl Failure {
    /// The table is the problem.
    pub fn of(format: &'static str, problem: Problem, detail: impl fmt::Display) -> Self {
        Self {
            format,
            problem,
            detail: detail.to_string(),
        }
    }

    /// The line for standard error.
    pub fn json(&self) -> Value {
        let problem = match self.problem {
            Problem::NotATable => "no_es_tabla",
            Problem::NewerVersion => "version_nueva",
            Problem::MissingFile => "falta_archivo",
            Problem::Damaged => "metadatos_danados",
            Problem::Conflict => "conflicto",
            Problem::Other => "otro",
        };
        json!({"formato": self.format, "problema": problem, "detalle": self.detail})
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // The first line: libraries append contexts and backtraces.
        f.write_str(self.detail.lines().next().unwrap_or_default())
    }
}
