//! A trait of others for a type of others: two crates could do it differently, so nobody may.

use ej_16_1_2_traits::{Agregable, Centavos};

impl Agregable for Centavos {
    fn sumar(&self, otro: &Self) -> Self {
        self.checked_add(*otro).unwrap_or(*self)
    }

    fn identidad() -> Self {
        Centavos::ZERO
    }
}

fn main() {}
