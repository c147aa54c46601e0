//! NaN has no place in an order, so `f64` has no minimum that parts can be put together from.

use ej_16_1_2_traits::{Minimo, reducir};

fn main() {
    reducir::<Minimo<f64>>(&[]);
}
