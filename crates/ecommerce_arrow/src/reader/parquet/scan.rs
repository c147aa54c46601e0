//! Scans: which row groups, columns and rows, and their batches.

use super::groups::{Group, Meter};
use super::pages::{Chunk, Pages};
use super::payload::Shape;
use super::plan::{self, Wanted};
use super::rows::{Ranges, Rows};
use super::views::with_views;
use super::{SafeParquet, guarded};
use crate::reader::{Limits, ReadError, ReadProblem};
use arrow::array::{Array as _, RecordBatch};
use arrow::compute::prep_null_mask_filter;
use arrow::datatypes::{Schema, SchemaRef};
use parquet::arrow::arrow_reader::{
    ArrowPredicate, ParquetRecordBatchReader, RowSelection, RowSelector,
};
use parquet::arrow::{
    FieldLevels, ProjectionMask, parquet_to_arrow_field_levels, parquet_to_arrow_schema_by_columns,
};
use parquet::file::metadata::ParquetMetaData;
use parquet::file::reader::ChunkReader;
use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;

/// Which part of a file is read. Row groups and columns left out are not touched at all.
pub struct SafeScan<'a, R = std::fs::File> {
    file: &'a SafeParquet<R>,
    groups: Option<Vec<usize>>,
    columns: ProjectionMask,
    rows: Option<RowSelection>,
    predicates: Vec<Box<dyn ArrowPredicate>>,
    limits: Limits,
}

impl<'a, R: ChunkReader> SafeScan<'a, R> {
    pub(super) fn new(file: &'a SafeParquet<R>) -> Self {
        Self {
            file,
            groups: None,
            columns: ProjectionMask::all(),
            rows: None,
            predicates: Vec::new(),
            limits: file.limits,
        }
    }

    /// Only these row groups, in this order.
    #[must_use]
    pub fn row_groups(mut self, groups: Vec<usize>) -> Self {
        self.groups = Some(groups);
        self
    }

    /// Only these columns.
    #[must_use]
    pub fn columns(mut self, columns: ProjectionMask) -> Self {
        self.columns = columns;
        self
    }

    /// Only these rows, counted over the row groups of the scan. With a page index, pages without any of them are not read.
    #[must_use]
    pub fn rows(mut self, rows: RowSelection) -> Self {
        self.rows = Some(rows);
        self
    }

    /// Only rows for which `predicate` holds, and the predicates before it: its columns are decoded first, the others only
    /// where rows are left (late materialization).
    #[must_use]
    pub fn filter(mut self, predicate: impl ArrowPredicate) -> Self {
        self.predicates.push(Box::new(predicate));
        self
    }

    /// Rows per batch, instead of the limit's.
    #[must_use]
    pub fn batch_rows(mut self, rows: usize) -> Self {
        self.limits.batch_rows = rows;
        self
    }
}

impl<R: ChunkReader + 'static> SafeScan<'_, R> {
    /// The batches. Nothing but what was said is read yet.
    ///
    /// # Errors
    /// * [`ReadProblem::Io`], [`ReadProblem::Damaged`] if the file cannot be opened again, or is another one by now.
    /// * [`ReadProblem::Damaged`] if the file has no such row group.
    pub fn batches(self) -> Result<SafeBatches<R>, ReadError> {
        let Self {
            file,
            groups,
            columns,
            rows,
            predicates,
            limits,
        } = self;
        let metadata = Arc::clone(&file.metadata);
        let build = || {
            let source = file.source.open()?;
            let groups = groups.unwrap_or_else(|| (0..metadata.num_row_groups()).collect());
            let mut rows = rows;
            let queue = groups
                .into_iter()
                .map(|group| {
                    let found = metadata.row_groups().get(group).ok_or_else(|| {
                        ReadProblem::Damaged(format!("there is no row group {group}"))
                    })?;
                    let count = usize::try_from(found.num_rows()).unwrap_or(0);
                    Ok((group, rows.as_mut().map(|rows| rows.split_off(count))))
                })
                .collect::<Result<VecDeque<_>, ReadProblem>>()?;
            let projection = Projection::new(file, columns)?;
            let predicates = predicates
                .into_iter()
                .map(|p| Ok((Projection::new(file, p.projection().clone())?, p)))
                .collect::<Result<Vec<_>, ReadProblem>>()?;
            Ok((source, queue, projection, predicates))
        };
        let (source, queue, projection, predicates) =
            build().map_err(|p| ReadError::new(&file.name, p))?;
        Ok(SafeBatches {
            name: file.name.clone(),
            source,
            metadata,
            queue,
            projection,
            predicates,
            limits,
            meter: Arc::new(Meter::default()),
            current: None,
        })
    }
}

