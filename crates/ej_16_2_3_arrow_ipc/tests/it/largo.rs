//! What takes minutes.

use crate::danos::mutaciones;

#[test]
#[ignore = "largo: cargo xtask test --largo"]
fn trescientas_mil_mutaciones_sin_un_panico() {
    let (errors, whole) = mutaciones(300_000, 7);
    println!("{errors} errores, {whole} leídas");
    assert!(errors > 200_000);
}
