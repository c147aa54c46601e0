//! Rows that satisfy a filter, as Arrow columns: of the others no value is made.

use crate::array::Column;
use crate::chunk::Buffers;
use crate::column::{Dictionary, Rows};
use crate::error::NativeError;
use crate::plan::Plan;
use crate::query::Predicate;
use crate::rows::{Cursors, Filter, RowGroup};
use crate::source::Source;
use arrow::array::{ArrayRef, RecordBatch, RecordBatchOptions};
use arrow::datatypes::{Field, Schema, SchemaRef};
use bytes::Bytes;
use std::ops::Range;
use std::sync::Arc;

/// Selected rows that are handed out together, unless the row group ends.
const SELECTED_ROWS: usize = 8192;

/// Columns of the rows that satisfy a filter.
///
/// ```
/// use arrow::array::{ArrayRef, AsArray, Float64Array, RecordBatch, StringArray};
/// use ecommerce_native::{Predicate, Scratch, Source, write_parquet};
/// use std::sync::Arc;
///
/// let user: ArrayRef = Arc::new(StringArray::from(vec!["u1", "u2", "u3"]));
/// let amount: ArrayRef = Arc::new(Float64Array::from(vec![Some(10.0), None, Some(30.0)]));
/// let events = RecordBatch::try_from_iter([("user_id", user), ("monto", amount)])?;
/// let directory = tempfile::tempdir()?;
/// write_parquet(&events, directory.path().join("eventos.parquet"))?;
///
/// let source = Source::open(directory.path())?;
/// let sales = source.select(&[Predicate::not_null("monto")], &["user_id"])?;
/// for batch in sales.rows(&mut Scratch::default(), 0, 0, 0..3)? {
///     let users = batch?;
///     assert_eq!(users.column(0).as_string::<i32>().iter().flatten().collect::<Vec<_>>(), ["u1", "u3"]);
/// }
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct Selection<'a> {
    source: &'a Source,
    plan: Plan,
    /// Places of the columns in the plan.
    columns: Vec<usize>,
    schema: SchemaRef,
}

impl Source {
    /// `columns` of the rows that satisfy every predicate of `filter`, to be read row group by row group.
    ///
    /// # Errors
    /// * [`NativeError::MissingColumn`], [`NativeError::ColumnType`] if a file does not have a column, or not with a type that the engine
    ///   works on.
    pub fn select(
        &self,
        filter: &[Predicate],
        columns: &[&str],
    ) -> Result<Selection<'_>, NativeError> {
        let (plan, columns) = Plan::of_rows(self, filter, columns)?;
        let fields: Vec<Field> = columns
            .iter()
            .map(|place| &plan.columns[*place])
            .map(|column| Field::new(&column.name, column.kind.arrow(), true))
            .collect();
        Ok(Selection {
            source: self,
            plan,
            columns,
            schema: Arc::new(Schema::new(fields)),
        })
    }
}

/// Room for reading, kept from one row group to the next, of the same [`Selection`] or of others; each thread has its own.
#[derive(Default)]
pub struct Scratch {
    buffers: Buffers,
    /// By column of the plan.
    rows: Vec<Rows>,
    filter: Filter,
}