/// Columns, as the library decodes them.
struct Projection {
    levels: FieldLevels,
    leaves: Vec<usize>,
    schema: SchemaRef,
}

impl Projection {
    fn new<R>(file: &SafeParquet<R>, mask: ProjectionMask) -> Result<Self, ReadProblem> {
        let descriptor = file.metadata.file_metadata().schema_descr();
        let leaves = (0..descriptor.num_columns())
            .filter(|leaf| mask.leaf_included(*leaf))
            .collect();
        let (levels, schema) = guarded("the schema", || {
            let hint = file.schema.fields();
            let own = file.metadata.file_metadata().key_value_metadata();
            let schema = parquet_to_arrow_schema_by_columns(descriptor, mask.clone(), own)?;
            let schema = Arc::new(Schema::new(with_views(&schema).fields));
            Ok((
                parquet_to_arrow_field_levels(descriptor, mask, Some(hint))?,
                schema,
            ))
        })?;
        Ok(Self {
            levels,
            leaves,
            schema,
        })
    }
}

/// The batches of a scan, in file order; they end after the first error. No batch spans two row groups.
pub struct SafeBatches<R = std::fs::File> {
    name: String,
    source: Arc<R>,
    metadata: Arc<ParquetMetaData>,
    /// Row groups to come, each with the rows wanted of it.
    queue: VecDeque<(usize, Option<RowSelection>)>,
    projection: Projection,
    predicates: Vec<(Projection, Box<dyn ArrowPredicate>)>,
    limits: Limits,
    meter: Arc<Meter>,
    current: Option<Rows>,
}

impl<R> SafeBatches<R> {
    /// The schema of the batches.
    pub fn schema(&self) -> &SchemaRef {
        &self.projection.schema
    }
}

impl<R: ChunkReader + 'static> Iterator for SafeBatches<R> {
    type Item = Result<RecordBatch, ReadError>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            if let Some(rows) = &mut self.current {
                match rows.next(&self.meter) {
                    Some(Ok(batch)) => return Some(Ok(batch)),
                    Some(Err(problem)) => return Some(Err(self.end(problem))),
                    None => self.current = None,
                }
            }
            let (group, rows) = self.queue.pop_front()?;
            match self.begin(group, rows) {
                Ok(rows) => self.current = rows,
                Err(problem) => return Some(Err(self.end(problem))),
            }
        }
    }
}

