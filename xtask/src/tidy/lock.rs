//! One version of each thing that the whole workspace shares.

use super::Violation;
use super::tree::Tree;

/// What must occur once in `Cargo.lock`, when it occurs.
pub(super) const PINNED: [&str; 7] = [
    "arrow",
    "datafusion",
    "deltalake",
    "object_store",
    "parquet",
    "polars",
    "pyo3",
];

/// Finds pinned crates that `Cargo.lock` has in two versions.
pub(super) fn pinned_crates_occur_once(tree: &Tree) -> Vec<Violation> {
    const LOCK: &str = "Cargo.lock";
    let Some(lock) = tree
        .text(LOCK)
        .and_then(|text| text.parse::<toml::Table>().ok())
    else {
        return vec![Violation::new(
            LOCK,
            1,
            "falta o no se puede leer; ejecuta `cargo metadata` y guárdalo en git",
        )];
    };
    let packages: Vec<_> = lock
        .get("package")
        .and_then(toml::Value::as_array)
        .into_iter()
        .flatten()
        .collect();
    let mut found = Vec::new();
    for pinned in PINNED {
        let versions: Vec<_> = packages
            .iter()
            .filter(|package| package.get("name").and_then(toml::Value::as_str) == Some(pinned))
            .filter_map(|package| package.get("version")?.as_str())
            .collect();
        if versions.len() > 1 {
            let what = format!(
                "{pinned} está en {} versiones ({}): ajusta [workspace.dependencies] hasta que quede una",
                versions.len(),
                versions.join(", ")
            );
            found.push(Violation::new(
                LOCK,
                tree.line_of(LOCK, &format!("name = \"{pinned}\"")),
                what,
            ));
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lock(packages: &[(&str, &str)]) -> String {
        packages
            .iter()
            .map(|(name, version)| {
                format!("[[package]]\nname = \"{name}\"\nversion = \"{version}\"\n")
            })
            .collect()
    }

    #[test]
    fn one_version_each_passes_whatever_else_is_doubled() {
        let text = lock(&[
            ("arrow", "59.3.0"),
            ("parquet", "59.3.0"),
            ("syn", "1.0.0"),
            ("syn", "2.0.0"),
        ]);
        assert_eq!(
            pinned_crates_occur_once(&Tree::of(&[("Cargo.lock", &text)])),
            []
        );
    }

    #[test]
    fn a_second_version_of_a_pinned_crate_is_found() {
        let text = lock(&[("arrow", "59.3.0"), ("arrow", "60.0.0")]);
        let found = pinned_crates_occur_once(&Tree::of(&[("Cargo.lock", &text)]));
        assert!(found[0].what.contains("59.3.0, 60.0.0"), "{found:?}");
    }
}
