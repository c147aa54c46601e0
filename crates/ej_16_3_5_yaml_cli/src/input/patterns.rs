//! Patterns of paths: `*` and `?` within a name, `**` for any number of directories.

use crate::problem::{Problem, from_io};
use std::path::{Path, PathBuf};

/// Every file that matches the pattern: `*` and `?` within a name, `**` for any number of directories.
pub(super) fn matching(pattern: &Path, found: &mut Vec<PathBuf>) -> Result<(), Problem> {
    let parts: Vec<_> = pattern.components().collect();
    let fixed = parts
        .iter()
        .take_while(|part| !part.as_os_str().to_string_lossy().contains(['*', '?']))
        .count();
    let root: PathBuf = parts[..fixed].iter().collect();
    let rest: Vec<String> = parts[fixed..]
        .iter()
        .map(|part| part.as_os_str().to_string_lossy().into_owned())
        .collect();
    let root = if root.as_os_str().is_empty() {
        PathBuf::from(".")
    } else {
        root
    };
    if !root.is_dir() {
        return Ok(());
    }
    descend(&root, &rest, found)
}

fn descend(dir: &Path, pattern: &[String], found: &mut Vec<PathBuf>) -> Result<(), Problem> {
    let Some((first, rest)) = pattern.split_first() else {
        return Ok(());
    };
    if first == "**" {
        descend(dir, rest, found)?;
    }
    for entry in std::fs::read_dir(dir).map_err(|e| from_io(dir, "leer", &e))? {
        let entry = entry.map_err(|e| from_io(dir, "leer", &e))?;
        let name = entry.file_name().to_string_lossy().into_owned();
        if name.starts_with('.') && !first.starts_with('.') {
            continue;
        }
        let path = entry.path();
        let is_dir = entry
            .file_type()
            .map_err(|e| from_io(&path, "leer", &e))?
            .is_dir();
        if first == "**" {
            if is_dir {
                descend(&path, pattern, found)?;
            }
        } else if wildcard(first.as_bytes(), name.as_bytes()) {
            if rest.is_empty() {
                if !is_dir && !found.contains(&path) {
                    found.push(path);
                }
            } else if path.is_dir() {
                descend(&path, rest, found)?;
            }
        }
    }
    Ok(())
}

/// Whether the name matches: `*` is any run of bytes, `?` a single one. Linear in the name for each star.
fn wildcard(pattern: &[u8], name: &[u8]) -> bool {
    let (mut p, mut n) = (0, 0);
    let mut star = None;
    while n < name.len() {
        match pattern.get(p) {
            Some(b'*') => {
                star = Some((p, n));
                p += 1;
            }
            Some(b) if *b == b'?' || *b == name[n] => {
                p += 1;
                n += 1;
            }
            _ => match star {
                // The last star takes one byte more, and what follows it is tried again.
                Some((at, taken)) => {
                    star = Some((at, taken + 1));
                    p = at + 1;
                    n = taken + 1;
                }
                None => return false,
            },
        }
    }
    pattern[p..].iter().all(|b| *b == b'*')
}

/// Whether this file would be read by the pattern on the next run.
pub(crate) fn would_match(pattern: &Path, file: &Path) -> bool {
    let split = |path: &Path| -> Vec<Vec<u8>> {
        path.components()
            .map(|c| c.as_os_str().as_encoded_bytes().to_vec())
            .collect()
    };
    fn parts(pattern: &[Vec<u8>], file: &[Vec<u8>]) -> bool {
        match (pattern.split_first(), file.split_first()) {
            (None, None) => true,
            (Some((p, rest)), _) if p == b"**" => {
                parts(rest, file) || (!file.is_empty() && parts(pattern, &file[1..]))
            }
            (Some((p, rest)), Some((f, tail))) => wildcard(p, f) && parts(rest, tail),
            _ => false,
        }
    }
    parts(&split(pattern), &split(file))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn los_comodines_casan_como_en_la_consola() {
        for (pattern, name, expected) in [
            ("*.csv", "a.csv", true),
            ("*.csv", "a.csv.gz", false),
            ("v*e?.csv", "ventas-enero1.csv", false),
            ("v*o?.csv", "ventas-enero1.csv", true),
            ("**a", "ba", true),
            ("", "", true),
            ("?", "", false),
            ("a*b*c", "aXbXbXc", true),
        ] {
            assert_eq!(
                wildcard(pattern.as_bytes(), name.as_bytes()),
                expected,
                "{pattern} {name}"
            );
        }
        let would = |pattern: &str, file: &str| would_match(Path::new(pattern), Path::new(file));
        assert!(would("/d/**/*.csv", "/d/a/b/x.csv"));
        assert!(would("/d/**/*.csv", "/d/x.csv"));
        assert!(!would("/d/*.csv", "/d/a/x.csv"));
    }
}
