//! The pages of a column chunk, by their headers: what they will take is known before the first is decoded.

use super::gzip;
use super::header::{self, Header, Kind, encoding};
use crate::reader::{Limits, ReadProblem};
use parquet::basic::{Compression, Type as Physical};
use parquet::file::metadata::ColumnChunkMetaData;
use parquet::file::page_index::offset_index::PageLocation;
use parquet::file::reader::ChunkReader;

/// The most that LZ4 makes of one byte.
const LZ4_MAX_RATIO: u64 = 255;

/// The pages of a column chunk.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub(super) struct Pages {
    /// Bytes and values of the dictionary.
    pub(super) dictionary: Option<Page>,
    /// The data, in order.
    pub(super) data: Vec<Page>,
    /// Whether the codec LZ4 may try the framings of old writers, one of which says nothing of its size.
    pub(super) old_lz4: bool,
}

/// One page.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Page {
    /// Where its header begins in the file.
    offset: u64,
    /// What it takes there, header included.
    stored: u64,
    /// What its contents take once decompressed.
    pub(super) bytes: u64,
    /// Its values, nulls and repetitions included.
    pub(super) values: u64,
    /// Its rows, where the header says so.
    pub(super) rows: Option<u64>,
    /// Whether its texts are stored as differences, and may become more than its bytes.
    pub(super) grows: bool,
}

/// What the checks need to know of a column chunk.
pub(super) struct Chunk<'a> {
    pub(super) column: &'a ColumnChunkMetaData,
    /// Rows of its row group.
    pub(super) rows: u64,
    /// The offset index, where there is one and it is to be used.
    pub(super) locations: Option<&'a [PageLocation]>,
}

impl Pages {
    /// Walks over the headers of all pages of a chunk.
    ///
    /// # Errors
    /// * [`ReadProblem::Damaged`] if a header is unreadable, a page leaves its chunk, counts contradict each other, or a codec
    ///   cannot be bounded.
    /// * [`ReadProblem::TooLarge`] if a page would decompress to more than `limits.page_bytes`.
    ///
    /// # Cost
    /// One short read per page; a page of gzip so large that it might inflate beyond the bound is read whole.
    pub(super) fn walk<R: ChunkReader>(
        source: &R,
        chunk: &Chunk<'_>,
        limits: &Limits,
    ) -> Result<Self, ReadProblem> {
        if matches!(chunk.column.compression(), Compression::BROTLI(_)) {
            return Err(damaged(
                "compressed with brotli, which does not say how much its pages become",
            ));
        }
        let (start, length) = chunk.column.byte_range();
        let end = start
            .checked_add(length)
            .filter(|end| *end <= source.len())
            .ok_or_else(|| damaged("a column reaches beyond the file"))?;
        let mut pages = Self {
            old_lz4: true,
            ..Self::default()
        };
        let mut position = start;
        while position < end {
            let header = header::read(source.get_read(position)?, end - position)?;
            let body = position + header.bytes;
            let next = body + header.compressed;
            if next > end {
                return Err(damaged("a page reaches beyond its column"));
            }
            let packed = packed(chunk.column.compression(), &header);
            if packed && header.uncompressed > limits.page_bytes {
                return Err(too_large("a page", header.uncompressed, limits.page_bytes));
            }
            if !packed && header.compressed > limits.page_bytes {
                return Err(too_large("a page", header.compressed, limits.page_bytes));
            }
            if packed {
                pages.inflation(source, chunk.column, &header, body, limits)?;
            }
            pages.add(chunk.column, &header, position, packed)?;
            position = next;
        }
        pages.agree(chunk)?;
        Ok(pages)
    }

    /// Checks what a page becomes where the codec does not keep to what the header declares.
    fn inflation<R: ChunkReader>(
        &mut self,
        source: &R,
        column: &ColumnChunkMetaData,
        header: &Header,
        body: u64,
        limits: &Limits,
    ) -> Result<(), ReadProblem> {
        match column.compression() {
            Compression::GZIP(_)
                if header.compressed.saturating_mul(gzip::MAX_RATIO) > limits.page_bytes =>
            {
                let length = usize::try_from(header.compressed).unwrap_or(usize::MAX);
                let page = source.get_bytes(body, length)?;
                let levels = match header.kind {
                    Kind::DataV2 { levels_bytes, .. } => levels_bytes,
                    _ => 0,
                };
                let stream = page
                    .get(usize::try_from(levels).unwrap_or(usize::MAX)..)
                    .unwrap_or_default();
                if gzip::inflates_beyond(stream, header.uncompressed) {
                    return Err(damaged("a gzip page inflates to more than it claims"));
                }
            }
            Compression::LZ4
                if header.compressed.saturating_mul(LZ4_MAX_RATIO) > limits.page_bytes =>
            {
                self.old_lz4 = false;
            }
            _ => {}
        }
        Ok(())
    }

