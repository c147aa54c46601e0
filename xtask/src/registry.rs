//! The registry `docs/ejercicios.toml`: one row per exercise, and the README table that comes from it.

use std::collections::BTreeSet;
use std::fmt;

use anyhow::{Context, Result};
use serde::Deserialize;

/// Where the registry lies.
pub(crate) const PATH: &str = "docs/ejercicios.toml";

/// What the guide asks of the reader: the list of its README, and what chapter 16 adds to it.
const TYPES: [&str; 9] = [
    "Implementar",
    "Leer",
    "Diagnosticar",
    "Diseñar",
    "Medir",
    "Comparar",
    "Analizar",
    "Reflexionar",
    "Sintetizar",
];

/// How many exercises each section of the chapter has, and how many sections there are.
const SECTIONS: usize = 7;
const PER_SECTION: usize = 5;

/// The whole registry.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Registry {
    #[serde(rename = "ejercicio")]
    pub(crate) exercises: Vec<Exercise>,
}

/// One exercise of the guide.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Exercise {
    pub(crate) id: String,
    pub(crate) titulo: String,
    pub(crate) tipo: String,
    /// The guide states no type and `tipo` is ours.
    #[serde(default)]
    #[expect(
        dead_code,
        reason = "a note to the reader of the registry; no rule depends on it"
    )]
    pub(crate) tipo_propio: bool,
    pub(crate) preguntas: usize,
    pub(crate) restricciones: usize,
    #[serde(rename = "crate")]
    pub(crate) package: String,
    pub(crate) nivel: Level,
    pub(crate) estado: State,
    #[serde(default)]
    #[expect(
        dead_code,
        reason = "its closed list of values is what is checked, while reading"
    )]
    pub(crate) requiere: Vec<Runtime>,
    #[serde(default)]
    pub(crate) continua: Vec<String>,
}

/// The tier a crate builds in, from the lightest on.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Level {
    Std,
    Arrow,
    Polars,
    Datafusion,
    Ballista,
    Python,
}

impl fmt::Display for Level {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(match self {
            Self::Std => "std",
            Self::Arrow => "arrow",
            Self::Polars => "polars",
            Self::Datafusion => "datafusion",
            Self::Ballista => "ballista",
            Self::Python => "python",
        })
    }
}

/// Whether the exercise is finished.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "lowercase")]
pub(crate) enum State {
    Pendiente,
    Hecho,
}

/// A runtime that part of an exercise's tests needs.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Runtime {
    Python,
    Jvm,
    Cluster,
}

impl Registry {
    /// Returns the registry in `text`.
    ///
    /// # Errors
    /// `text` is not TOML, or a field is missing, unknown or of another type.
    pub(crate) fn parse(text: &str) -> Result<Self> {
        toml::from_str(text).with_context(|| format!("{PATH} no se puede leer"))
    }

    /// Returns the exercise with this number.
    pub(crate) fn find(&self, id: &str) -> Option<&Exercise> {
        self.exercises.iter().find(|exercise| exercise.id == id)
    }

    /// Returns what is wrong with the rows, each with the text that leads to its line.
    pub(crate) fn mistakes(&self) -> Vec<(String, String)> {
        let mut found = Vec::new();
        let expected: Vec<String> = (1..=SECTIONS)
            .flat_map(|section| {
                (1..=PER_SECTION).map(move |number| format!("16.{section}.{number}"))
            })
            .collect();
        let ids: Vec<_> = self
            .exercises
            .iter()
            .map(|exercise| exercise.id.clone())
            .collect();
        if ids != expected {
            let missing: BTreeSet<_> = expected
                .iter()
                .filter(|id| !ids.contains(id))
                .map(String::as_str)
                .collect();
            let what = if missing.is_empty() {
                "hay filas de más o fuera de orden".to_owned()
            } else {
                format!("faltan {missing:?}")
            };
            found.push((
                "[[ejercicio]]".to_owned(),
                format!("el registro no es 16.1.1 … 16.7.5 en orden: {what}"),
            ));
        }
        for exercise in &self.exercises {
            let line = format!("id = \"{}\"", exercise.id);
            let prefix = format!("ej_{}_", exercise.id.replace('.', "_"));
            if !exercise.package.starts_with(&prefix) {
                found.push((
                    line.clone(),
                    format!(
                        "el crate `{}` debe empezar por `{prefix}`",
                        exercise.package
                    ),
                ));
            }
            if !TYPES.contains(&exercise.tipo.as_str()) {
                found.push((
                    line.clone(),
                    format!("tipo desconocido `{}`; usa uno de {TYPES:?}", exercise.tipo),
                ));
            }
            if exercise.preguntas + exercise.restricciones == 0 {
                found.push((
                    line.clone(),
                    "sin preguntas ni restricciones; cuéntalas en la guía".to_owned(),
                ));
            }
            for other in &exercise.continua {
                if !self
                    .exercises
                    .iter()
                    .any(|exercise| exercise.package == *other)
                {
                    found.push((
                        line.clone(),
                        format!("continua nombra `{other}`, que no es un crate del registro"),
                    ));
                }
            }
        }
        found
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Returns the text of a registry whose 35 rows are well-formed.
    pub(crate) fn well_formed() -> String {
        let mut text = String::new();
        for section in 1..=SECTIONS {
            for number in 1..=PER_SECTION {
                text += &format!(
                    "[[ejercicio]]\nid = \"16.{section}.{number}\"\ntitulo = \"T\"\ntipo = \"Leer\"\npreguntas = 3\n\
                     restricciones = 0\ncrate = \"ej_16_{section}_{number}_x\"\nnivel = \"std\"\nestado = \"pendiente\"\n"
                );
            }
        }
        text
    }

    #[test]
    fn thirty_five_rows_in_order_have_no_mistake() {
        assert_eq!(Registry::parse(&well_formed()).unwrap().mistakes(), []);
    }

    #[test]
    fn a_missing_row_a_strange_type_and_a_wrong_crate_are_found() {
        let text = well_formed()
            .replacen("id = \"16.1.2\"", "id = \"16.1.9\"", 1)
            .replacen("tipo = \"Leer\"", "tipo = \"Cantar\"", 1)
            .replacen("ej_16_7_5_x", "ej_sintesis", 1);
        let mistakes = Registry::parse(&text).unwrap().mistakes();
        let all = format!("{mistakes:?}");
        assert!(
            all.contains("16.1.2") && all.contains("Cantar") && all.contains("ej_sintesis"),
            "{all}"
        );
    }

    #[test]
    fn an_unknown_field_or_state_is_an_error() {
        assert!(Registry::parse(&well_formed().replacen("nivel", "tier", 1)).is_err());
        assert!(Registry::parse(&well_formed().replacen("\"pendiente\"", "\"casi\"", 1)).is_err());
    }
}
