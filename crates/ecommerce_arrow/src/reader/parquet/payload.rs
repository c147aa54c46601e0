//! The contents of a page, decompressed and not yet decoded: levels, indices and lengths that the decoder takes at their word.

use super::{delta, hybrid};
use crate::reader::ReadProblem;
use parquet::basic::{ConvertedType, Encoding, LogicalType, Type as Physical};
use parquet::column::page::Page;
use parquet::schema::types::ColumnDescriptor;

/// What the checks need to know of a column.
#[derive(Clone, Debug)]
pub(super) struct Shape {
    physical: Physical,
    max_definition: i16,
    max_repetition: i16,
    /// Bytes of a value in memory.
    pub(super) width: u64,
    /// Decimals in texts: decoded by copying, where other texts stay in their page.
    copied_texts: bool,
}

impl Shape {
    pub(super) fn of(column: &ColumnDescriptor) -> Self {
        let fixed = u64::try_from(column.type_length()).unwrap_or(0);
        let decimal = column.converted_type() == ConvertedType::DECIMAL
            || matches!(column.logical_type_ref(), Some(LogicalType::Decimal(_)));
        let physical = column.physical_type();
        Self {
            physical,
            max_definition: column.max_def_level(),
            max_repetition: column.max_rep_level(),
            width: match physical {
                Physical::BOOLEAN => 1,
                Physical::INT32 | Physical::FLOAT => 4,
                Physical::INT64 | Physical::DOUBLE => 8,
                // Twice, as read and as converted.
                Physical::INT96 => 24,
                Physical::BYTE_ARRAY => 16,
                Physical::FIXED_LEN_BYTE_ARRAY => fixed.saturating_add(32),
            },
            copied_texts: decimal && physical == Physical::BYTE_ARRAY,
        }
    }

    /// Whether values may repeat within a row.
    pub(super) fn nested(&self) -> bool {
        self.max_repetition > 0
    }

    /// Whether a batch keeps the pages that its values were in.
    pub(super) fn keeps_pages(&self) -> bool {
        self.physical == Physical::BYTE_ARRAY && !self.copied_texts
    }

    /// Whether a value may be as long as the dictionary, and is copied for each row.
    pub(super) fn copies_texts(&self) -> bool {
        self.copied_texts
    }

    /// Bytes that the texts of a page become once decoded, where they are stored as differences; 0 otherwise.
    ///
    /// # Errors
    /// * [`ReadProblem::Damaged`] where the decoder would assert, or allocate by what the page claims.
    pub(super) fn check(&self, page: &Page, dictionary: u64) -> Result<u64, ReadProblem> {
        let (buffer, values, encoding) = match page {
            Page::DictionaryPage { .. } => return Ok(0),
            Page::DataPage {
                buf,
                num_values,
                encoding,
                ..
            }
            | Page::DataPageV2 {
                buf,
                num_values,
                encoding,
                ..
            } => (buf.as_ref(), u64::from(*num_values), *encoding),
        };
        let parts = self.split(page, buffer)?;
        if let Some(levels) = parts.repetition {
            self.levels(levels, self.max_repetition, values)?;
        }
        let present = match parts.definition {
            Some(levels) => self.levels(levels, self.max_definition, values)?,
            None => values,
        };
        self.values(parts.data, encoding, values, present, dictionary)
    }

