//! Guide, "no hay use after free".

fn main() {
    let montos = vec![10.0, 20.0];
    let prestado = &montos;
    drop(montos);
    assert_eq!(prestado.len(), 2);
}
