//! A percentile of a large column copies a few percent of it.

use std::num::NonZeroUsize;

use ecommerce_testkit::alloc::in_this_thread;
use ej_16_6_1_pyo3::{Metodo, Opciones, percentil, percentil_ordenando};

use crate::revueltos;

#[test]
fn un_percentil_no_copia_la_columna_y_ordenar_la_copia_entera() {
    let datos = revueltos(1_000_000);
    let bytes = size_of_val(datos.as_slice()) as u64;
    let opciones = Opciones {
        hilos: NonZeroUsize::new(1),
        cancelar: None,
    };
    for p in [0.0, 50.0, 99.0] {
        let (valor, visto) = in_this_thread(|| percentil(&[&datos], p, Metodo::Lower, &opciones));
        assert_eq!(valor, percentil_ordenando(&datos, p));
        assert!(visto.peak < bytes / 8, "{p}: {visto:?}");
    }
    let (_, visto) = in_this_thread(|| percentil_ordenando(&datos, 50.0));
    assert!(visto.peak >= bytes, "{visto:?}");
}
