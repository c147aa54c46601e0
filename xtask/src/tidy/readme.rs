//! The tables of README.md and README.es.md, generated from the registry.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use anyhow::{Context, Result};

use super::Violation;
use super::tree::Tree;
use crate::registry::{Exercise, Registry, State};

const START: &str = "<!-- ejercicios: generado por `cargo xtask tidy --arreglar` -->";
const END: &str = "<!-- fin de ejercicios -->";

/// A README and its words.
struct Language {
    file: &'static str,
    heading: &'static str,
    done: &'static str,
    begun: &'static str,
    pending: &'static str,
    count: fn(usize, usize) -> String,
}

const LANGUAGES: [Language; 2] = [
    Language {
        file: "README.md",
        heading: "| Exercise (as in the guide) | Crate | Tier | Run its tests | State |",
        done: "done",
        begun: "in progress",
        pending: "pending",
        count: |done, all| format!("{done} of {all} exercises are done."),
    },
    Language {
        file: "README.es.md",
        heading: "| Ejercicio (como en la guía) | Crate | Nivel | Ejecutar sus pruebas | Estado |",
        done: "hecho",
        begun: "en curso",
        pending: "pendiente",
        count: |done, all| format!("{done} de {all} ejercicios están hechos."),
    },
];

/// Finds READMEs whose table is not what the registry generates.
pub(super) fn tables_match_the_registry(tree: &Tree, registry: &Registry) -> Vec<Violation> {
    let mut found = Vec::new();
    for language in &LANGUAGES {
        let Some(text) = tree.text(language.file) else {
            found.push(Violation::new(language.file, 1, "falta este archivo"));
            continue;
        };
        match rewritten(text, &table(language, tree, registry)) {
            None => found.push(Violation::new(
                language.file,
                1,
                format!("faltan las marcas `{START}` y `{END}`"),
            )),
            Some(wanted) if wanted != text => {
                let what = "la tabla no es la del registro: ejecuta `cargo xtask tidy --arreglar`";
                found.push(Violation::new(
                    language.file,
                    tree.line_of(language.file, START),
                    what,
                ));
            }
            Some(_) => {}
        }
    }
    found
}

/// Rewrites the tables that differ, and returns whether any did.
///
/// # Errors
/// A README cannot be written.
pub(super) fn repair(tree: &Tree, registry: &Registry, root: &Path) -> Result<bool> {
    let mut changed = false;
    for language in &LANGUAGES {
        let Some(text) = tree.text(language.file) else {
            continue;
        };
        let Some(wanted) = rewritten(text, &table(language, tree, registry)) else {
            continue;
        };
        if wanted != text {
            fs::write(root.join(language.file), wanted)
                .with_context(|| format!("no se puede escribir {}", language.file))?;
            println!("{}: tabla reescrita", language.file);
            changed = true;
        }
    }
    Ok(changed)
}

/// Returns the text with `table` between the marks, or `None` without marks.
fn rewritten(text: &str, table: &str) -> Option<String> {
    let (before, rest) = text.split_once(START)?;
    let (_, after) = rest.split_once(END)?;
    Some(format!("{before}{START}\n{table}{END}{after}"))
}

fn table(language: &Language, tree: &Tree, registry: &Registry) -> String {
    let done = registry
        .exercises
        .iter()
        .filter(|exercise| exercise.estado == State::Hecho)
        .count();
    let mut table = format!(
        "\n{}\n\n{}\n|---|---|---|---|---|\n",
        (language.count)(done, registry.exercises.len()),
        language.heading
    );
    for exercise in &registry.exercises {
        table += &row(language, tree, exercise);
    }
    table.push('\n');
    table
}

fn row(language: &Language, tree: &Tree, exercise: &Exercise) -> String {
    let Exercise {
        id,
        titulo,
        package,
        nivel,
        estado,
        ..
    } = exercise;
    let begun = tree.has(&format!("crates/{package}/Cargo.toml"));
    let has_page = tree.has(&format!("crates/{package}/README.md"));
    let mut row = format!("| **{id}** {} | ", titulo.replace('|', "\\|"));
    // Writing to a String cannot fail.
    let _ = if has_page {
        write!(row, "[`{package}`](crates/{package}/README.md)")
    } else {
        write!(row, "`{package}`")
    };
    let _ = write!(row, " | {nivel} | ");
    row += &if begun {
        format!("`cargo test -p {package}`")
    } else {
        "–".to_owned()
    };
    let state = match estado {
        State::Hecho => language.done,
        State::Pendiente if begun => language.begun,
        State::Pendiente => language.pending,
    };
    let _ = writeln!(row, " | {state} |");
    row
}

#[cfg(test)]
mod tests {
    use super::*;

    fn registry() -> Registry {
        let row = "[[ejercicio]]\nid = \"16.1.1\"\ntitulo = \"T | U\"\ntipo = \"Leer\"\npreguntas = 1\nrestricciones = 0\ncrate = \"ej_a\"\nnivel = \"std\"\nestado = \"pendiente\"\n";
        Registry::parse(
            &(row.to_owned() + &row.replace("ej_a", "ej_b").replace("pendiente", "hecho")),
        )
        .unwrap()
    }

    fn marked() -> String {
        format!("antes\n{START}\nviejo\n{END}\ndespués\n")
    }

    #[test]
    fn a_stale_table_is_found_and_repaired() {
        let root = tempfile::tempdir().unwrap();
        let readme = marked();
        let stale = Tree::of(&[
            ("README.md", readme.as_str()),
            ("README.es.md", readme.as_str()),
            ("crates/ej_b/Cargo.toml", ""),
            ("crates/ej_b/README.md", ""),
        ]);
        assert_eq!(tables_match_the_registry(&stale, &registry()).len(), 2);

        assert!(repair(&stale, &registry(), root.path()).unwrap());
        let english = fs::read_to_string(root.path().join("README.md")).unwrap();
        let spanish = fs::read_to_string(root.path().join("README.es.md")).unwrap();
        assert!(
            english.contains("| **16.1.1** T \\| U | `ej_a` | std | – | pending |"),
            "{english}"
        );
        assert!(
            spanish.contains(
                "| [`ej_b`](crates/ej_b/README.md) | std | `cargo test -p ej_b` | hecho |"
            ),
            "{spanish}"
        );
        assert!(english.starts_with("antes\n") && english.ends_with("\ndespués\n"));

        let fresh = Tree::of(&[
            ("README.md", english.as_str()),
            ("README.es.md", spanish.as_str()),
            ("crates/ej_b/Cargo.toml", ""),
            ("crates/ej_b/README.md", ""),
        ]);
        assert_eq!(tables_match_the_registry(&fresh, &registry()), []);
    }

    #[test]
    fn missing_marks_are_found() {
        let tree = Tree::of(&[("README.md", "sin marcas"), ("README.es.md", "sin marcas")]);
        assert_eq!(tables_match_the_registry(&tree, &registry()).len(), 2);
    }
}
