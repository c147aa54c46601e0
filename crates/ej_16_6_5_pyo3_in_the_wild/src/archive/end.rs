//! Where the directory of a ZIP ends, and that there is only one way to find it.

use std::io::{Read, Seek, SeekFrom};

use super::Limits;
use crate::WheelError;

/// Of the end of central directory, without its comment.
const END: usize = 22;

/// The only end of central directory must close the file, and its directory must fill what lies between.
///
/// # Source
/// .ZIP File Format Specification 6.3.10, section 4.3.16.
pub(super) fn check(reader: &mut (impl Read + Seek), limits: Limits) -> Result<(), WheelError> {
    let io = |error: std::io::Error| WheelError::NotZip(error.to_string());
    let length = reader.seek(SeekFrom::End(0)).map_err(io)?;
    if length > limits.file {
        return Err(WheelError::TooBig {
            what: "los bytes del archivo".into(),
            found: length,
            limit: limits.file,
        });
    }
    let tail_start = length.saturating_sub((END + usize::from(u16::MAX)) as u64);
    reader.seek(SeekFrom::Start(tail_start)).map_err(io)?;
    let mut tail = Vec::new();
    reader.take(1 << 17).read_to_end(&mut tail).map_err(io)?;
    let ends: Vec<usize> = tail
        .windows(4)
        .enumerate()
        .filter(|(_, four)| four == b"PK\x05\x06")
        .map(|(at, _)| at)
        .collect();
    let at = match ends.as_slice() {
        [] => return Err(WheelError::NotZip("no tiene final de directorio".into())),
        [at] => *at,
        _ => {
            return Err(WheelError::Ambiguous(
                "tiene más de un final de directorio".into(),
            ));
        }
    };
    let end = tail
        .get(at..at + END)
        .ok_or_else(|| WheelError::NotZip("el final del directorio está cortado".into()))?;
    let short = |at: usize| u64::from(u16::from_le_bytes([end[at], end[at + 1]]));
    let long = |at: usize| short(at) | short(at + 2) << 16;
    let (entries, directory, offset, comment) = (short(10), long(12), long(16), short(20));
    let end_at = tail_start + at as u64;
    if entries == 0xffff || directory == 0xffff_ffff || offset == 0xffff_ffff {
        return Err(WheelError::Ambiguous("es un ZIP64".into()));
    }
    if short(4) != 0 || short(6) != 0 || short(8) != entries {
        return Err(WheelError::NotZip("dice tener varios volúmenes".into()));
    }
    if end_at + END as u64 + comment != length {
        return Err(WheelError::Ambiguous(
            "hay bytes detrás del final del directorio".into(),
        ));
    }
    if offset + directory != end_at {
        return Err(WheelError::Ambiguous(
            "el directorio no está justo delante de su final".into(),
        ));
    }
    if entries > limits.members {
        return Err(WheelError::TooBig {
            what: "los archivos de dentro".into(),
            found: entries,
            limit: limits.members,
        });
    }
    if directory > limits.file / 16 {
        return Err(WheelError::TooBig {
            what: "los bytes del directorio".into(),
            found: directory,
            limit: limits.file / 16,
        });
    }
    Ok(())
}
