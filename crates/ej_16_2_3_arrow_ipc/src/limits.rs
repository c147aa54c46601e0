//! Bounds on what an input may claim.

use crate::error::{Claim, IpcError};

/// Bounds on what a stream or file may claim about itself.
///
/// arrow-ipc 59.3 allocates what a message says its body measures before it has read a byte of it: one bit of that length can
/// end the process (`un_bit_de_una_longitud_aborta_el_lector_de_arrow_ipc_y_aqui_es_una_linea`). Here a claim is either covered by bytes that are there, or it is refused, or it is paid for in
/// pieces of [`STEP`] as the bytes arrive.
///
/// # Units
/// Bytes, except `rows` (elements) and `fields`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Largest flatbuffer of a message, and largest footer.
    pub metadata: u64,
    /// Largest body of a message.
    pub body: u64,
    /// Most that the compressed buffers of one message may become.
    pub decompressed: u64,
    /// Most that all dictionaries of a stream may take at once. Every delta copies the dictionary that it extends, so this also
    /// bounds what one message can cost in time; beyond `i32::MAX` the offsets of a joined dictionary could overflow.
    pub dictionaries: u64,
    /// Most rows of a batch, and most elements of any array in it.
    pub rows: u64,
    /// Most fields of a schema, nested ones included.
    pub fields: u64,
}

/// Bytes that a body of unknown source gets at first; beyond them the buffer grows as the bytes arrive.
pub const STEP: usize = 16 << 20;

impl Default for Limits {
    fn default() -> Self {
        Self {
            metadata: 16 << 20,
            body: 4 << 30,
            decompressed: 1 << 30,
            dictionaries: 256 << 20,
            rows: 1 << 30,
            fields: 65_536,
        }
    }
}

impl Limits {
    pub(crate) fn check(self, message: u64, what: Claim, claimed: u64) -> Result<(), IpcError> {
        let bound = match what {
            Claim::Metadata | Claim::Footer => self.metadata,
            Claim::Body => self.body,
            Claim::Decompressed => self.decompressed,
            Claim::Dictionaries => self.dictionaries.min(i32::MAX as u64),
            Claim::Rows => self.rows,
            Claim::Fields => self.fields,
        };
        if claimed > bound {
            return Err(IpcError::TooLarge {
                message,
                what,
                claimed,
                bound,
            });
        }
        Ok(())
    }
}
