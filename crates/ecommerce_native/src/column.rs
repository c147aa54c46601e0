//! A column chunk, some rows at a time, as close to its encoding as the work allows.

use crate::chunk::{Pages, guarded};
use crate::error::Fault;
use crate::hybrid::Hybrid;
use crate::kind::Kind;
use crate::order::Value;
use crate::table::Key;
use bytes::Bytes;
use parquet::basic::{Encoding, Type as Physical};
use parquet::column::page::{Page, PageMetadata, PageReader};
use parquet::column::reader::ColumnReaderImpl;
use parquet::data_type::{ByteArrayType, DoubleType, Int32Type, Int64Type};
use parquet::errors::Result as ParquetResult;
use parquet::file::metadata::ColumnChunkMetaData;
use parquet::schema::types::ColumnDescPtr;

/// Rows decoded at a time only to come to those behind them.
const SKIPPED_ROWS: usize = 4096;

/// Reads a chunk page by page. Every page is decompressed once and decoded once.
pub(crate) struct Cursor {
    pages: Pages,
    descriptor: ColumnDescPtr,
    kind: Kind,
    nullable: bool,
    /// Rows of the row group that no page has covered yet.
    rows_ahead: usize,
    dictionary: Option<Dictionary>,
    /// Rows left in the page.
    left: usize,
    levels: Option<Hybrid>,
    values: PageValues,
}

/// What a chunk's dictionary page holds.
#[derive(Clone, Debug)]
pub(crate) enum Dictionary {
    /// The bits of doubles, or integers.
    Numbers(Vec<u64>),
    /// Where each text lies in the page.
    Texts(Bytes, Vec<Span>),
}

/// A text's place in a buffer.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Span {
    pub(crate) start: u32,
    pub(crate) length: u32,
}

impl Span {
    /// The text; none if the place is not in `data`.
    #[inline]
    pub(crate) fn of(self, data: &[u8]) -> &[u8] {
        let start = self.start as usize;
        data.get(start..start + self.length as usize)
            .unwrap_or_default()
    }

    /// The text as a key.
    #[inline]
    pub(crate) fn key(self, data: &[u8]) -> Key {
        Key::text(data, self.start, self.length)
    }
}

impl Dictionary {
    /// The value of a code as a key.
    #[inline]
    pub(crate) fn key(&self, code: u32) -> Key {
        match self {
            Self::Numbers(numbers) => Key::number(numbers[code as usize]),
            Self::Texts(data, spans) => spans[code as usize].key(data),
        }
    }

    /// Where its texts are.
    pub(crate) fn data(&self) -> &[u8] {
        match self {
            Self::Numbers(_) => &[],
            Self::Texts(data, _) => data,
        }
    }

    /// How many values there are.
    pub(crate) fn len(&self) -> usize {
        match self {
            Self::Numbers(numbers) => numbers.len(),
            Self::Texts(_, spans) => spans.len(),
        }
    }
}

enum PageValues {
    /// Places in the dictionary.
    Codes(Hybrid),
    /// One value after the other.
    Plain(Bytes, usize),
    /// Anything else, read by the parquet crate, levels and all.
    Foreign(Box<Foreign>),
}

/// Rows of a column. What is not named by `form` is of an earlier batch.
#[derive(Default)]
pub(crate) struct Rows {
    pub(crate) form: Form,
    /// Places in the dictionary; a null is the place behind its end.
    pub(crate) codes: Vec<u32>,
    /// Integers, or the bits of doubles; 0 for a null.
    pub(crate) numbers: Vec<u64>,
    /// Where texts lie in `data`.
    pub(crate) texts: Vec<Span>,
    pub(crate) data: Bytes,
    /// Whether each row has a value; empty if all have. Not kept for codes, which say it themselves.
    pub(crate) valid: Vec<u8>,
}

impl Rows {
    /// Whether a row that is not a code has a value.
    #[inline]
    fn is_some(&self, row: usize) -> bool {
        self.valid.get(row).is_none_or(|v| *v == 1)
    }

    /// A row's value as a key; its text is in the dictionary's data or in `data`.
    #[inline]
    pub(crate) fn key(&self, row: usize, dictionary: Option<&Dictionary>) -> Key {
        match (self.form, dictionary) {
            (Form::Codes, Some(dictionary)) => {
                let code = self.codes[row];
                if (code as usize) < dictionary.len() {
                    dictionary.key(code)
                } else {
                    Key::NULL
                }
            }
            _ if !self.is_some(row) => Key::NULL,
            (Form::Texts, _) => self.texts[row].key(&self.data),
            _ => Key::number(self.numbers[row]),
        }
    }

