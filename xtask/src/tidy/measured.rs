//! Rules for the measured runs and the list of what makes them.

use super::Violation;
use super::tree::Tree;
use crate::figures;
use crate::medir::series::{self, List};
use crate::registry::Registry;

/// Where the runs are kept, each in a directory of its own.
const RUNS: &str = "docs/resultados/";

/// Checks that the list of measurements is well formed and of known exercises, and that every archived file is in it.
pub(super) fn results_have_their_orders(tree: &Tree, registry: &Registry) -> Vec<Violation> {
    let Some(text) = tree.text(series::PATH) else {
        return vec![Violation::new(series::PATH, 1, "falta este archivo")];
    };
    let list = match List::parse(text) {
        Ok(list) => list,
        Err(error) => {
            let words = format!("{error:#}").replace('\n', " ");
            return vec![Violation::new(series::PATH, 1, words)];
        }
    };
    let mut found = Vec::new();
    for id in list.exercises() {
        if !registry.exercises.iter().any(|e| e.id == id) {
            let what = format!("no hay ningún ejercicio «{id}»");
            found.push(Violation::new(series::PATH, 1, what));
        }
    }
    for (path, _) in tree.files() {
        let Some((_, file)) = path.strip_prefix(RUNS).and_then(|p| p.split_once('/')) else {
            continue;
        };
        if !list.files().any(|known| known == file) {
            let what = format!("ninguna medida de {} lo hace: añádela", series::PATH);
            found.push(Violation::new(path, 1, what));
        }
    }
    found
}

/// Finds figures of pages that are not those of the run they name.
pub(super) fn pages_say_what_was_measured(tree: &Tree) -> Vec<Violation> {
    let wrong = figures::wrong(tree).into_iter();
    wrong
        .map(|w| Violation::new(&w.page, w.line, w.what))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIST: &str = r#"
[[medida]]
id = "uno"
ejercicios = ["16.1.1"]
ordenes = ["cargo --version"]
archivos = ["uno.json"]
"#;

    fn registry() -> Registry {
        Registry::parse(
            r#"[[ejercicio]]
id = "16.1.1"
titulo = "T"
tipo = "Medir"
preguntas = 1
restricciones = 1
crate = "ej_16_1_1_x"
nivel = "std"
estado = "hecho"
"#,
        )
        .unwrap()
    }

    fn what(files: &[(&str, &str)]) -> Vec<String> {
        let found = results_have_their_orders(&Tree::of(files), &registry());
        found.iter().map(ToString::to_string).collect()
    }

    #[test]
    fn archived_files_are_made_by_a_listed_measurement() {
        let known = [
            (series::PATH, LIST),
            ("docs/resultados/README.md", ""),
            ("docs/resultados/2026-01-01-a/uno.json", ""),
            ("docs/resultados/2026-01-01-a/ordenes.toml", ""),
        ];
        assert!(what(&known).is_empty());
        let unknown = [
            known.as_slice(),
            &[("docs/resultados/2026-01-01-a/dos.svg", "")],
        ]
        .concat();
        let found = what(&unknown);
        assert_eq!(found.len(), 1);
        assert!(
            found[0].starts_with("docs/resultados/2026-01-01-a/dos.svg:1:"),
            "{found:?}"
        );
    }

    #[test]
    fn the_list_is_there_well_formed_and_of_known_exercises() {
        assert_eq!(what(&[]).len(), 1);
        assert!(what(&[(series::PATH, "x")])[0].contains("medidas.toml:1:"));
        let other = LIST.replace("16.1.1", "16.9.9");
        assert!(what(&[(series::PATH, &other)])[0].contains("16.9.9"));
    }
}
