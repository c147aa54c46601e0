//! Rows in, rows out: batches, tables made and opened, contents read.

use super::ProbeError;
use crate::Content;
use arrow::array::{
    Array, ArrayRef, BinaryArray, Float64Array, Int64Array, RecordBatch, StringArray, StructArray,
};
use arrow::util::display::{ArrayFormatter, FormatOptions};
use deltalake::DeltaTable;
use deltalake::delta_datafusion::create_session;
use deltalake::kernel::{DataType, StructField};
use deltalake::protocol::SaveMode;
use std::path::Path;
use std::sync::Arc;
use url::Url;

pub(super) type Row = (i64, &'static str, f64);

/// What most tables begin with.
pub(super) const BASE: [Row; 3] = [(1, "norte", 10.5), (2, "sur", 20.0), (3, "norte", 30.25)];
/// What others add.
pub(super) const NEW: Row = (4, "este", 40.0);
/// What a maker adds to its own table.
pub(super) const LATER: Row = (9, "oeste", 90.0);

/// The rows as a batch whose columns admit nulls, as a table's do.
pub(super) fn batch(rows: &[Row]) -> Result<RecordBatch, ProbeError> {
    named(&[
        (
            "id",
            Arc::new(Int64Array::from_iter_values(rows.iter().map(|row| row.0))),
        ),
        (
            "region",
            Arc::new(StringArray::from_iter_values(rows.iter().map(|row| row.1))),
        ),
        (
            "monto",
            Arc::new(Float64Array::from_iter_values(rows.iter().map(|row| row.2))),
        ),
    ])
}

pub(super) fn named(columns: &[(&str, ArrayRef)]) -> Result<RecordBatch, ProbeError> {
    let nullable = columns
        .iter()
        .map(|(name, column)| (*name, Arc::clone(column), true));
    Ok(RecordBatch::try_from_iter_with_nullable(nullable)?)
}

/// A batch and text columns after it.
pub(super) fn with_texts(rows: &[Row], texts: &[(&str, &str)]) -> Result<RecordBatch, ProbeError> {
    let base = batch(rows)?;
    let schema = base.schema();
    let mut columns: Vec<(&str, ArrayRef)> = schema
        .fields()
        .iter()
        .zip(base.columns())
        .map(|(field, column)| (field.name().as_str(), Arc::clone(column)))
        .collect();
    for (name, text) in texts {
        let column = StringArray::from_iter_values(rows.iter().map(|_| *text));
        columns.push((*name, Arc::new(column)));
    }
    named(&columns)
}

pub(super) fn fields() -> Vec<StructField> {
    vec![
        StructField::new("id", DataType::LONG, true),
        StructField::new("region", DataType::STRING, true),
        StructField::new("monto", DataType::DOUBLE, true),
    ]
}

pub(super) fn url(table: &Path) -> Result<Url, ProbeError> {
    Url::from_directory_path(table).map_err(|()| ProbeError::Path(table.to_owned()))
}

/// The table that stands there.
pub(super) async fn open(table: &Path) -> Result<DeltaTable, ProbeError> {
    Ok(deltalake::open_table(url(table)?).await?)
}

/// A new table with these columns and properties.
pub(super) async fn create(
    table: &Path,
    fields: Vec<StructField>,
    properties: &[(&str, &str)],
) -> Result<DeltaTable, ProbeError> {
    let place = DeltaTable::try_from_url(url(table)?).await?;
    Ok(place
        .create()
        .with_columns(fields)
        .with_configuration(properties.iter().map(|(key, value)| (*key, Some(*value))))
        .await?)
}

/// A new table with the first three rows.
pub(super) async fn create_base(
    table: &Path,
    properties: &[(&str, &str)],
) -> Result<DeltaTable, ProbeError> {
    let created = create(table, fields(), properties).await?;
    append(created, batch(&BASE)?).await
}

pub(super) async fn append(
    table: DeltaTable,
    batch: RecordBatch,
) -> Result<DeltaTable, ProbeError> {
    Ok(table
        .write([batch])
        .with_save_mode(SaveMode::Append)
        .await?)
}

pub(super) async fn read(table: &DeltaTable) -> Result<Content, ProbeError> {
    let session = create_session().into_inner();
    let provider = table.table_provider().await?;
    content(&session.read_table(provider)?.collect().await?)
}

pub(super) fn content(batches: &[RecordBatch]) -> Result<Content, ProbeError> {
    let Some(first) = batches.first() else {
        return Ok(Content::new(Vec::<String>::new(), []));
    };
    let columns: Vec<String> = first
        .schema()
        .fields()
        .iter()
        .map(|field| field.name().clone())
        .collect();
    let mut rows = Vec::new();
    for batch in batches {
        let texts: Result<Vec<_>, _> = batch.columns().iter().map(texts).collect();
        let texts = texts?;
        for row in 0..batch.num_rows() {
            rows.push(texts.iter().map(|column| column[row].clone()).collect());
        }
    }
    Ok(Content::new(columns, rows))
}

fn texts(column: &ArrayRef) -> Result<Vec<Option<String>>, ProbeError> {
    if let Some(variants) = variants(column) {
        return Ok(variants);
    }
    let options = FormatOptions::default();
    let formatter = ArrayFormatter::try_new(column.as_ref(), &options)?;
    (0..column.len())
        .map(|row| {
            let value = (!column.is_null(row)).then(|| formatter.value(row).try_to_string());
            Ok(value.transpose()?)
        })
        .collect()
}

/// The values of a variant column as JSON, as far as the probes go: small integers and short texts.
fn variants(column: &ArrayRef) -> Option<Vec<Option<String>>> {
    let parts = column.as_any().downcast_ref::<StructArray>()?;
    let value = parts.column_by_name("value")?;
    parts.column_by_name("metadata")?;
    let value = arrow::compute::cast(value, &arrow::datatypes::DataType::Binary).ok()?;
    let value = value.as_any().downcast_ref::<BinaryArray>()?;
    let json = |row| (!column.is_null(row)).then(|| variant_json(value.value(row)));
    Some((0..column.len()).map(json).collect())
}

/// One value of the Parquet variant encoding: the low two bits of its first byte are the basic type, the rest depends on it.
fn variant_json(bytes: &[u8]) -> String {
    match bytes {
        [header, rest @ ..] if header & 0b11 == 1 => {
            let text =
                String::from_utf8_lossy(rest.get(..usize::from(header >> 2)).unwrap_or(rest));
            format!("{text:?}")
        }
        [0x0c, low] => i64::from(*low as i8).to_string(),
        [0x10, low, high] => i64::from(i16::from_le_bytes([*low, *high])).to_string(),
        other => format!("{other:02x?}"),
    }
}
