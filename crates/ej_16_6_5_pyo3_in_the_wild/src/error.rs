//! Why a wheel was not opened: which part of it, and what is wrong.

use std::path::PathBuf;

/// Why a wheel could not be read. Messages are one line, in Spanish.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum WheelError {
    /// The file could not be opened or read.
    #[error("{}: {source}", path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// The file's name is not `name-version-python-abi-platform.whl`.
    #[error("{name:?} no es el nombre de una rueda: {reason}")]
    FileName {
        /// The name.
        name: String,
        /// What it lacks.
        reason: &'static str,
    },
    /// The file has no end of central directory where one must be: no ZIP, or one cut off.
    #[error("no es un ZIP, o está cortado: {0}")]
    NotZip(String),
    /// Two readers could see two archives in this file.
    #[error("el ZIP se puede leer de dos maneras: {0}")]
    Ambiguous(String),
    /// A size or a count above its limit; nothing was unpacked.
    #[error("{what}: {found}, y el límite es {limit}")]
    TooBig {
        /// What is too big.
        what: String,
        /// What the file says.
        found: u64,
        /// What is allowed.
        limit: u64,
    },
    /// No compressor can have made so much of so little, or so little of so much.
    #[error("{member:?} dice ocupar {declared} bytes y solo guarda {packed}")]
    ImpossibleSize {
        /// The member.
        member: String,
        /// Its size as declared.
        declared: u64,
        /// The bytes that it takes in the archive.
        packed: u64,
    },
    /// A member whose path leaves the directory that it is unpacked to, or means different files to different systems.
    #[error("la ruta {member:?} no se admite: {reason}")]
    Path {
        /// The path as stored.
        member: String,
        /// Why not.
        reason: &'static str,
    },
    /// A member that is no plain file: a link, a device, or encrypted.
    #[error("{member:?} {reason}")]
    NotAFile {
        /// The member.
        member: String,
        /// What it is.
        reason: &'static str,
    },
    /// A member whose bytes are not what the directory says.
    #[error("{member:?} está dañado: {detail}")]
    Damaged {
        /// The member.
        member: String,
        /// What does not fit.
        detail: String,
    },
    /// No `WHEEL` or no `METADATA`, or more than one.
    #[error("hay {found} {what}, y tiene que haber uno")]
    NotOne {
        /// What is counted.
        what: &'static str,
        /// How many there are.
        found: usize,
    },
    /// `WHEEL` or `METADATA` say nothing, or nonsense, where they must say something.
    #[error("{member}: {detail}")]
    Metadata {
        /// The file.
        member: String,
        /// What is wrong.
        detail: String,
    },
    /// An ELF that cannot be followed.
    #[error("{member:?} empieza como un ELF y no lo es: {detail}")]
    Elf {
        /// The member.
        member: String,
        /// What is wrong.
        detail: String,
    },
    /// The list of pinned wheels is not in pip's form.
    #[error("la línea {line} de la lista de ruedas no se entiende: {text:?}")]
    Pinned {
        /// Counted from 1.
        line: usize,
        /// The line.
        text: String,
    },
    /// pip could not be run, or failed.
    #[error("pip no pudo descargar las ruedas: {0}")]
    Pip(String),
    /// A wheel that the table is about is not in the directory.
    #[error("falta la rueda de {name} {version} en {}", directory.display())]
    Missing {
        /// The distribution.
        name: String,
        /// The version.
        version: String,
        /// Where it was looked for.
        directory: PathBuf,
    },
}
