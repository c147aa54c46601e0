//! Metrics with lazy Polars, in slices that merge.
//!
//! A slice of rows becomes one row per (region, user); partial results of that shape add up by the same
//! aggregation, in any order, so memory follows the distinct users and never the rows. Money is summed in cents.

mod staged;
mod tables;

use crate::error::PipelineError;
use arrow::array::{ArrayRef, AsArray, BooleanArray, Int32Array, Int64Array, RecordBatch};
use arrow::compute::concat_batches;
use arrow::datatypes::{DataType, Field, Schema, SchemaRef};
use ecommerce_arrow::polars_bridge::{
    array_from_series, batches_from_frame, frame_from_batch, series_from_array,
};
use ecommerce_model::{Centavos, Clase, Dia};
use polars::prelude::{
    DataFrame, DataType as PlType, Expr, IntoLazy as _, LazyFrame, UnionArgs, col, concat, len, lit,
};
pub use staged::{EngineSums, MetricsEngine};
pub(crate) use staged::{Part, Staging};
use std::sync::Arc;
pub(crate) use tables::{metrics_schema, products_schema};
use tables::{metrics_table, product_sums_schema, products_table, regions_schema};

/// Rows per slice: large enough that a slice repeats its users, small enough to stay in memory beside others.
const SLICE_ROWS: usize = 262_144;
/// Partial rows that are merged at once.
const MERGE_ROWS: usize = 524_288;

/// The columns of accepted rows that the metrics take.
pub(crate) fn accepted_schema() -> SchemaRef {
    Arc::new(Schema::new(vec![
        Field::new("region", DataType::Utf8View, true),
        Field::new("user_id", DataType::Utf8View, true),
        Field::new("producto_id", DataType::Utf8View, true),
        Field::new("clase", DataType::Int32, false),
        Field::new("centavos", DataType::Int64, false),
        Field::new("premium", DataType::Boolean, false),
    ]))
}

/// One thread's accepted rows on their way into partial results.
#[derive(Default)]
pub(crate) struct Slices {
    pending: Vec<RecordBatch>,
    pending_rows: usize,
    partial: Partial,
}

/// Mergeable results: per (region, user), and per product.
#[derive(Default)]
pub(crate) struct Partial {
    users: Vec<DataFrame>,
    products: Vec<DataFrame>,
    user_rows: usize,
    centavos: i128,
}

impl Slices {
    /// Adds accepted rows, a batch of [`accepted_schema`].
    fn add(&mut self, batch: RecordBatch) -> Result<(), PipelineError> {
        self.pending_rows += batch.num_rows();
        self.pending.push(batch);
        if self.pending_rows >= SLICE_ROWS {
            self.aggregate()
        } else {
            Ok(())
        }
    }

    /// The partial results of everything added.
    fn finish(mut self) -> Result<Partial, PipelineError> {
        self.aggregate()?;
        Ok(self.partial)
    }

    fn aggregate(&mut self) -> Result<(), PipelineError> {
        if self.pending_rows == 0 {
            return Ok(());
        }
        let batch = concat_batches(&accepted_schema(), &self.pending)?;
        self.pending.clear();
        self.pending_rows = 0;
        self.partial.centavos += staged::cents_in(&batch);
        let frame = frame_from_batch(&batch)?;
        let is = |clase: Clase| col("clase").eq(lit(clase as i32));
        let count = |condition: Expr| condition.cast(PlType::Int64).sum();
        let cents = |condition: Expr| (condition.cast(PlType::Int64) * col("centavos")).sum();
        let users = frame
            .clone()
            .lazy()
            .group_by([col("region"), col("user_id")])
            .agg([
                col("centavos").sum().alias("revenue"),
                cents(col("premium")).alias("revenue_premium"),
                count(is(Clase::Compra)).alias("transacciones"),
                count(col("premium")).alias("transacciones_premium"),
                count(is(Clase::Click)).alias("clicks"),
                count(is(Clase::AgregarCarrito)).alias("carritos"),
            ]);
        let products = frame
            .lazy()
            .filter(is(Clase::Compra))
            .group_by([col("producto_id")])
            .agg([
                col("centavos").sum().alias("revenue"),
                len().cast(PlType::Int64).alias("transacciones"),
            ]);
        self.partial
            .push(compact(&users.collect()?)?, compact(&products.collect()?)?)
    }
}

