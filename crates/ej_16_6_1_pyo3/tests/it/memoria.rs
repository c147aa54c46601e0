//! A percentile of a large column copies a few percent of it.

use std::num::NonZeroUsize;

use ecommerce_testkit::alloc::in_this_thread;
use ej_16_6_1_pyo3::{Method, Options, percentile, percentile_by_sorting};

use crate::shuffled;

#[test]
fn un_percentil_no_copia_la_columna_y_ordenar_la_copia_entera() {
    let data = shuffled(1_000_000);
    let bytes = size_of_val(data.as_slice()) as u64;
    let options = Options {
        threads: NonZeroUsize::new(1),
        cancel: None,
    };
    for p in [0.0, 50.0, 99.0] {
        let (value, seen) = in_this_thread(|| percentile(&[&data], p, Method::Lower, &options));
        assert_eq!(value, percentile_by_sorting(&data, p));
        assert!(seen.peak < bytes / 8, "{p}: {seen:?}");
    }
    let (_, seen) = in_this_thread(|| percentile_by_sorting(&data, 50.0));
    assert!(seen.peak >= bytes, "{seen:?}");
}
