//! The matrix as a page: three tables for every group, and the errors below them, each once.

use crate::engine::Who;
use crate::feature::{Feature, Group};
use crate::matrix::{Matrix, Outcome, PAIRS, Row};
use std::fmt::Write as _;

pub(crate) const MADE: &str = "### Quién la hace";
pub(crate) const READ: &str = "### Quién lee lo que hizo otro";
pub(crate) const WRITTEN: &str = "### Quién escribe en lo que hizo otro";
pub(crate) const NOTES: &str = "## Notas";
pub(crate) const VERSIONS: &str = "## Versiones";

const HEAD: &str = "# Delta: función por función

Esta página la escribe una ejecución (`just matriz-delta`); no se edita a mano. Cada función se prueba con delta-rs desde Rust, con `deltalake`
desde Python y con Delta Lake de Spark, y cada uno prueba además las tablas de los otros. Un «sí» es una lectura cuyo contenido se comparó fila a
fila con el esperado, y un registro en el que la función está. Cómo se prueba: [ejercicio 16.5.3](../crates/ej_16_5_3_delta_rs_vs_spark/README.md).

| celda | quiere decir |
|---|---|
| sí | hecho, y el contenido es el que debe ser |
| no | un error; la nota da su primera línea |
| **mal** | sin error y con otro contenido, o sin lo que la función promete; la nota dice qué |
| sin usar | sin error y con el contenido debido, pero el registro no lleva la función: se acepta y se deja de lado |
| – | no hay tabla con que probar: su autor no la supo hacer |
| · | la función no tiene esa parte |
";

impl Matrix {
    /// Returns the page, with the titles that the features have in `features`.
    #[must_use]
    pub fn page(&self, features: &[Feature]) -> String {
        let mut notes = Notes::default();
        let mut out = HEAD.to_owned();
        let _ = write!(out, "\n{VERSIONS}\n\n| pieza | versión |\n|---|---|\n");
        for (part, version) in &self.versions {
            let _ = writeln!(out, "| {part} | {version} |");
        }
        for group in Group::ALL {
            let own: Vec<_> = features
                .iter()
                .filter(|feature| feature.group == group)
                .filter_map(|feature| Some((feature, self.row(feature.key)?)))
                .collect();
            if own.is_empty() {
                continue;
            }
            let _ = write!(out, "\n## {}\n\n", group.title());
            for (feature, _) in &own {
                let _ = writeln!(
                    out,
                    "- `{}`, {}: {}",
                    feature.key, feature.title, feature.tried
                );
            }
            let makers = Who::ALL.map(|who| who.to_string());
            let pairs = PAIRS.map(|(maker, other)| format!("{maker} → {other}"));
            table(&mut out, MADE, &makers, &own, &mut notes, |row| &row.made);
            table(&mut out, READ, &pairs, &own, &mut notes, |row| &row.read);
            table(&mut out, WRITTEN, &pairs, &own, &mut notes, |row| {
                &row.written
            });
        }
        let _ = write!(out, "\n{NOTES}\n\n");
        for (at, note) in notes.texts.iter().enumerate() {
            let _ = writeln!(out, "{}. `{note}`", at + 1);
        }
        out
    }
}

fn table(
    out: &mut String,
    heading: &str,
    columns: &[String],
    rows: &[(&Feature, &Row)],
    notes: &mut Notes,
    cells: impl Fn(&Row) -> &[Outcome],
) {
    let _ = write!(
        out,
        "\n{heading}\n\n| función | {} |\n",
        columns.join(" | ")
    );
    let _ = writeln!(out, "|---|{}", ":--:|".repeat(columns.len()));
    for (feature, row) in rows {
        let cells: Vec<_> = cells(row)
            .iter()
            .map(|outcome| notes.cell(outcome))
            .collect();
        let _ = writeln!(out, "| `{}` | {} |", feature.key, cells.join(" | "));
    }
}

/// What the cells refer to, each text once.
#[derive(Default)]
struct Notes {
    texts: Vec<String>,
}

impl Notes {
    fn cell(&mut self, outcome: &Outcome) -> String {
        match outcome {
            Outcome::Yes => "sí".into(),
            Outcome::Failed(said) => format!("no ({})", self.number(said)),
            Outcome::Wrong(what) => format!("**mal** ({})", self.number(what)),
            Outcome::Unused => "sin usar".into(),
            Outcome::NoTable => "–".into(),
            Outcome::Nothing => "·".into(),
        }
    }

    fn number(&mut self, text: &str) -> usize {
        let at = self.texts.iter().position(|known| known == text);
        at.map_or_else(
            || {
                self.texts.push(text.to_owned());
                self.texts.len()
            },
            |at| at + 1,
        )
    }
}
