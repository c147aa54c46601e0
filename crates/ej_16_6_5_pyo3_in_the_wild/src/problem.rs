//! What a wheel says of itself and is not so.

use std::collections::BTreeSet;
use std::fmt;

use serde::Serialize;

use crate::{Binary, Python, Role, Wheel, abi3};

/// Something that a wheel says of itself and that is not so.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Problem {
    /// The tags of the file name are not those of `WHEEL`.
    Tags,
    /// The name or version of the file name is not that of `METADATA`.
    Name,
    /// It says that it has no binaries, or is for any system, and has them.
    Purelib,
    /// An extension without the function that `import` looks for.
    NoInit(String),
    /// The tag says abi3 and the file's name does not, or the other way round.
    HalfAbi3(String),
    /// An abi3 extension that imports these, which the stable ABI of its oldest Python has not.
    NotStable(String, BTreeSet<String>),
    /// A binary that needs a newer glibc than the tag promises: needed, promised.
    Glibc(String, (u32, u32), (u32, u32)),
    /// An extension that loads a Python of its own besides the one that runs.
    LinksPython(String),
}

impl Wheel {
    /// Returns where it is not what it says, in the order of the files.
    pub fn problems(&self) -> Vec<Problem> {
        let mut found = Vec::new();
        let named: BTreeSet<String> = self.file.tags.iter().map(ToString::to_string).collect();
        if named != self.metadata.tags.iter().cloned().collect::<BTreeSet<_>>() {
            found.push(Problem::Tags);
        }
        if normal(&self.file.distribution) != normal(&self.metadata.name)
            || self.file.version.replace('_', "-") != self.metadata.version.replace('_', "-")
        {
            found.push(Problem::Name);
        }
        let is_for_all = self.file.tags.iter().any(|tag| tag.platform == "any");
        if !self.binaries.is_empty() && (self.metadata.purelib || is_for_all) {
            found.push(Problem::Purelib);
        }
        for binary in &self.binaries {
            if let (Some(needs), Some(allows)) = (binary.glibc, self.file.manylinux())
                && needs > allows
            {
                found.push(Problem::Glibc(binary.path.clone(), needs, allows));
            }
            if binary.role == Role::Extension {
                self.extension_problems(binary, &mut found);
            }
        }
        found
    }

    fn extension_problems(&self, binary: &Binary, found: &mut Vec<Problem>) {
        let path = || binary.path.clone();
        if !binary.init.contains(&format!("PyInit_{}", binary.module())) {
            found.push(Problem::NoInit(path()));
        }
        if binary
            .needed
            .iter()
            .any(|name| name.starts_with("libpython"))
        {
            found.push(Problem::LinksPython(path()));
        }
        let since = self.file.abi3_since();
        if since.is_some() != binary.is_named_abi3() {
            found.push(Problem::HalfAbi3(path()));
        }
        if let Some(since) = since {
            let foreign = foreign(binary, since);
            if !foreign.is_empty() {
                found.push(Problem::NotStable(path(), foreign));
            }
        }
    }
}

/// Returns the symbols of the interpreter that `binary` imports and the stable ABI of `since` has not.
fn foreign(binary: &Binary, since: Python) -> BTreeSet<String> {
    binary
        .python
        .iter()
        .filter(|symbol| abi3::since(symbol).is_none_or(|first| first > since))
        .cloned()
        .collect()
}

impl Binary {
    /// Returns the symbols that it imports from the interpreter and that no version of the stable ABI has.
    pub fn outside_the_stable_abi(&self) -> BTreeSet<String> {
        foreign(self, Python(u8::MAX, 0))
    }
}

/// Returns a distribution's name as two spellings of it compare equal.
pub(crate) fn normal(name: &str) -> String {
    name.to_ascii_lowercase().replace(['_', '.'], "-")
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Tags => f.write_str("las etiquetas del nombre no son las de WHEEL"),
            Self::Name => f.write_str("el nombre o la versión no son los de METADATA"),
            Self::Purelib => f.write_str("dice ser solo Python y lleva binarios"),
            Self::NoInit(path) => write!(f, "{path} no exporta la función que `import` busca"),
            Self::HalfAbi3(path) => {
                write!(
                    f,
                    "{path}: la etiqueta y el nombre no dicen lo mismo de abi3"
                )
            }
            Self::NotStable(path, symbols) => {
                let symbols: Vec<&str> = symbols.iter().map(String::as_str).collect();
                write!(f, "{path} importa fuera de abi3: {}", symbols.join(", "))
            }
            Self::Glibc(path, needs, allows) => write!(
                f,
                "{path} pide glibc {}.{} y la etiqueta promete {}.{}",
                needs.0, needs.1, allows.0, allows.1
            ),
            Self::LinksPython(path) => write!(f, "{path} carga su propio Python"),
        }
    }
}
