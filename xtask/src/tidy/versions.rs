//! `docs/versiones.md`: what it says of our versions is what the lock files, the requirements and the manifest say.

use super::Violation;
use super::lock::PINNED;
use super::tree::Tree;

const PATH: &str = "docs/versiones.md";
/// The column of ours.
const OURS: usize = 3;

/// Finds versions in the table that are not ours, code spans that name no version, and pinned crates without a row.
///
/// A code span of the column is a crate of a lock file (`arrow 59.3.2`), a line of a requirements file (`polars==2.1.0`), or a
/// line of the root manifest (`edition = "2024"`).
pub(super) fn versions_are_ours(tree: &Tree) -> Vec<Violation> {
    let Some(text) = tree.text(PATH) else {
        return vec![Violation::new(PATH, 1, "falta este archivo")];
    };
    let mut found = Vec::new();
    let mut named = Vec::new();
    for (line, cell) in ours(text) {
        for span in cell.split('`').skip(1).step_by(2) {
            if !is_ours(tree, span) {
                let what = format!(
                    "`{span}` no está en ningún Cargo.lock, en los requirements*.txt de benches/peers ni en Cargo.toml"
                );
                found.push(Violation::new(PATH, line, what));
            }
            named.extend(span.split_once(' ').map(|(name, _)| name));
        }
    }
    for pinned in PINNED {
        let locked = tree.text("Cargo.lock").is_some_and(|lock| {
            let name = format!("name = \"{pinned}\"");
            lock.lines().any(|line| line == name)
        });
        if locked && !named.contains(&pinned) {
            let what = format!("falta una fila con la versión de {pinned}");
            found.push(Violation::new(PATH, 1, what));
        }
    }
    found
}

/// The cells of our column, with their lines.
fn ours(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let rows = text.lines().enumerate();
    rows.filter(|(_, line)| line.starts_with('|'))
        .filter_map(|(index, line)| Some((index + 1, line.split('|').nth(OURS)?)))
}

fn is_ours(tree: &Tree, span: &str) -> bool {
    let has_line = |path: &str, wanted: &str| {
        let text = tree.text(path);
        text.is_some_and(|text| text.lines().any(|line| line.trim() == wanted))
    };
    if span.contains(" = ") {
        return has_line("Cargo.toml", span);
    }
    if span.contains("==") {
        let mut requirements = tree
            .texts(".txt")
            .filter(|(path, _)| path.starts_with("benches/peers/requirements"));
        return requirements.any(|(path, _)| has_line(path, span));
    }
    let Some((name, version)) = span.split_once(' ') else {
        return false;
    };
    let entry = format!("name = \"{name}\"\nversion = \"{version}\"\n");
    tree.texts("Cargo.lock")
        .any(|(_, lock)| lock.contains(&entry))
}

#[cfg(test)]
mod tests {
    use super::*;

    const LOCK: &str = "[[package]]\nname = \"arrow\"\nversion = \"59.3.2\"\n\n[[package]]\nname = \"rayon\"\nversion = \"1.12.0\"\n";
    const TABLE: &str = "| qué | en la guía | aquí | qué cambió |\n|---|---|---|---|\n| Arrow | `49.0` | `arrow 59.3.2` | `x` |\n";

    fn found(table: &str) -> Vec<(usize, String)> {
        let tree = Tree::of(&[
            (PATH, table),
            ("Cargo.lock", LOCK),
            (
                "aparte/Cargo.lock",
                "[[package]]\nname = \"hudi\"\nversion = \"0.6.0\"\n",
            ),
            ("Cargo.toml", "[workspace.package]\nedition = \"2024\"\n"),
            ("benches/peers/requirements.txt", "# x\npolars==2.1.0\n"),
            ("otro/requirements.txt", "numpy==1.0\n"),
        ]);
        let found = versions_are_ours(&tree).into_iter();
        found.map(|found| (found.line, found.what)).collect()
    }

    #[test]
    fn versions_of_locks_requirements_and_manifest_pass() {
        assert_eq!(found(TABLE), []);
        let more = "| a | – | `hudi 0.6.0`, `edition = \"2024\"` | |\n| b | – | `polars==2.1.0` o después | |\n| c | – | – | |\n";
        assert_eq!(found(&format!("{TABLE}{more}")), []);
    }

    #[test]
    fn what_is_not_ours_is_found_in_its_line() {
        for span in [
            "rayon 1.8.0",
            "rayon 1.12",
            "polars==2.1",
            "numpy==1.0",
            "edition = \"2021\"",
            "rayon",
        ] {
            let found = found(&format!("{TABLE}| a | – | `{span}` | |\n"));
            assert_eq!(found.len(), 1, "{span}");
            assert_eq!(found[0].0, 4, "{span}");
            assert!(found[0].1.contains(span), "{found:?}");
        }
    }

    #[test]
    fn a_pinned_crate_of_the_lock_needs_its_row() {
        let without = TABLE.replace("arrow 59.3.2", "rayon 1.12.0");
        assert_eq!(
            found(&without),
            [(1, "falta una fila con la versión de arrow".to_owned())]
        );
    }

    #[test]
    fn a_missing_table_is_found() {
        assert_eq!(versions_are_ours(&Tree::of(&[])).len(), 1);
    }
}
