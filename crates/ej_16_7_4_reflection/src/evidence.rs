//! What proves a row, and whether it is there.

use crate::Reflection;
use serde::Deserialize;
use std::fs;
use std::path::Path;

/// One proof.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(untagged, deny_unknown_fields)]
pub enum Evidence {
    /// A test of this repository.
    Test {
        /// `path/of/file.rs::name`; also of Python.
        test: String,
    },
    /// A run under `docs/resultados`.
    Run {
        /// Its file.
        medida: String,
        /// What it says, in our words, with its figures.
        dice: String,
        /// For each figure, what else stands in its line of the file, and the figure as it stands there and in `dice`.
        cifras: Vec<(String, String)>,
    },
    /// A public source.
    Source {
        /// Its address.
        fuente: String,
        /// What it says, in our words.
        dice: String,
    },
}

impl Evidence {
    /// What it says: its own words, or the name of the test, which is a sentence.
    pub fn says(&self) -> &str {
        match self {
            Self::Test { test } => test.split_once("::").map_or(test, |(_, name)| name),
            Self::Run { dice, .. } | Self::Source { dice, .. } => dice,
        }
    }

    /// Where it is: a path from the root of the repository, or an address.
    pub fn place(&self) -> &str {
        match self {
            Self::Test { test } => test.split_once("::").map_or(test, |(file, _)| file),
            Self::Run { medida, .. } => medida,
            Self::Source { fuente, .. } => fuente,
        }
    }
}

/// A proof that the repository does not have, and the row that names it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Missing {
    /// There is no such file.
    #[error("{row}: there is no {file}")]
    File {
        /// The row.
        row: String,
        /// The file.
        file: String,
    },
    /// The file defines no such test.
    #[error("{row}: {file} does not define `{test}`")]
    Test {
        /// The row.
        row: String,
        /// The file.
        file: String,
        /// The test.
        test: String,
    },
    /// No line of the run has the figure with its label, or the words do not quote it.
    #[error("{row}: no line of {file} with `{label}` has `{figure}`, or the text does not say it")]
    Figure {
        /// The row.
        row: String,
        /// The run.
        file: String,
        /// What stands in the line.
        label: String,
        /// The figure.
        figure: String,
    },
}

impl Reflection {
    /// The proofs that the repository at `root` does not have. Public sources are not opened.
    pub fn missing(&self, root: &Path) -> Vec<Missing> {
        let proofs = self.claims.iter().flat_map(|claim| {
            let proofs = claim.evidence.iter();
            proofs.map(|proof| (claim.id.clone(), proof))
        });
        proofs
            .filter_map(|(row, proof)| missing(root, row, proof))
            .collect()
    }
}

fn missing(root: &Path, row: String, proof: &Evidence) -> Option<Missing> {
    if let Evidence::Source { .. } = proof {
        return None;
    }
    let file = proof.place().to_owned();
    let Ok(text) = fs::read_to_string(root.join(&file)) else {
        return Some(Missing::File { row, file });
    };
    if let Evidence::Run { dice, cifras, .. } = proof {
        let stands = |label: &str, figure: &str| {
            let mut lines = text.lines();
            dice.contains(figure) && lines.any(|line| line.contains(label) && line.contains(figure))
        };
        let mut figures = cifras.iter();
        let (label, figure) = figures.find(|(label, figure)| !stands(label, figure))?;
        return Some(Missing::Figure {
            row,
            file,
            label: label.clone(),
            figure: figure.clone(),
        });
    }
    let test = proof.says().to_owned();
    (!defines(&text, &test)).then_some(Missing::Test { row, file, test })
}

/// Whether a line of code, not a comment, begins the test `name`, in Rust or in Python.
fn defines(text: &str, name: &str) -> bool {
    let heads = [format!("fn {name}("), format!("def {name}(")];
    text.lines()
        .map(str::trim_start)
        .filter(|line| !line.starts_with("//") && !line.starts_with('#'))
        .any(|line| heads.iter().any(|head| line.contains(head)))
}
