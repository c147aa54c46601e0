//! "Same content", as one number, by the definition of `benches/peers/CONTENIDO.md`, whose independent checker in
//! Python must agree.

use crate::delta::read_batches;
use crate::error::PipelineError;
use arrow::array::{Array, ArrayRef, AsArray, RecordBatch};
use arrow::compute::cast;
use arrow::datatypes::{DataType, Float64Type, TimeUnit, TimestampMicrosecondType};
use deltalake::DeltaTable;
use sha2::{Digest as _, Sha256};

/// SHA-256 over the table's rows, sorted; columns whose name starts with `_` are left out.
///
/// # Errors
/// As [`read_batches`]; [`PipelineError::Internal`] for a column type that the definition does not have.
///
/// # Cost
/// Every row as text in memory: for tests and comparisons, not for large tables.
pub async fn content_hash(table: &DeltaTable) -> Result<String, PipelineError> {
    content_hash_of(&read_batches(table).await?)
}

/// The same of rows in memory, from whatever file they came.
///
/// # Errors
/// * [`PipelineError::Internal`] for a column type that the definition does not have.
pub fn content_hash_of(batches: &[RecordBatch]) -> Result<String, PipelineError> {
    let mut rows = Vec::new();
    for batch in batches {
        render(batch, &mut rows)?;
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

fn column(array: &ArrayRef) -> Result<Vec<Option<String>>, PipelineError> {
    Ok(match array.data_type() {
        // Its values may be of any type that has a form.
        DataType::Dictionary(_, values) => return column(&cast(array, values)?),
        DataType::Float32 | DataType::Float64 => {
            let numbers = cast(array, &DataType::Float64)?;
            let numbers = numbers.as_primitive::<Float64Type>();
            numbers.iter().map(|value| value.map(float)).collect()
        }
        DataType::Timestamp(_, zone) => {
            let micros = DataType::Timestamp(TimeUnit::Microsecond, zone.clone());
            let instants = cast(array, &micros)?;
            let instants = instants.as_primitive::<TimestampMicrosecondType>();
            let texts = instants.iter().map(|value| Some(value?.to_string()));
            texts.collect()
        }
        kind if kind.is_integer()
            || matches!(
                kind,
                DataType::Decimal128(_, _) | DataType::Date32 | DataType::Boolean
            ) =>
        {
            let text = cast(array, &DataType::Utf8)?;
            let text = text.as_string::<i32>();
            text.iter().map(|t| t.map(str::to_owned)).collect()
        }
        DataType::Utf8 | DataType::LargeUtf8 | DataType::Utf8View => {
            let text = cast(array, &DataType::Utf8)?;
            let text = text.as_string::<i32>();
            text.iter().map(|t| t.map(escape)).collect()
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
    fn encodings_do_not_count_and_a_type_without_a_form_is_an_error() {
        let plain: Vec<(&str, ArrayRef)> = vec![
            ("a", Arc::new(StringArray::from(vec!["x", "y", "x"]))),
            ("b", Arc::new(Int64Array::from(vec![-1, 2, 3]))),
            (
                "c",
                Arc::new(TimestampMicrosecondArray::from(vec![5, 6, -7])),
            ),
        ];
        let plain = RecordBatch::try_from_iter(plain).unwrap();
        let kinds = [
            DataType::Dictionary(Box::new(DataType::Int8), Box::new(DataType::Utf8View)),
            DataType::Int16,
            DataType::Timestamp(TimeUnit::Nanosecond, None),
        ];
        let columns = plain.columns().iter().zip(&kinds).zip(["a", "b", "c"]);
        let other = columns.map(|((array, kind), name)| (name, cast(array, kind).unwrap()));
        let other = RecordBatch::try_from_iter(other).unwrap();
        assert_eq!(
            content_hash_of(&[plain]).unwrap(),
            // Cut in two, the other half first.
            content_hash_of(&[other.slice(1, 2), other.slice(0, 1)]).unwrap()
        );
        let list = arrow::array::new_null_array(&DataType::new_list(DataType::Int8, true), 1);
        let list = RecordBatch::try_from_iter([("l", list)]).unwrap();
        assert!(content_hash_of(&[list]).is_err());
    }

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