const SUMS: [&str; 6] = [
    "revenue",
    "revenue_premium",
    "transacciones",
    "transacciones_premium",
    "clicks",
    "carritos",
];

impl Partial {
    /// Takes over another thread's results.
    pub(crate) fn merge(&mut self, other: Self) -> Result<(), PipelineError> {
        self.centavos += other.centavos;
        self.user_rows += other.user_rows;
        self.users.extend(other.users);
        self.products.extend(other.products);
        if self.user_rows > MERGE_ROWS {
            self.shrink()
        } else {
            Ok(())
        }
    }

    fn push(&mut self, users: DataFrame, products: DataFrame) -> Result<(), PipelineError> {
        self.user_rows += users.height();
        self.users.push(users);
        self.products.push(products);
        // Twice as many as the users known so far: merging costs no more than collecting did.
        let known = self.users.first().map_or(0, DataFrame::height);
        if self.user_rows > MERGE_ROWS.max(2 * known) && self.users.len() > 1 {
            self.shrink()
        } else {
            Ok(())
        }
    }

    fn shrink(&mut self) -> Result<(), PipelineError> {
        if self.users.len() > 1 {
            let users = sum_by(
                std::mem::take(&mut self.users),
                &["region", "user_id"],
                &SUMS,
            )?;
            self.user_rows = users.height();
            self.users.push(users);
        }
        if self.products.len() > 1 {
            let products = sum_by(
                std::mem::take(&mut self.products),
                &["producto_id"],
                &["revenue", "transacciones"],
            )?;
            self.products.push(products);
        }
        Ok(())
    }

    /// The rows of `metricas_diarias` and `productos_diarios` for the day, sorted by region and product.
    fn into_tables(mut self, dia: Dia, now_micros: i64) -> Result<DayTables, PipelineError> {
        total_fits(self.centavos, dia)?;
        self.shrink()?;
        let metrics = match self.users.pop() {
            Some(users) => metrics_of(users)?,
            None => RecordBatch::new_empty(regions_schema()),
        };
        let products = match self.products.pop() {
            Some(products) => one_batch(
                &products
                    .lazy()
                    .sort(["producto_id"], Default::default())
                    .collect()?,
            )?,
            None => RecordBatch::new_empty(product_sums_schema()),
        };
        Ok(DayTables {
            metrics: metrics_table(&metrics, dia, now_micros)?,
            products: products_table(&products, dia, now_micros)?,
        })
    }
}

/// Whether a day's revenue fits in the tables.
fn total_fits(centavos: i128, dia: Dia) -> Result<(), PipelineError> {
    let fits = i64::try_from(centavos).ok().and_then(Centavos::new);
    fits.map(|_| ())
        .ok_or_else(|| PipelineError::Overflow(dia.fecha()))
}

/// Where a day's accepted rows go.
pub(crate) enum Sink<'a> {
    /// Polars adds them up as they come.
    Here,
    /// They are kept for an engine elsewhere.
    Staged(Staging<'a>),
}

/// One thread's way there.
pub(crate) enum Accepted<'a> {
    Here(Slices),
    Staged(Box<Part<'a>>),
}

impl Sink<'_> {
    /// The next thread's way.
    pub(crate) fn accepted(&self) -> Accepted<'_> {
        match self {
            Self::Here => Accepted::Here(Slices::default()),
            Self::Staged(staging) => Accepted::Staged(Box::new(staging.part())),
        }
    }

    /// The rows of the two tables, from what all threads gathered.
    pub(crate) fn into_tables(
        self,
        gathered: Partial,
        dia: Dia,
        now_micros: i64,
    ) -> Result<DayTables, PipelineError> {
        match self {
            Self::Here => gathered.into_tables(dia, now_micros),
            Self::Staged(staging) => staging.into_tables(gathered.centavos, dia, now_micros),
        }
    }
}