    /// Tells the parts of a page from each other.
    fn split<'a>(&self, page: &Page, buffer: &'a [u8]) -> Result<Parts<'a>, ReadProblem> {
        let (has_repetition, has_definition) = (self.max_repetition > 0, self.max_definition > 0);
        match page {
            Page::DataPageV2 {
                def_levels_byte_len,
                rep_levels_byte_len,
                ..
            } => {
                let middle = *rep_levels_byte_len as usize;
                let end = middle.saturating_add(*def_levels_byte_len as usize);
                let beyond = || bad("the levels of a page end beyond it");
                let levels = buffer.get(..end).ok_or_else(beyond)?;
                Ok(Parts {
                    repetition: has_repetition.then(|| Levels::Runs(&levels[..middle])),
                    definition: has_definition.then(|| Levels::Runs(&levels[middle..])),
                    data: &buffer[end..],
                })
            }
            Page::DataPage {
                def_level_encoding,
                rep_level_encoding,
                num_values,
                ..
            } => {
                let mut rest = buffer;
                let repetition = has_repetition
                    .then(|| {
                        take(
                            &mut rest,
                            *rep_level_encoding,
                            self.max_repetition,
                            *num_values,
                        )
                    })
                    .transpose()?;
                let definition = has_definition
                    .then(|| {
                        take(
                            &mut rest,
                            *def_level_encoding,
                            self.max_definition,
                            *num_values,
                        )
                    })
                    .transpose()?;
                Ok(Parts {
                    repetition,
                    definition,
                    data: rest,
                })
            }
            Page::DictionaryPage { .. } => Ok(Parts {
                repetition: None,
                definition: None,
                data: buffer,
            }),
        }
    }

    /// Checks levels; returns how many are the highest.
    fn levels(&self, levels: Levels<'_>, max: i16, values: u64) -> Result<u64, ReadProblem> {
        let max = u64::try_from(max).unwrap_or(0);
        let found = match levels {
            Levels::Runs(data) => hybrid::pass(data, width_of(max), values, max)?,
            // Its length was checked; its values fit in their bits.
            Levels::Packed => return Ok(0),
        };
        if found.values < values {
            return Err(bad("a page has fewer levels than values"));
        }
        if found.largest > max {
            return Err(bad("a level beyond the schema's"));
        }
        Ok(found.equal)
    }

    /// Checks what is left after the levels: `values` with nulls, at least `present` without.
    fn values(
        &self,
        data: &[u8],
        encoding: Encoding,
        values: u64,
        present: u64,
        dictionary: u64,
    ) -> Result<u64, ReadProblem> {
        match (encoding, self.physical) {
            #[allow(deprecated, reason = "older writers' name for the same encoding")]
            (Encoding::RLE_DICTIONARY | Encoding::PLAIN_DICTIONARY, physical) => {
                let width = *data
                    .first()
                    .ok_or_else(|| bad("indices without their width"))?;
                if width > 32 {
                    return Err(bad("indices wider than 32 bits"));
                }
                hybrid::skim(&data[1..], width)?;
                // For other types the decoder itself looks whether an index is in the dictionary.
                if physical == Physical::FIXED_LEN_BYTE_ARRAY {
                    let found = hybrid::pass(&data[1..], width, present, 0)?;
                    if found.values > 0 && found.largest >= dictionary {
                        return Err(bad("an index beyond the dictionary"));
                    }
                }
                Ok(0)
            }
            (Encoding::RLE, Physical::BOOLEAN) => {
                let beyond = || bad("the runs of a page end beyond it");
                let (length, runs) = data.split_first_chunk::<4>().ok_or_else(beyond)?;
                let length = usize::try_from(u32::from_le_bytes(*length)).map_err(|_| beyond())?;
                hybrid::skim(runs.get(..length).ok_or_else(beyond)?, 1).map(|()| 0)
            }
            (Encoding::DELTA_BINARY_PACKED, _) => delta::skim(data, values).map(|()| 0),
            (Encoding::DELTA_LENGTH_BYTE_ARRAY, _) => {
                delta::length_byte_array(data, values).map(|_| 0)
            }
            (Encoding::DELTA_BYTE_ARRAY, _) => delta::byte_array(data, values),
            (Encoding::BYTE_STREAM_SPLIT, _) => {
                let width = match self.physical {
                    Physical::INT32 | Physical::FLOAT => 4,
                    Physical::INT64 | Physical::DOUBLE => 8,
                    _ => self.width.saturating_sub(32).max(1),
                };
                let stored = data.len() as u64;
                if !stored.is_multiple_of(width) || present.saturating_mul(width) > stored {
                    return Err(bad("a page of byte streams is too short for its values"));
                }
                Ok(0)
            }
            (Encoding::PLAIN, Physical::BYTE_ARRAY) if self.copied_texts => {
                plain_texts(data).map(|()| 0)
            }
            _ => Ok(0),
        }
    }
}

/// Levels, where the column has them, and values.
struct Parts<'a> {
    repetition: Option<Levels<'a>>,
    definition: Option<Levels<'a>>,
    data: &'a [u8],
}

enum Levels<'a> {
    Runs(&'a [u8]),
    /// The bit-packing of old, of a length that the counts give.
    Packed,
}

/// Takes the levels of a first-generation data page off its beginning.
fn take<'a>(
    rest: &mut &'a [u8],
    encoding: Encoding,
    max: i16,
    values: u32,
) -> Result<Levels<'a>, ReadProblem> {
    let beyond = || bad("the levels of a page end beyond it");
    match encoding {
        Encoding::RLE => {
            let (length, after) = rest.split_first_chunk::<4>().ok_or_else(beyond)?;
            let length = usize::try_from(u32::from_le_bytes(*length)).map_err(|_| beyond())?;
            if length > after.len() {
                return Err(beyond());
            }
            let (levels, after) = after.split_at(length);
            *rest = after;
            Ok(Levels::Runs(levels))
        }
        #[allow(deprecated, reason = "files of old are in it")]
        Encoding::BIT_PACKED => {
            let width = u64::from(width_of(u64::try_from(max).unwrap_or(0)));
            let length = (u64::from(values) * width).div_ceil(8);
            let length = usize::try_from(length).map_err(|_| beyond())?;
            *rest = rest.get(length..).ok_or_else(beyond)?;
            Ok(Levels::Packed)
        }
        _ => Err(bad("levels of unknown encoding")),
    }
}

/// Bits that the numbers up to `max` take.
fn width_of(max: u64) -> u8 {
    (64 - max.leading_zeros()) as u8
}

/// Checks that every text ends inside the page.
fn plain_texts(mut data: &[u8]) -> Result<(), ReadProblem> {
    while !data.is_empty() {
        let beyond = || bad("the texts of a page end beyond it");
        let (length, after) = data.split_first_chunk::<4>().ok_or_else(beyond)?;
        let length = usize::try_from(u32::from_le_bytes(*length)).map_err(|_| beyond())?;
        data = after.get(length..).ok_or_else(beyond)?;
    }
    Ok(())
}

fn bad(detail: &str) -> ReadProblem {
    ReadProblem::Damaged(detail.into())
}
