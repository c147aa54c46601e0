//! The footer: its frame, what it claims, and only then its contents.

use super::tables::FILE_METADATA;
use super::thrift::{Compact, Event};
use crate::reader::{Limits, ReadProblem};
use parquet::file::metadata::{ParquetMetaData, ParquetMetaDataReader};
use parquet::file::reader::ChunkReader;

/// Elements of a schema, groups and columns together.
const SCHEMA_ELEMENTS: u64 = 1 << 18;
/// Groups inside groups: the parser recurses once per level.
const SCHEMA_DEPTH: usize = 64;
/// Row groups that the format can number.
const ROW_GROUPS: u64 = 1 << 15;
/// Column chunks of all row groups together; the parser takes about half a KiB for each.
const COLUMN_CHUNKS: u64 = 1 << 20;
/// Pairs of the file's own metadata.
const KEY_VALUES: u64 = 1 << 16;
/// Rows that a byte of file may stand for: a run of equal values takes next to nothing, but not nothing at all.
const ROWS_PER_BYTE: u64 = 4_096;
/// Physical type of values whose length stands in the schema.
const FIXED_LEN_BYTE_ARRAY: i32 = 7;

/// Reads the footer and checks what it says of itself: that its sizes, counts and offsets are possible.
///
/// # Cost
/// Two reads: its last eight bytes, and the rest.
pub(super) fn read<R: ChunkReader>(
    source: &R,
    limits: &Limits,
) -> Result<ParquetMetaData, ReadProblem> {
    let bytes = source.len();
    let length = frame(source, bytes, limits)?;
    let footer = source.get_bytes(
        bytes - 8 - length,
        usize::try_from(length).unwrap_or(usize::MAX),
    )?;
    claims(&footer, limits)?;
    let metadata = super::guarded("the footer", || {
        Ok(ParquetMetaDataReader::decode_metadata(&footer)?)
    })?;
    rows_and_offsets(&metadata, bytes)?;
    Ok(metadata)
}

/// The length of the footer: `PAR1` at the end of the file, and before it a length that fits.
fn frame<R: ChunkReader>(source: &R, bytes: u64, limits: &Limits) -> Result<u64, ReadProblem> {
    if bytes < 12 {
        return Err(ReadProblem::Damaged(format!(
            "{bytes} bytes are too few for a Parquet file"
        )));
    }
    let tail = source.get_bytes(bytes - 8, 8)?;
    let Ok([a, b, c, d, magic @ ..]) = <[u8; 8]>::try_from(tail.as_ref()) else {
        return Err(ReadProblem::Damaged("truncated".into()));
    };
    if &magic == b"PARE" {
        return Err(ReadProblem::Damaged("the footer is encrypted".into()));
    }
    if &magic != b"PAR1" {
        return Err(ReadProblem::Damaged(
            "no Parquet footer at the end: truncated, or not Parquet".into(),
        ));
    }
    let length = u64::from(u32::from_le_bytes([a, b, c, d]));
    if length > bytes - 8 {
        return Err(ReadProblem::Damaged(
            "the footer claims to be longer than the file".into(),
        ));
    }
    if length > limits.footer_bytes {
        return Err(ReadProblem::TooLarge {
            what: "the footer",
            bytes: length,
            limit: limits.footer_bytes,
        });
    }
    Ok(length)
}

/// Checks every count of the footer before a parser allocates or recurses by it.
fn claims(footer: &[u8], limits: &Limits) -> Result<(), ReadProblem> {
    let mut schema = SchemaTree::new(limits.footer_bytes);
    let mut chunks = 0;
    let mut visit = |event| match event {
        Event::Length("FileMetaData", 2, n) => {
            schema.expected = n;
            at_most("schema elements", n, SCHEMA_ELEMENTS)
        }
        Event::Length("FileMetaData", 4, n) => at_most("row groups", n, ROW_GROUPS),
        Event::Length("FileMetaData", 5, n) => at_most("metadata pairs", n, KEY_VALUES),
        Event::Length("RowGroup", 1, n) => {
            chunks += n;
            at_most("column chunks", chunks, COLUMN_CHUNKS)
        }
        Event::Begin("SchemaElement") => {
            schema.element = Element::default();
            Ok(())
        }
        // As the parser reads them: the low 32 bits.
        Event::Number("SchemaElement", 1, v) => {
            schema.element.physical = Some(v as i32);
            Ok(())
        }
        Event::Number("SchemaElement", 2, v) => {
            schema.element.length = v as i32;
            Ok(())
        }
        Event::Number("SchemaElement", 5, v) => {
            schema.element.children = v as i32;
            Ok(())
        }
        Event::Length("SchemaElement", 4, n) => {
            schema.element.name = n;
            Ok(())
        }
        Event::End("SchemaElement") => schema.add(),
        _ => Ok(()),
    };
    Compact::new(footer, footer.len() as u64).walk(&FILE_METADATA, &mut visit)
}

