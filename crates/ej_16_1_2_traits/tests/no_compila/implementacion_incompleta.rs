//! What an abstract base class of Python reports when an object is made, and only then.

use ej_16_1_2_traits::Agregable;

struct Visitas(u32);

impl Agregable for Visitas {
    fn sumar(&self, otro: &Self) -> Self {
        Visitas(self.0 + otro.0)
    }
}

fn main() {
    Visitas(1).sumar(&Visitas(2));
}