    /// A row's value.
    pub(crate) fn value<'a>(&'a self, row: usize, dictionary: Option<&'a Dictionary>) -> Value<'a> {
        match (self.form, dictionary) {
            (Form::Codes, Some(Dictionary::Numbers(numbers))) => {
                let number = numbers.get(self.codes[row] as usize);
                number.map_or(Value::Null, |n| Value::Number(*n))
            }
            (Form::Codes, Some(Dictionary::Texts(data, spans))) => {
                let span = spans.get(self.codes[row] as usize);
                span.map_or(Value::Null, |s| Value::Text(s.of(data)))
            }
            _ if !self.is_some(row) => Value::Null,
            (Form::Texts, _) => Value::Text(self.texts[row].of(&self.data)),
            _ => Value::Number(self.numbers[row]),
        }
    }

    /// The bits of a row's number, 0 for a text; none of a null.
    #[inline]
    pub(crate) fn bits(&self, row: usize, dictionary: Option<&Dictionary>) -> Option<u64> {
        match (self.form, dictionary) {
            (Form::Codes, Some(Dictionary::Numbers(numbers))) => {
                numbers.get(self.codes[row] as usize).copied()
            }
            (Form::Codes, Some(Dictionary::Texts(_, spans))) => {
                ((self.codes[row] as usize) < spans.len()).then_some(0)
            }
            _ if !self.is_some(row) => None,
            (Form::Numbers, _) => Some(self.numbers[row]),
            _ => Some(0),
        }
    }
}

/// How rows are given.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Form {
    #[default]
    Codes,
    Numbers,
    Texts,
}

impl Cursor {
    /// At the first row of a chunk of `rows` rows, whose bytes are all in `bytes`.
    pub(crate) fn new(
        metadata: &ColumnChunkMetaData,
        kind: Kind,
        rows: usize,
        bytes: Bytes,
    ) -> Result<Self, Fault> {
        let descriptor = metadata.column_descr_ptr();
        Ok(Self {
            pages: Pages::new(metadata, rows, bytes)?,
            nullable: descriptor.max_def_level() > 0,
            descriptor,
            kind,
            rows_ahead: rows,
            dictionary: None,
            left: 0,
            levels: None,
            values: PageValues::Plain(Bytes::new(), 0),
        })
    }

    /// The dictionary, once a page has been loaded.
    pub(crate) fn dictionary(&self) -> Option<&Dictionary> {
        self.dictionary.as_ref()
    }

    /// Rows left in the page, the next one loaded if there are none.
    pub(crate) fn load(&mut self) -> Result<usize, Fault> {
        while self.left == 0 {
            self.load_page()?;
        }
        Ok(self.left)
    }

    /// Loads the next page, be it the dictionary's or one of rows.
    fn load_page(&mut self) -> Result<(), Fault> {
        let page = self
            .pages
            .next()?
            .ok_or_else(|| Fault::page(format!("{} rows are missing", self.rows_ahead)))?;
        let Page::DictionaryPage {
            buf,
            num_values,
            encoding,
            ..
        } = page
        else {
            return self.open(page);
        };
        if self.dictionary.is_some() {
            return Err(Fault::page("a second dictionary"));
        }
        if !matches!(encoding, Encoding::PLAIN | Encoding::PLAIN_DICTIONARY) {
            return Err(Fault::page(format!("a dictionary in {encoding}")));
        }
        self.dictionary = Some(self.read_dictionary(buf, num_values as usize)?);
        Ok(())
    }

    /// Passes `rows` rows over: whole pages are not even decompressed; what is read of the last one is left in `scratch`.
    pub(crate) fn skip(&mut self, mut rows: usize, scratch: &mut Rows) -> Result<(), Fault> {
        while rows > 0 {
            if self.left > 0 {
                let count = rows.min(self.left).min(SKIPPED_ROWS);
                self.read(count, scratch)?;
                rows -= count;
                continue;
            }
            match self.pages.next_rows()?.filter(|page| *page <= rows) {
                Some(page) => {
                    self.pages.skip()?;
                    self.rows_ahead = self.rows_ahead.saturating_sub(page);
                    rows -= page;
                }
                None => self.load_page()?,
            }
        }
        Ok(())
    }

