//! Nothing outside tests panics on what input can reach.

use std::collections::BTreeSet;

use super::Violation;
use super::source::Source;
use super::tree::Tree;

const CALLS: [&str; 5] = [
    ".unwrap()",
    ".expect(",
    "panic!(",
    "todo!(",
    "unimplemented!(",
];

/// Crates that only tests use: what they do is test code.
const TEST_CRATES: [&str; 2] = ["crates/ecommerce_testkit/", "crates/ecommerce_testlake/"];

/// Finds `unwrap`, `expect` and the panicking macros in the crates' sources.
///
/// A call that cannot fail may stay under a comment `// PANIC: why it cannot` directly above.
pub(super) fn nothing_panics_outside_tests(tree: &Tree) -> Vec<Violation> {
    let sources: Vec<_> = tree
        .texts(".rs")
        .filter(|(path, _)| is_checked(path))
        .map(|(path, text)| (path, Source::scan(text)))
        .collect();
    let test_files: BTreeSet<_> = sources
        .iter()
        .flat_map(|(path, source)| module_files(path, &source.test_modules))
        .collect();
    let mut found = Vec::new();
    for (path, source) in &sources {
        if test_files.contains(*path) {
            continue;
        }
        for (index, line) in source
            .lines
            .iter()
            .enumerate()
            .filter(|(_, line)| !line.in_test)
        {
            for call in CALLS.into_iter().filter(|call| line.code.contains(call)) {
                if !source.is_justified(index, "PANIC:") {
                    let what = format!(
                        "`{call}` fuera de las pruebas: devuelve un error, o di encima `// PANIC: por qué no puede ocurrir`"
                    );
                    found.push(Violation::new(path, index + 1, what));
                }
            }
        }
    }
    found
}

fn is_checked(path: &str) -> bool {
    let in_sources = path.starts_with("xtask/src/")
        || path.starts_with("benches/src/")
        || (path.starts_with("crates/") && path.contains("/src/"));
    in_sources
        && !path.ends_with("/tests.rs")
        && !path.contains("/tests/")
        && !TEST_CRATES.iter().any(|test| path.starts_with(test))
}

/// Returns the files in which `modules`, declared in the file at `path`, may stand.
fn module_files(path: &str, modules: &[String]) -> Vec<String> {
    let (dir, file) = path.rsplit_once('/').unwrap_or(("", path));
    let dir = match file {
        "lib.rs" | "main.rs" | "mod.rs" => dir.to_owned(),
        _ => format!("{dir}/{}", file.trim_end_matches(".rs")),
    };
    modules
        .iter()
        .flat_map(|module| {
            [
                format!("{dir}/{module}.rs"),
                format!("{dir}/{module}/mod.rs"),
            ]
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(files: &[(&str, &str)]) -> Vec<(String, usize)> {
        nothing_panics_outside_tests(&Tree::of(files))
            .into_iter()
            .map(|found| (found.file, found.line))
            .collect()
    }

    #[test]
    fn each_call_outside_tests_is_found() {
        let text = "fn a() {\n    b().unwrap();\n    c().expect(\"x\");\n    panic!(\"x\");\n    todo!()\n}\n";
        let expected: Vec<_> = (2..=5)
            .map(|line| ("crates/x/src/a.rs".to_owned(), line))
            .collect();
        assert_eq!(lines(&[("crates/x/src/a.rs", text)]), expected);
    }

    #[test]
    fn tests_docs_texts_and_reasons_pass() {
        let text = "//! `x.unwrap()`\n/// ```\n/// y.unwrap();\n/// ```\nfn a() {\n    // PANIC: 1 is never 0\n    b().unwrap();\n    c(\"panic!(\");\n}\n\
                    #[cfg(test)]\nmod tests { fn d() { e().unwrap(); } }\n";
        let test = "fn a() { b().unwrap(); }";
        let files = [
            ("crates/x/src/a.rs", text),
            ("crates/x/src/a/tests.rs", test),
            ("crates/x/tests/it.rs", test),
            ("crates/ecommerce_testkit/src/lib.rs", test),
        ];
        assert_eq!(lines(&files), []);
    }

    #[test]
    fn a_file_declared_under_cfg_test_is_test_code() {
        let files = [
            ("crates/x/src/lib.rs", "#[cfg(test)]\nmod fixtures;\n"),
            ("crates/x/src/fixtures.rs", "fn a() { b().unwrap(); }"),
            ("crates/x/src/deep.rs", "#[cfg(test)]\nmod inner;\n"),
            ("crates/x/src/deep/inner.rs", "fn a() { b().unwrap(); }"),
            ("crates/x/src/inner.rs", "fn a() { b().unwrap(); }"),
        ];
        assert_eq!(lines(&files), [("crates/x/src/inner.rs".to_owned(), 1)]);
    }
}
