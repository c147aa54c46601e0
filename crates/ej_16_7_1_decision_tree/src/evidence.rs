//! What proves an answer or a leaf, and whether it is there.

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
        #[serde(default)]
        cifras: Vec<(String, String)>,
    },
    /// The page of another exercise.
    Page {
        /// Its file.
        pagina: String,
        /// What it shows.
        dice: String,
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
            Self::Run { dice, .. } | Self::Page { dice, .. } | Self::Source { dice, .. } => dice,
        }
    }

    /// Where it is: a path from the root of the repository, or an address.
    pub fn place(&self) -> &str {
        match self {
            Self::Test { test } => test.split_once("::").map_or(test, |(file, _)| file),
            Self::Run { medida, .. } => medida,
            Self::Page { pagina, .. } => pagina,
            Self::Source { fuente, .. } => fuente,
        }
    }
}

/// A proof that the repository does not have.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Missing {
    /// There is no such file.
    #[error("there is no {0}")]
    File(String),
    /// The file defines no such test.
    #[error("{file} does not define `{test}`")]
    Test {
        /// The file.
        file: String,
        /// The test.
        test: String,
    },
    /// No line of the run has the figure with its label, or the words do not quote it.
    #[error("{file}: no line with `{label}` has `{figure}`, or the text does not say it")]
    Figure {
        /// The run.
        file: String,
        /// What stands in the line.
        label: String,
        /// The figure.
        figure: String,
    },
}

/// What of `proof` the repository at `root` does not have; public sources are not opened.
pub(crate) fn missing(root: &Path, proof: &Evidence) -> Option<Missing> {
    if let Evidence::Source { .. } = proof {
        return None;
    }
    let file = proof.place().to_owned();
    let Ok(text) = fs::read_to_string(root.join(&file)) else {
        return Some(Missing::File(file));
    };
    match proof {
        Evidence::Test { .. } => (!defines(&text, proof.says())).then(|| Missing::Test {
            file,
            test: proof.says().to_owned(),
        }),
        Evidence::Run { dice, cifras, .. } => {
            let stands = |label: &str, figure: &str| {
                let mut lines = text.lines();
                dice.contains(figure)
                    && lines.any(|line| line.contains(label) && line.contains(figure))
            };
            let (label, figure) = cifras
                .iter()
                .find(|(label, figure)| !stands(label, figure))?
                .clone();
            Some(Missing::Figure {
                file,
                label,
                figure,
            })
        }
        Evidence::Page { .. } | Evidence::Source { .. } => None,
    }
}

/// Whether a line of code, not a comment, begins the test `name`, in Rust or in Python.
fn defines(text: &str, name: &str) -> bool {
    let heads = [format!("fn {name}("), format!("def {name}(")];
    text.lines()
        .map(str::trim_start)
        .filter(|line| !line.starts_with("//") && !line.starts_with('#'))
        .any(|line| heads.iter().any(|head| line.contains(head)))
}
