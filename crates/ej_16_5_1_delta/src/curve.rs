//! A Z-curve of our own, because the library's does not cluster more than one column.
//!
//! Its key reads the bits of each column's bytes from the lowest, as Arrow numbers them, and compares the result from the highest: the low
//! half of every byte comes before the high half, and a file ends up with a bit of everything. One column alone is not affected.

use crate::error::TableError;
use arrow::array::{Array as _, AsArray as _, UInt64Array};
use arrow::datatypes::{DataType, Float64Type};
use datafusion::common::{Result as PlanResult, exec_err};
use datafusion::functions_aggregate::expr_fn::{max, min};
use datafusion::logical_expr::{ColumnarValue, ScalarUDF, Volatility, create_udf};
use datafusion::prelude::{Expr, SessionContext, cast, ident};
use deltalake::DeltaTable;
use deltalake::protocol::SaveMode;
use std::num::NonZeroU64;
use std::sync::Arc;

/// The table with the same rows along a Z-curve of `columns`, which are numbers of any type, in files of about `target` bytes.
///
/// Each column is first spread over its own range, so that types and magnitudes do not matter. It is an overwrite: whoever follows the
/// table's changes sees all rows change, which an optimize would not say.
///
/// # Errors
/// * [`TableError::Query`] if a column is not there or is no number.
/// * [`TableError::Conflict`] after any other writer's commit.
///
/// # Cost
/// The table in memory: given to the write as a plan, its order would be optimized away, for the write asks for none.
pub async fn order_along_curve(
    table: DeltaTable,
    columns: &[&str],
    target: NonZeroU64,
) -> Result<DeltaTable, TableError> {
    let session = SessionContext::new();
    let frame = session.read_table(table.table_provider().await?)?;
    let numbers: Vec<Expr> = columns
        .iter()
        .map(|column| cast(ident(*column), DataType::Float64))
        .collect();
    let limits = numbers
        .iter()
        .flat_map(|n| [min(n.clone()), max(n.clone())]);
    let limits = frame.clone().aggregate(vec![], limits.collect())?;
    let limits = limits.collect().await?;
    let value = |at: usize| {
        let column = limits.first().map(|batch| batch.column(at));
        column
            .and_then(|c| c.as_primitive_opt::<Float64Type>())
            .filter(|c| c.len() == 1 && c.is_valid(0))
            .map_or(0.0, |c| c.value(0))
    };
    let ranges = (0..columns.len()).map(|i| (value(2 * i), value(2 * i + 1)));
    let key = curve(ranges.collect()).call(numbers);
    let ordered = frame.sort(vec![key.sort(true, false)])?.collect().await?;
    if ordered.iter().all(|batch| batch.num_rows() == 0) {
        return Ok(table);
    }
    let write = table
        .write(ordered)
        .with_save_mode(SaveMode::Overwrite)
        .with_target_file_size(Some(target));
    Ok(write.await?)
}

/// The place on the curve of a row of floats in these ranges: their highest bits in turn.
fn curve(ranges: Vec<(f64, f64)>) -> ScalarUDF {
    let inputs = vec![DataType::Float64; ranges.len()];
    let place = move |arguments: &[ColumnarValue]| -> PlanResult<ColumnarValue> {
        let arrays = ColumnarValue::values_to_arrays(arguments)?;
        let columns: Option<Vec<_>> = arrays
            .iter()
            .map(|array| array.as_primitive_opt::<Float64Type>())
            .collect();
        let Some(columns) = columns else {
            return exec_err!("a Z-curve is of numbers");
        };
        let rows = columns.first().map_or(0, |column| column.len());
        let keys = (0..rows).map(|row| {
            let steps = columns.iter().zip(&ranges).map(|(column, range)| {
                // A null lies with the least.
                let value = if column.is_valid(row) {
                    column.value(row)
                } else {
                    range.0
                };
                spread(value, *range)
            });
            interleave(&steps.collect::<Vec<_>>())
        });
        let keys: UInt64Array = keys.collect();
        Ok(ColumnarValue::Array(Arc::new(keys)))
    };
    create_udf(
        "curva_z",
        inputs,
        DataType::UInt64,
        Volatility::Immutable,
        Arc::new(place),
    )
}

/// Where a value lies in its range, in 2^32 steps. What is no number lies at its beginning.
fn spread(value: f64, (least, most): (f64, f64)) -> u32 {
    let part = (value - least) / (most - least);
    // The cast is saturating, and zero for NaN.
    (part * f64::from(u32::MAX)) as u32
}

/// The highest bits of each, in turn, as many as fit into 64.
fn interleave(steps: &[u32]) -> u64 {
    let each = 64 / steps.len().max(1);
    let bits = (0..each.min(32)).flat_map(|bit| {
        let of = move |step: &u32| u64::from(step >> (31 - bit) & 1);
        steps.iter().map(of)
    });
    bits.fold(0, |key, bit| key << 1 | bit)
}

#[cfg(test)]
mod tests {
    use super::{interleave, spread};

    #[test]
    fn los_bits_se_toman_por_turnos_desde_el_mas_alto() {
        let (alto, segundo) = (1 << 31, 1 << 30);
        assert_eq!(interleave(&[alto, 0]), 1 << 63);
        assert_eq!(interleave(&[0, alto]), 1 << 62);
        assert_eq!(interleave(&[segundo, 0]), 1 << 61);
        assert_eq!(interleave(&[u32::MAX, u32::MAX]), u64::MAX);
        // Of three, twenty-one bits each.
        assert_eq!(interleave(&[u32::MAX; 3]), (1 << 63) - 1);
        assert_eq!(interleave(&[u32::MAX]), u64::from(u32::MAX));
        assert_eq!(interleave(&[]), 0);
    }

    #[test]
    fn un_valor_se_situa_en_su_rango_y_lo_que_no_es_un_numero_al_principio() {
        assert_eq!(spread(0.0, (0.0, 10.0)), 0);
        assert_eq!(spread(10.0, (0.0, 10.0)), u32::MAX);
        assert_eq!(spread(5.0, (0.0, 10.0)), u32::MAX / 2);
        for (value, range) in [
            (f64::NAN, (0.0, 1.0)),
            (3.0, (3.0, 3.0)),
            (-1.0, (0.0, 1.0)),
        ] {
            assert_eq!(spread(value, range), 0);
        }
    }
}
