//! `unsafe` stands in a few crates, each block with its reason; every other crate forbids it.

use std::collections::BTreeSet;

use super::Violation;
use super::source::Source;
use super::tree::Tree;

/// The crates that may contain `unsafe`: kernels, the fused engine, the C Data bridges, the mmap of 16.2.3, the testkits.
const ALLOWED: [&str; 8] = [
    "crates/ecommerce_arrow/",
    "crates/ecommerce_native/",
    "crates/ecommerce_simd/",
    "crates/ecommerce_testkit/",
    "crates/ecommerce_testlake/",
    "crates/ej_16_1_4_simd/",
    "crates/ej_16_2_3_arrow_ipc/",
    "crates/ej_16_6_3_zero_copy/",
];

/// The files that may in crates that otherwise deny it: where the wheel takes Arrow's capsules.
const ALLOWED_FILES: [&str; 1] = ["crates/ej_16_6_2_maturin/src/arrow/import.rs"];

const FORBID: &str = "#![forbid(unsafe_code)]";
/// What a root says in place of [`FORBID`], which no module could lift.
const DENY: &str = "#![deny(unsafe_code)]";

/// Checks `#![forbid(unsafe_code)]` in crate roots, and `// SAFETY:` above the blocks where `unsafe` is allowed.
///
/// The root of a crate with one of [`ALLOWED_FILES`] denies it, and no other of its files lifts that.
pub(super) fn unsafe_is_forbidden_or_justified(tree: &Tree) -> Vec<Violation> {
    let mut found = Vec::new();
    for root in crate_roots(tree)
        .into_iter()
        .filter(|root| !is_allowed(root))
    {
        let attribute = if has_allowed_file(&root) {
            DENY
        } else {
            FORBID
        };
        let says = tree.text(&root).is_some_and(|text| {
            Source::scan(text)
                .lines
                .iter()
                .any(|line| line.code.trim() == attribute)
        });
        if !says {
            found.push(Violation::new(
                &root,
                1,
                format!("falta `{attribute}` en la raíz del crate"),
            ));
        }
    }
    for (path, text) in tree.texts(".rs") {
        if !is_allowed(path) && !has_allowed_file(path) {
            continue;
        }
        let source = Source::scan(text);
        for (index, line) in source.lines.iter().enumerate() {
            if !is_allowed(path) {
                if line.code.contains("unsafe_code") && line.code.trim() != DENY {
                    found.push(Violation::new(
                        path,
                        index + 1,
                        format!(
                            "aquí no se admite `unsafe`: solo en {}",
                            ALLOWED_FILES.join(", ")
                        ),
                    ));
                }
            } else if opens_unsafe(&line.code) && !source.is_justified(index, "SAFETY:") {
                found.push(Violation::new(
                    path,
                    index + 1,
                    "`unsafe` sin motivo: escribe encima `// SAFETY: …`",
                ));
            }
        }
    }
    found
}

fn is_allowed(path: &str) -> bool {
    ALLOWED.iter().any(|allowed| path.starts_with(allowed)) || ALLOWED_FILES.contains(&path)
}

/// Returns whether the file's crate has one of [`ALLOWED_FILES`].
fn has_allowed_file(path: &str) -> bool {
    ALLOWED_FILES.iter().any(|allowed| {
        let directory = allowed.split_once("src/").map(|(directory, _)| directory);
        directory.is_some_and(|directory| path.starts_with(directory))
    })
}

fn opens_unsafe(code: &str) -> bool {
    let words: Vec<_> = code
        .split(|char: char| !(char.is_alphanumeric() || char == '_' || char == '{'))
        .filter(|word| !word.is_empty())
        .collect();
    words
        .windows(2)
        .any(|pair| pair[0] == "unsafe" && (pair[1].starts_with('{') || pair[1] == "impl"))
        || words.contains(&"unsafe{")
}

