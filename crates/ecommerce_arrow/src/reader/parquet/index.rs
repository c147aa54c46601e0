//! Page index and Bloom filters: parts of a file outside footer and pages, read only when asked for.

use super::tables::{BLOOM_FILTER, COLUMN_INDEX, OFFSET_INDEX};
use super::thrift::{Compact, Event, Table};
use crate::reader::{Limits, ReadProblem};
use parquet::bloom_filter::Sbbf;
use parquet::file::metadata::{
    ColumnChunkMetaData, PageIndexPolicy, ParquetMetaData, ParquetMetaDataReader,
};
use parquet::file::page_index::column_index::ColumnIndexMetaData;
use parquet::file::reader::ChunkReader;
use std::ops::Range;

/// A block of a split-block Bloom filter, in bytes.
const BLOOM_BLOCK: u64 = 32;
/// No header of a Bloom filter is longer.
const BLOOM_HEADER: u64 = 64;

/// The metadata with the page index of all row groups, or as it was where the file has none.
///
/// # Cost
/// One read, of all indexes together.
pub(super) fn page_index<R: ChunkReader>(
    source: &R,
    metadata: ParquetMetaData,
    limits: &Limits,
) -> Result<ParquetMetaData, ReadProblem> {
    let parts = parts(&metadata, source.len())?;
    let Some(start) = parts.iter().map(|(range, _)| range.start).min() else {
        return Ok(metadata);
    };
    let end = parts
        .iter()
        .map(|(range, _)| range.end)
        .max()
        .unwrap_or(start);
    if end - start > limits.footer_bytes {
        return Err(ReadProblem::TooLarge {
            what: "the page index",
            bytes: end - start,
            limit: limits.footer_bytes,
        });
    }
    // One byte more than the index: the library wants to see that the file goes on after it, as its footer does.
    let bytes = source.get_bytes(
        start,
        usize::try_from(end + 1 - start).unwrap_or(usize::MAX),
    )?;
    for (range, table) in &parts {
        let part = &bytes[(range.start - start) as usize..(range.end - start) as usize];
        Compact::new(part, part.len() as u64).walk(table, &mut |_| Ok(()))?;
    }
    super::guarded("the page index", || {
        let mut reader = ParquetMetaDataReader::new_with_metadata(metadata)
            .with_page_index_policy(PageIndexPolicy::Optional);
        reader.read_page_indexes_sized(&bytes, end + 1)?;
        Ok(reader.finish()?)
    })
    .and_then(agreeing)
}

/// Checks that both indexes of a column speak of the same pages: who uses them takes it for granted.
fn agreeing(metadata: ParquetMetaData) -> Result<ParquetMetaData, ReadProblem> {
    let (columns, offsets) = (metadata.column_index(), metadata.offset_index());
    for (i, group) in metadata.row_groups().iter().enumerate() {
        for leaf in 0..group.num_columns() {
            let pages = offsets
                .and_then(|index| Some(index.get(i)?.get(leaf)?.page_locations().len()))
                .map(|n| n as u64);
            let described = columns
                .and_then(|index| index.get(i)?.get(leaf))
                .filter(|column| !matches!(column, ColumnIndexMetaData::NONE))
                .map(ColumnIndexMetaData::num_pages);
            let empty = pages == Some(0) && group.num_rows() > 0;
            if empty || described.is_some() && described != pages {
                return Err(ReadProblem::Damaged(
                    "the page index contradicts itself".into(),
                ));
            }
        }
    }
    Ok(metadata)
}

/// Where the indexes are, each inside the file.
fn parts(
    metadata: &ParquetMetaData,
    file: u64,
) -> Result<Vec<(Range<u64>, &'static Table)>, ReadProblem> {
    let mut parts = Vec::new();
    for column in metadata.row_groups().iter().flat_map(|g| g.columns()) {
        for (offset, length, table) in [
            (
                column.offset_index_offset(),
                column.offset_index_length(),
                &OFFSET_INDEX,
            ),
            (
                column.column_index_offset(),
                column.column_index_length(),
                &COLUMN_INDEX,
            ),
        ] {
            let Some((offset, length)) = offset.zip(length) else {
                continue;
            };
            let range = u64::try_from(offset)
                .ok()
                .zip(u64::try_from(length).ok())
                .and_then(|(start, length)| Some(start..start.checked_add(length)?))
                .filter(|range| range.end < file)
                .ok_or_else(|| ReadProblem::Damaged("a page index beyond the file".into()))?;
            parts.push((range, table));
        }
    }
    Ok(parts)
}

/// The Bloom filter of a column chunk, or `None` where it has none.
///
/// # Cost
/// Two reads: its header, and all of it.
pub(super) fn bloom_filter<R: ChunkReader>(
    source: &R,
    column: &ColumnChunkMetaData,
    limits: &Limits,
) -> Result<Option<Sbbf>, ReadProblem> {
    let Some(offset) = column.bloom_filter_offset() else {
        return Ok(None);
    };
    let beyond = || ReadProblem::Damaged("a Bloom filter beyond the file".into());
    let offset = u64::try_from(offset).map_err(|_| beyond())?;
    let room = source.len().checked_sub(offset).ok_or_else(beyond)?;
    let mut bits = None;
    let mut header = Compact::new(source.get_read(offset)?, room.min(BLOOM_HEADER));
    header.walk(&BLOOM_FILTER, &mut |event| {
        if let Event::Number("BloomFilterHeader", 1, n) = event {
            bits = u64::try_from(n as i32).ok();
        }
        Ok(())
    })?;
    let bits = bits
        .filter(|n| *n >= BLOOM_BLOCK && n % BLOOM_BLOCK == 0)
        .ok_or_else(|| ReadProblem::Damaged("a Bloom filter of an impossible size".into()))?;
    let length = header.read() + bits;
    if length > room {
        return Err(beyond());
    }
    if length > limits.footer_bytes {
        return Err(ReadProblem::TooLarge {
            what: "a Bloom filter",
            bytes: length,
            limit: limits.footer_bytes,
        });
    }
    if column
        .bloom_filter_length()
        .is_some_and(|n| u64::try_from(n) != Ok(length))
    {
        return Err(ReadProblem::Damaged(
            "a Bloom filter has another length than the footer says".into(),
        ));
    }
    super::guarded("a Bloom filter", || {
        Ok(Sbbf::read_from_column_chunk(column, source)?)
    })
}
