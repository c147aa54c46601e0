//! What a binary inside a wheel is, from its bytes: its file name may say anything.

use std::collections::BTreeSet;

use serde::Serialize;

use crate::{WheelError, elf};

/// The container of machine code.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Format {
    /// Linux and most Unix: read in full.
    Elf,
    /// macOS: recognised, not read.
    MachO,
    /// Windows: recognised, not read.
    Pe,
}

impl Format {
    /// Returns the format that a file beginning with these bytes has; `None` if it is no binary.
    pub fn of(start: &[u8]) -> Option<Self> {
        match start {
            [0x7f, b'E', b'L', b'F', ..] => Some(Self::Elf),
            [b'M', b'Z', ..] => Some(Self::Pe),
            // 32 and 64 bits in both byte orders; universal files share their number with Java classes, which no wheel needs.
            [0xfe, 0xed, 0xfa, 0xce | 0xcf]
            | [0xce | 0xcf, 0xfa, 0xed, 0xfe]
            | [0xca, 0xfe, 0xba, 0xbe] => Some(Self::MachO),
            _ => None,
        }
    }
}

/// What a binary is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Python loads it with `import`: it exports `PyInit_…`.
    Extension,
    /// The system runs it: Python is not in it.
    Executable,
    /// Another binary loads it.
    Library,
    /// Not looked into: no ELF.
    Unread,
}

/// Evidence that PyO3 is inside, from the read-only data.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Pyo3 {
    /// The name of the exception that PyO3 turns a panic into, `pyo3_runtime.PanicException`, is there.
    pub panic_exception: bool,
    /// Versions in the paths of PyO3's own panic messages, `…/pyo3-0.29.2/src/…`.
    pub versions: BTreeSet<String>,
}

impl Pyo3 {
    /// Returns whether either was found.
    pub fn found(&self) -> bool {
        self.panic_exception || !self.versions.is_empty()
    }
}

/// A binary of a wheel.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Binary {
    /// Its path inside.
    pub path: String,
    /// Its bytes, unpacked.
    pub bytes: u64,
    /// Its container.
    pub format: Format,
    /// What it is for.
    pub role: Role,
    /// The functions `PyInit_…` that it exports, sorted.
    pub init: BTreeSet<String>,
    /// The symbols `Py…` and `_Py…` that it asks of the interpreter, sorted.
    pub python: BTreeSet<String>,
    /// The libraries that it asks of the system, in its order.
    pub needed: Vec<String>,
    /// The newest version of glibc that it asks for.
    pub glibc: Option<(u32, u32)>,
    /// Whether its table of local symbols was removed.
    pub stripped: bool,
    /// The compilers of Rust that left their version in it.
    pub rustc: BTreeSet<String>,
    /// Whether PyO3 is in it.
    pub pyo3: Pyo3,
}

impl Binary {
    /// Returns what `data`, the member at `path`, is; `None` if it is no binary.
    ///
    /// # Errors
    /// - [`WheelError::Elf`]: it begins as an ELF and its tables lead nowhere.
    ///
    /// # Cost
    /// One pass over the symbols and one over the data that is not code.
    pub fn inspect(path: &str, data: &[u8]) -> Result<Option<Self>, WheelError> {
        let Some(format) = Format::of(data.get(..4).unwrap_or(data)) else {
            return Ok(None);
        };
        let blank = Self {
            path: path.to_owned(),
            bytes: data.len() as u64,
            format,
            role: Role::Unread,
            init: BTreeSet::new(),
            python: BTreeSet::new(),
            needed: Vec::new(),
            glibc: None,
            stripped: false,
            rustc: BTreeSet::new(),
            pyo3: Pyo3::default(),
        };
        if format != Format::Elf {
            return Ok(Some(blank));
        }
        elf::fill(blank, data)
            .map(Some)
            .map_err(|error| WheelError::Elf {
                member: path.to_owned(),
                detail: error.to_string(),
            })
    }

    /// Returns the module that Python would import this file as: `_rust` for `x/_rust.abi3.so`.
    pub fn module(&self) -> &str {
        let file = self.path.rsplit('/').next().unwrap_or(&self.path);
        file.split('.').next().unwrap_or(file)
    }

    /// Returns whether its name says that it uses the stable ABI.
    pub fn is_named_abi3(&self) -> bool {
        self.path.ends_with(".abi3.so")
    }
}
