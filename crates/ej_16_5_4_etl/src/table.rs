//! The table: region × segmento by day, with exact money.

use arrow::array::{
    ArrayRef, AsArray, Date32Array, Decimal128Array, RecordBatch, StringArray,
    TimestampMicrosecondArray,
};
use arrow::compute::{cast, concat_batches};
use arrow::datatypes::{DataType, Field, Int64Type, Schema, SchemaRef, TimeUnit};
use ecommerce_arrow::polars_bridge::batches_from_frame;
use ecommerce_model::Fecha;
use ecommerce_pipeline::{PipelineError, TableDefinition, VERSION_PIPELINE};
use polars::prelude::DataFrame;
use std::sync::Arc;

/// Commits between two checkpoints of a table that this pipeline creates; delta-rs' own default is 100.
///
/// A day is one small commit, so a reader replays up to this many: ten, as Spark does it.
pub const CHECKPOINT_CADA: u32 = 10;

const MONEY: DataType = DataType::Decimal128(18, 2);

/// The columns of the table: the guide's five, the day in front, and who wrote the row.
///
/// # Shape
/// A row per region and segment with sales; `fecha` is the partition.
pub fn segmentos_schema() -> SchemaRef {
    let utc = DataType::Timestamp(TimeUnit::Microsecond, Some("UTC".into()));
    Arc::new(Schema::new(vec![
        Field::new("fecha", DataType::Date32, false),
        Field::new("region", DataType::Utf8, false),
        Field::new("segmento", DataType::Utf8, false),
        Field::new("revenue", MONEY, false),
        Field::new("usuarios", DataType::Int64, false),
        Field::new("transacciones", DataType::Int64, false),
        Field::new("_procesado_en", utc, false),
        Field::new("_version_pipeline", DataType::Utf8, false),
    ]))
}

/// What the pipeline's commits are: those columns, its own name, and a checkpoint every `checkpoint_cada` commits.
pub fn definition(checkpoint_cada: u32) -> TableDefinition {
    TableDefinition {
        columns: segmentos_schema(),
        app: "etl-diario",
        properties: vec![
            (
                "delta.checkpointInterval".to_owned(),
                checkpoint_cada.max(1).to_string(),
            ),
            // A file is one day's few rows, found by its partition: nobody skips it by anything else.
            (
                "delta.dataSkippingNumIndexedCols".to_owned(),
                "0".to_owned(),
            ),
        ],
    }
}

/// The rows of the day, from the frame that [`transformar`](crate::transformar) describes.
pub(crate) fn rows_of(
    frame: &DataFrame,
    fecha: Fecha,
    now_micros: i64,
) -> Result<RecordBatch, PipelineError> {
    let internal = |what: &str| PipelineError::Internal(format!("the result has no {what}"));
    let batches = batches_from_frame(frame)?;
    let first = batches.first().ok_or_else(|| internal("chunk"))?;
    let batch = concat_batches(&first.schema(), &batches)?;
    let column = |name: &str| batch.column_by_name(name).ok_or_else(|| internal(name));
    let n = batch.num_rows();
    let cents = cast(column("revenue")?, &DataType::Int64)?;
    let money = cents.as_primitive::<Int64Type>().values().iter();
    let money = Decimal128Array::from_iter_values(money.map(|c| i128::from(*c)));
    let columns: Vec<ArrayRef> = vec![
        Arc::new(Date32Array::from(vec![fecha.days_since_epoch(); n])),
        cast(column("region")?, &DataType::Utf8)?,
        cast(column("segmento")?, &DataType::Utf8)?,
        Arc::new(money.with_precision_and_scale(18, 2)?),
        cast(column("usuarios")?, &DataType::Int64)?,
        cast(column("transacciones")?, &DataType::Int64)?,
        Arc::new(TimestampMicrosecondArray::from(vec![now_micros; n]).with_timezone("UTC")),
        Arc::new(StringArray::from(vec![VERSION_PIPELINE; n])),
    ];
    Ok(RecordBatch::try_new(segmentos_schema(), columns)?)
}

/// The sum of the revenue, in cents.
pub(crate) fn cents_of(rows: &RecordBatch) -> i128 {
    let revenue = rows.column_by_name("revenue");
    revenue
        .and_then(|c| c.as_primitive_opt::<arrow::datatypes::Decimal128Type>())
        .map_or(0, |c| c.values().iter().sum())
}
