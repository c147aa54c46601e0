//! The tests written in Python: where they lie and which tier each belongs to.

use std::fs;
use std::path::{Path, PathBuf};

/// A directory with tests for pytest.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Directory {
    pub(super) path: PathBuf,
    /// How many test functions its files define.
    pub(super) tests: usize,
    /// Some of them are marked `jvm`.
    pub(super) has_jvm: bool,
    /// They load the extension of section 16.6, and run where it is installed.
    pub(super) has_wheel: bool,
}

/// Returns the directories of the checkout at `root` that have tests, sorted.
pub(super) fn directories(root: &Path) -> Vec<Directory> {
    let crates = entries(&root.join("crates"))
        .into_iter()
        .map(|dir| dir.join("python/tests"));
    let all = std::iter::once(root.join("benches/peers")).chain(crates);
    let mut found: Vec<_> = all.map(read).filter(|dir| dir.tests > 0).collect();
    found.sort_by(|one, other| one.path.cmp(&other.path));
    found
}

fn read(path: PathBuf) -> Directory {
    let texts = test_files(&path);
    let is_test = |line: &&str| {
        line.starts_with("def test_") || line.trim_start().starts_with("async def test_")
    };
    Directory {
        tests: texts
            .iter()
            .map(|text| text.lines().filter(is_test).count())
            .sum(),
        has_jvm: texts.iter().any(|text| text.contains("mark.jvm")),
        has_wheel: texts
            .iter()
            .any(|text| text.contains("import mi_modulo_rust")),
        path,
    }
}

/// Returns the texts of the files `test_*.py` below `dir`.
fn test_files(dir: &Path) -> Vec<String> {
    let mut texts = Vec::new();
    for path in entries(dir) {
        let name = path
            .file_name()
            .map(|name| name.to_string_lossy().into_owned())
            .unwrap_or_default();
        if path.is_dir() {
            texts.extend(test_files(&path));
        } else if name.starts_with("test_") && name.ends_with(".py") {
            texts.extend(fs::read_to_string(&path));
        }
    }
    texts
}

/// Returns what stands in `dir`; nothing when it does not exist.
fn entries(dir: &Path) -> Vec<PathBuf> {
    fs::read_dir(dir)
        .into_iter()
        .flatten()
        .filter_map(|entry| Some(entry.ok()?.path()))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn directories_with_tests_are_found_and_counted() {
        let root = tempfile::tempdir().unwrap();
        let peers = root.path().join("benches/peers");
        let wheel = root.path().join("crates/b/python/tests");
        for dir in [
            &peers.join("tests"),
            &wheel,
            &root.path().join("crates/a/python/tests"),
        ] {
            fs::create_dir_all(dir).unwrap();
        }
        assert_eq!(directories(root.path()), []);
        fs::write(
            peers.join("tests/test_x.py"),
            "def test_a():\n    pass\n\n@pytest.mark.jvm\ndef test_b():\n    pass\n",
        )
        .unwrap();
        fs::write(peers.join("tests/eventos.py"), "def test_no():\n    pass\n").unwrap();
        fs::write(
            wheel.join("test_y.py"),
            "import mi_modulo_rust\n\ndef test_c():\n    pass\n",
        )
        .unwrap();
        let expected = [
            Directory {
                path: peers,
                tests: 2,
                has_jvm: true,
                has_wheel: false,
            },
            Directory {
                path: wheel,
                tests: 1,
                has_jvm: false,
                has_wheel: true,
            },
        ];
        assert_eq!(directories(root.path()), expected);
    }
}
