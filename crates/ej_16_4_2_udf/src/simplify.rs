//! What is known of a distance before any row is read: rules that the optimizer applies to a single call.

use crate::Haversine;
use datafusion::arrow::datatypes::DataType;
use datafusion::common::{Result, ScalarValue};
use datafusion::functions::math::expr_fn::abs;
use datafusion::logical_expr::simplify::{ExprSimplifyResult, SimplifyContext};
use datafusion::logical_expr::{Expr, ScalarUDF, Volatility, lit};

/// Applies the first of three rules that fits:
///
/// * a null among the arguments: null;
/// * the same point twice: `abs((lat − lat) + (lon − lon))`, which is 0, or NaN for NaN and infinities, or null for null, as the distance is;
/// * two points in the other order than that of their texts: swapped, so that going and coming back are one common subexpression.
pub(crate) fn simplified(
    function: &Haversine,
    args: Vec<Expr>,
    info: &SimplifyContext,
) -> Result<ExprSimplifyResult> {
    // The rules are about numbers, so they wait for the casts; and about one value, so they let alone what gives another each time.
    if function.volatility() == Volatility::Volatile {
        return Ok(ExprSimplifyResult::Original(args));
    }
    let numbers = |arg: &Expr| info.get_data_type(arg).map(|t| t == DataType::Float64);
    for arg in &args {
        if arg.is_volatile() || !numbers(arg)? {
            return Ok(ExprSimplifyResult::Original(args));
        }
    }
    let [lat1, lon1, lat2, lon2] = match <[Expr; 4]>::try_from(args) {
        Ok(points) => points,
        Err(args) => return Ok(ExprSimplifyResult::Original(args)),
    };
    let null = |arg: &Expr| matches!(arg, Expr::Literal(value, _) if value.is_null());
    if [&lat1, &lon1, &lat2, &lon2].into_iter().any(null) {
        return Ok(ExprSimplifyResult::Simplified(lit(ScalarValue::Float64(
            None,
        ))));
    }
    if lat1 == lat2 && lon1 == lon2 {
        let nothing = (lat1.clone() - lat2) + (lon1.clone() - lon2);
        return Ok(ExprSimplifyResult::Simplified(abs(nothing)));
    }
    if rank(&lat1, &lon1) > rank(&lat2, &lon2) {
        let call = ScalarUDF::from(function.clone()).call(vec![lat2, lon2, lat1, lon1]);
        return Ok(ExprSimplifyResult::Simplified(call));
    }
    Ok(ExprSimplifyResult::Original(vec![lat1, lon1, lat2, lon2]))
}

/// Constants last; the rest by what it is written like, which is the same in every pass.
fn rank(lat: &Expr, lon: &Expr) -> (bool, String, String) {
    let constant = matches!((lat, lon), (Expr::Literal(..), Expr::Literal(..)));
    (constant, lat.to_string(), lon.to_string())
}
