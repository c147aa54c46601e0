//! Percentiles as aggregate functions: the exact one keeps every value, the approximate one counts them in buckets.

mod approximate;
mod buckets;
mod exact;
mod groups;

pub use approximate::PercentilAproximado;
pub use buckets::{Cubos, ERROR_RELATIVO};
pub use exact::{PercentilExacto, percentil_de};

use crate::UdfError;
use datafusion::arrow::array::{Array as _, ArrayRef, AsArray as _, Float64Array};
use datafusion::arrow::datatypes::{DataType, Float64Type, Schema};
use datafusion::arrow::record_batch::RecordBatch;
use datafusion::common::types::{NativeType, logical_float64};
use datafusion::common::{Result, ScalarValue};
use datafusion::logical_expr::function::AccumulatorArgs;
use datafusion::logical_expr::{
    Coercion, ColumnarValue, Signature, TypeSignatureClass, Volatility,
};
use std::sync::Arc;

/// `(value, percentile)`, both numbers of any type that become Float64.
fn signature() -> Signature {
    let number = Coercion::new_implicit(
        TypeSignatureClass::Native(logical_float64()),
        vec![TypeSignatureClass::Numeric],
        NativeType::Float64,
    );
    let mut signature = Signature::coercible(vec![number; 2], Volatility::Immutable);
    signature.parameter_names = Some(["valor", "percentil"].map(String::from).to_vec());
    signature
}

/// The second argument, from 0 to 1, which must be the same for all rows.
fn percentile(function: &'static str, args: &AccumulatorArgs<'_>) -> Result<f64> {
    if args.is_distinct {
        return Err(UdfError::Distinct { function }.into());
    }
    let not_constant = UdfError::NotConstant {
        function,
        parameter: "percentil",
    };
    let Some(expression) = args.exprs.get(1) else {
        return Err(not_constant.into());
    };
    // A column has no place in a batch without any, and its error is not the one to show.
    let nothing = RecordBatch::new_empty(Arc::new(Schema::empty()));
    let found = match expression.evaluate(&nothing) {
        Ok(ColumnarValue::Scalar(ScalarValue::Float64(Some(found)))) => found,
        _ => return Err(not_constant.into()),
    };
    if (0.0..=1.0).contains(&found) {
        Ok(found)
    } else {
        Err(UdfError::PercentileOutOfRange { function, found }.into())
    }
}

/// The first argument as what it was coerced to.
fn floats<'a>(
    function: &'static str,
    values: &'a [ArrayRef],
) -> Result<&'a Float64Array, UdfError> {
    let Some(first) = values.first() else {
        return Err(UdfError::ArgumentCount {
            function,
            expected: 2,
            found: 0,
        });
    };
    let wrong = || UdfError::ArgumentType {
        function,
        argument: 1,
        expected: DataType::Float64,
        found: first.data_type().clone(),
    };
    first.as_primitive_opt::<Float64Type>().ok_or_else(wrong)
}

/// The value at a percentile, from two neighbours and how far it is from the first: numpy's formula, by its steps.
fn between(low: f64, high: f64, share: f64) -> f64 {
    let apart = high - low;
    if low == high || share == 0.0 {
        // Also two infinities of one sign, whose difference is NaN.
        low
    } else if share < 0.5 {
        low + apart * share
    } else {
        high - apart * (1.0 - share)
    }
}
