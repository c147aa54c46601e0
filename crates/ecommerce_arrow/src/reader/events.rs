//! Event files in Parquet: our columns found in the file's schema, and its rows in our order and types.

use super::parquet::SafeParquet;
use super::{Chunk, Columns, Limits, ReadError, ReadProblem};
use crate::schema::{COLUMNS, ColumnKind, events_view_schema};
use arrow::array::{Array as _, ArrayRef, RecordBatch};
use arrow::compute::cast;
use arrow::datatypes::{DataType, Schema, TimeUnit};
use parquet::arrow::ProjectionMask;
use parquet::basic::Type as Physical;
use parquet::file::metadata::ParquetMetaData;
use std::path::Path;
use std::sync::Arc;

/// Rows a byte of an event file may stand for. Even constant columns do not reach it with distinct event names in them.
const ROWS_PER_BYTE: u64 = 64;

#[derive(Debug)]
pub(super) struct ParquetEvents {
    file: SafeParquet,
    /// For each of our columns, its position in the file.
    positions: [usize; 12],
}

/// Checks the file and finds its row groups; also names the columns that are not ours.
pub(super) fn inspect(
    path: &Path,
    name: &str,
    bytes: u64,
    columns: Columns,
    limits: &Limits,
) -> Result<(ParquetEvents, Vec<Chunk>, Vec<String>), ReadError> {
    let file = SafeParquet::open(path, name, limits)?;
    let ours = || {
        let chunks = row_groups(file.metadata(), bytes)?;
        let (positions, extra) = match_schema(file.file_schema(), file.metadata())?;
        Ok((chunks, positions, extra))
    };
    let (chunks, positions, extra) = ours().map_err(|p| ReadError::new(name, p))?;
    let leaves: Vec<usize> = columns
        .positions()
        .iter()
        .filter_map(|c| leaf_of(file.metadata(), COLUMNS[*c].0))
        .map(|(i, _)| i)
        .collect();
    // Known before the first row is read, so that a day with a damaged file stops early.
    file.check_pages(&leaves)?;
    Ok((ParquetEvents { file, positions }, chunks, extra))
}

impl ParquetEvents {
    pub(super) fn file(&self) -> &SafeParquet {
        &self.file
    }

    pub(super) fn scan(
        &self,
        chunk: &Chunk,
        columns: Columns,
        limits: &Limits,
    ) -> Result<impl Iterator<Item = Result<RecordBatch, ReadError>> + Send + use<>, ReadError>
    {
        let ours = columns.positions();
        let mask = ProjectionMask::roots(
            self.file.metadata().file_metadata().schema_descr(),
            ours.iter().map(|c| self.positions[*c]),
        );
        let name = self.file.name().to_owned();
        let schema = events_view_schema()
            .project(ours)
            .map_err(|e| ReadError::new(&name, e.into()))?;
        let schema = Arc::new(schema);
        let batches = self
            .file
            .scan()
            .row_groups(vec![chunk.index])
            .columns(mask)
            .batch_rows(limits.batch_rows)
            .batches()?;
        Ok(batches
            .map(move |batch| conform(&batch?, &schema).map_err(|p| ReadError::new(&name, p))))
    }
}

fn row_groups(metadata: &ParquetMetaData, bytes: u64) -> Result<Vec<Chunk>, ReadProblem> {
    let mut first_row = 0u64;
    let mut chunks = Vec::with_capacity(metadata.num_row_groups());
    for (index, group) in metadata.row_groups().iter().enumerate() {
        let rows = u64::try_from(group.num_rows())
            .map_err(|_| ReadProblem::Damaged("negative row count".into()))?;
        if rows > bytes.saturating_mul(ROWS_PER_BYTE) {
            return Err(ReadProblem::Damaged(format!(
                "claims {rows} rows in {bytes} bytes"
            )));
        }
        let size = u64::try_from(group.compressed_size())
            .unwrap_or(0)
            .min(bytes);
        chunks.push(Chunk {
            index,
            first_row,
            rows,
            bytes: size,
        });
        first_row += rows;
    }
    Ok(chunks)
}

type Matched = ([usize; 12], Vec<String>);

