//! An absent amount cannot be taken for an amount.

use ej_16_1_2_traits::{TipoEvento, procesar};

fn main() {
    let click = TipoEvento::Click {
        pagina: "/inicio".to_owned(),
    };
    let monto: f64 = procesar(click);
    assert!(monto >= 0.0);
}
