//! A ZIP that cannot hurt: everything that it says of itself is held against a limit before a byte is unpacked.
//!
//! A wheel comes from outside. It may be cut off, claim sizes that it has not, name files outside its directory, or be two archives at once,
//! one for each way of reading it. What is refused here no installer should unpack either.

use std::io::{Read, Seek};

use zip::read::{ArchiveOffset, Config};
use zip::result::ZipError;
use zip::{CompressionMethod, ZipArchive};

use crate::WheelError;

mod end;

/// What a wheel may be at most. The default takes the largest of PyPI: its own limits are 1 GiB a file and less for most projects.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Bytes of the file.
    pub file: u64,
    /// Members.
    pub members: u64,
    /// Bytes of one member, unpacked. So much memory is needed at most, and only if it is a binary.
    pub member: u64,
    /// Bytes of all members, unpacked.
    pub total: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            file: 512 << 20,
            members: 20_000,
            member: 512 << 20,
            total: 1 << 30,
        }
    }
}

/// What Deflate can shrink at best: 258 bytes in two bits.
const DEFLATE_BEST: u64 = 1032;

/// An archive whose directory was checked; nothing is unpacked yet.
pub struct Archive<R> {
    zip: ZipArchive<R>,
    members: Vec<Member>,
}

/// One file of the archive.
#[derive(Clone, Debug)]
pub struct Member {
    /// Its path, relative, with `/`.
    pub path: String,
    /// Unpacked bytes, as declared.
    pub bytes: u64,
    /// Bytes in the archive.
    pub packed: u64,
    index: usize,
}

impl<R: Read + Seek> Archive<R> {
    /// Returns the archive in `reader` if its directory is sound and within `limits`.
    ///
    /// # Errors
    /// - [`WheelError::NotZip`]: no end of central directory, or a directory that does not fit in the file.
    /// - [`WheelError::Ambiguous`]: two ends, bytes before the first member, ZIP64, a member that its own header describes otherwise, two
    ///   members of one name or in the same bytes, or one that the directory omits.
    /// - [`WheelError::TooBig`]: a count or a size above its limit.
    /// - [`WheelError::ImpossibleSize`], [`WheelError::Path`], [`WheelError::NotAFile`]: that member.
    ///
    /// # Cost
    /// Reads the directory and every member's header; memory in proportion to the directory, at most a sixteenth of `limits.file`.
    pub fn open(mut reader: R, limits: Limits) -> Result<Self, WheelError> {
        end::check(&mut reader, limits)?;
        let config = Config {
            archive_offset: ArchiveOffset::Known(0),
        };
        let mut zip = ZipArchive::with_config(config, reader).map_err(not_zip)?;
        let members = check_members(&zip, limits)?;
        zip.validate_header_consistency().map_err(|error| {
            let text = match error {
                ZipError::Io(error) => return WheelError::NotZip(error.to_string()),
                ZipError::InvalidArchive(text) => text.into_owned(),
                other => other.to_string(),
            };
            WheelError::Ambiguous(text)
        })?;
        Ok(Self { zip, members })
    }

    /// Returns the files, in the order of the directory; directories are not among them.
    pub fn members(&self) -> &[Member] {
        &self.members
    }

    /// Reads `member` to its end and returns its bytes if `wanted` says so of its first four.
    ///
    /// # Errors
    /// - [`WheelError::Damaged`]: it cannot be unpacked, its checksum is another, or it has not the bytes that it declares.
    ///
    /// # Cost
    /// Unpacks the member; keeps nothing of one that is not wanted.
    pub fn read(
        &mut self,
        member: &Member,
        wanted: impl FnOnce(&[u8]) -> bool,
    ) -> Result<Option<Vec<u8>>, WheelError> {
        let damaged = |detail: String| WheelError::Damaged {
            member: member.path.clone(),
            detail,
        };
        let unpacking = |error: std::io::Error| damaged(said(&error, member.bytes));
        let file = self
            .zip
            .by_index(member.index)
            .map_err(|error| damaged(error.to_string()))?;
        // Whatever the reader does, no more than this; at the end it compares the checksum.
        let mut file = file.take(member.bytes + 1);
        let mut kept = Vec::new();
        (&mut file)
            .take(4)
            .read_to_end(&mut kept)
            .map_err(unpacking)?;
        let wanted = wanted(&kept);
        let start = kept.len() as u64;
        let rest = if wanted {
            file.read_to_end(&mut kept).map(|read| read as u64)
        } else {
            std::io::copy(&mut file, &mut std::io::sink())
        }
        .map_err(unpacking)?;
        if start + rest != member.bytes {
            return Err(damaged(format!(
                "dice tener {} bytes y tiene {}",
                member.bytes,
                start + rest
            )));
        }
        Ok(wanted.then_some(kept))
    }
}

