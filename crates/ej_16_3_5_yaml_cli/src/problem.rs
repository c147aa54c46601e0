//! What goes wrong, in one Spanish line that says what, where and what to do, and the exit code it ends with.

use std::fmt;
use std::path::{Path, PathBuf};

/// Where the trouble lies: the YAML, the data, the store or the machine. It decides the exit code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Class {
    /// The command line or the YAML is wrong by itself: no data was looked at to say so.
    Usage,
    /// The data cannot be read, or is not what the YAML asks of it: an unknown column, another type.
    Input,
    /// The store or the disk refuses.
    Storage,
    /// Memory, disk space or open files ran out.
    Resource,
    /// Ctrl-C.
    Interrupted,
}

impl Class {
    /// The process's exit code.
    #[must_use]
    pub const fn code(self) -> u8 {
        match self {
            Self::Usage => 2,
            Self::Input => 3,
            Self::Storage => 5,
            Self::Resource => 6,
            Self::Interrupted => 130,
        }
    }
}

/// A line and a column of the YAML, both from 1; line 0 means the place is not known.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Place {
    /// Line, from 1.
    pub line: u32,
    /// Column in characters, from 1.
    pub column: u32,
}

/// A failure: its class, the file and the place it points at, and what to say.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub struct Problem {
    class: Class,
    file: Option<PathBuf>,
    place: Option<Place>,
    message: String,
}

impl fmt::Display for Problem {
    /// `archivo:línea:columna: mensaje`, on one line whatever the parts contain.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(file) = &self.file {
            write!(f, "{}:", one_line(&file.display().to_string()))?;
            if let Some(Place { line, column }) = self.place {
                write!(f, "{line}:")?;
                if column > 0 {
                    write!(f, "{column}:")?;
                }
            }
            f.write_str(" ")?;
        }
        f.write_str(&one_line(&self.message))
    }
}

impl Problem {
    /// A problem without a place.
    #[must_use]
    pub fn new(class: Class, message: impl Into<String>) -> Self {
        Self {
            class,
            file: None,
            place: None,
            message: message.into(),
        }
    }

    /// The YAML is wrong by itself at this place.
    pub(crate) fn yaml(place: Place, message: impl Into<String>) -> Self {
        Self::new(Class::Usage, message).at(place)
    }

    /// The YAML asks something of the data that the data is not.
    pub(crate) fn mismatch(place: Place, message: impl Into<String>) -> Self {
        Self::new(Class::Input, message).at(place)
    }

    /// A line of a data file.
    pub(crate) fn data(file: &Path, line: Option<u64>, message: impl Into<String>) -> Self {
        Self {
            class: Class::Input,
            file: Some(file.to_owned()),
            place: line.map(|line| Place {
                line: u32::try_from(line).unwrap_or(u32::MAX),
                column: 0,
            }),
            message: message.into(),
        }
    }

    /// The same problem at this place of the YAML.
    pub(crate) fn at(mut self, place: Place) -> Self {
        if place.line > 0 {
            self.place = Some(place);
        }
        self
    }

    /// The same problem, pointing at the YAML where it names no file of its own.
    pub(crate) fn at_yaml(self, place: Place) -> Self {
        if self.file.is_none() {
            self.at(place)
        } else {
            self
        }
    }

    /// The same problem with the YAML's name, unless it names a file already.
    pub(crate) fn in_file(mut self, file: &Path) -> Self {
        if self.file.is_none() && self.place.is_some() {
            self.file = Some(file.to_owned());
        }
        self
    }

    /// The same problem with something said first.
    pub(crate) fn prefixed(mut self, before: &str) -> Self {
        self.message.insert_str(0, before);
        self
    }

    /// Where the trouble lies.
    #[must_use]
    pub const fn class(&self) -> Class {
        self.class
    }

    /// The place in the file it names, if it points at one.
    #[must_use]
    pub const fn place(&self) -> Option<Place> {
        self.place
    }
}

/// What the operating system refused, about this path.
pub(crate) fn from_io(path: &Path, action: &str, e: &std::io::Error) -> Problem {
    use std::io::ErrorKind as K;
    let name = path.display();
    let (class, why) = match e.kind() {
        K::NotFound => (Class::Input, "no existe".to_owned()),
        K::PermissionDenied => (Class::Storage, "permiso denegado".to_owned()),
        K::ReadOnlyFilesystem => (
            Class::Storage,
            "el sistema de archivos es de solo lectura".to_owned(),
        ),
        K::StorageFull | K::QuotaExceeded | K::FileTooLarge => (
            Class::Resource,
            "no queda sitio en el disco, o el archivo no cabe en el límite".to_owned(),
        ),
        K::OutOfMemory => (Class::Resource, "no queda memoria".to_owned()),
        _ => match e.raw_os_error() {
            // EMFILE and ENFILE have no kind of their own.
            Some(23 | 24) => (
                Class::Resource,
                "demasiados archivos abiertos: suba el límite (ulimit -n)".to_owned(),
            ),
            _ => (Class::Storage, e.to_string()),
        },
    };
    Problem::new(class, format!("no se puede {action} {name}: {why}"))
}

/// The text on one line, without control characters that could rewrite a terminal.
pub(crate) fn one_line(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut gap = false;
    for c in text.chars() {
        if c.is_control() || c == '\u{2028}' || c == '\u{2029}' {
            gap = true;
            continue;
        }
        if gap && !out.is_empty() && !out.ends_with(' ') {
            out.push(' ');
        }
        gap = false;
        out.push(c);
    }
    out
}
