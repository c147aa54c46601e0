//! The functions that every process of this exercise's cluster has.

use datafusion::logical_expr::ScalarUDF;
use ecommerce_cluster::Functions;
use ej_16_4_2_udf::Haversine;

use crate::gate::gate;

/// Returns `haversine`, the one of exercise 16.4.2, and [`compuerta`](gate()).
#[must_use]
pub fn functions() -> Functions {
    Functions::new([ScalarUDF::from(Haversine::new()), gate()])
}