impl<R: ChunkReader + 'static> SafeBatches<R> {
    fn end(&mut self, problem: ReadProblem) -> ReadError {
        self.queue.clear();
        self.current = None;
        ReadError::new(&self.name, problem)
    }

    /// The rows of a row group that are wanted, or `None` if no row is.
    fn begin(
        &mut self,
        group: usize,
        mut rows: Option<RowSelection>,
    ) -> Result<Option<Rows>, ReadProblem> {
        let count = usize::try_from(self.metadata.row_group(group).num_rows()).unwrap_or(0);
        let wanted = |rows: &Option<RowSelection>| {
            count > 0 && rows.as_ref().is_none_or(RowSelection::selects_any)
        };
        // A selection may end early; what it does not name is not wanted.
        if let Some(rows) = &mut rows {
            let named: usize = rows.iter().map(|s| s.row_count).sum();
            if named < count {
                let rest = RowSelector::skip(count - named);
                *rows = rows
                    .iter()
                    .copied()
                    .chain([rest])
                    .collect::<Vec<_>>()
                    .into();
            }
        }
        for at in 0..self.predicates.len() {
            if !wanted(&rows) {
                return Ok(None);
            }
            let mut decoded = self.decode(group, &self.predicates[at].0, rows.as_ref())?;
            let mut holds = Vec::new();
            while let Some(batch) = decoded.next(&self.meter) {
                let batch = batch?;
                let n = batch.num_rows();
                let mask = self.predicates[at]
                    .1
                    .evaluate(batch)
                    .map_err(|e| ReadProblem::Damaged(format!("a predicate failed: {e}")))?;
                if mask.len() != n {
                    return Err(ReadProblem::Damaged(format!(
                        "a predicate judged {} rows of {n}",
                        mask.len()
                    )));
                }
                holds.push(match mask.null_count() {
                    0 => mask,
                    _ => prep_null_mask_filter(&mask),
                });
            }
            let found = RowSelection::from_filters(&holds);
            rows = Some(match rows {
                Some(rows) => rows.and_then(&found),
                None => found,
            });
        }
        if !wanted(&rows) {
            return Ok(None);
        }
        self.decode(group, &self.projection, rows.as_ref())
            .map(Some)
    }

    /// A decoder of these columns and rows, after their page headers have been checked.
    fn decode(
        &self,
        group: usize,
        projection: &Projection,
        rows: Option<&RowSelection>,
    ) -> Result<Rows, ReadProblem> {
        let row_group = self.metadata.row_group(group);
        let count = u64::try_from(row_group.num_rows()).unwrap_or(0);
        let index = self
            .metadata
            .offset_index()
            .and_then(|index| index.get(group))
            .filter(|columns| columns.len() == row_group.num_columns());
        let mut columns = BTreeMap::new();
        for leaf in &projection.leaves {
            let column = row_group.column(*leaf);
            let chunk = Chunk {
                column,
                rows: count,
                locations: index.map(|columns| columns[*leaf].page_locations().as_slice()),
            };
            let pages = Pages::walk(&*self.source, &chunk, &self.limits)?;
            columns.insert(*leaf, (Shape::of(column.column_descr()), pages));
        }
        // Without an index, skipping within nested columns decodes what it skips, and all of it would count as one batch.
        let pushed = index.is_some() || columns.values().all(|(shape, _)| !shape.nested());
        let (pushed, after) = if pushed { (rows, None) } else { (None, rows) };
        let ranges = Ranges::of(pushed);
        let batch_rows = {
            let planned: Vec<_> = columns.values().map(|(s, p)| (s.clone(), p)).collect();
            let wanted = Wanted {
                count: &|first, n| ranges.count(first, n),
                scattered: ranges.scattered(count),
            };
            plan::batch_rows(&planned, &wanted, &self.limits)?
        };
        let group = Group {
            source: Arc::clone(&self.source),
            metadata: Arc::clone(&self.metadata),
            index: group,
            columns,
            by_index: index.is_some(),
            meter: Arc::clone(&self.meter),
            batch_bytes: self.limits.batch_bytes,
        };
        self.meter.reset();
        let reader = guarded("the columns", || {
            Ok(ParquetRecordBatchReader::try_new_with_row_groups(
                &projection.levels,
                &group,
                batch_rows,
                pushed.cloned(),
            )?)
        });
        let reader = reader.map_err(|p| self.meter.take_problem().unwrap_or(p))?;
        let expected = pushed.map_or(count, |rows| rows.row_count() as u64);
        Ok(Rows::new(reader, expected, after))
    }
}