fn at_most(what: &str, claimed: u64, limit: u64) -> Result<(), ReadProblem> {
    if claimed > limit {
        return Err(ReadProblem::Damaged(format!(
            "the footer claims {claimed} {what}, more than the {limit} allowed"
        )));
    }
    Ok(())
}

#[derive(Default)]
struct Element {
    physical: Option<i32>,
    length: i32,
    children: i32,
    name: u64,
}

/// A group: children still to come, bytes of the path to it, groups it is in.
#[derive(Clone, Copy)]
struct Open {
    left: u64,
    path: u64,
    depth: usize,
}

/// The schema as it is read, depth first: what is open, and what the paths of all leaves will take.
struct SchemaTree {
    element: Element,
    expected: u64,
    seen: u64,
    /// Every group with children still to come.
    open: Vec<Open>,
    path_bytes: u64,
    path_limit: u64,
}

impl SchemaTree {
    fn new(path_limit: u64) -> Self {
        Self {
            element: Element::default(),
            expected: 0,
            seen: 0,
            open: Vec::new(),
            path_bytes: 0,
            path_limit,
        }
    }

    fn add(&mut self) -> Result<(), ReadProblem> {
        let Element {
            physical,
            length,
            children,
            name,
        } = self.element;
        self.seen += 1;
        let children = u64::try_from(children)
            .map_err(|_| ReadProblem::Damaged("a group has a negative number of columns".into()))?;
        if children > self.expected.saturating_sub(self.seen) {
            return Err(ReadProblem::Damaged(format!(
                "a group claims {children} columns, the schema has {} elements",
                self.expected
            )));
        }
        if children == 0 && physical == Some(FIXED_LEN_BYTE_ARRAY) && length <= 0 {
            return Err(ReadProblem::Damaged(format!(
                "values of a fixed length of {length} bytes"
            )));
        }
        let (above, depth) = self.open.last().map_or((0, 0), |o| (o.path, o.depth + 1));
        if depth > SCHEMA_DEPTH {
            return Err(ReadProblem::Damaged(format!(
                "the schema is nested deeper than {SCHEMA_DEPTH}"
            )));
        }
        // A parser keeps each leaf's path as texts of their own.
        let path = above + name + 24;
        if children == 0 {
            self.path_bytes += path;
            if self.path_bytes > self.path_limit {
                return Err(ReadProblem::TooLarge {
                    what: "the list of column paths",
                    bytes: self.path_bytes,
                    limit: self.path_limit,
                });
            }
        }
        if let Some(parent) = self.open.last_mut() {
            parent.left -= 1;
        }
        if children > 0 {
            self.open.push(Open {
                left: children,
                path,
                depth,
            });
        }
        while self.open.last().is_some_and(|group| group.left == 0) {
            self.open.pop();
        }
        Ok(())
    }
}

/// Checks the numbers that readers compute with.
fn rows_and_offsets(metadata: &ParquetMetaData, bytes: u64) -> Result<(), ReadProblem> {
    let mut rows = 0u64;
    for group in metadata.row_groups() {
        rows = u64::try_from(group.num_rows())
            .ok()
            .and_then(|n| rows.checked_add(n))
            .ok_or_else(|| ReadProblem::Damaged("negative row count".into()))?;
        if rows > bytes.saturating_mul(ROWS_PER_BYTE) {
            return Err(ReadProblem::Damaged(format!(
                "claims {rows} rows in {bytes} bytes"
            )));
        }
        for column in group.columns() {
            // The library asserts both when it asks for the column's bytes.
            let start = column
                .dictionary_page_offset()
                .unwrap_or(column.data_page_offset());
            if start < 0 || column.compressed_size() < 0 {
                return Err(ReadProblem::Damaged("negative offset of a column".into()));
            }
            if column.file_path().is_some() {
                return Err(ReadProblem::Damaged("a column is in another file".into()));
            }
        }
    }
    if u64::try_from(metadata.file_metadata().num_rows()) != Ok(rows) {
        return Err(ReadProblem::Damaged(format!(
            "claims {} rows, its row groups have {rows}",
            metadata.file_metadata().num_rows()
        )));
    }
    Ok(())
}
