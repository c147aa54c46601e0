//! One condition on one column: that a value is equal to one, or in a range.

use arrow::array::{
    Array, ArrayRef, AsArray, BooleanArray, Float64Array, Int64Array, RecordBatch, Scalar,
    StringArray,
};
use arrow::compute::kernels::cmp::{gt_eq, lt_eq};
use arrow::compute::{and, cast, is_not_null, not, or, prep_null_mask_filter};
use arrow::datatypes::{DataType, Float32Type, Float64Type};
use arrow::error::ArrowError;
use parquet::arrow::ProjectionMask;
use parquet::arrow::arrow_reader::{ArrowPredicate, ArrowPredicateFn};
use std::sync::Arc;

/// A condition `from <= column <= to`.
///
/// Null never holds. Neither does NaN, and −0 equals 0: as IEEE 754 compares, not as Arrow orders, so that rows and statistics,
/// which know no NaN, are judged alike.
#[derive(Clone, Debug)]
pub struct Condition {
    column: String,
    from: Option<ArrayRef>,
    to: Option<ArrayRef>,
    /// The value, where both ends are one text.
    text: Option<String>,
}

impl Condition {
    /// Texts equal to `value`.
    pub fn text(column: &str, value: &str) -> Self {
        let end: ArrayRef = Arc::new(StringArray::from(vec![value]));
        Self {
            column: column.to_owned(),
            from: Some(Arc::clone(&end)),
            to: Some(end),
            text: Some(value.to_owned()),
        }
    }

    /// Numbers from `from` to `to`, both included; an end left out is open.
    pub fn number(column: &str, from: Option<f64>, to: Option<f64>) -> Self {
        let end = |n: f64| Arc::new(Float64Array::from(vec![n])) as ArrayRef;
        Self {
            column: column.to_owned(),
            from: from.map(end),
            to: to.map(end),
            text: None,
        }
    }

    /// Integers or instants, these in the column's unit, from `from` to `to`, both included; an end left out is open.
    pub fn integer(column: &str, from: Option<i64>, to: Option<i64>) -> Self {
        let end = |n: i64| Arc::new(Int64Array::from(vec![n])) as ArrayRef;
        Self {
            column: column.to_owned(),
            from: from.map(end),
            to: to.map(end),
            text: None,
        }
    }

    /// The column.
    pub fn column(&self) -> &str {
        &self.column
    }

    /// The bytes that a Bloom filter knows the value by, where the condition is a single text.
    pub(crate) fn exact_bytes(&self) -> Option<&str> {
        self.text.as_deref()
    }

    /// For each value whether it holds; false for nulls.
    ///
    /// # Errors
    /// * [`ArrowError::CastError`], [`ArrowError::InvalidArgumentError`] if the ends cannot be compared with the column.
    pub fn holds(&self, column: &ArrayRef) -> Result<BooleanArray, ArrowError> {
        let (from, to) = self.ends(column.data_type())?;
        let mut holds = is_not_null(column)?;
        if let Some(from) = from {
            holds = and(&holds, &known(&gt_eq(column, &Scalar::new(from))?))?;
        }
        if let Some(to) = to {
            holds = and(&holds, &known(&lt_eq(column, &Scalar::new(to))?))?;
        }
        Ok(holds)
    }

    /// For each stretch of rows with this smallest and largest value whether the condition may hold in it.
    ///
    /// # Errors
    /// As [`Self::holds`].
    pub fn may_hold(
        &self,
        smallest: &ArrayRef,
        largest: &ArrayRef,
    ) -> Result<BooleanArray, ArrowError> {
        let (from, to) = self.ends(smallest.data_type())?;
        let mut excluded = BooleanArray::from(vec![false; smallest.len()]);
        // A bound that is missing excludes nothing. Neither does a NaN, which no writer should store.
        if let Some(from) = from {
            // A largest value of −0 may stand for rows of +0.
            let largest = zero(largest, 0.0);
            let below = not(&known(&gt_eq(&largest, &Scalar::new(from))?))?;
            excluded = or(&excluded, &and(&below, &is_number(&largest)?)?)?;
        }
        if let Some(to) = to {
            let smallest = zero(smallest, -0.0);
            let above = not(&known(&lt_eq(&smallest, &Scalar::new(to))?))?;
            excluded = or(&excluded, &and(&above, &is_number(&smallest)?)?)?;
        }
        not(&excluded)
    }

    /// The predicate that a reader evaluates before it decodes other columns.
    pub(crate) fn predicate(&self, column: ProjectionMask) -> impl ArrowPredicate + use<> {
        let condition = self.clone();
        ArrowPredicateFn::new(column, move |batch: RecordBatch| {
            condition.holds(batch.column(0))
        })
    }

    /// The ends in the column's type; floats without an end get the infinite one, beyond which only NaN lies.
    fn ends(&self, of: &DataType) -> Result<(Option<ArrayRef>, Option<ArrayRef>), ArrowError> {
        let end = |end: &Option<ArrayRef>, open: f64, zero_as: f64| {
            let float = matches!(of, DataType::Float32 | DataType::Float64);
            let end = match end {
                Some(end) => Arc::clone(end),
                None if float => Arc::new(Float64Array::from(vec![open])),
                None => return Ok(None),
            };
            if end.data_type() == &DataType::Utf8 && !is_text(of)
                || end.data_type() != &DataType::Utf8 && is_text(of)
            {
                return Err(ArrowError::InvalidArgumentError(format!(
                    "{} is not {of}",
                    end.data_type()
                )));
            }
            Ok(Some(zero(&cast(&end, of)?, zero_as)))
        };
        Ok((
            end(&self.from, f64::NEG_INFINITY, -0.0)?,
            end(&self.to, f64::INFINITY, 0.0)?,
        ))
    }
}

fn is_text(of: &DataType) -> bool {
    matches!(
        of,
        DataType::Utf8 | DataType::LargeUtf8 | DataType::Utf8View
    )
}

/// Floats with every zero as this one.
fn zero(values: &ArrayRef, zero: f64) -> ArrayRef {
    match values.data_type() {
        DataType::Float64 => {
            let values = values.as_primitive::<Float64Type>();
            Arc::new(values.unary::<_, Float64Type>(|n| if n == 0.0 { zero } else { n }))
        }
        DataType::Float32 => {
            let values = values.as_primitive::<Float32Type>();
            Arc::new(values.unary::<_, Float32Type>(|n| if n == 0.0 { zero as f32 } else { n }))
        }
        _ => Arc::clone(values),
    }
}

/// For each value whether it is there and no NaN, which Arrow orders beyond the infinities.
fn is_number(values: &ArrayRef) -> Result<BooleanArray, ArrowError> {
    let present = is_not_null(values)?;
    if !matches!(values.data_type(), DataType::Float32 | DataType::Float64) {
        return Ok(present);
    }
    let end = |n: f64| {
        let end: ArrayRef = Arc::new(Float64Array::from(vec![n]));
        cast(&end, values.data_type()).map(Scalar::new)
    };
    let low = known(&gt_eq(values, &end(f64::NEG_INFINITY)?)?);
    let high = known(&lt_eq(values, &end(f64::INFINITY)?)?);
    and(&present, &and(&low, &high)?)
}

/// The same with null as false.
fn known(mask: &BooleanArray) -> BooleanArray {
    match mask.null_count() {
        0 => mask.clone(),
        _ => prep_null_mask_filter(mask),
    }
}
