//! What may be committed at all: small files, no paths of one machine, data with its hash.

use super::Violation;
use super::tree::Tree;
use crate::data::{self, Manifest};

const BIGGEST: u64 = 1_000_000;

/// Finds files over 1 MB. `Cargo.lock` may grow past it.
pub(super) fn files_are_small(tree: &Tree) -> Vec<Violation> {
    let big = tree
        .files()
        .filter(|(path, file)| file.size > BIGGEST && *path != "Cargo.lock");
    big.map(|(path, file)| {
        Violation::new(
            path,
            1,
            format!(
                "{} bytes; más de 1 MB no se guarda en git: genéralo o descárgalo",
                file.size
            ),
        )
    })
    .collect()
}

/// Finds snapshots that a test left for review: accept them or fix the code, neither is committed.
pub(super) fn no_pending_snapshots(tree: &Tree) -> Vec<Violation> {
    let pending = |path: &str| path.ends_with(".snap.new") || path.ends_with(".pending-snap");
    tree.files()
        .filter(|(path, _)| pending(path))
        .map(|(path, _)| {
            Violation::new(
                path,
                1,
                "instantánea sin revisar: acéptala con `cargo insta review` o bórrala",
            )
        })
        .collect()
}

/// First parts of absolute paths that exist on one machine only. Put together here so that this file passes.
const MACHINE_ROOTS: [&str; 4] = ["home", "root", "Users", "work"];

/// Finds absolute paths of a machine in any text.
pub(super) fn no_machine_paths(tree: &Tree) -> Vec<Violation> {
    let roots: Vec<_> = MACHINE_ROOTS
        .iter()
        .map(|root| format!("/{root}/"))
        .collect();
    let mut found = Vec::new();
    for (path, text) in tree.texts("").filter(|(path, _)| *path != "Cargo.lock") {
        for (index, line) in text.lines().enumerate() {
            if let Some(root) = roots.iter().find(|root| starts_a_path(line, root)) {
                found.push(Violation::new(
                    path,
                    index + 1,
                    format!("ruta de una máquina (`{root}…`): usa una ruta relativa o `~`"),
                ));
            }
        }
    }
    found
}

/// Returns whether `root` stands in the line as the start of a path, not in the middle of one.
fn starts_a_path(line: &str, root: &str) -> bool {
    line.match_indices(root).any(|(at, _)| {
        let before = line[..at].chars().next_back();
        !before.is_some_and(|char| char.is_alphanumeric() || "._-~}$/)*".contains(char))
    })
}

/// Checks every committed file of `data/` against the manifest.
pub(super) fn data_has_its_hash(tree: &Tree) -> Vec<Violation> {
    let Some(text) = tree.text(data::MANIFEST) else {
        return vec![Violation::new(data::MANIFEST, 1, "falta este archivo")];
    };
    let manifest = match Manifest::parse(text) {
        Ok(manifest) => manifest,
        Err(error) => {
            return vec![Violation::new(
                data::MANIFEST,
                1,
                format!("{error:#}").replace('\n', " "),
            )];
        }
    };
    let mut found = Vec::new();
    for (path, file) in tree
        .files()
        .filter(|(path, _)| path.starts_with("data/") && *path != data::MANIFEST)
    {
        match manifest
            .archivo
            .iter()
            .find(|row| path.strip_prefix("data/") == Some(&row.ruta))
        {
            None => found.push(Violation::new(
                path,
                1,
                format!("no está en {}: añade su fila", data::MANIFEST),
            )),
            Some(row) if row.sha256 != data::sha256(&file.content) => {
                found.push(Violation::new(
                    path,
                    1,
                    format!("su sha256 no es el de {}", data::MANIFEST),
                ));
            }
            Some(_) => {}
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_over_one_megabyte_is_found_unless_it_is_the_lock() {
        let big = "x".repeat(1_000_001);
        let tree = Tree::of(&[
            ("a.bin", big.as_str()),
            ("Cargo.lock", big.as_str()),
            ("b.txt", "x"),
        ]);
        let files: Vec<_> = files_are_small(&tree)
            .into_iter()
            .map(|found| found.file)
            .collect();
        assert_eq!(files, ["a.bin"]);
    }

    #[test]
    fn a_snapshot_left_for_review_is_found() {
        let tree = Tree::of(&[
            ("a/b.snap", ""),
            ("a/c.snap.new", ""),
            ("a/.d.rs.pending-snap", ""),
        ]);
        assert_eq!(no_pending_snapshots(&tree).len(), 2);
    }

    #[test]
    fn only_absolute_paths_of_a_machine_are_found() {
        let machine = format!("uno\ncd {}x", ["", "root", ""].join("/"));
        let tree = Tree::of(&[
            ("a.md", machine.as_str()),
            (
                "b.md",
                "target/work/x, ~/home/x, https://x.org/home/y, $HOME/root/x",
            ),
        ]);
        let lines: Vec<_> = no_machine_paths(&tree)
            .into_iter()
            .map(|found| (found.file, found.line))
            .collect();
        assert_eq!(lines, [("a.md".to_owned(), 2)]);
    }

    #[test]
    fn committed_data_needs_its_row_and_its_hash() {
        let manifest = format!(
            "[[archivo]]\nruta = \"a\"\nsha256 = \"{}\"\nbytes = 1\nfilas = 1\n",
            data::sha256(b"x")
        );
        let good = Tree::of(&[(data::MANIFEST, manifest.as_str()), ("data/a", "x")]);
        assert_eq!(data_has_its_hash(&good), []);
        let bad = Tree::of(&[
            (data::MANIFEST, manifest.as_str()),
            ("data/a", "y"),
            ("data/b", "x"),
        ]);
        assert_eq!(data_has_its_hash(&bad).len(), 2);
    }
}
