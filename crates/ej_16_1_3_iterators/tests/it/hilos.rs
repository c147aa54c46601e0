//! Threads: that there are several at once, and that what they share must be made for it.

use crate::{con_hilos, enteros};
use ej_16_1_3_iterators::{suma_iter, suma_rayon};
use rayon::prelude::*;
use std::collections::HashSet;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::sync::{Arc, Barrier};
use std::thread;

/// Each of the two elements waits for the other: one thread alone would never end.
#[test]
fn dos_hilos_trabajan_a_la_vez() {
    let cita = Barrier::new(2);
    let hilos: HashSet<_> = con_hilos(2).install(|| {
        [1, 2]
            .par_iter()
            .with_max_len(1)
            .map(|_| {
                cita.wait();
                thread::current().id()
            })
            .collect()
    });
    assert_eq!(hilos.len(), 2);
}

#[test]
fn con_sumas_exactas_rayon_da_lo_mismo_con_cualquier_numero_de_hilos() {
    let datos = enteros(300_000);
    let esperado = suma_iter(&datos, 500_000.0);
    for hilos in [1, 2, 3, 8] {
        let total = con_hilos(hilos).install(|| suma_rayon(&datos, 500_000.0));
        assert_eq!(total.to_bits(), esperado.to_bits());
    }
}

/// What does not compile with `Rc` and `&mut` (see `no_compila`) compiles with `Arc` and an atomic.
#[test]
fn arc_y_atomicos_si_cruzan_hilos() {
    let tarifas = Arc::new(vec![2_u64, 3]);
    let filas = AtomicU64::new(0);
    let total: u64 = con_hilos(3).install(|| {
        (0..10_000_u64)
            .into_par_iter()
            .map(|i| {
                filas.fetch_add(1, Relaxed);
                i * tarifas[(i % 2) as usize]
            })
            .sum()
    });
    assert_eq!(filas.into_inner(), 10_000);
    assert_eq!(total, 2 * 24_995_000 + 3 * 25_000_000);
}

/// The order of the results is that of the input, whoever computed them.
#[test]
fn collect_conserva_el_orden_de_la_entrada() {
    let dobles: Vec<usize> = con_hilos(4).install(|| {
        (0..50_000_usize)
            .into_par_iter()
            .with_max_len(100)
            .map(|x| x * 2)
            .collect()
    });
    assert!(dobles.iter().enumerate().all(|(i, doble)| *doble == 2 * i));
}