/// Finds our columns by name, whatever their order, and names those that are not ours.
fn match_schema(found: &Schema, metadata: &ParquetMetaData) -> Result<Matched, ReadProblem> {
    let mut positions = [0; 12];
    for (slot, (name, _, kind)) in positions.iter_mut().zip(COLUMNS) {
        let mut places = found
            .fields()
            .iter()
            .enumerate()
            .filter(|(_, f)| f.name() == name)
            .map(|(i, _)| i);
        let Some(place) = places.next() else {
            return Err(missing(
                name,
                found.fields().iter().map(|f| f.name().as_str()),
            ));
        };
        if places.next().is_some() {
            return Err(ReadProblem::RepeatedColumn(name.to_owned()));
        }
        let field = found.field(place);
        if !accepts(
            kind,
            field.data_type(),
            leaf_of(metadata, name).map(|(_, physical)| physical),
        ) {
            let found = field.data_type().to_string();
            return Err(ReadProblem::RetypedColumn {
                column: name,
                found,
                expected: kind.as_str(),
            });
        }
        *slot = place;
    }
    let known = |f: &&str| COLUMNS.iter().any(|(name, _, _)| name == f);
    let extra = found
        .fields()
        .iter()
        .map(|f| f.name().as_str())
        .filter(|f| !known(f))
        .map(str::to_owned)
        .collect();
    Ok((positions, extra))
}

/// Whether a column of this type holds what ours holds, whatever the engine that wrote it.
fn accepts(kind: ColumnKind, found: &DataType, physical: Option<Physical>) -> bool {
    match (kind, found) {
        (ColumnKind::Text, DataType::Utf8 | DataType::LargeUtf8 | DataType::Utf8View) => true,
        (ColumnKind::Text, DataType::Dictionary(_, values)) => {
            matches!(**values, DataType::Utf8 | DataType::LargeUtf8)
        }
        (ColumnKind::Number, DataType::Float64) => true,
        (ColumnKind::Instant, DataType::Timestamp(_, Some(_))) => true,
        // Spark's INT96 has no zone in the file and is UTC by its convention.
        (ColumnKind::Instant, DataType::Timestamp(TimeUnit::Nanosecond, None)) => {
            physical == Some(Physical::INT96)
        }
        _ => false,
    }
}

/// The leaf of a flat column: its position among the leaves and its physical type.
fn leaf_of(metadata: &ParquetMetaData, name: &str) -> Option<(usize, Physical)> {
    let leaves = metadata.file_metadata().schema_descr().columns();
    leaves
        .iter()
        .position(|c| c.path().parts() == [name])
        .map(|i| (i, leaves[i].physical_type()))
}

/// The error for a column that is not there, with the name that may have been meant.
pub(super) fn missing<'a>(
    column: &'static str,
    found: impl Iterator<Item = &'a str>,
) -> ReadProblem {
    let plain = |s: &str| {
        s.chars()
            .filter(|c| c.is_alphanumeric())
            .flat_map(char::to_lowercase)
            .collect::<String>()
    };
    let target = plain(column);
    let similar = found
        .filter(|f| !COLUMNS.iter().any(|(name, _, _)| name == f))
        .find(|f| {
            plain(f) == target
                || plain(f).starts_with(&target)
                || target.starts_with(&plain(f)) && f.len() > 2
        })
        .map(str::to_owned);
    ReadProblem::MissingColumn { column, similar }
}

/// Puts the columns in our order and types.
fn conform(batch: &RecordBatch, schema: &Arc<Schema>) -> Result<RecordBatch, ReadProblem> {
    let columns: Result<Vec<ArrayRef>, ReadProblem> = schema
        .fields()
        .iter()
        .map(|field| {
            let array = batch.column_by_name(field.name()).ok_or_else(|| {
                ReadProblem::Damaged(format!("column '{}' was not decoded", field.name()))
            })?;
            if array.data_type() == field.data_type() {
                return Ok(Arc::clone(array));
            }
            Ok(cast(array, field.data_type())?)
        })
        .collect();
    Ok(RecordBatch::try_new(Arc::clone(schema), columns?)?)
}
