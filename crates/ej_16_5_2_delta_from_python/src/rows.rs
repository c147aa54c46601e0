//! The rows: those of the guide's example, `user_id`, `monto`, `region`.

use crate::SalesError;
use arrow::array::{Array, ArrayRef, AsArray, Float64Array, RecordBatch, StringArray};
use arrow::compute::cast;
use arrow::datatypes::{DataType, Float64Type};
use arrow::error::ArrowError;
use std::path::Path;
use std::sync::Arc;

/// A sale.
#[derive(Debug, Clone, PartialEq, PartialOrd)]
pub struct Sale {
    /// Who bought.
    pub user_id: Option<String>,
    /// How much.
    pub monto: Option<f64>,
    /// Where.
    pub region: Option<String>,
}

impl Sale {
    /// Returns a sale without nulls.
    pub fn new(user_id: impl Into<String>, monto: f64, region: impl Into<String>) -> Self {
        Self {
            user_id: Some(user_id.into()),
            monto: Some(monto),
            region: Some(region.into()),
        }
    }
}

/// Returns `rows` sales that differ from those of any other `mark`: amounts that do not compress, users numbered, four regions.
///
/// The same arguments give the same rows, in Python too (`python/tests/conftest.py` has the same lines).
pub fn sales(mark: u64, rows: u64) -> Vec<Sale> {
    const REGIONS: [&str; 4] = ["este", "norte", "oeste", "sur"];
    (0..rows)
        .map(|n| {
            // Fifty bits of a multiplicative hash, as cents.
            let cents = (n + 1 + (mark << 32)).wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 14;
            Sale::new(
                format!("u{n}"),
                cents as f64 / 100.0,
                REGIONS[(n % 4) as usize],
            )
        })
        .collect()
}

/// Returns the sales as a batch.
///
/// # Shape
/// `user_id` Utf8, `monto` Float64, `region` Utf8; all nullable.
///
/// # Errors
/// - [`ArrowError`] never, as far as the columns have the same length
pub fn batch(sales: &[Sale]) -> Result<RecordBatch, ArrowError> {
    let text = |of: fn(&Sale) -> &Option<String>| -> ArrayRef {
        Arc::new(StringArray::from_iter(
            sales.iter().map(of).map(Option::as_deref),
        ))
    };
    let amounts = Float64Array::from_iter(sales.iter().map(|sale| sale.monto));
    RecordBatch::try_from_iter_with_nullable([
        ("user_id", text(|sale| &sale.user_id), true),
        ("monto", Arc::new(amounts), true),
        ("region", text(|sale| &sale.region), true),
    ])
}

/// Returns the sales of a batch, whatever texts and numbers its writer chose: `large_utf8`, views and dictionaries are texts too.
///
/// # Errors
/// - [`SalesError::Column`] if a column is missing or cannot be taken for what it should be
pub fn sales_of(batch: &RecordBatch, table: &Path) -> Result<Vec<Sale>, SalesError> {
    let column = |name: &'static str, dtype: &DataType, kind: &'static str| {
        let found = batch.column_by_name(name);
        found
            .and_then(|column| cast(column, dtype).ok())
            .ok_or_else(|| SalesError::Column {
                table: table.to_owned(),
                column: name,
                kind,
            })
    };
    let users = column("user_id", &DataType::Utf8, "text")?;
    let amounts = column("monto", &DataType::Float64, "numbers")?;
    let regions = column("region", &DataType::Utf8, "text")?;
    let text = |column: &dyn Array, row| {
        let texts = column.as_string::<i32>();
        (!texts.is_null(row)).then(|| texts.value(row).to_owned())
    };
    let amount = |row| {
        let numbers = amounts.as_primitive::<Float64Type>();
        (!numbers.is_null(row)).then(|| numbers.value(row))
    };
    Ok((0..batch.num_rows())
        .map(|row| Sale {
            user_id: text(&users, row),
            monto: amount(row),
            region: text(&regions, row),
        })
        .collect())
}