impl Selection<'_> {
    /// Bytes that reading a row group takes at once: the compressed chunks of its columns.
    pub fn row_group_bytes(&self, file: usize, row_group: usize) -> u64 {
        self.row_group(file, row_group).map_or(0, |g| g.bytes())
    }

    fn row_group(&self, file: usize, index: usize) -> Option<RowGroup<'_>> {
        let source = self.source.files.get(file)?;
        if index >= source.metadata.num_row_groups() {
            return None;
        }
        RowGroup::new(
            &self.plan,
            source,
            file,
            index,
            self.columns.iter().copied(),
        )
    }

    fn empty(&self) -> Vec<Column> {
        let kinds = self.columns.iter().map(|c| self.plan.columns[*c].kind);
        kinds.map(|kind| Column::new(kind, 0)).collect()
    }

    /// Those of `rows` of a row group that satisfy the filter, in the order of the file. Files and row groups are numbered from 0, and rows
    /// from the first of their group; there are none beyond its end.
    ///
    /// # Shape
    /// Batches of the chosen columns, all of them nullable: texts as Utf8, integers of any width Int64, floats Float64, dates Date32,
    /// timestamps as in the file. A batch has some thousand rows, the last one fewer, and none is empty.
    ///
    /// # Errors
    /// * [`NativeError::Read`], [`NativeError::Page`] if the row group cannot be read. Batches end after the first error.
    /// * [`NativeError::Result`] from a batch with a text that is not UTF-8. Texts of rows that are not selected are not looked at.
    ///
    /// # Cost
    /// The chunks of all columns that are read, at once. Of each batch of 4096 rows all columns are decoded as far as the codes of
    /// a dictionary, numbers, or places of texts; values are copied of the selected rows alone.
    pub fn rows<'a>(
        &'a self,
        scratch: &'a mut Scratch,
        file: usize,
        row_group: usize,
        rows: Range<usize>,
    ) -> Result<Selected<'a>, NativeError> {
        let columns = self.plan.columns.len();
        scratch.rows.resize_with(columns, Rows::default);
        scratch.filter.prepare(&self.plan);
        let mut open = None;
        if let Some(group) = self.row_group(file, row_group) {
            let of = group.rows();
            let rows = rows.start.min(of)..rows.end.min(of);
            if !rows.is_empty() {
                let chunks = group
                    .fetch(&mut scratch.buffers)
                    .map_err(|error| group.read_error(error))?;
                let cursors = Cursors::open(&group, &chunks, rows, of, &mut scratch.rows)
                    .map_err(|fault| group.error(fault))?;
                open = Some(Open {
                    group,
                    chunks,
                    cursors,
                });
            }
        }
        Ok(Selected {
            columns: self.empty(),
            selection: self,
            scratch,
            open,
            count: 0,
        })
    }
}

/// A row group that is being read.
struct Open<'a> {
    group: RowGroup<'a>,
    chunks: Vec<Bytes>,
    cursors: Cursors,
}

/// The selected rows of a row group, batch by batch.
pub struct Selected<'a> {
    selection: &'a Selection<'a>,
    scratch: &'a mut Scratch,
    /// None at the end, and after an error.
    open: Option<Open<'a>>,
    columns: Vec<Column>,
    /// Rows that are in them.
    count: usize,
}

impl Iterator for Selected<'_> {
    type Item = Result<RecordBatch, NativeError>;

    fn next(&mut self) -> Option<Self::Item> {
        let more = self.fill();
        if !matches!(more, Ok(true)) {
            self.close();
        }
        match more {
            Err(error) => Some(Err(error)),
            Ok(_) if self.count == 0 => None,
            Ok(_) => {
                let batch = self.batch();
                if batch.is_err() {
                    self.close();
                }
                Some(batch)
            }
        }
    }
}

impl Selected<'_> {
    /// Reads until a batch is full; whether the row group goes on.
    fn fill(&mut self) -> Result<bool, NativeError> {
        let Scratch { rows, filter, .. } = &mut *self.scratch;
        let Some(Open { group, cursors, .. }) = &mut self.open else {
            return Ok(false);
        };
        while self.count < SELECTED_ROWS {
            let learn = |column, dictionary: &Dictionary| filter.learn(group, column, dictionary);
            let count = cursors
                .next(&group.wanted, rows, learn)
                .map_err(|fault| group.error(fault))?;
            if count == 0 {
                return Ok(false);
            }
            filter.select(group, rows, count);
            for (place, column) in self.selection.columns.iter().zip(&mut self.columns) {
                let (rows, dictionary) = (&rows[*place], cursors.dictionary(*place));
                for row in &filter.selected {
                    column.push(rows.value(*row as usize, dictionary))?;
                }
            }
            self.count += filter.selected.len();
        }
        Ok(true)
    }

    fn batch(&mut self) -> Result<RecordBatch, NativeError> {
        let selection = self.selection;
        let columns = std::mem::replace(&mut self.columns, selection.empty());
        let options = RecordBatchOptions::new().with_row_count(Some(self.count));
        self.count = 0;
        let arrays: Result<Vec<ArrayRef>, _> = columns.into_iter().map(Column::finish).collect();
        let batch =
            RecordBatch::try_new_with_options(Arc::clone(&selection.schema), arrays?, &options);
        Ok(batch?)
    }

    /// Gives the buffers back to the reader.
    fn close(&mut self) {
        let Some(Open {
            chunks, cursors, ..
        }) = self.open.take()
        else {
            return;
        };
        drop(cursors);
        for rows in &mut self.scratch.rows {
            rows.data = Bytes::new();
        }
        for chunk in chunks {
            self.scratch.buffers.give_back(chunk);
        }
    }
}

impl Drop for Selected<'_> {
    fn drop(&mut self) {
        self.close();
    }
}
