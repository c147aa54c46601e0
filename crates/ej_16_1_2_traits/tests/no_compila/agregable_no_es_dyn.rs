//! `identidad` has no `self` and `sumar` returns `Self`: without the type there is no function to call.

use ej_16_1_2_traits::Agregable;

fn sumar_lo_que_sea(_valores: &[&dyn Agregable]) {}

fn main() {}
