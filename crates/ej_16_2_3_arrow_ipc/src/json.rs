//! The same batches as JSON lines, for comparison.

use arrow::array::RecordBatch;
use arrow::datatypes::SchemaRef;
use arrow::error::ArrowError;
use arrow::json::ReaderBuilder;
use arrow::json::writer::{LineDelimited, WriterBuilder};
use std::io::Cursor;

/// The batches as JSON lines, nulls written out: what arrow-json makes of them.
///
/// # Errors
/// Those of arrow-json, for a type without JSON form.
pub fn serializar_json(batches: &[RecordBatch]) -> Result<Vec<u8>, ArrowError> {
    let mut out = Vec::new();
    let mut writer = WriterBuilder::new()
        .with_explicit_nulls(true)
        .build::<_, LineDelimited>(&mut out);
    for batch in batches {
        writer.write(batch)?;
    }
    writer.finish()?;
    drop(writer);
    Ok(out)
}

/// The rows of JSON lines as batches of up to `rows` rows. JSON says no types: the schema must come from elsewhere.
///
/// # Errors
/// Those of arrow-json: no JSON, or a value that is not of its column's type.
pub fn deserializar_json(
    bytes: &[u8],
    schema: SchemaRef,
    rows: usize,
) -> Result<Vec<RecordBatch>, ArrowError> {
    ReaderBuilder::new(schema)
        .with_batch_size(rows)
        .build(Cursor::new(bytes))?
        .collect()
}
