//! What a table holds, in a form that does not depend on who wrote it or reads it.

use crate::error::FormatError;
use arrow::array::{AsArray, RecordBatch};
use arrow::compute::cast;
use arrow::datatypes::{DataType, Float64Type, Int64Type, TimeUnit};
use ecommerce_arrow::events_schema;
use parquet::arrow::ArrowWriter;
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use std::fs::File;
use std::path::Path;

/// The events of a table: one text per row, sorted.
///
/// Two tables are equal when their contents are, whatever their files, their order and their ways to write a text (plain,
/// view, dictionary) or an instant (`UTC`, `+00:00`, none). Other columns, such as those that Hudi adds, do not count.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Content(Vec<String>);

impl Content {
    /// The content of these batches.
    ///
    /// # Errors
    /// * [`FormatError::Column`] if a column of the events is missing or holds something else.
    ///
    /// # Cost
    /// A text per row: for tables that a test compares.
    pub fn of(batches: &[RecordBatch]) -> Result<Self, FormatError> {
        let mut rows = Vec::new();
        for batch in batches {
            let mut texts = vec![String::new(); batch.num_rows()];
            for field in events_schema().fields() {
                add_column(batch, field.name(), field.data_type(), &mut texts)?;
            }
            add_column(batch, "fecha", &DataType::Utf8, &mut texts)?;
            rows.append(&mut texts);
        }
        rows.sort_unstable();
        Ok(Self(rows))
    }

    /// The content of a Parquet file.
    ///
    /// # Errors
    /// * [`FormatError::Io`], [`FormatError::Parquet`] if it cannot be read, and those of [`Content::of`].
    pub fn of_parquet(path: &Path) -> Result<Self, FormatError> {
        let file = File::open(path).map_err(FormatError::io(path))?;
        let reader = ParquetRecordBatchReaderBuilder::try_new(file)?.build()?;
        Self::of(&reader.collect::<Result<Vec<_>, _>>()?)
    }

    /// How many rows.
    pub fn rows(&self) -> usize {
        self.0.len()
    }
}

/// Between the cells of a row: no event holds it.
const SEPARATOR: char = '\u{1f}';

/// Adds the column to the rows' texts: `kind` is its type in the events' own schema.
fn add_column(
    batch: &RecordBatch,
    name: &str,
    kind: &DataType,
    rows: &mut [String],
) -> Result<(), FormatError> {
    let wrong = |detail: String| FormatError::Column {
        column: name.to_owned(),
        detail,
    };
    let column = batch
        .column_by_name(name)
        .ok_or_else(|| wrong("falta".into()))?;
    let cells: Vec<Option<String>> = match (kind, column.data_type()) {
        (DataType::Timestamp(..), DataType::Timestamp(_, zone)) => {
            let micros = DataType::Timestamp(TimeUnit::Microsecond, zone.clone());
            let micros = cast(&cast(column, &micros)?, &DataType::Int64)?;
            let micros = micros.as_primitive::<Int64Type>();
            micros.iter().map(|v| v.map(|v| v.to_string())).collect()
        }
        (DataType::Timestamp(..), other) => return Err(wrong(other.to_string())),
        (DataType::Float64, DataType::Float64) => {
            let numbers = column.as_primitive::<Float64Type>();
            // The shortest text that gives the same bits back.
            numbers
                .iter()
                .map(|v| v.map(|v| format!("{v:?}")))
                .collect()
        }
        (DataType::Float64, other) => return Err(wrong(other.to_string())),
        _ => {
            let texts = cast(column, &DataType::Utf8).map_err(|e| wrong(e.to_string()))?;
            let texts = texts.as_string::<i32>();
            texts.iter().map(|v| v.map(str::to_owned)).collect()
        }
    };
    for (row, cell) in rows.iter_mut().zip(cells) {
        row.push(SEPARATOR);
        row.push_str(cell.as_deref().unwrap_or("∅"));
    }
    Ok(())
}

/// Writes one batch as a Parquet file, the form in which rows go to the other formats' program.
///
/// # Errors
/// * [`FormatError::Io`], [`FormatError::Parquet`] if it cannot be written.
pub fn write_parquet(path: &Path, batch: &RecordBatch) -> Result<(), FormatError> {
    let file = File::create(path).map_err(FormatError::io(path))?;
    let mut writer = ArrowWriter::try_new(file, batch.schema(), None)?;
    writer.write(batch)?;
    writer.close()?;
    Ok(())
}
