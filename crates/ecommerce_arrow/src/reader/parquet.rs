//! Parquet: footer, schema and pages are checked first, then decoded a batch at a time.

use super::{Chunk, Columns, Limits, ReadProblem, pages};
use crate::schema::{COLUMNS, ColumnKind, events_view_schema};
use arrow::array::{Array as _, ArrayRef, RecordBatch};
use arrow::compute::cast;
use arrow::datatypes::{DataType, Field, Schema, TimeUnit};
use parquet::arrow::ProjectionMask;
use parquet::arrow::arrow_reader::{
    ArrowReaderMetadata, ArrowReaderOptions, ParquetRecordBatchReaderBuilder,
};
use parquet::basic::Type as Physical;
use parquet::file::metadata::{ParquetMetaData, ParquetMetaDataReader};
use std::fs::File;
use std::io::{Read as _, Seek as _, SeekFrom};
use std::sync::Arc;

/// Rows a byte of file may stand for. Even constant columns do not reach it with distinct event names in them.
const ROWS_PER_BYTE: u64 = 64;

#[derive(Debug)]
pub(super) struct ParquetMeta {
    arrow: ArrowReaderMetadata,
    /// For each of our columns, its position in the file.
    positions: [usize; 12],
}

/// Checks the file and finds its row groups; also names the columns that are not ours.
pub(super) fn inspect(
    file: File,
    limits: &Limits,
) -> Result<(ParquetMeta, Vec<Chunk>, Vec<String>), ReadProblem> {
    let bytes = file.metadata()?.len();
    check_footer(&file, bytes, limits)?;
    let metadata = guarded(|| Ok(ParquetMetaDataReader::new().parse_and_finish(&file)?))?;
    let chunks = row_groups(&metadata, bytes)?;
    let metadata = Arc::new(metadata);
    let natural = guarded(|| {
        Ok(ArrowReaderMetadata::try_new(
            Arc::clone(&metadata),
            ArrowReaderOptions::new(),
        )?)
    })?;
    let (positions, wanted, extra) = match_schema(natural.schema(), &metadata)?;
    let leaves: Vec<usize> = COLUMNS
        .iter()
        .filter_map(|(name, _, _)| leaf_of(&metadata, name))
        .map(|(i, _)| i)
        .collect();
    for group in metadata.row_groups() {
        for leaf in &leaves {
            pages::check(&file, group.column(*leaf), limits)?;
        }
    }
    let options = ArrowReaderOptions::new().with_schema(Arc::new(wanted));
    let arrow = guarded(|| Ok(ArrowReaderMetadata::try_new(metadata, options)?))?;
    Ok((ParquetMeta { arrow, positions }, chunks, extra))
}

impl ParquetMeta {
    pub(super) fn scan(
        &self,
        file: File,
        chunk: &Chunk,
        columns: Columns,
        limits: &Limits,
    ) -> Result<impl Iterator<Item = Result<RecordBatch, ReadProblem>> + Send + use<>, ReadProblem>
    {
        let ours: &[usize] = match columns {
            Columns::All => &[0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11],
            Columns::Identity => &[0, 9],
        };
        let builder = ParquetRecordBatchReaderBuilder::new_with_metadata(file, self.arrow.clone());
        let mask = ProjectionMask::roots(
            builder.parquet_schema(),
            ours.iter().map(|c| self.positions[*c]),
        );
        let reader = builder
            .with_row_groups(vec![chunk.index])
            .with_batch_size(limits.batch_rows)
            .with_projection(mask)
            .build()?;
        let schema = Arc::new(events_view_schema().project(ours)?);
        let (expected, mut seen, mut ended) = (chunk.rows, 0u64, false);
        let mut reader = reader;
        Ok(std::iter::from_fn(move || {
            if ended {
                return None;
            }
            match reader.next() {
                Some(batch) => Some(batch.map_err(Into::into).and_then(|b| {
                    seen += b.num_rows() as u64;
                    conform(&b, &schema)
                })),
                None => {
                    ended = true;
                    // A row group that ends early would be lost rows; the decoder does not say so.
                    (seen != expected).then(|| {
                        Err(ReadProblem::Damaged(format!(
                            "a row group has {seen} rows, its footer says {expected}"
                        )))
                    })
                }
            }
        }))
    }
}

/// The footer's own frame: `PAR1` at both ends and a length that fits.
fn check_footer(mut file: &File, bytes: u64, limits: &Limits) -> Result<(), ReadProblem> {
    if bytes < 12 {
        return Err(ReadProblem::Damaged(format!(
            "{bytes} bytes are too few for a Parquet file"
        )));
    }
    let mut tail = [0; 8];
    file.seek(SeekFrom::Start(bytes - 8))?;
    file.read_exact(&mut tail)?;
    let [a, b, c, d, magic @ ..] = tail;
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
    Ok(())
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

type Matched = ([usize; 12], Schema, Vec<String>);

/// Finds our columns by name, whatever their order, and the schema to decode the file with: texts as views.
fn match_schema(found: &Schema, metadata: &ParquetMetaData) -> Result<Matched, ReadProblem> {
    let mut wanted: Vec<Field> = found.fields().iter().map(|f| f.as_ref().clone()).collect();
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
        if kind == ColumnKind::Text {
            wanted[place] = Field::new(name, DataType::Utf8View, field.is_nullable());
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
    Ok((positions, Schema::new(wanted), extra))
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

/// Runs a parser of untrusted bytes; a panic in it is damage.
fn guarded<T>(parse: impl FnOnce() -> Result<T, ReadProblem>) -> Result<T, ReadProblem> {
    std::panic::catch_unwind(std::panic::AssertUnwindSafe(parse))
        .unwrap_or_else(|_| Err(ReadProblem::Damaged("the footer is unreadable".into())))
}
