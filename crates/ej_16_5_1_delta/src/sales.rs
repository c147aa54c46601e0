//! The rows of this exercise: sales, as values, as Arrow batches, and read back from a table.

use crate::error::TableError;
use crate::scan::query;
use arrow::array::{
    Array, ArrayRef, AsArray as _, Date32Array, Decimal128Array, Int64Array, RecordBatch,
    StringArray,
};
use arrow::compute::cast;
use arrow::datatypes::{DataType, Date32Type, Decimal128Type, Field, Int64Type, Schema, SchemaRef};
use arrow::error::ArrowError;
use arrow::util::display::{ArrayFormatter, FormatOptions};
use deltalake::DeltaTable;
use ecommerce_model::{Centavos, Fecha};
use std::sync::{Arc, LazyLock};

/// A sale.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Sale {
    /// Its number, unique.
    pub venta_id: i64,
    /// Its day.
    pub fecha: Fecha,
    /// Where, if known.
    pub region: Option<String>,
    /// How much.
    pub monto: Centavos,
}

/// `venta_id` Int64, `fecha` Date32, `region` Utf8 (may be null), `monto` Decimal(18, 2).
pub fn sales_schema() -> SchemaRef {
    static SCHEMA: LazyLock<SchemaRef> = LazyLock::new(|| {
        Arc::new(Schema::new(vec![
            Field::new("venta_id", DataType::Int64, false),
            Field::new("fecha", DataType::Date32, false),
            Field::new("region", DataType::Utf8, true),
            Field::new("monto", DataType::Decimal128(18, 2), false),
        ]))
    });
    Arc::clone(&SCHEMA)
}

/// The sales as a batch of [`sales_schema`], in their order.
///
/// # Errors
/// * [`TableError::Arrow`] never in practice: columns are built to the schema.
pub fn sales_batch(sales: &[Sale]) -> Result<RecordBatch, TableError> {
    let ids: Int64Array = sales.iter().map(|s| s.venta_id).collect();
    let days = Date32Array::from_iter_values(sales.iter().map(|s| s.fecha.days_since_epoch()));
    let regions: StringArray = sales.iter().map(|s| s.region.as_deref()).collect();
    let amounts: Decimal128Array = sales.iter().map(|s| i128::from(s.monto.get())).collect();
    let columns: Vec<ArrayRef> = vec![
        Arc::new(ids),
        Arc::new(days),
        Arc::new(regions),
        Arc::new(amounts.with_precision_and_scale(18, 2)?),
    ];
    Ok(RecordBatch::try_new(sales_schema(), columns)?)
}

/// Every sale of the table in its version, by number.
///
/// # Errors
/// * [`TableError::Query`] if a data file cannot be read: gone after a vacuum, for instance.
/// * [`TableError::Arrow`] if a column is missing or of another type.
/// * [`TableError::Value`] for a value that no sale can have.
///
/// # Cost
/// The whole table, in memory.
pub async fn read_sales(table: &DeltaTable) -> Result<Vec<Sale>, TableError> {
    let sql = "SELECT venta_id, fecha, region, monto FROM ventas";
    let mut sales = Vec::new();
    for batch in query(table, sql).await? {
        read_batch(&batch, &mut sales)?;
    }
    sales.sort();
    Ok(sales)
}

fn read_batch(batch: &RecordBatch, sales: &mut Vec<Sale>) -> Result<(), TableError> {
    let schema = sales_schema();
    let columns = schema.fields().iter().map(|field| {
        let column = batch.column_by_name(field.name()).ok_or_else(|| {
            ArrowError::SchemaError(format!("there is no column {}", field.name()))
        })?;
        // Partition columns come as dictionaries and texts as views: encodings, not other values.
        cast(column, field.data_type())
    });
    let columns = columns.collect::<Result<Vec<_>, ArrowError>>()?;
    let ids = columns[0].as_primitive::<Int64Type>();
    let days = columns[1].as_primitive::<Date32Type>();
    let regions = columns[2].as_string::<i32>();
    let amounts = columns[3].as_primitive::<Decimal128Type>();
    for row in 0..batch.num_rows() {
        let bad = || TableError::Value(row);
        if ids.is_null(row) || days.is_null(row) || amounts.is_null(row) {
            return Err(bad());
        }
        let cents = i64::try_from(amounts.value(row)).map_err(|_| bad())?;
        sales.push(Sale {
            venta_id: ids.value(row),
            fecha: Fecha::from_days_since_epoch(days.value(row)).ok_or_else(bad)?,
            region: regions.is_valid(row).then(|| regions.value(row).to_owned()),
            monto: Centavos::new(cents).ok_or_else(bad)?,
        });
    }
    Ok(())
}

/// Every row as text, its cells in the order of `columns`, the rows sorted: what two readers must agree on whatever the encoding, the
/// order and the number of batches.
///
/// Instants are written in microseconds without their zone, which Delta keeps as UTC; texts stand in quotes, so that none is a null.
///
/// # Errors
/// * [`TableError::Arrow`] if a batch lacks a column, or a cell has no text.
pub fn cells(batches: &[RecordBatch], columns: &[&str]) -> Result<Vec<String>, TableError> {
    const INSTANT: Option<&str> = Some("%Y-%m-%dT%H:%M:%S%.6f");
    let options = FormatOptions::new()
        .with_display_error(false)
        .with_null("nulo")
        .with_quoted_strings(true)
        .with_timestamp_format(INSTANT)
        .with_timestamp_tz_format(INSTANT);
    let mut rows = Vec::new();
    for batch in batches {
        let formatters = columns.iter().map(|name| {
            let column = batch.column_by_name(name);
            let column = column
                .ok_or_else(|| ArrowError::SchemaError(format!("there is no column {name}")))?;
            ArrayFormatter::try_new(column.as_ref(), &options)
        });
        let formatters = formatters.collect::<Result<Vec<_>, ArrowError>>()?;
        for row in 0..batch.num_rows() {
            let cells = formatters.iter().map(|f| f.value(row).try_to_string());
            rows.push(cells.collect::<Result<Vec<_>, _>>()?.join(" | "));
        }
    }
    rows.sort();
    Ok(rows)
}
