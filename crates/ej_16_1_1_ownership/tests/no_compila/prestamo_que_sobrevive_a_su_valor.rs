//! The borrow is meant to outlive the scope that drops its value.

fn main() {
    let prestado: &Vec<f64>;
    {
        let temporal = vec![6.0, 7.0, 8.0];
        prestado = &temporal;
    }
    assert_eq!(prestado.len(), 3);
}
