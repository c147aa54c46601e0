//! The registry against the crates on disk.

use super::Violation;
use super::tree::Tree;
use crate::registry::{self, Registry, State};

/// Finds mistakes inside the registry.
pub(super) fn registry_is_well_formed(tree: &Tree, registry: &Registry) -> Vec<Violation> {
    let mistakes = registry.mistakes().into_iter();
    mistakes
        .map(|(needle, what)| {
            Violation::new(registry::PATH, tree.line_of(registry::PATH, &needle), what)
        })
        .collect()
}

/// Finds finished exercises without a crate, crates that show another page than theirs, and crates that no row names.
pub(super) fn crates_match_the_registry(tree: &Tree, registry: &Registry) -> Vec<Violation> {
    let mut found = Vec::new();
    for exercise in registry
        .exercises
        .iter()
        .filter(|exercise| exercise.estado == State::Hecho)
    {
        let dir = format!("crates/{}", exercise.package);
        let line = tree.line_of(registry::PATH, &format!("id = \"{}\"", exercise.id));
        let mut missing = |what: String| found.push(Violation::new(registry::PATH, line, what));
        for file in ["Cargo.toml", "README.md", "src/lib.rs"] {
            if !tree.has(&format!("{dir}/{file}")) {
                missing(format!(
                    "{} está hecho y no tiene {dir}/{file}",
                    exercise.id
                ));
            }
        }
        let lib = format!("{dir}/src/lib.rs");
        if tree
            .text(&lib)
            .is_some_and(|text| !text.contains("include_str!(\"../README.md\")"))
        {
            found.push(Violation::new(&lib, 1, "falta `#![doc = include_str!(\"../README.md\")]`: la página es también su rustdoc y sus doctests"));
        }
    }
    for (manifest, text) in tree.texts("/Cargo.toml") {
        let Some(dir) = manifest
            .strip_prefix("crates/")
            .and_then(|path| path.strip_suffix("/Cargo.toml"))
        else {
            continue;
        };
        if dir.contains('/') {
            continue;
        }
        if dir.starts_with("ej_")
            && !registry
                .exercises
                .iter()
                .any(|exercise| exercise.package == dir)
        {
            found.push(Violation::new(
                manifest,
                1,
                format!("`{dir}` no está en {}", registry::PATH),
            ));
        }
        if !text.contains(&format!("name = \"{dir}\"")) {
            found.push(Violation::new(
                manifest,
                1,
                format!("el paquete debe llamarse como su carpeta, `{dir}`"),
            ));
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn registry(state: &str) -> Registry {
        let text = format!(
            "[[ejercicio]]\nid = \"16.1.1\"\ntitulo = \"T\"\ntipo = \"Leer\"\npreguntas = 1\nrestricciones = 0\n\
             crate = \"ej_16_1_1_x\"\nnivel = \"std\"\nestado = \"{state}\"\n"
        );
        Registry::parse(&text).unwrap()
    }

    #[test]
    fn a_finished_exercise_with_its_three_files_passes_and_a_pending_one_needs_none() {
        let tree = Tree::of(&[
            (
                "crates/ej_16_1_1_x/Cargo.toml",
                "[package]\nname = \"ej_16_1_1_x\"\n",
            ),
            ("crates/ej_16_1_1_x/README.md", ""),
            (
                "crates/ej_16_1_1_x/src/lib.rs",
                "#![doc = include_str!(\"../README.md\")]\n",
            ),
        ]);
        assert_eq!(crates_match_the_registry(&tree, &registry("hecho")), []);
        assert_eq!(
            crates_match_the_registry(&Tree::of(&[]), &registry("pendiente")),
            []
        );
    }

    #[test]
    fn missing_files_a_page_left_out_and_strange_crates_are_found() {
        assert_eq!(
            crates_match_the_registry(&Tree::of(&[]), &registry("hecho")).len(),
            3
        );
        let tree = Tree::of(&[
            (
                "crates/ej_16_1_1_x/Cargo.toml",
                "[package]\nname = \"otro\"\n",
            ),
            ("crates/ej_16_1_1_x/README.md", ""),
            ("crates/ej_16_1_1_x/src/lib.rs", "fn a() {}\n"),
            (
                "crates/ej_16_9_9_y/Cargo.toml",
                "[package]\nname = \"ej_16_9_9_y\"\n",
            ),
        ]);
        assert_eq!(
            crates_match_the_registry(&tree, &registry("hecho")).len(),
            3
        );
    }

    #[test]
    fn a_mistake_in_the_registry_points_at_its_row() {
        let found = registry_is_well_formed(
            &Tree::of(&[(registry::PATH, "\n\nid = \"16.1.1\"\n[[ejercicio]]\n")]),
            &registry("hecho"),
        );
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].line, 4);
    }
}