/// Returns the files that are the root of a library or a binary.
fn crate_roots(tree: &Tree) -> BTreeSet<String> {
    let mut roots = BTreeSet::new();
    for (manifest, text) in tree.texts("Cargo.toml") {
        let Some(dir) = manifest.strip_suffix("Cargo.toml") else {
            continue;
        };
        let Ok(table) = text.parse::<toml::Table>() else {
            continue;
        };
        if !table.contains_key("package") {
            continue;
        }
        roots.extend(["src/lib.rs", "src/main.rs"].map(|usual| format!("{dir}{usual}")));
        let in_bin = format!("{dir}src/bin/");
        roots.extend(
            tree.files()
                .map(|(path, _)| path.to_owned())
                .filter(|path| {
                    path.strip_prefix(&in_bin).is_some_and(|rest| {
                        rest.ends_with(".rs")
                            && (!rest.contains('/')
                                || rest.ends_with("/main.rs") && rest.matches('/').count() == 1)
                    })
                }),
        );
        let lib = table.get("lib").into_iter();
        let bins = table
            .get("bin")
            .and_then(toml::Value::as_array)
            .into_iter()
            .flatten();
        roots.extend(
            lib.chain(bins)
                .filter_map(|target| Some(format!("{dir}{}", target.get("path")?.as_str()?))),
        );
    }
    roots.retain(|root| tree.has(root));
    roots
}

#[cfg(test)]
mod tests {
    use super::*;

    const MANIFEST: &str = "[package]\nname = \"x\"\n[[bin]]\npath = \"src/otro.rs\"\n";

    #[test]
    fn every_root_of_an_ordinary_crate_forbids_unsafe() {
        let tree = Tree::of(&[
            ("crates/x/Cargo.toml", MANIFEST),
            ("crates/x/src/lib.rs", "//! Doc.\n#![forbid(unsafe_code)]\n"),
            (
                "crates/x/src/main.rs",
                "// #![forbid(unsafe_code)]\nfn main() {}\n",
            ),
            ("crates/x/src/otro.rs", "fn main() {}\n"),
            ("crates/x/src/bin/tres.rs", "fn main() {}\n"),
            ("crates/x/src/bin/tres/parte.rs", ""),
        ]);
        let files: Vec<_> = unsafe_is_forbidden_or_justified(&tree)
            .into_iter()
            .map(|found| found.file)
            .collect();
        assert_eq!(
            files,
            [
                "crates/x/src/bin/tres.rs",
                "crates/x/src/main.rs",
                "crates/x/src/otro.rs"
            ]
        );
    }

    #[test]
    fn where_unsafe_is_allowed_each_block_needs_its_reason() {
        let tree = Tree::of(&[(
            "crates/ecommerce_simd/src/lib.rs",
            "// SAFETY: the length was checked\nlet a = unsafe { b() };\nlet c = unsafe { d() };\nunsafe fn e() {}\n\nunsafe impl Send for X {}\n",
        )]);
        let lines: Vec<_> = unsafe_is_forbidden_or_justified(&tree)
            .into_iter()
            .map(|found| found.line)
            .collect();
        assert_eq!(lines, [3, 6]);
    }

    #[test]
    fn one_file_of_a_crate_may_lift_what_its_root_denies() {
        let root = "crates/ej_16_6_2_maturin/src/lib.rs";
        let lifts = "#![expect(\n    unsafe_code,\n    reason = \"pointers\"\n)]\n";
        let justified = format!("{lifts}// SAFETY: it is ours\nlet a = unsafe {{ b() }};\n");
        let bare = format!("{lifts}let a = unsafe {{ b() }};\n");
        let found = |root_text: &str, allowed: &str, other: &str| -> Vec<(String, usize)> {
            let tree = Tree::of(&[
                ("crates/ej_16_6_2_maturin/Cargo.toml", MANIFEST),
                (root, root_text),
                (ALLOWED_FILES[0], allowed),
                ("crates/ej_16_6_2_maturin/src/arrow/column.rs", other),
            ]);
            unsafe_is_forbidden_or_justified(&tree)
                .into_iter()
                .map(|found| (found.file, found.line))
                .collect()
        };
        let denies = format!("{DENY}\n");
        assert_eq!(found(&denies, &justified, ""), []);
        assert_eq!(
            found(&denies, &bare, ""),
            [(ALLOWED_FILES[0].to_owned(), 5)]
        );
        assert_eq!(
            found(&denies, &justified, lifts),
            [("crates/ej_16_6_2_maturin/src/arrow/column.rs".to_owned(), 2)]
        );
        assert_eq!(found("", &justified, ""), [(root.to_owned(), 1)]);
    }
}