    fn read_dictionary(&self, data: Bytes, count: usize) -> Result<Dictionary, Fault> {
        let width = self.number_width();
        if width == 0 {
            // A text takes four bytes at least: an impossible count ends before it allocates.
            let mut spans = Vec::with_capacity(count.min(data.len() / 4));
            let mut at = 0;
            for _ in 0..count {
                spans.push(next_text(&data, &mut at)?);
            }
            return Ok(Dictionary::Texts(data, spans));
        }
        let numbers = count
            .checked_mul(width)
            .and_then(|bytes| data.get(..bytes))
            .ok_or_else(|| Fault::page("the dictionary ends too early"))?;
        let mut values = vec![0; count];
        read_numbers(numbers, width, &mut values);
        Ok(Dictionary::Numbers(values))
    }

    /// Bytes of a number; 0 for text.
    fn number_width(&self) -> usize {
        match self.descriptor.physical_type() {
            Physical::INT32 => 4,
            Physical::INT64 | Physical::DOUBLE => 8,
            _ => 0,
        }
    }

    fn open(&mut self, page: Page) -> Result<(), Fault> {
        let rows = page.num_values() as usize;
        if rows > self.rows_ahead {
            return Err(Fault::page("more rows in its pages than in the row group"));
        }
        self.rows_ahead -= rows;
        self.left = rows;
        let (levels, values) = match &page {
            Page::DataPage {
                buf,
                def_level_encoding,
                ..
            } => match (self.nullable, def_level_encoding) {
                (false, _) => (None, buf.clone()),
                (true, Encoding::RLE) => {
                    let length = buf
                        .first_chunk()
                        .map(|n| u32::from_le_bytes(*n) as usize)
                        .filter(|n| *n <= buf.len() - 4)
                        .ok_or_else(|| Fault::page("levels longer than their page"))?;
                    (Some(buf.slice(4..4 + length)), buf.slice(4 + length..))
                }
                // Levels as they were written before 2013.
                (true, _) => return self.open_foreign(page),
            },
            Page::DataPageV2 {
                buf,
                def_levels_byte_len,
                rep_levels_byte_len,
                ..
            } => {
                let (def, rep) = (*def_levels_byte_len as usize, *rep_levels_byte_len as usize);
                if def.saturating_add(rep) > buf.len() {
                    return Err(Fault::page("levels longer than their page"));
                }
                let levels = self.nullable.then(|| buf.slice(rep..rep + def));
                (levels, buf.slice(rep + def..))
            }
            Page::DictionaryPage { .. } => return Err(Fault::page("a second dictionary")),
        };
        self.values = match page.encoding() {
            Encoding::RLE_DICTIONARY | Encoding::PLAIN_DICTIONARY => {
                if self.dictionary.is_none() {
                    return Err(Fault::page("codes without a dictionary"));
                }
                // A page of nulls alone may have no values at all, not even their width.
                let width = values.first().copied().unwrap_or(0);
                let codes = values.slice(values.len().min(1)..);
                PageValues::Codes(Hybrid::new(codes, width)?)
            }
            Encoding::PLAIN => PageValues::Plain(values, 0),
            _ => return self.open_foreign(page),
        };
        self.levels = levels.map(|data| Hybrid::new(data, 1)).transpose()?;
        Ok(())
    }

    fn open_foreign(&mut self, page: Page) -> Result<(), Fault> {
        let descriptor = self.descriptor.clone();
        self.levels = None;
        self.values =
            PageValues::Foreign(guarded(|| Ok(Box::new(Foreign::new(descriptor, page))))?);
        Ok(())
    }

