//! Guide, "solo uno a la vez": two exclusive borrows that are both still used.

use ej_16_1_1_ownership::escalar;

fn main() {
    let mut mis_datos = vec![1.0, 2.0, 3.0];
    let uno = &mut mis_datos;
    let otro = &mut mis_datos;
    escalar(uno, 2.0);
    escalar(otro, 2.0);
}
