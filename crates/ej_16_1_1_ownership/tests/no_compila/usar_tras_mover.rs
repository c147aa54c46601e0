//! Guide, rule 3: the line that it leaves commented out.

use ej_16_1_1_ownership::calcular_suma;

fn main() {
    let datos = vec![1.0, 2.0, 3.0];
    let datos2 = datos;
    calcular_suma(&datos);
    calcular_suma(&datos2);
}