    /// Puts the next `count` rows into `out`: no more than [`Cursor::load`] said.
    pub(crate) fn read(&mut self, count: usize, out: &mut Rows) -> Result<(), Fault> {
        self.left = self
            .left
            .checked_sub(count)
            .ok_or_else(|| Fault::page("more rows asked for than are in the page"))?;
        out.valid.clear();
        let present = match &mut self.levels {
            None => count,
            Some(levels) => match levels.constant(count)? {
                Some(1) => count,
                Some(0) => {
                    out.valid.resize(count, 0);
                    0
                }
                Some(_) => return Err(Fault::page("a level above the largest")),
                None => read_levels(levels, count, &mut out.valid)?,
            },
        };
        let texts = self.kind == Kind::Text;
        match &mut self.values {
            PageValues::Codes(codes) => {
                let size = self.dictionary.as_ref().map_or(0, Dictionary::len);
                out.form = Form::Codes;
                out.codes.resize(count, 0);
                codes.fill(&mut out.codes[..present])?;
                let largest = out.codes[..present].iter().fold(0, |a, b| a.max(*b));
                if present > 0 && largest as usize >= size {
                    return Err(Fault::page(format!(
                        "code {largest} in a dictionary of {size}"
                    )));
                }
                if present < count {
                    spread(&mut out.codes, present, &out.valid, size as u32);
                }
                out.valid.clear();
            }
            PageValues::Plain(data, at) if texts => {
                out.form = Form::Texts;
                out.data = data.clone();
                out.texts.clear();
                for _ in 0..present {
                    out.texts.push(next_text(data, at)?);
                }
                out.texts.resize(count, Span::default());
                if present < count {
                    spread(&mut out.texts, present, &out.valid, Span::default());
                }
            }
            PageValues::Plain(data, at) => {
                let width = if self.descriptor.physical_type() == Physical::INT32 {
                    4
                } else {
                    8
                };
                let bytes = data
                    .get(*at..*at + present * width)
                    .ok_or_else(|| Fault::page("values end too early"))?;
                *at += bytes.len();
                out.form = Form::Numbers;
                out.numbers.resize(count, 0);
                read_numbers(bytes, width, &mut out.numbers[..present]);
                if present < count {
                    spread(&mut out.numbers, present, &out.valid, 0);
                }
            }
            PageValues::Foreign(foreign) => {
                out.form = if texts { Form::Texts } else { Form::Numbers };
                guarded(|| foreign.read(count, out))?;
            }
        }
        Ok(())
    }
}

/// Levels of one bit as bytes; how many are 1.
fn read_levels(levels: &mut Hybrid, count: usize, valid: &mut Vec<u8>) -> Result<usize, Fault> {
    valid.resize(count, 0);
    levels.fill_bits(valid)?;
    let present = valid.iter().map(|v| usize::from(*v)).sum();
    if present == count {
        valid.clear();
    }
    Ok(present)
}

/// Moves the first `present` values to the rows that have one, from the last to the first; the others get `null`.
pub(crate) fn spread<T: Copy>(values: &mut [T], present: usize, valid: &[u8], null: T) {
    let mut from = present;
    if present.min(valid.len() - present) > valid.len() / 8 {
        for (row, valid) in valid.iter().enumerate().rev() {
            from -= usize::from(*valid);
            values[row] = if *valid == 1 { values[from] } else { null };
        }
        return;
    }
    // Nearly all rows are alike: run by run. A run of nulls is behind all values still to be moved.
    let mut end = valid.len();
    while end > 0 {
        let is_some = valid[end - 1];
        let start = run_start(&valid[..end], is_some);
        if is_some == 1 {
            let count = end - start;
            values.copy_within(from - count..from, start);
            from -= count;
        } else {
            values[start..end].fill(null);
        }
        end = start;
    }
}

/// Where the run of `value` begins that `bytes` ends with.
fn run_start(bytes: &[u8], value: u8) -> usize {
    let mut end = bytes.len();
    for eight in bytes.rchunks_exact(8) {
        if eight != [value; 8] {
            break;
        }
        end -= 8;
    }
    bytes[..end]
        .iter()
        .rposition(|b| *b != value)
        .map_or(0, |at| at + 1)
}

fn read_numbers(bytes: &[u8], width: usize, out: &mut [u64]) {
    if width == 4 {
        for (value, bytes) in out.iter_mut().zip(bytes.as_chunks::<4>().0) {
            *value = i64::from(i32::from_le_bytes(*bytes)) as u64;
        }
    } else {
        for (value, bytes) in out.iter_mut().zip(bytes.as_chunks::<8>().0) {
            *value = u64::from_le_bytes(*bytes);
        }
    }
}

/// The text at `at`: its length in four bytes, and its bytes.
#[inline]
fn next_text(data: &[u8], at: &mut usize) -> Result<Span, Fault> {
    let span = data.get(*at..*at + 4).and_then(|length| {
        let length = u32::from_le_bytes(length.try_into().ok()?);
        let start = *at + 4;
        let end = start.checked_add(length as usize)?;
        (end <= data.len()).then_some(Span {
            start: start as u32,
            length,
        })
    });
    let span = span.ok_or_else(|| Fault::page("texts end too early"))?;
    *at = (span.start + span.length) as usize;
    Ok(span)
}

