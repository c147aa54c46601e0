//! The rows of a row group: their chunks fetched, opened at a row, and read batch by batch through a filter.

use crate::chunk::Buffers;
use crate::column::{Cursor, Dictionary, Form, Rows};
use crate::error::{Fault, NativeError};
use crate::plan::{Plan, Test};
use crate::source::{SourceFile, Wanted};
use bytes::{Bytes, BytesMut};
use parquet::file::metadata::RowGroupMetaData;
use std::ops::Range;

/// Rows worked on at a time: what they take stays in the core's own cache.
pub(crate) const BATCH_ROWS: usize = 4096;

/// A fault and the column it is in.
pub(crate) struct ColumnFault(pub(crate) usize, pub(crate) Fault);

/// A row group of a file, and what a plan wants of it.
pub(crate) struct RowGroup<'a> {
    pub(crate) plan: &'a Plan,
    pub(crate) source: &'a SourceFile,
    pub(crate) file: usize,
    pub(crate) index: usize,
    /// Tests of the plan that the statistics leave open.
    pub(crate) tests: Vec<usize>,
    /// Columns that are read: those of the open tests, and what else was asked for.
    pub(crate) wanted: Vec<usize>,
}

impl<'a> RowGroup<'a> {
    /// The row group `index` of a file, of which `columns` are wanted; none if no row of it can pass the filter.
    pub(crate) fn new(
        plan: &'a Plan,
        source: &'a SourceFile,
        file: usize,
        index: usize,
        columns: impl Iterator<Item = usize>,
    ) -> Option<Self> {
        let tests = plan.open_tests(file, source.metadata.row_group(index))?;
        let mut wanted: Vec<usize> = tests.iter().map(|t| plan.filter[*t].0).collect();
        wanted.extend(columns);
        wanted.sort_unstable();
        wanted.dedup();
        Some(Self {
            plan,
            source,
            file,
            index,
            tests,
            wanted,
        })
    }

    fn metadata(&self) -> &RowGroupMetaData {
        self.source.metadata.row_group(self.index)
    }

    /// How many rows it has.
    pub(crate) fn rows(&self) -> usize {
        // Not negative: the footer was checked.
        usize::try_from(self.metadata().num_rows()).unwrap_or(0)
    }

    fn byte_range(&self, column: usize) -> (u64, usize) {
        let leaf = self.plan.leaf(self.file, column);
        let (start, length) = self.metadata().column(leaf).byte_range();
        (start, length as usize)
    }

    /// Bytes of the chunks that are wanted.
    pub(crate) fn bytes(&self) -> u64 {
        let of = |column: &usize| self.byte_range(*column).1 as u64;
        self.wanted.iter().map(of).sum()
    }

    /// Reads the chunks of the wanted columns, all in one request.
    pub(crate) fn fetch(&self, buffers: &mut Buffers) -> std::io::Result<Vec<Bytes>> {
        let mut into: Vec<BytesMut> = self
            .wanted
            .iter()
            .map(|column| buffers.take(self.byte_range(*column).1))
            .collect();
        let mut requests: Vec<Wanted<'_>> = into
            .iter_mut()
            .zip(&self.wanted)
            .map(|(buffer, column)| {
                let (offset, length) = self.byte_range(*column);
                Wanted {
                    offset,
                    buffer: &mut buffer[..length],
                }
            })
            .collect();
        self.source.bytes.read(&mut requests)?;
        Ok(into.into_iter().map(BytesMut::freeze).collect())
    }

    /// What a read that failed is called.
    pub(crate) fn read_error(&self, source: std::io::Error) -> NativeError {
        NativeError::Read {
            file: self.source.bytes.name().to_owned(),
            source,
        }
    }

    /// A fault, and where it is.
    pub(crate) fn error(&self, ColumnFault(column, fault): ColumnFault) -> NativeError {
        match fault {
            Fault::Page(detail) => NativeError::Page {
                file: self.source.bytes.name().to_owned(),
                row_group: self.index,
                column: self
                    .plan
                    .columns
                    .get(column)
                    .map_or(String::new(), |c| c.name.clone()),
                detail,
            },
            Fault::TooManyValues => NativeError::TooManyValues,
        }
    }
}

/// Rows of a row group that are still to be read.
pub(crate) struct Cursors {
    /// By column of the plan.
    columns: Vec<Option<Cursor>>,
    /// Whether the filter knows the column's dictionary.
    learned: Vec<bool>,
    left: usize,
}

impl Cursors {
    /// At the first of `rows`, in chunks of `of` rows, which [`RowGroup::fetch`] has read.
    pub(crate) fn open(
        group: &RowGroup<'_>,
        chunks: &[Bytes],
        rows: Range<usize>,
        of: usize,
        scratch: &mut [Rows],
    ) -> Result<Self, ColumnFault> {
        let plan = group.plan;
        let mut columns: Vec<Option<Cursor>> = Vec::new();
        columns.resize_with(plan.columns.len(), || None);
        for (column, bytes) in group.wanted.iter().zip(chunks) {
            let metadata = group.metadata().column(plan.leaf(group.file, *column));
            // A buffer may be larger than what was read into it.
            let bytes = bytes.slice(..group.byte_range(*column).1);
            let kind = plan.columns[*column].kind;
            let cursor = Cursor::new(metadata, kind, of, bytes)
                .and_then(|mut cursor| {
                    cursor.skip(rows.start, &mut scratch[*column])?;
                    Ok(cursor)
                })
                .map_err(|fault| ColumnFault(*column, fault))?;
            columns[*column] = Some(cursor);
        }
        Ok(Self {
            learned: vec![false; columns.len()],
            columns,
            left: rows.len(),
        })
    }

