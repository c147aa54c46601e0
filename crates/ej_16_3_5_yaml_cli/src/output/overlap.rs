//! Whether an output is an input by another name, or lies where the next run would read it.

use crate::input::{Location, Source, would_match};
use crate::problem::{Place, Problem};
use crate::yaml::Formato;
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};

pub(super) fn onto_input(at: Place, name: &str) -> Problem {
    Problem::yaml(
        at,
        format!("la salida es la entrada «{name}»: escriba en otra ruta"),
    )
}

/// Fails if writing here would destroy an input, or if the next run would read what this one wrote.
pub(super) fn not_an_input(
    path: &Path,
    directory: bool,
    sources: &[(String, Source)],
    at: Place,
) -> Result<(), Problem> {
    let identity = |path: &Path| std::fs::metadata(path).ok().map(|m| (m.dev(), m.ino()));
    let mine = identity(path);
    for (name, source) in sources {
        let (Some(files), Location::Local(route)) = (&source.files, &source.location) else {
            continue;
        };
        for file in &files.paths {
            let theirs = file.canonicalize().unwrap_or_else(|_| file.clone());
            // Two names of one file are the same file (hard links, mounts).
            let same = theirs == path || (mine.is_some() && identity(file) == mine);
            if same || (directory && theirs.starts_with(path)) {
                return Err(onto_input(at, name));
            }
        }
        let pattern = absolute_pattern(route);
        let inside = route.is_dir()
            && path.starts_with(&pattern)
            && path.extension().is_some_and(|e| {
                e.eq_ignore_ascii_case(match source.format {
                    Formato::Csv => "csv",
                    Formato::Parquet => "parquet",
                })
            });
        if inside || would_match(&pattern, path) {
            return Err(Problem::yaml(
                at,
                format!(
                    "la salida cae dentro de la entrada «{name}»: la próxima vez se leería a sí misma; escriba en otra ruta"
                ),
            ));
        }
    }
    Ok(())
}

/// The pattern with the directories before its first wildcard resolved.
fn absolute_pattern(route: &Path) -> PathBuf {
    let parts: Vec<_> = route.components().collect();
    let fixed = parts
        .iter()
        .take_while(|p| !p.as_os_str().to_string_lossy().contains(['*', '?']))
        .count();
    let root: PathBuf = parts[..fixed].iter().collect();
    let root = if root.as_os_str().is_empty() {
        PathBuf::from(".")
    } else {
        root
    };
    let mut path = root.canonicalize().unwrap_or(root);
    path.extend(&parts[fixed..]);
    path
}

/// Whether both name one object; slashes repeat without a meaning in what people write.
pub(super) fn same_object(a: &str, b: &str) -> bool {
    a.trim_end_matches('/') == b.trim_end_matches('/')
}
