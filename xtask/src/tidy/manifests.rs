//! What the crates' manifests may say of their dependencies.

use toml::{Table, Value};

use super::Violation;
use super::lock::PINNED;
use super::tree::Tree;
use crate::registry::Registry;

/// Written by cargo-hakari: it and what depends on it name versions on purpose.
const HAKARI: &str = "workspace_hack";

/// A dependency of one manifest.
struct Dependency<'a> {
    manifest: &'a str,
    /// Where it stands.
    line: usize,
    /// The package's name, also where the manifest renames it.
    package: String,
    value: Value,
}

/// Returns every dependency of the workspace's members, of any kind.
fn dependencies(tree: &Tree) -> Vec<Dependency<'_>> {
    let mut all = Vec::new();
    for (manifest, text) in tree
        .texts("/Cargo.toml")
        .filter(|(path, _)| is_member(path))
    {
        let Ok(table) = text.parse::<Table>() else {
            continue;
        };
        let targets = table
            .get("target")
            .and_then(Value::as_table)
            .into_iter()
            .flat_map(|targets| targets.values())
            .filter_map(Value::as_table);
        for place in std::iter::once(&table).chain(targets) {
            for kind in ["dependencies", "dev-dependencies", "build-dependencies"] {
                for (name, value) in place
                    .get(kind)
                    .and_then(Value::as_table)
                    .into_iter()
                    .flatten()
                {
                    let package = value
                        .get("package")
                        .and_then(Value::as_str)
                        .unwrap_or(name)
                        .to_owned();
                    all.push(Dependency {
                        manifest,
                        line: key_line(text, name),
                        package,
                        value: value.clone(),
                    });
                }
            }
        }
    }
    all
}

/// Returns the line, from 1, that the key starts; 1 when no line does.
fn key_line(text: &str, key: &str) -> usize {
    let starts = |line: &str| {
        line.trim_start()
            .strip_prefix(key)
            .is_some_and(|rest| rest.starts_with([' ', '=', '.']))
    };
    text.lines().position(starts).map_or(1, |index| index + 1)
}

fn is_member(manifest: &str) -> bool {
    let dir = manifest.trim_end_matches("/Cargo.toml");
    if dir.strip_prefix("crates/") == Some(HAKARI) {
        return false;
    }
    dir == "xtask"
        || dir == "benches"
        || dir
            .strip_prefix("crates/")
            .is_some_and(|name| !name.contains('/'))
}

/// Finds dependencies on exercises: only an exercise that the guide continues may be used, and only by its continuation.
pub(super) fn exercises_stand_alone(tree: &Tree, registry: &Registry) -> Vec<Violation> {
    let mut found = Vec::new();
    for dependency in dependencies(tree)
        .iter()
        .filter(|dependency| dependency.package.starts_with("ej_"))
    {
        let user = dependency
            .manifest
            .trim_start_matches("crates/")
            .trim_end_matches("/Cargo.toml");
        // Benches measure what the exercises do.
        if user == "benches" {
            continue;
        }
        let row = registry
            .exercises
            .iter()
            .find(|exercise| exercise.package == user);
        if !row.is_some_and(|row| row.continua.contains(&dependency.package)) {
            let what = format!(
                "depende de `{0}`: baja el código común a un crate ecommerce_*, o añade `{0}` a `continua` en el registro si la guía lo continúa",
                dependency.package
            );
            found.push(Violation::new(dependency.manifest, dependency.line, what));
        }
    }
    found
}

/// Finds versions and features of shared crates outside the root's `[workspace.dependencies]`.
pub(super) fn versions_stand_in_the_root(tree: &Tree) -> Vec<Violation> {
    let mut found = Vec::new();
    for dependency in dependencies(tree)
        .iter()
        .filter(|dependency| dependency.package != HAKARI)
    {
        let name = &dependency.package;
        let mut wrong =
            |what: String| found.push(Violation::new(dependency.manifest, dependency.line, what));
        if dependency.value.get("workspace").and_then(Value::as_bool) != Some(true) {
            wrong(format!(
                "la versión de `{name}` va en [workspace.dependencies] de la raíz; aquí, `workspace = true`"
            ));
        } else if PINNED.contains(&name.as_str()) && dependency.value.get("features").is_some() {
            wrong(format!(
                "las features de `{name}` van en [workspace.dependencies] de la raíz, para que se compile una sola vez"
            ));
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn registry() -> Registry {
        let row = |id: &str, package: &str, more: &str| {
            format!(
                "[[ejercicio]]\nid = \"{id}\"\ntitulo = \"T\"\ntipo = \"Leer\"\npreguntas = 1\nrestricciones = 0\n\
                 crate = \"{package}\"\nnivel = \"std\"\nestado = \"hecho\"\n{more}\n"
            )
        };
        Registry::parse(
            &(row("16.6.1", "ej_16_6_1_a", "")
                + &row("16.6.2", "ej_16_6_2_b", "continua = [\"ej_16_6_1_a\"]")),
        )
        .unwrap()
    }

    #[test]
    fn a_continuation_and_the_benches_may_use_an_exercise() {
        let tree = Tree::of(&[
            (
                "crates/ej_16_6_2_b/Cargo.toml",
                "[dependencies]\nej_16_6_1_a = { workspace = true }\n",
            ),
            (
                "benches/Cargo.toml",
                "[dependencies]\nej_16_6_1_a = { workspace = true }\n",
            ),
        ]);
        assert_eq!(exercises_stand_alone(&tree, &registry()), []);
    }

    #[test]
    fn any_other_use_of_an_exercise_is_found_also_when_renamed() {
        let tree = Tree::of(&[
            (
                "crates/ej_16_6_1_a/Cargo.toml",
                "[dev-dependencies]\nej_16_6_2_b = { workspace = true }\n",
            ),
            (
                "crates/ecommerce_x/Cargo.toml",
                "[target.'cfg(unix)'.dependencies]\nb = { workspace = true, package = \"ej_16_6_2_b\" }\n",
            ),
        ]);
        assert_eq!(exercises_stand_alone(&tree, &registry()).len(), 2);
    }

    #[test]
    fn versions_and_heavy_features_outside_the_root_are_found() {
        let tree = Tree::of(&[(
            "crates/x/Cargo.toml",
            "[dependencies]\na = \"1\"\nb = { version = \"2\" }\narrow = { workspace = true, features = [\"csv\"] }\nc = { workspace = true, features = [\"d\"] }\n",
        )]);
        let mut lines: Vec<_> = versions_stand_in_the_root(&tree)
            .into_iter()
            .map(|found| found.line)
            .collect();
        lines.sort_unstable();
        assert_eq!(lines, [2, 3, 4]);
    }

    #[test]
    fn a_nested_workspace_is_not_a_member() {
        let tree = Tree::of(&[("crates/x/iceberg/Cargo.toml", "[dependencies]\na = \"1\"\n")]);
        assert_eq!(versions_stand_in_the_root(&tree), []);
    }
}
