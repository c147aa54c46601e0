//! A page header, as far as the checks need it.

use super::tables::PAGE_HEADER;
use super::thrift::{Compact, Event};
use crate::reader::ReadProblem;
use std::io::Read;

/// Which of the format's pages follows.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Kind {
    Dictionary,
    Data,
    DataV2 {
        rows: u64,
        levels_bytes: u64,
        compressed: bool,
    },
    /// An index page of old: readers skip it.
    Index,
}

/// What a page says of itself.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Header {
    pub(super) kind: Kind,
    /// Bytes of the header itself.
    pub(super) bytes: u64,
    pub(super) uncompressed: u64,
    pub(super) compressed: u64,
    /// Values, nulls and repetitions included.
    pub(super) values: u64,
    /// As `parquet.thrift` numbers it.
    pub(super) encoding: i32,
}

/// Numbers of the format's encodings, as they stand in a file.
pub(super) mod encoding {
    pub(in super::super) const PLAIN: i32 = 0;
    pub(in super::super) const PLAIN_DICTIONARY: i32 = 2;
    pub(in super::super) const DELTA_BYTE_ARRAY: i32 = 7;
    pub(in super::super) const RLE_DICTIONARY: i32 = 8;
}

/// Every number a header may have.
#[derive(Default)]
struct Fields {
    kind: Option<i32>,
    uncompressed: Option<i32>,
    compressed: Option<i32>,
    values: Option<i32>,
    nulls: i32,
    rows: i32,
    encoding: i32,
    definition: i32,
    repetition: i32,
    is_compressed: bool,
    /// Which of the page-specific headers were there: one bit each.
    parts: u8,
}

/// Reads the header at the beginning of `reader`, which must end within `limit` bytes.
pub(super) fn read(reader: impl Read, limit: u64) -> Result<Header, ReadProblem> {
    let mut f = Fields {
        is_compressed: true,
        ..Fields::default()
    };
    let mut visit = |event| {
        // As the parser reads them: the low 32 bits.
        match event {
            Event::Number("PageHeader", 1, v) => f.kind = Some(v as i32),
            Event::Number("PageHeader", 2, v) => f.uncompressed = Some(v as i32),
            Event::Number("PageHeader", 3, v) => f.compressed = Some(v as i32),
            Event::Begin("DataPageHeader") => f.parts |= 1,
            Event::Begin("DictionaryPageHeader") => f.parts |= 2,
            Event::Begin("DataPageHeaderV2") => f.parts |= 4,
            Event::Number("DataPageHeader" | "DictionaryPageHeader" | "DataPageHeaderV2", 1, v) => {
                f.values = Some(v as i32)
            }
            Event::Number("DataPageHeader" | "DictionaryPageHeader", 2, v)
            | Event::Number("DataPageHeaderV2", 4, v) => f.encoding = v as i32,
            Event::Number("DataPageHeaderV2", 2, v) => f.nulls = v as i32,
            Event::Number("DataPageHeaderV2", 3, v) => f.rows = v as i32,
            Event::Number("DataPageHeaderV2", 5, v) => f.definition = v as i32,
            Event::Number("DataPageHeaderV2", 6, v) => f.repetition = v as i32,
            Event::Number("DataPageHeaderV2", 7, v) => f.is_compressed = v != 0,
            _ => {}
        }
        Ok(())
    };
    let mut compact = Compact::new(reader, limit);
    compact.walk(&PAGE_HEADER, &mut visit)?;
    f.check(compact.read())
}

impl Fields {
    fn check(self, bytes: u64) -> Result<Header, ReadProblem> {
        let (Some(kind), Some(uncompressed), Some(compressed)) =
            (self.kind, self.uncompressed, self.compressed)
        else {
            return Err(bad("a page header lacks its type or its sizes"));
        };
        // With the wrong part, or with two, readers take the type from one place and the sizes from another.
        let (kind, part) = match kind {
            0 => (Kind::Data, 1),
            1 => (Kind::Index, 0),
            2 => (Kind::Dictionary, 2),
            3 => {
                let [rows, nulls, values, definition, repetition] = [
                    self.rows,
                    self.nulls,
                    self.values.unwrap_or(0),
                    self.definition,
                    self.repetition,
                ]
                .map(size);
                let (rows, nulls, values) = (rows?, nulls?, values?);
                if nulls > values || rows > values {
                    return Err(bad("a page has more rows or nulls than values"));
                }
                let kind = Kind::DataV2 {
                    rows,
                    levels_bytes: definition? + repetition?,
                    compressed: self.is_compressed,
                };
                (kind, 4)
            }
            _ => return Err(bad("a page of unknown type")),
        };
        if self.parts & !part != 0 || (part != 0 && self.values.is_none()) {
            return Err(bad("a page header contradicts its type"));
        }
        Ok(Header {
            kind,
            bytes,
            uncompressed: size(uncompressed)?,
            compressed: size(compressed)?,
            values: size(self.values.unwrap_or(0))?,
            encoding: self.encoding,
        })
    }
}

fn size(n: i32) -> Result<u64, ReadProblem> {
    u64::try_from(n).map_err(|_| bad("a page has a negative size"))
}

fn bad(detail: &str) -> ReadProblem {
    ReadProblem::Damaged(detail.into())
}
