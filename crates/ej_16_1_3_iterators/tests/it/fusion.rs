//! Fusion and laziness: what the chain stores (nothing), and when it works (when asked).

use crate::enteros;
use ecommerce_testkit::alloc::in_this_thread;
use ej_16_1_3_iterators::{suma_for, suma_iter, suma_neumaier, suma_por_etapas, suma_por_pares};
use std::cell::RefCell;

/// These tests run unoptimized, so what they see is the library's design and no favour of the optimizer.
#[test]
fn la_cadena_fundida_no_reserva_ni_un_byte() {
    let datos = enteros(100_000);
    for suma in [suma_for, suma_iter, suma_por_pares, suma_neumaier] {
        let (total, visto) = in_this_thread(|| suma(&datos, 500_000.0));
        assert!(total > 0.0);
        assert_eq!(
            (visto.allocations, visto.reallocations, visto.bytes),
            (0, 0, 0)
        );
    }
}

#[test]
fn por_etapas_guarda_cada_etapa_entera() {
    let datos = enteros(100_000);
    let pasan = datos.iter().filter(|x| **x > 500_000.0).count() as u64;
    let (total, visto) = in_this_thread(|| suma_por_etapas(&datos, 500_000.0));
    assert_eq!(total.to_bits(), suma_iter(&datos, 500_000.0).to_bits());
    assert_eq!(visto.allocations, 2);
    assert!(visto.peak >= 2 * 8 * pasan, "{visto:?}");
}

#[test]
fn cada_elemento_cruza_la_cadena_entera_antes_que_el_siguiente() {
    let pasos = RefCell::new(Vec::new());
    let total: f64 = [1.0, 5.0, 7.0]
        .iter()
        .filter(|x| {
            pasos.borrow_mut().push(format!("filter {x}"));
            **x > 4.0
        })
        .map(|x| {
            pasos.borrow_mut().push(format!("map {x}"));
            x * 2.0
        })
        .sum();
    assert_eq!(total, 24.0);
    assert_eq!(
        pasos.into_inner(),
        ["filter 1", "filter 5", "map 5", "filter 7", "map 7"]
    );
}

#[test]
fn sin_terminal_no_se_ejecuta_nada_y_take_para_antes_del_final() {
    let visitas = RefCell::new(0);
    let cadena = (1..=1_000).filter(|x| {
        *visitas.borrow_mut() += 1;
        x % 10 == 0
    });
    assert_eq!(*visitas.borrow(), 0);
    let primeros: Vec<i32> = cadena.take(3).collect();
    assert_eq!(primeros, [10, 20, 30]);
    assert_eq!(*visitas.borrow(), 30);
}

/// Where a `LazyList` of Scala remembers what it computed, and a Python generator is empty the second time.
#[test]
fn recorrer_dos_veces_una_cadena_la_calcula_dos_veces() {
    let visitas = RefCell::new(0);
    let cadena = (1..=5).map(|x| {
        *visitas.borrow_mut() += 1;
        x * 2
    });
    assert_eq!(cadena.clone().sum::<i32>(), 30);
    assert_eq!(cadena.sum::<i32>(), 30);
    assert_eq!(*visitas.borrow(), 10);
}
