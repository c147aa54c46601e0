//! "Same content", as one number, by the definition of `benches/peers/CONTENIDO.md`, whose independent checker in
//! Python must agree.

use crate::delta::read_batches;
use crate::error::PipelineError;
use arrow::array::{Array, AsArray, RecordBatch};
use arrow::compute::cast;
use arrow::datatypes::{DataType, Float64Type, Int64Type, TimestampMicrosecondType};
use deltalake::DeltaTable;
use sha2::{Digest as _, Sha256};

/// SHA-256 over the table's rows, sorted; columns whose name starts with `_` are left out.
///
/// # Errors
/// As [`read_batches`]; [`PipelineError::Internal`] for a column type that our tables do not have.
///
/// # Cost
/// Every row as text in memory: for tests and comparisons, not for large tables.
pub async fn content_hash(table: &DeltaTable) -> Result<String, PipelineError> {
    let mut rows = Vec::new();
    for batch in read_batches(table).await? {
        render(&batch, &mut rows)?;
    }
    Ok(hash(rows))
}

fn hash(mut rows: Vec<Vec<u8>>) -> String {
    rows.sort_unstable();
    Sha256::digest(rows.join(&b'\n'))
        .iter()
        .map(|b| format!("{b:02x}"))
        .collect()
}

fn render(batch: &RecordBatch, rows: &mut Vec<Vec<u8>>) -> Result<(), PipelineError> {
    let schema = batch.schema();
    let columns: Vec<_> = (0..batch.num_columns())
        .filter(|c| !schema.field(*c).name().starts_with('_'))
        .collect();
    let texts: Result<Vec<Vec<Option<String>>>, PipelineError> =
        columns.iter().map(|c| column(batch.column(*c))).collect();
    let texts = texts?;
    for i in 0..batch.num_rows() {
        let cells: Vec<&str> = texts
            .iter()
            .map(|t| t[i].as_deref().unwrap_or("\\N"))
            .collect();
        rows.push(cells.join("\x1f").into_bytes());
    }
    Ok(())
}

fn column(array: &dyn Array) -> Result<Vec<Option<String>>, PipelineError> {
    let n = array.len();
    let valid = |i: usize| array.is_valid(i);
    Ok(match array.data_type() {
        DataType::Float64 => {
            let a = array.as_primitive::<Float64Type>();
            (0..n)
                .map(|i| valid(i).then(|| float(a.value(i))))
                .collect()
        }
        DataType::Int64 => {
            let a = array.as_primitive::<Int64Type>();
            (0..n)
                .map(|i| valid(i).then(|| a.value(i).to_string()))
                .collect()
        }
        DataType::Timestamp(_, _) => {
            let a = array.as_primitive::<TimestampMicrosecondType>();
            (0..n)
                .map(|i| valid(i).then(|| a.value(i).to_string()))
                .collect()
        }
        DataType::Decimal128(_, _) | DataType::Date32 => {
            let text = cast(array, &DataType::Utf8)?;
            text.as_string::<i32>()
                .iter()
                .map(|t| t.map(str::to_owned))
                .collect()
        }
        DataType::Utf8 | DataType::LargeUtf8 | DataType::Utf8View | DataType::Dictionary(_, _) => {
            let text = cast(array, &DataType::Utf8)?;
            text.as_string::<i32>()
                .iter()
                .map(|t| t.map(escape))
                .collect()
        }
        other => {
            return Err(PipelineError::Internal(format!(
                "no canonical text for {other}"
            )));
        }
    })
}

/// A float by its bits, which is exact and needs no agreement on decimal forms; there is one NaN.
fn float(value: f64) -> String {
    let value = if value.is_nan() {
        f64::NAN.abs()
    } else {
        value
    };
    format!("{:016x}", value.to_bits())
}

/// Keeps a text apart from nulls, from the end of a field and from the end of a row.
fn escape(text: &str) -> String {
    text.replace('\\', "\\\\")
        .replace('\n', "\\n")
        .replace('\x1f', "\\x1f")
}

#[cfg(test)]
mod tests {
    use super::*;
    use arrow::array::{
        ArrayRef, Date32Array, Decimal128Array, Float64Array, Int64Array, StringArray,
        TimestampMicrosecondArray,
    };
    use std::sync::Arc;

    /// The worked example of CONTENIDO.md.
    #[test]
    fn the_documented_example_has_the_documented_hash() {
        let money = Decimal128Array::from(vec![1050, 0, 7])
            .with_precision_and_scale(18, 2)
            .unwrap();
        let seen =
            TimestampMicrosecondArray::from(vec![Some(1_705_276_800_000_000), None, Some(-1)])
                .with_timezone("UTC");
        let columns: Vec<(&str, ArrayRef, bool)> = vec![
            ("fecha", Arc::new(Date32Array::from(vec![19_737; 3])), true),
            (
                "region",
                Arc::new(StringArray::from(vec![Some("sur"), None, Some("a\\b\nc")])),
                true,
            ),
            ("revenue", Arc::new(money), true),
            ("clicks", Arc::new(Int64Array::from(vec![3, -7, 0])), true),
            (
                "peso",
                Arc::new(Float64Array::from(vec![1.5, f64::NAN, -0.0])),
                true,
            ),
            ("visto", Arc::new(seen), true),
            (
                "_procesado_en",
                Arc::new(Int64Array::from(vec![1, 2, 3])),
                true,
            ),
        ];
        let batch = RecordBatch::try_from_iter_with_nullable(columns).unwrap();
        let mut rows = Vec::new();
        render(&batch, &mut rows).unwrap();
        assert_eq!(
            hash(rows),
            "05e8c6363c564f7a0ac8e9d281460972d11da75f3120551babb546382594d3ea"
        );
        assert_eq!(
            hash(Vec::new()),
            "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
        );
    }
}