/// A page read by the parquet crate: delta encodings, byte streams, levels of 2013.
struct Foreign {
    reader: ForeignReader,
    levels: Vec<i16>,
    nullable: bool,
}

enum ForeignReader {
    Int32(ColumnReaderImpl<Int32Type>, Vec<i32>),
    Int64(ColumnReaderImpl<Int64Type>, Vec<i64>),
    Double(ColumnReaderImpl<DoubleType>, Vec<f64>),
    Bytes(
        ColumnReaderImpl<ByteArrayType>,
        Vec<parquet::data_type::ByteArray>,
    ),
}

impl Foreign {
    fn new(descriptor: ColumnDescPtr, page: Page) -> Self {
        let nullable = descriptor.max_def_level() > 0;
        let physical = descriptor.physical_type();
        let pages = Box::new(OnePage(Some(page)));
        let reader = match physical {
            Physical::INT32 => {
                ForeignReader::Int32(ColumnReaderImpl::new(descriptor, pages), Vec::new())
            }
            Physical::INT64 => {
                ForeignReader::Int64(ColumnReaderImpl::new(descriptor, pages), Vec::new())
            }
            Physical::DOUBLE => {
                ForeignReader::Double(ColumnReaderImpl::new(descriptor, pages), Vec::new())
            }
            _ => ForeignReader::Bytes(ColumnReaderImpl::new(descriptor, pages), Vec::new()),
        };
        Self {
            reader,
            levels: Vec::new(),
            nullable,
        }
    }

    fn read(&mut self, count: usize, out: &mut Rows) -> Result<(), Fault> {
        let levels = &mut self.levels;
        levels.clear();
        macro_rules! numbers {
            ($reader:ident, $values:ident, $bits:expr) => {{
                $values.clear();
                let (rows, ..) = $reader.read_records(count, Some(levels), None, $values)?;
                out.numbers.clear();
                out.numbers.extend($values.iter().map($bits));
                (rows, $values.len())
            }};
        }
        let (rows, present) = match &mut self.reader {
            ForeignReader::Int32(reader, values) => {
                numbers!(reader, values, |v| i64::from(*v) as u64)
            }
            ForeignReader::Int64(reader, values) => numbers!(reader, values, |v| *v as u64),
            ForeignReader::Double(reader, values) => numbers!(reader, values, |v| v.to_bits()),
            ForeignReader::Bytes(reader, values) => {
                values.clear();
                let (rows, ..) = reader.read_records(count, Some(levels), None, values)?;
                let mut data = Vec::with_capacity(values.iter().map(|v| v.len()).sum());
                out.texts.clear();
                for value in &*values {
                    out.texts.push(Span {
                        start: data.len() as u32,
                        length: value.len() as u32,
                    });
                    data.extend_from_slice(value.data());
                }
                out.data = data.into();
                (rows, values.len())
            }
        };
        if rows != count || present > count {
            return Err(Fault::page("values end too early"));
        }
        if present < count {
            if !self.nullable || levels.len() != count {
                return Err(Fault::page("values end too early"));
            }
            out.valid.extend(levels.iter().map(|l| u8::from(*l == 1)));
            if out.valid.iter().map(|v| usize::from(*v)).sum::<usize>() != present {
                return Err(Fault::page("levels and values do not agree"));
            }
        }
        if out.form == Form::Texts {
            out.texts.resize(count, Span::default());
            if present < count {
                spread(&mut out.texts, present, &out.valid, Span::default());
            }
        } else {
            out.numbers.resize(count, 0);
            if present < count {
                spread(&mut out.numbers, present, &out.valid, 0);
            }
        }
        Ok(())
    }
}

/// One page as a chunk of its own.
struct OnePage(Option<Page>);

impl Iterator for OnePage {
    type Item = ParquetResult<Page>;

    fn next(&mut self) -> Option<Self::Item> {
        self.0.take().map(Ok)
    }
}

impl PageReader for OnePage {
    fn get_next_page(&mut self) -> ParquetResult<Option<Page>> {
        Ok(self.0.take())
    }

    fn peek_next_page(&mut self) -> ParquetResult<Option<PageMetadata>> {
        let metadata = self.0.as_ref().map(|page| PageMetadata {
            num_rows: None,
            num_levels: Some(page.num_values() as usize),
            is_dict: false,
        });
        Ok(metadata)
    }

    fn skip_next_page(&mut self) -> ParquetResult<()> {
        self.0 = None;
        Ok(())
    }
}
