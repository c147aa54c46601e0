//! The guide's form, `create_udf` with a loop, finished; and the same formula in SQL: what the function is measured against.

use datafusion::arrow::array::{Array as _, Float64Array};
use datafusion::arrow::datatypes::DataType;
use datafusion::error::DataFusionError;
use datafusion::logical_expr::{ColumnarValue, ScalarUDF, Volatility, create_udf};
use ecommerce_model::RADIO_TIERRA_KM;
use std::sync::Arc;

/// Returns the distances of a batch by the guide's loop: a row at a time, as it starts them and with the second point that it leaves out.
///
/// # Errors
/// [`DataFusionError::Internal`], the guide's `tipo inesperado`, for a constant: what a literal is passed as. And for a column that is not
/// Float64, where the guide panics.
///
/// # Source
/// Guide 16.4.2, `haversine_udf`. Nulls are not looked at, as in the guide: what stands under them is computed with.
pub fn haversine_udf(args: &[ColumnarValue]) -> Result<ColumnarValue, DataFusionError> {
    let unexpected = || DataFusionError::Internal("tipo inesperado".to_owned());
    let column = |number: usize| match args.get(number) {
        Some(ColumnarValue::Array(array)) => array
            .as_any()
            .downcast_ref::<Float64Array>()
            .ok_or_else(unexpected),
        _ => Err(unexpected()),
    };
    let (lat1, lon1, lat2, lon2) = (column(0)?, column(1)?, column(2)?, column(3)?);
    let mut km = Vec::with_capacity(lat1.len());
    for i in 0..lat1.len() {
        let a_lat = lat1.value(i).to_radians();
        let b_lat = lat2.value(i).to_radians();
        let d_lat = b_lat - a_lat;
        let d_lon = lon2.value(i).to_radians() - lon1.value(i).to_radians();
        let a =
            (d_lat / 2.0).sin().powi(2) + a_lat.cos() * b_lat.cos() * (d_lon / 2.0).sin().powi(2);
        km.push(2.0 * RADIO_TIERRA_KM * a.sqrt().asin());
    }
    Ok(ColumnarValue::Array(Arc::new(Float64Array::from(km))))
}

/// Returns [`haversine_udf`] as the guide registers it, under the name `haversine_guia`, but for the type of the result: `create_udf` takes it
/// bare, not in an `Arc`.
///
/// ```
/// # use datafusion::arrow::datatypes::DataType;
/// # use datafusion::logical_expr::{Volatility, create_udf};
/// # use std::sync::Arc;
/// let function = Arc::new(ej_16_4_2_udf::haversine_udf);
/// create_udf("h", vec![DataType::Float64; 4], DataType::Float64, Volatility::Immutable, function);
/// ```
///
/// As the guide has it:
///
/// ```compile_fail,E0308
/// # use datafusion::arrow::datatypes::DataType;
/// # use datafusion::logical_expr::{Volatility, create_udf};
/// # use std::sync::Arc;
/// let function = Arc::new(ej_16_4_2_udf::haversine_udf);
/// create_udf("h", vec![DataType::Float64; 4], Arc::new(DataType::Float64), Volatility::Immutable, function);
/// ```
#[must_use]
pub fn udf_de_la_guia() -> ScalarUDF {
    create_udf(
        "haversine_guia",
        vec![DataType::Float64; 4],
        DataType::Float64,
        Volatility::Immutable,
        Arc::new(haversine_udf),
    )
}

/// Returns the distance in SQL, of four expressions in SQL: the steps of the guide's loop, each a function of DataFusion's.
///
/// ```
/// use ej_16_4_2_udf::haversine_en_sql;
/// assert!(haversine_en_sql("a", "b", "c", "d").starts_with("12742.0 * asin(sqrt("));
/// ```
#[must_use]
pub fn haversine_en_sql(lat1: &str, lon1: &str, lat2: &str, lon2: &str) -> String {
    let double = 2.0 * RADIO_TIERRA_KM;
    format!(
        "{double:?} * asin(sqrt(\
            power(sin((radians({lat2}) - radians({lat1})) / 2.0), 2.0) \
            + cos(radians({lat1})) * cos(radians({lat2})) \
            * power(sin((radians({lon2}) - radians({lon1})) / 2.0), 2.0)))"
    )
}