    fn add(
        &mut self,
        column: &ColumnChunkMetaData,
        header: &Header,
        offset: u64,
        packed: bool,
    ) -> Result<(), ReadProblem> {
        let page = Page {
            offset,
            stored: header.bytes + header.compressed,
            bytes: if packed {
                header.uncompressed
            } else {
                header.compressed
            },
            values: header.values,
            rows: None,
            grows: header.encoding == encoding::DELTA_BYTE_ARRAY,
        };
        match header.kind {
            Kind::Index => {}
            Kind::Dictionary => {
                if self.dictionary.is_some() || !self.data.is_empty() {
                    return Err(damaged("a dictionary that is not its column's first page"));
                }
                if !matches!(
                    header.encoding,
                    encoding::PLAIN | encoding::PLAIN_DICTIONARY | encoding::RLE_DICTIONARY
                ) {
                    return Err(damaged("a dictionary of unknown encoding"));
                }
                let possible = page.bytes.saturating_mul(8) / smallest_bits(column);
                if page.values > possible {
                    return Err(ReadProblem::Damaged(format!(
                        "claims {} values in a dictionary of {} bytes",
                        page.values, page.bytes
                    )));
                }
                self.dictionary = Some(page);
            }
            Kind::Data | Kind::DataV2 { .. } => {
                let by_dictionary = matches!(
                    header.encoding,
                    encoding::PLAIN_DICTIONARY | encoding::RLE_DICTIONARY
                );
                if by_dictionary && self.dictionary.is_none() {
                    return Err(damaged("indices of a dictionary that is not there"));
                }
                let rows = match header.kind {
                    Kind::DataV2 {
                        rows, levels_bytes, ..
                    } => {
                        if levels_bytes > page.bytes {
                            return Err(damaged("the levels of a page end beyond it"));
                        }
                        Some(rows)
                    }
                    _ => None,
                };
                self.data.push(Page { rows, ..page });
            }
        }
        Ok(())
    }

    /// Checks the chunk as a whole: its rows, and the page index against the pages.
    fn agree(&mut self, chunk: &Chunk<'_>) -> Result<(), ReadProblem> {
        let values: u64 = self.data.iter().map(|page| page.values).sum();
        let nested = chunk.column.column_descr().max_rep_level() > 0;
        if values < chunk.rows || (!nested && values != chunk.rows) {
            return Err(ReadProblem::Damaged(format!(
                "a column has {values} values in a row group of {} rows",
                chunk.rows
            )));
        }
        if !nested {
            for page in &mut self.data {
                page.rows = Some(page.values);
            }
        }
        let Some(locations) = chunk.locations else {
            return Ok(());
        };
        let contradiction = || damaged("the page index contradicts the pages");
        if locations.len() != self.data.len() {
            return Err(contradiction());
        }
        for (i, (page, location)) in self.data.iter_mut().zip(locations).enumerate() {
            let first = u64::try_from(location.first_row_index).ok();
            let next = match locations.get(i + 1) {
                Some(next) => u64::try_from(next.first_row_index).ok(),
                None => Some(chunk.rows),
            };
            let rows = first.zip(next).and_then(|(a, b)| b.checked_sub(a));
            if u64::try_from(location.offset) != Ok(page.offset)
                || u64::try_from(location.compressed_page_size) != Ok(page.stored)
                || (i == 0 && first != Some(0))
                || rows.is_none()
                || (page.rows.is_some() && page.rows != rows)
            {
                return Err(contradiction());
            }
            page.rows = rows;
        }
        Ok(())
    }
}

/// Whether the codec is applied to this page.
fn packed(codec: Compression, header: &Header) -> bool {
    let applied = match header.kind {
        Kind::DataV2 { compressed, .. } => compressed,
        _ => true,
    };
    applied && codec != Compression::UNCOMPRESSED
}

/// What a value of a dictionary takes at least, in bits.
fn smallest_bits(column: &ColumnChunkMetaData) -> u64 {
    match column.column_type() {
        Physical::BOOLEAN => 1,
        Physical::INT32 | Physical::FLOAT | Physical::BYTE_ARRAY => 32,
        Physical::INT64 | Physical::DOUBLE => 64,
        Physical::INT96 => 96,
        // Positive: the footer's check saw to it.
        Physical::FIXED_LEN_BYTE_ARRAY => {
            8 * u64::try_from(column.column_descr().type_length())
                .unwrap_or(1)
                .max(1)
        }
    }
}

fn damaged(detail: &str) -> ReadProblem {
    ReadProblem::Damaged(detail.into())
}

fn too_large(what: &'static str, bytes: u64, limit: u64) -> ReadProblem {
    ReadProblem::TooLarge { what, bytes, limit }
}
