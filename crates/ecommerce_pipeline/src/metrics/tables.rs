//! The output tables: their columns, and their rows from sums of cents.

use super::SUMS;
use crate::error::PipelineError;
use crate::quarantine::{provenance_columns, provenance_fields};
use arrow::array::{ArrayRef, AsArray, Date32Array, Decimal128Array, Int64Array, RecordBatch};
use arrow::compute::cast;
use arrow::datatypes::{DataType, Field, Int64Type, Schema, SchemaRef};
use ecommerce_model::{Dia, ratio_half_up};
use std::sync::Arc;

pub(super) fn regions_schema() -> SchemaRef {
    let mut fields = vec![Field::new("region", DataType::Utf8View, true)];
    let numbers = SUMS
        .iter()
        .chain(&["usuarios_unicos", "visitantes", "usuarios_unicos_dia"]);
    fields.extend(numbers.map(|n| Field::new(*n, DataType::Int64, true)));
    Arc::new(Schema::new(fields))
}

pub(super) fn product_sums_schema() -> SchemaRef {
    let numbers = ["revenue", "transacciones"].map(|n| Field::new(n, DataType::Int64, true));
    let mut fields = vec![Field::new("producto_id", DataType::Utf8View, true)];
    fields.extend(numbers);
    Arc::new(Schema::new(fields))
}

const MONEY: DataType = DataType::Decimal128(18, 2);
const RATE: DataType = DataType::Decimal128(9, 6);

/// The columns of `metricas_diarias`.
pub(crate) fn metrics_schema() -> SchemaRef {
    let count = |name| Field::new(name, DataType::Int64, false);
    let mut fields = vec![
        Field::new("fecha", DataType::Date32, false),
        Field::new("region", DataType::Utf8, false),
        Field::new("revenue", MONEY, false),
        Field::new("revenue_premium", MONEY, false),
        count("transacciones"),
        count("transacciones_premium"),
        Field::new("ticket_promedio", MONEY, true),
        count("usuarios_unicos"),
        count("visitantes"),
        count("clicks"),
        count("carritos"),
        Field::new("tasa_conversion", RATE, true),
        count("usuarios_unicos_dia"),
    ];
    fields.extend(provenance_fields());
    Arc::new(Schema::new(fields))
}

/// The columns of `productos_diarios`.
pub(crate) fn products_schema() -> SchemaRef {
    let mut fields = vec![
        Field::new("fecha", DataType::Date32, false),
        Field::new("producto_id", DataType::Utf8, true),
        Field::new("revenue", MONEY, false),
        Field::new("transacciones", DataType::Int64, false),
    ];
    fields.extend(provenance_fields());
    Arc::new(Schema::new(fields))
}

pub(super) fn metrics_table(
    sums: &RecordBatch,
    dia: Dia,
    now_micros: i64,
) -> Result<RecordBatch, PipelineError> {
    let n = sums.num_rows();
    let number = |name: &str| int_column(sums, name);
    let (revenue, transactions) = (number("revenue")?, number("transacciones")?);
    let (buyers, visitors) = (number("usuarios_unicos")?, number("visitantes")?);
    let ticket =
        (0..n).map(|i| ratio_half_up(revenue.value(i).into(), transactions.value(i).into()));
    let rate = (0..n).map(|i| {
        ratio_half_up(
            i128::from(buyers.value(i)) * 1_000_000,
            visitors.value(i).into(),
        )
    });
    let mut columns: Vec<ArrayRef> = vec![
        Arc::new(Date32Array::from(vec![dia.fecha().days_since_epoch(); n])),
        text_column(sums, "region")?,
        money(&revenue)?,
        money(&number("revenue_premium")?)?,
        Arc::new(transactions.clone()),
        Arc::new(number("transacciones_premium")?),
        Arc::new(Decimal128Array::from_iter(ticket).with_precision_and_scale(18, 2)?),
        Arc::new(buyers.clone()),
        Arc::new(visitors.clone()),
        Arc::new(number("clicks")?),
        Arc::new(number("carritos")?),
        Arc::new(Decimal128Array::from_iter(rate).with_precision_and_scale(9, 6)?),
        Arc::new(number("usuarios_unicos_dia")?),
    ];
    columns.extend(provenance_columns(n, now_micros));
    Ok(RecordBatch::try_new(metrics_schema(), columns)?)
}

pub(super) fn products_table(
    sums: &RecordBatch,
    dia: Dia,
    now_micros: i64,
) -> Result<RecordBatch, PipelineError> {
    let n = sums.num_rows();
    let mut columns: Vec<ArrayRef> = vec![
        Arc::new(Date32Array::from(vec![dia.fecha().days_since_epoch(); n])),
        text_column(sums, "producto_id")?,
        money(&int_column(sums, "revenue")?)?,
        Arc::new(int_column(sums, "transacciones")?),
    ];
    columns.extend(provenance_columns(n, now_micros));
    Ok(RecordBatch::try_new(products_schema(), columns)?)
}

fn int_column(batch: &RecordBatch, name: &str) -> Result<Int64Array, PipelineError> {
    let column = batch
        .column_by_name(name)
        .ok_or_else(|| PipelineError::Internal(format!("no column {name}")))?;
    column
        .as_primitive_opt::<Int64Type>()
        .cloned()
        .ok_or_else(|| PipelineError::Internal(format!("{name} is no Int64")))
}

fn text_column(batch: &RecordBatch, name: &str) -> Result<ArrayRef, PipelineError> {
    let column = batch
        .column_by_name(name)
        .ok_or_else(|| PipelineError::Internal(format!("no column {name}")))?;
    Ok(cast(column, &DataType::Utf8)?)
}

fn money(cents: &Int64Array) -> Result<ArrayRef, PipelineError> {
    let values = cents.values().iter().map(|c| i128::from(*c));
    Ok(Arc::new(
        Decimal128Array::from_iter_values(values).with_precision_and_scale(18, 2)?,
    ))
}
