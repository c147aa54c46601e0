//! A push may move the block: the reader would look at freed memory. No threads needed.

fn main() {
    let mut montos = vec![10.0, 20.0];
    let primero = &montos[0];
    montos.push(30.0);
    assert_eq!(*primero, 10.0);
}
