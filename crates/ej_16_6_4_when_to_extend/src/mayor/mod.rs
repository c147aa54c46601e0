//! The MAYOR-3 format: what a bank's ledger leaves every night. The page has its specification; [`record`] is the same in code, one field after
//! another, and [`chunk`] the same again, fast.

mod calendar;
mod checksum;
mod chunk;
mod columns;
mod digits;
mod error;
mod generator;
mod reader;
mod record;
#[cfg(test)]
mod tests;
mod text;
mod writer;

pub use columns::{Batch, Movements, Notes};
pub use error::{Field, FormatError, MayorError, Reason};
pub use generator::Generator;
pub use reader::{Extract, Totals, read_extract, totals};
pub use record::{Closing, Header, Movement};
pub use text::TextColumn;
pub use writer::Writer;

/// The broken bar of Latin-1, between fields.
const SEPARATOR: u8 = 0xA6;
/// Before a separator or another of itself, which are then text.
const ESCAPE: u8 = b'\\';
/// A longer line is no line of this format.
const LONGEST_LINE: usize = 4096;
/// The longest text of each field, in characters.
const LONGEST_CONCEPT: usize = 140;
const LONGEST_PARTY: usize = 70;
const LONGEST_NOTE: usize = 200;
const LONGEST_ORIGIN: usize = 70;

/// In place of days, where a movement has no value date.
pub const NO_DATE: i32 = i32::MIN;
