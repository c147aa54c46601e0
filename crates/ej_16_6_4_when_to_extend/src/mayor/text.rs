//! Texts: Latin-1 with two escapes in the file, UTF-8 in a column.

use super::digits::eight;
use super::error::Reason;
use super::{ESCAPE, SEPARATOR};

/// A column of texts, one after the other: text `i` lies from offset `i` to offset `i + 1`, as in Arrow.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TextColumn {
    offsets: Vec<i32>,
    /// UTF-8, because nothing else is ever put there: ASCII, and pairs of bytes of U+00A0 to U+00FF.
    bytes: Vec<u8>,
}

impl TextColumn {
    /// Returns the number of texts.
    #[must_use]
    pub fn len(&self) -> usize {
        self.offsets.len() - 1
    }

    /// Returns whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Returns a text, if there is one of that number.
    #[must_use]
    pub fn get(&self, index: usize) -> Option<&str> {
        let (from, to) = (self.offsets.get(index)?, self.offsets.get(index + 1)?);
        str::from_utf8(self.bytes.get(*from as usize..*to as usize)?).ok()
    }

    /// Returns the offsets, one more than texts, and the texts, in UTF-8.
    #[must_use]
    pub fn into_parts(self) -> (Vec<i32>, Vec<u8>) {
        (self.offsets, self.bytes)
    }
}

/// A column in the making. The text of a record that is not complete yet lies behind the last offset.
pub(super) struct Growing {
    offsets: Vec<i32>,
    bytes: Vec<u8>,
}

impl Growing {
    pub(super) fn with_capacity(rows: usize, bytes: usize) -> Self {
        let mut offsets = Vec::with_capacity(rows + 1);
        offsets.push(0);
        Self {
            offsets,
            bytes: Vec::with_capacity(bytes),
        }
    }

    /// The last text is whole. (A chunk is far below the 2 GiB of an offset.)
    #[inline]
    pub(super) fn keep(&mut self) {
        self.offsets.push(self.bytes.len() as i32);
    }

    /// The last text was none.
    pub(super) fn drop_last(&mut self) {
        let end = self.offsets.last().map_or(0, |&end| end as usize);
        self.bytes.truncate(end);
    }

    pub(super) fn push(&mut self, text: &str) {
        self.bytes.extend_from_slice(text.as_bytes());
        self.keep();
    }

    pub(super) fn done(self) -> TextColumn {
        TextColumn {
            offsets: self.offsets,
            bytes: self.bytes,
        }
    }

    /// Adds the text at the start of `input` and returns how long it is there, with the `end` byte that ends it. Nothing when it is longer than
    /// `longest` bytes or not a text at all: [`decode`] says then what it is.
    #[inline(always)]
    pub(super) fn take(&mut self, input: &[u8], end: u8, longest: usize) -> Option<usize> {
        let mut at = 0;
        loop {
            // Sixteen at a time, all of them written and those from the first special one on taken back: no copy of a length that varies.
            while let Some(bytes) = input.get(at..).and_then(<[u8]>::first_chunk::<16>) {
                let mut zeros = special(eight(bytes, 0)).trailing_zeros();
                if zeros == 64 {
                    zeros += special(eight(bytes, 8)).trailing_zeros();
                }
                let plain = zeros as usize / 8;
                self.bytes.extend_from_slice(bytes);
                at += plain;
                if plain < 16 {
                    self.bytes.truncate(self.bytes.len() - (16 - plain));
                    break;
                }
            }
            let byte = *input.get(at)?;
            if byte == end {
                return (at <= longest).then_some(at + 1);
            }
            at += 1;
            match byte {
                ESCAPE => {
                    let escaped = *input.get(at)?;
                    at += 1;
                    match escaped {
                        ESCAPE => self.bytes.push(ESCAPE),
                        SEPARATOR => self.bytes.extend_from_slice(&utf8(SEPARATOR)),
                        _ => return None,
                    }
                }
                0x20..=0x7E => self.bytes.push(byte),
                SEPARATOR => return None,
                0xA0.. => self.bytes.extend_from_slice(&utf8(byte)),
                _ => return None,
            }
            if at > longest {
                return None;
            }
        }
    }
}

/// The bytes of U+00A0 to U+00FF in UTF-8.
#[inline]
fn utf8(byte: u8) -> [u8; 2] {
    [0xC0 | (byte >> 6), 0x80 | (byte & 0x3F)]
}

/// A bit in the lowest byte of a word that does not stand for itself: not of printable ASCII, or an escape. Bytes above it may be marked wrongly.
#[inline(always)]
fn special(word: u64) -> u64 {
    const ONES: u64 = 0x0101_0101_0101_0101;
    const HIGH: u64 = 0x80 * ONES;
    let above = (word & !HIGH).wrapping_add(ONES) | word;
    let below = word.wrapping_sub(0x20 * ONES) & !word;
    let escape = word ^ (ESCAPE as u64 * ONES);
    (above | below | (escape.wrapping_sub(ONES) & !escape)) & HIGH
}

/// The text that a field holds.
///
/// # Errors
/// - [`Reason::Byte`]: a control character.
/// - [`Reason::Escape`]: of something else than a separator or itself.
/// - [`Reason::TooLong`]: more than `longest` characters.
pub(super) fn decode(field: &[u8], longest: usize) -> Result<String, Reason> {
    let mut text = String::new();
    let mut bytes = field.iter();
    let mut length = 0;
    while let Some(&byte) = bytes.next() {
        let byte = match byte {
            ESCAPE => match bytes.next() {
                Some(&escaped @ (ESCAPE | SEPARATOR)) => escaped,
                _ => return Err(Reason::Escape),
            },
            0x20..=0x7E | 0xA0.. => byte,
            _ => return Err(Reason::Byte(byte)),
        };
        length += 1;
        if length > longest {
            return Err(Reason::TooLong(longest));
        }
        text.push(char::from(byte));
    }
    Ok(text)
}

/// Appends a text as a file holds it.
///
/// # Errors
/// - [`Reason::Character`]: one that the format has not.
/// - [`Reason::TooLong`]: more than `longest` characters.
pub(super) fn encode(text: &str, longest: usize, out: &mut Vec<u8>) -> Result<(), Reason> {
    for (before, character) in text.chars().enumerate() {
        let byte = match u8::try_from(character) {
            Ok(byte @ (0x20..=0x7E | 0xA0..)) => byte,
            _ => return Err(Reason::Character(character)),
        };
        if before == longest {
            return Err(Reason::TooLong(longest));
        }
        if byte == ESCAPE || byte == SEPARATOR {
            out.push(ESCAPE);
        }
        out.push(byte);
    }
    Ok(())
}
