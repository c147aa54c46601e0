//! The guide's `procesar` on the model's events, which have one kind more than the guide's three.

use ej_16_1_2_traits::TipoEvento;

fn procesar(evento: TipoEvento) -> Option<f64> {
    match evento {
        TipoEvento::Compra { monto, .. } if monto > 0.0 => Some(monto),
        TipoEvento::Compra { .. } => None,
        TipoEvento::Click { .. } => None,
        TipoEvento::Error { .. } => None,
    }
}

fn main() {
    procesar(TipoEvento::AgregarCarrito {
        producto_id: "p00001".to_owned(),
    });
}