/// What the reader says, in the reader's language where it says what this module promises to notice.
fn said(error: &std::io::Error, declared: u64) -> String {
    match error.to_string().as_str() {
        "Invalid checksum" => "su CRC no es el que dice".into(),
        "File is larger than its declared uncompressed size" => {
            format!("dice tener {declared} bytes y tiene más")
        }
        other => other.into(),
    }
}

fn not_zip(error: ZipError) -> WheelError {
    WheelError::NotZip(match error {
        ZipError::InvalidArchive(text) => text.into_owned(),
        other => other.to_string(),
    })
}

fn check_members<R: Read + Seek>(
    zip: &ZipArchive<R>,
    limits: Limits,
) -> Result<Vec<Member>, WheelError> {
    if zip.has_duplicate_names() {
        return Err(WheelError::Ambiguous(
            "dos archivos tienen el mismo nombre".into(),
        ));
    }
    let mut members = Vec::with_capacity(zip.len());
    let mut total = 0u64;
    for index in 0..zip.len() {
        let entry = zip.by_index_data(index).map_err(not_zip)?;
        let raw = String::from_utf8_lossy(entry.name_raw()).into_owned();
        let path = entry.name().map_err(not_zip)?.into_owned();
        check_path(&path).map_err(|reason| WheelError::Path {
            member: raw,
            reason,
        })?;
        let not_a_file = |reason| WheelError::NotAFile {
            member: path.clone(),
            reason,
        };
        if entry.encrypted() {
            return Err(not_a_file("está cifrado"));
        }
        let kind = entry.unix_mode().unwrap_or(0) & 0o170_000;
        if ![0, 0o100_000, 0o040_000].contains(&kind) {
            return Err(not_a_file(
                "no es un archivo, sino un enlace o un dispositivo",
            ));
        }
        let (bytes, packed) = (entry.size(), entry.compressed_size());
        if bytes > limits.member {
            return Err(WheelError::TooBig {
                what: format!("los bytes de {path:?}"),
                found: bytes,
                limit: limits.member,
            });
        }
        let possible = match entry.compression() {
            CompressionMethod::Stored => bytes == packed,
            CompressionMethod::Deflated => bytes / DEFLATE_BEST <= packed,
            _ => {
                return Err(not_a_file(
                    "está comprimido con un método que no es de ruedas",
                ));
            }
        };
        if !possible {
            return Err(WheelError::ImpossibleSize {
                member: path,
                declared: bytes,
                packed,
            });
        }
        // At most 65 534 members of at most 4 GiB each.
        total += bytes;
        if total > limits.total {
            return Err(WheelError::TooBig {
                what: "los bytes de todos los archivos de dentro".into(),
                found: total,
                limit: limits.total,
            });
        }
        if !path.ends_with('/') {
            members.push(Member {
                path,
                bytes,
                packed,
                index,
            });
        }
    }
    Ok(members)
}

/// A relative path of plain names means the same file everywhere, and one below the directory that it is unpacked to.
fn check_path(path: &str) -> Result<(), &'static str> {
    let names = path.strip_suffix('/').unwrap_or(path);
    if names.is_empty() {
        return Err("está vacía");
    }
    if names.starts_with('/') {
        return Err("es absoluta");
    }
    if names.contains('\\') || names.contains(':') {
        return Err("tiene «\\» o «:», que en Windows separan");
    }
    if names.contains(|c: char| c.is_control()) {
        return Err("tiene caracteres de control");
    }
    if names.split('/').any(|name| name == "..") {
        return Err("sale de su directorio con «..»");
    }
    if names.split('/').any(|name| name.is_empty() || name == ".") {
        return Err("tiene una parte vacía o «.»");
    }
    Ok(())
}