    /// A column's dictionary, if it has one.
    pub(crate) fn dictionary(&self, column: usize) -> Option<&Dictionary> {
        self.columns[column].as_ref().and_then(Cursor::dictionary)
    }

    /// Reads the next batch into `rows`, and says how many rows it has: none at the end. It ends where the page of any column does, so
    /// that each column is in one form in it. `learn` is told of every dictionary once, before the first batch that is coded in it.
    pub(crate) fn next(
        &mut self,
        wanted: &[usize],
        rows: &mut [Rows],
        mut learn: impl FnMut(usize, &Dictionary),
    ) -> Result<usize, ColumnFault> {
        if self.left == 0 {
            return Ok(0);
        }
        let mut count = self.left.min(BATCH_ROWS);
        for column in wanted {
            let Some(cursor) = &mut self.columns[*column] else {
                continue;
            };
            count = count.min(cursor.load().map_err(|f| ColumnFault(*column, f))?);
            // The dictionary's page may be the only one so far.
            if let (false, Some(dictionary)) = (self.learned[*column], cursor.dictionary()) {
                learn(*column, dictionary);
                self.learned[*column] = true;
            }
        }
        for column in wanted {
            if let Some(cursor) = &mut self.columns[*column] {
                cursor
                    .read(count, &mut rows[*column])
                    .map_err(|f| ColumnFault(*column, f))?;
            }
        }
        self.left -= count;
        Ok(count)
    }
}

/// Which rows of a batch pass.
#[derive(Default)]
pub(crate) struct Filter {
    /// By test of the plan, whether each code of a dictionary passes it.
    memos: Vec<Vec<u8>>,
    passes: Vec<u8>,
    pub(crate) selected: Vec<u32>,
}

impl Filter {
    /// Makes room for the tests of `plan`.
    pub(crate) fn prepare(&mut self, plan: &Plan) {
        self.memos.resize(plan.filter.len(), Vec::new());
    }

    /// Decides the tests of a column once for its dictionary.
    pub(crate) fn learn(&mut self, group: &RowGroup<'_>, column: usize, dictionary: &Dictionary) {
        for index in &group.tests {
            let (of, test) = &group.plan.filter[*index];
            if *of == column {
                let memo = &mut self.memos[*index];
                memo.clear();
                match dictionary {
                    Dictionary::Numbers(numbers) => {
                        memo.extend(numbers.iter().map(|n| u8::from(test.number(*n))));
                    }
                    Dictionary::Texts(data, spans) => {
                        memo.extend(spans.iter().map(|s| u8::from(test.text(s.of(data)))));
                    }
                }
                // A null satisfies nothing.
                memo.push(0);
            }
        }
    }

    /// Puts into `selected` those of `count` rows that pass all tests.
    pub(crate) fn select(&mut self, group: &RowGroup<'_>, rows: &[Rows], count: usize) {
        let Self {
            memos,
            passes,
            selected,
        } = self;
        selected.clear();
        if group.tests.is_empty() {
            selected.extend(0..count as u32);
            return;
        }
        passes.clear();
        passes.resize(count, 1);
        for index in &group.tests {
            let (column, test) = &group.plan.filter[*index];
            apply(test, &memos[*index], &rows[*column], passes);
        }
        // Written for every row, kept for those that pass: no branch to mispredict.
        selected.resize(count, 0);
        let mut kept = 0;
        for (eight, at) in passes.chunks(8).zip((0..).step_by(8)) {
            // Where few pass, most eights have none.
            if eight.iter().fold(0, |any, pass| any | pass) == 0 {
                continue;
            }
            for (row, pass) in (at..).zip(eight) {
                selected[kept] = row;
                kept += usize::from(*pass);
            }
        }
        selected.truncate(kept);
    }
}

/// Clears the rows of `passes` that fail a test.
fn apply(test: &Test, memo: &[u8], rows: &Rows, passes: &mut [u8]) {
    match (rows.form, test) {
        (Form::Codes, _) => {
            for (pass, code) in passes.iter_mut().zip(&rows.codes) {
                *pass &= memo[*code as usize];
            }
        }
        (_, Test::NotNull) => {}
        (Form::Numbers, _) => {
            for (pass, bits) in passes.iter_mut().zip(&rows.numbers) {
                *pass &= u8::from(test.number(*bits));
            }
        }
        (Form::Texts, _) => {
            for (pass, span) in passes.iter_mut().zip(&rows.texts) {
                *pass &= u8::from(test.text(span.of(&rows.data)));
            }
        }
    }
    if rows.form != Form::Codes {
        for (pass, valid) in passes.iter_mut().zip(&rows.valid) {
            *pass &= valid;
        }
    }
}
