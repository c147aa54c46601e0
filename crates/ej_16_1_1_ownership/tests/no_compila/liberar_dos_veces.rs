//! Guide, "no hay double free".

fn main() {
    let montos = vec![10.0, 20.0];
    drop(montos);
    drop(montos);
}
