//! The guide's list of projects, the wheels that they ship today, and how to get exactly those.

use std::fmt;
use std::path::Path;
use std::process::Command;

use serde::Serialize;

use crate::{Contents, Wheel, WheelError};

/// The wheels, pinned: what `pip download --require-hashes` reads.
const PINNED: &str = include_str!("../ruedas.txt");

/// A row of the guide's list «Proyectos que usan PyO3 en producción».
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Project {
    /// As the guide calls it.
    pub name: &'static str,
    /// The distributions of PyPI that it consists of.
    pub distributions: &'static [&'static str],
}

/// The guide's list, in its order.
pub const GUIDE: [Project; 6] = [
    Project {
        name: "Polars",
        distributions: &["polars", "polars-runtime-32"],
    },
    Project {
        name: "Pydantic v2",
        distributions: &["pydantic-core"],
    },
    Project {
        name: "cryptography",
        distributions: &["cryptography"],
    },
    Project {
        name: "tokenizers",
        distributions: &["tokenizers"],
    },
    Project {
        name: "ruff",
        distributions: &["ruff"],
    },
    Project {
        name: "uv",
        distributions: &["uv"],
    },
];

/// Whether «uses PyO3» is so, by what its wheels contain.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// One of them has an extension with PyO3 in it.
    Confirmada,
    /// They have machine code, and none of it is a module of Python with PyO3.
    Refutada,
    /// They have no machine code that could be looked into.
    NoComprobable,
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Confirmada => "confirmada",
            Self::Refutada => "refutada",
            Self::NoComprobable => "no comprobable",
        })
    }
}

/// Returns whether a project that ships `wheels` uses PyO3.
pub fn verdict<'a>(wheels: impl IntoIterator<Item = &'a Wheel>) -> Verdict {
    let contents: Vec<Contents> = wheels.into_iter().map(Wheel::contents).collect();
    if contents.contains(&Contents::Pyo3Extension) {
        Verdict::Confirmada
    } else if contents
        .iter()
        .any(|found| matches!(found, Contents::Program | Contents::OtherExtension))
    {
        Verdict::Refutada
    } else {
        Verdict::NoComprobable
    }
}

/// A wheel of PyPI, one and no other.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pinned {
    /// The distribution.
    pub name: String,
    /// Its version.
    pub version: String,
    /// The sha256 of the wheel for Linux on x86-64, in hexadecimal.
    pub sha256: String,
}

/// Returns the pinned wheels, in the guide's order.
///
/// # Errors
/// - [`WheelError::Pinned`]: a line is not `name==version --hash=sha256:…`.
pub fn pinned() -> Result<Vec<Pinned>, WheelError> {
    parse(PINNED)
}

fn parse(text: &str) -> Result<Vec<Pinned>, WheelError> {
    let mut found = Vec::new();
    for (index, line) in text.lines().enumerate() {
        if line.trim().is_empty() || line.starts_with('#') {
            continue;
        }
        let parts = line
            .split_once(" --hash=sha256:")
            .and_then(|(wanted, hash)| Some((wanted.split_once("==")?, hash)));
        match parts {
            Some(((name, version), hash))
                if hash.len() == 64 && hash.bytes().all(|byte| byte.is_ascii_hexdigit()) =>
            {
                found.push(Pinned {
                    name: name.into(),
                    version: version.into(),
                    sha256: hash.into(),
                });
            }
            _ => {
                return Err(WheelError::Pinned {
                    line: index + 1,
                    text: line.into(),
                });
            }
        }
    }
    Ok(found)
}

/// Downloads the pinned wheels into `directory` with the pip of `python`, unless they are there already.
///
/// They are those for Linux on x86-64 and CPython 3.11, whatever machine asks; pip compares the hashes.
///
/// # Errors
/// - [`WheelError::Pip`]: pip cannot be run, cannot reach PyPI, or a hash is another.
/// - [`WheelError::Io`]: `directory` cannot be written.
pub fn download(python: &Path, directory: &Path) -> Result<(), WheelError> {
    let io = |source| WheelError::Io {
        path: directory.to_owned(),
        source,
    };
    let done = directory.join(".completo");
    if std::fs::read_to_string(&done).is_ok_and(|text| text == PINNED) {
        return Ok(());
    }
    std::fs::create_dir_all(directory).map_err(io)?;
    let list = directory.join("ruedas.txt");
    std::fs::write(&list, PINNED).map_err(io)?;
    let mut pip = Command::new(python);
    pip.args([
        "-m",
        "pip",
        "download",
        "--quiet",
        "--disable-pip-version-check",
    ])
    .args(["--no-deps", "--only-binary", ":all:", "--require-hashes"])
    .args(["--implementation", "cp", "--python-version", "3.11"]);
    for abi in ["cp311", "abi3", "none"] {
        pip.args(["--abi", abi]);
    }
    for platform in ["2_34", "2_28", "2_17"] {
        pip.args(["--platform", &format!("manylinux_{platform}_x86_64")]);
    }
    pip.arg("--dest")
        .arg(directory)
        .arg("--requirement")
        .arg(&list);
    let ended = pip
        .output()
        .map_err(|error| WheelError::Pip(format!("{}: {error}", python.display())))?;
    if !ended.status.success() {
        let said = String::from_utf8_lossy(&ended.stderr);
        let last = said.lines().rfind(|line| !line.trim().is_empty());
        return Err(WheelError::Pip(last.unwrap_or("no dice por qué").into()));
    }
    std::fs::write(&done, PINNED).map_err(io)
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a failing test should panic")]
mod tests {
    use super::*;

    #[test]
    fn cada_distribucion_de_la_guia_esta_en_la_lista_y_ninguna_mas() {
        let named: Vec<&str> = GUIDE
            .iter()
            .flat_map(|project| project.distributions)
            .copied()
            .collect();
        let pinned = pinned().unwrap();
        let found: Vec<&str> = pinned.iter().map(|wheel| wheel.name.as_str()).collect();
        assert_eq!(found, named);
    }

    #[test]
    fn una_linea_que_no_es_de_pip_se_nombra() {
        let error = parse("# x\n\nuv==1.0\n").unwrap_err();
        assert_eq!(
            error.to_string(),
            "la línea 3 de la lista de ruedas no se entiende: \"uv==1.0\""
        );
        assert!(parse("uv==1.0 --hash=sha256:zz\n").is_err());
    }

    #[test]
    fn un_python_que_no_esta_se_dice() {
        let directory = tempfile::tempdir().unwrap();
        let error = download(Path::new("/no/hay/python"), directory.path()).unwrap_err();
        assert!(error.to_string().contains("/no/hay/python"), "{error}");
        assert!(!directory.path().join(".completo").exists());
    }
}