impl Accepted<'_> {
    /// Adds accepted rows, a batch of [`accepted_schema`].
    pub(crate) fn add(&mut self, batch: RecordBatch) -> Result<(), PipelineError> {
        match self {
            Self::Here(slices) => slices.add(batch),
            Self::Staged(part) => part.add(&batch),
        }
    }

    /// What this thread gathered: of rows that are staged, their cents alone.
    pub(crate) fn finish(self) -> Result<Partial, PipelineError> {
        match self {
            Self::Here(slices) => slices.finish(),
            Self::Staged(part) => Ok(Partial {
                centavos: part.finish()?,
                ..Partial::default()
            }),
        }
    }
}

/// What a day adds to the two tables.
pub(crate) struct DayTables {
    pub(crate) metrics: RecordBatch,
    pub(crate) products: RecordBatch,
}

fn sum_by(
    frames: Vec<DataFrame>,
    keys: &[&str],
    sums: &[&str],
) -> Result<DataFrame, PipelineError> {
    let frames: Vec<LazyFrame> = frames
        .into_iter()
        .map(polars::prelude::IntoLazy::lazy)
        .collect();
    let keys: Vec<Expr> = keys.iter().map(|k| col(*k)).collect();
    let sums: Vec<Expr> = sums.iter().map(|s| col(*s).sum()).collect();
    compact(
        &concat(frames, UnionArgs::default())?
            .group_by(keys)
            .agg(sums)
            .collect()?,
    )
}

/// One row per region from one row per (region, user).
fn metrics_of(users: DataFrame) -> Result<RecordBatch, PipelineError> {
    let buyer = || col("transacciones").gt(lit(0));
    let buyers_of_the_day = users
        .clone()
        .lazy()
        .filter(buyer())
        .select([col("user_id").n_unique().cast(PlType::Int64)])
        .collect()?;
    let buyers_of_the_day = buyers_of_the_day.columns()[0].i64()?.get(0).unwrap_or(0);
    let mut aggregates: Vec<Expr> = SUMS.iter().map(|s| col(*s).sum()).collect();
    aggregates.push(buyer().cast(PlType::Int64).sum().alias("usuarios_unicos"));
    aggregates.push(
        col("user_id")
            .is_not_null()
            .cast(PlType::Int64)
            .sum()
            .alias("visitantes"),
    );
    let frame = users
        .lazy()
        .group_by([col("region")])
        .agg(aggregates)
        .with_columns([lit(buyers_of_the_day)
            .cast(PlType::Int64)
            .alias("usuarios_unicos_dia")])
        .sort(["region"], Default::default())
        .collect()?;
    one_batch(&frame)
}

/// A frame as one batch; an empty one keeps its columns.
fn one_batch(frame: &DataFrame) -> Result<RecordBatch, PipelineError> {
    let batches = batches_from_frame(frame)?;
    let schema = batches.first().map(RecordBatch::schema);
    match schema {
        Some(schema) => Ok(concat_batches(&schema, &batches)?),
        None => Err(PipelineError::Internal("a frame without chunks".into())),
    }
}

/// Copies the texts out of the pages they were decoded from, which they would otherwise keep in memory.
fn compact(frame: &DataFrame) -> Result<DataFrame, PipelineError> {
    let mut compacted = frame.clone();
    compacted.rechunk_mut();
    for (i, column) in frame.columns().iter().enumerate() {
        if column.dtype() == &PlType::String && frame.height() > 0 {
            let (field, array) = array_from_series(&column.as_materialized_series().rechunk(), 0)?;
            let array = array.as_string_view().gc();
            compacted.replace_column(i, series_from_array(field.name(), &array)?.into())?;
        }
    }
    Ok(compacted)
}

/// The accepted rows of a batch in the shape of [`accepted_schema`].
pub(crate) fn accepted_batch(
    texts: [ArrayRef; 3],
    clases: Vec<i32>,
    centavos: Vec<i64>,
    premium: Vec<bool>,
) -> Result<RecordBatch, PipelineError> {
    let [region, user, product] = texts;
    let columns: Vec<ArrayRef> = vec![
        region,
        user,
        product,
        Arc::new(Int32Array::from(clases)),
        Arc::new(Int64Array::from(centavos)),
        Arc::new(BooleanArray::from(premium)),
    ];
    Ok(RecordBatch::try_new(accepted_schema(), columns)?)
}
