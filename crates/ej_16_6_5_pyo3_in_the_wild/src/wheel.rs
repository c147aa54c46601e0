//! A wheel, opened: what it says, what is in it, and where the two do not fit.

use std::fmt;
use std::fs::File;
use std::io::{BufReader, Read, Seek};
use std::path::Path;

use serde::Serialize;

use crate::archive::Archive;
use crate::{Binary, FileName, Format, Limits, Metadata, Problem, Python, Role, WheelError};

/// A text of a wheel's `.dist-info` is at most this long.
const TEXT: u64 = 8 << 20;
/// A wheel has at most so many binaries.
const MOST_BINARIES: u64 = 1024;

/// A wheel and all that it contains.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Wheel {
    /// What its file name says.
    pub file: FileName,
    /// What `WHEEL` and `METADATA` say.
    pub metadata: Metadata,
    /// Bytes of the file.
    pub bytes: u64,
    /// Bytes once installed.
    pub unpacked: u64,
    /// The paths of all files, in the archive's order.
    pub files: Vec<String>,
    /// Those that are machine code.
    pub binaries: Vec<Binary>,
}

/// What a wheel brings, in one word.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Contents {
    /// A module that Python loads, with PyO3 in it.
    Pyo3Extension,
    /// A module that Python loads, without a sign of PyO3.
    OtherExtension,
    /// A program that the system runs; no module.
    Program,
    /// Binaries that are neither, or of a format that is not read.
    OtherBinaries,
    /// Only Python and data.
    Pure,
}

/// Whether a wheel keeps to the stable ABI.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Abi3 {
    /// Neither its tag nor a file promises it.
    No,
    /// Promised by the tag, from this Python on; every symbol imported was in the stable ABI by then.
    Since(Python),
    /// Promised, and not so: [`Wheel::problems`] says why.
    Broken,
}

impl Wheel {
    /// Returns the wheel at `path`, whose name must be a wheel's.
    ///
    /// # Errors
    /// - [`WheelError::Io`]: it cannot be opened.
    /// - Those of [`Wheel::read`].
    pub fn open(path: &Path) -> Result<Self, WheelError> {
        let io = |source| WheelError::Io {
            path: path.to_owned(),
            source,
        };
        let name = path
            .file_name()
            .map(|name| name.to_string_lossy().into_owned())
            .unwrap_or_default();
        let file = File::open(path).map_err(io)?;
        if !file.metadata().map_err(io)?.is_file() {
            return Err(io(std::io::Error::other("no es un archivo")));
        }
        Self::read(&name, BufReader::new(file), Limits::default())
    }

    /// Returns the wheel in `reader`, called `name`.
    ///
    /// # Errors
    /// - [`WheelError::FileName`]: `name` is not a wheel's.
    /// - Those of [`Archive::open`] and [`Archive::read`]: the archive is not sound, or above `limits`.
    /// - [`WheelError::NotOne`], [`WheelError::Metadata`]: its `.dist-info` is not one, or says nothing.
    /// - [`WheelError::Elf`]: a binary leads nowhere.
    ///
    /// # Cost
    /// Unpacks every member once, to compare its checksum; holds one binary at a time.
    pub fn read(
        name: &str,
        mut reader: impl Read + Seek,
        limits: Limits,
    ) -> Result<Self, WheelError> {
        let file = FileName::parse(name)?;
        let bytes = reader
            .seek(std::io::SeekFrom::End(0))
            .map_err(|error| WheelError::NotZip(error.to_string()))?;
        let mut archive = Archive::open(reader, limits)?;
        let members = archive.members().to_vec();
        let (mut wheel_texts, mut metadata_texts) = (Vec::new(), Vec::new());
        let mut binaries = Vec::new();
        for member in &members {
            let texts = match in_dist_info(&member.path) {
                Some("WHEEL") => Some(&mut wheel_texts),
                Some("METADATA") => Some(&mut metadata_texts),
                _ => None,
            };
            if texts.is_some() && member.bytes > TEXT {
                return Err(WheelError::TooBig {
                    what: format!("los bytes de {:?}", member.path),
                    found: member.bytes,
                    limit: TEXT,
                });
            }
            let is_text = texts.is_some();
            let content = archive.read(member, |start| is_text || Format::of(start).is_some())?;
            match (texts, content) {
                (Some(texts), Some(content)) => texts.push(content),
                (None, Some(content)) => binaries.extend(Binary::inspect(&member.path, &content)?),
                (_, None) => {}
            }
            let found = binaries.len() as u64;
            if found > MOST_BINARIES {
                return Err(WheelError::TooBig {
                    what: "los binarios de dentro".into(),
                    found,
                    limit: MOST_BINARIES,
                });
            }
        }
        let metadata = Metadata::parse(
            &the_only("WHEEL", wheel_texts)?,
            &the_only("METADATA", metadata_texts)?,
        )?;
        Ok(Self {
            file,
            metadata,
            bytes,
            unpacked: members.iter().map(|member| member.bytes).sum(),
            files: members.into_iter().map(|member| member.path).collect(),
            binaries,
        })
    }

    /// Returns the modules that Python loads.
    pub fn extensions(&self) -> impl Iterator<Item = &Binary> {
        self.of(Role::Extension)
    }

    /// Returns the programs that the system runs.
    pub fn programs(&self) -> impl Iterator<Item = &Binary> {
        self.of(Role::Executable)
    }

    fn of(&self, role: Role) -> impl Iterator<Item = &Binary> {
        self.binaries
            .iter()
            .filter(move |binary| binary.role == role)
    }

    /// Returns what it brings.
    pub fn contents(&self) -> Contents {
        if self.extensions().any(|binary| binary.pyo3.found()) {
            Contents::Pyo3Extension
        } else if self.extensions().next().is_some() {
            Contents::OtherExtension
        } else if self.programs().next().is_some() {
            Contents::Program
        } else if self.binaries.is_empty() {
            Contents::Pure
        } else {
            Contents::OtherBinaries
        }
    }

    /// Returns whether it keeps to the stable ABI, by its tag, its files' names and the symbols that they import.
    pub fn abi3(&self) -> Abi3 {
        let breaks =
            |problem: &Problem| matches!(problem, Problem::HalfAbi3(_) | Problem::NotStable(..));
        if self.problems().iter().any(breaks) {
            return Abi3::Broken;
        }
        match self.file.abi3_since() {
            Some(since) if self.extensions().next().is_some() => Abi3::Since(since),
            _ => Abi3::No,
        }
    }
}

fn in_dist_info(path: &str) -> Option<&str> {
    let (directory, file) = path.split_once('/')?;
    directory.ends_with(".dist-info").then_some(file)
}

fn the_only(what: &'static str, texts: Vec<Vec<u8>>) -> Result<Vec<u8>, WheelError> {
    let found = texts.len();
    <[Vec<u8>; 1]>::try_from(texts)
        .map(|[text]| text)
        .map_err(|_| WheelError::NotOne { what, found })
}

impl fmt::Display for Contents {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Pyo3Extension => "extensión con PyO3",
            Self::OtherExtension => "extensión sin PyO3",
            Self::Program => "ejecutable",
            Self::OtherBinaries => "otros binarios",
            Self::Pure => "solo Python",
        })
    }
}

impl fmt::Display for Abi3 {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::No => f.write_str("no"),
            Self::Since(python) => write!(f, "sí, desde {python}"),
            Self::Broken => f.write_str("lo dice y no lo es"),
        }
    }
}
