//! A checksum after the stream: IPC has none, so a bit that flips in a number is another number.
//!
//! The trailer stands behind the end-of-stream marker, where readers that do not know it stop reading.

use crate::error::IpcError;
use crate::{deserializar_arrow, serializar_arrow};
use arrow::array::RecordBatch;

const MAGIC: &[u8; 8] = b"IPC+CRC1";
const TRAILER: usize = MAGIC.len() + 4;

/// The stream of [`serializar_arrow`] followed by its CRC-32.
///
/// # Errors
/// As [`serializar_arrow`].
///
/// # Cost
/// Twelve bytes more, and one pass over all bytes.
pub fn serializar_con_suma(batches: &[RecordBatch]) -> Result<Vec<u8>, IpcError> {
    let mut bytes = serializar_arrow(batches)?;
    let sum = crc32(&bytes);
    bytes.extend_from_slice(MAGIC);
    bytes.extend_from_slice(&sum.to_le_bytes());
    Ok(bytes)
}

/// The batches of a stream whose checksum is right. Every flip of up to 32 neighbouring bits is found.
///
/// # Errors
/// * [`IpcError::NoChecksum`] if there is no trailer: cut off, or written without.
/// * [`IpcError::Checksum`] if the bytes are not those that were written.
/// * As [`deserializar_arrow`].
pub fn deserializar_con_suma(bytes: &[u8]) -> Result<Vec<RecordBatch>, IpcError> {
    let missing = IpcError::NoChecksum {
        bytes: bytes.len() as u64,
    };
    let Some((stream, trailer)) = bytes.split_last_chunk::<TRAILER>() else {
        return Err(missing);
    };
    let (magic, sum) = trailer.split_at(MAGIC.len());
    if magic != MAGIC {
        return Err(missing);
    }
    let expected = u32::from_le_bytes([sum[0], sum[1], sum[2], sum[3]]);
    let found = crc32(stream);
    if expected != found {
        return Err(IpcError::Checksum { expected, found });
    }
    deserializar_arrow(stream)
}

/// The CRC-32 of ISO-HDLC (as in gzip and PNG) of the bytes.
pub fn crc32(bytes: &[u8]) -> u32 {
    let step = |crc: u32, byte: &u8| TABLE[usize::from(crc as u8 ^ byte)] ^ (crc >> 8);
    !bytes.iter().fold(!0, step)
}

const TABLE: [u32; 256] = {
    let mut table = [0; 256];
    let mut byte = 0;
    while byte < 256 {
        let mut crc = byte as u32;
        let mut bit = 0;
        while bit < 8 {
            crc = if crc & 1 == 1 {
                (crc >> 1) ^ 0xedb8_8320
            } else {
                crc >> 1
            };
            bit += 1;
        }
        table[byte] = crc;
        byte += 1;
    }
    table
};
