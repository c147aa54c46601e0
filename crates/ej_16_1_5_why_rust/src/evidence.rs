//! What proves a row, and whether it is there.

use crate::Analisis;
use serde::Deserialize;
use std::fs;
use std::path::Path;

/// One proof.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(untagged, deny_unknown_fields)]
pub enum Evidencia {
    /// A test of this repository: `path/of/file.rs::name`.
    Test {
        /// The path from the root, and the name.
        test: String,
    },
    /// A group of ids in a criterion bench.
    Banco {
        /// The id as it stands under `benches/benches/`.
        bench: String,
    },
    /// A public source.
    Fuente {
        /// Its address.
        fuente: String,
        /// What it says, in our words.
        dice: String,
    },
}

/// A proof that the repository does not have.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Falta {
    /// A test is not named `path::name`.
    #[error("{fila}: `{test}` is not path::name")]
    Forma {
        /// The row.
        fila: String,
        /// What stands there.
        test: String,
    },
    /// There is no such file.
    #[error("{fila}: there is no {archivo}")]
    Archivo {
        /// The row.
        fila: String,
        /// The file.
        archivo: String,
    },
    /// The file defines no such function.
    #[error("{fila}: {archivo} does not define `{nombre}`")]
    Nombre {
        /// The row.
        fila: String,
        /// The file.
        archivo: String,
        /// The function.
        nombre: String,
    },
    /// No bench has such an id.
    #[error("{fila}: no bench has the id `{id}`")]
    Banco {
        /// The row.
        fila: String,
        /// The id.
        id: String,
    },
}

impl Analisis {
    /// The tests and benches named by the rows that the repository at `raiz` does not have. Sources are not opened.
    pub fn faltas(&self, raiz: &Path) -> Vec<Falta> {
        let benches = sources(&raiz.join("benches/benches"));
        self.evidencias()
            .filter_map(|(fila, proof)| match proof {
                Evidencia::Test { test } => missing_test(raiz, fila, test),
                Evidencia::Banco { bench } => {
                    let known = benches.iter().any(|text| text.contains(&quoted(bench)));
                    (!known).then(|| Falta::Banco {
                        fila: fila.to_owned(),
                        id: bench.clone(),
                    })
                }
                Evidencia::Fuente { .. } => None,
            })
            .collect()
    }
}

fn quoted(id: &str) -> String {
    format!("\"{id}\"")
}

fn missing_test(raiz: &Path, fila: &str, test: &str) -> Option<Falta> {
    let fila = fila.to_owned();
    let Some((archivo, nombre)) = test.split_once("::") else {
        let test = test.to_owned();
        return Some(Falta::Forma { fila, test });
    };
    let archivo = archivo.to_owned();
    let Ok(text) = fs::read_to_string(raiz.join(&archivo)) else {
        return Some(Falta::Archivo { fila, archivo });
    };
    let nombre = nombre.rsplit("::").next().unwrap_or(nombre).to_owned();
    (!defines(&text, &nombre)).then_some(Falta::Nombre {
        fila,
        archivo,
        nombre,
    })
}

/// Whether a line of code, not a comment, begins the function `name`.
fn defines(text: &str, name: &str) -> bool {
    let head = format!("fn {name}(");
    text.lines()
        .map(str::trim_start)
        .any(|line| !line.starts_with("//") && line.contains(&head))
}

/// The text of every Rust file below `directory`; none if it cannot be read.
fn sources(directory: &Path) -> Vec<String> {
    let mut found = Vec::new();
    for entry in fs::read_dir(directory).into_iter().flatten().flatten() {
        let path = entry.path();
        if path.is_dir() {
            found.extend(sources(&path));
        } else if path.extension().is_some_and(|e| e == "rs") {
            found.extend(fs::read_to_string(&path));
        }
    }
    found
}
