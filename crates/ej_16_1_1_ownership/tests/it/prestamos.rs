//! `&mut` and a mutex: the same promise, kept at different times.

use ej_16_1_1_ownership::cost::{add_borrowed, add_locked};
use ej_16_1_1_ownership::{calcular_suma, escalar};
use std::cell::RefCell;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::atomic::{AtomicI64, Ordering::SeqCst};
use std::sync::{Barrier, Mutex, TryLockError};
use std::thread;

#[test]
fn los_ejemplos_de_prestamo_de_la_guia() {
    let datos2 = vec![1.0, 2.0, 3.0, 4.0, 5.0];
    assert_eq!(calcular_suma(&datos2), 15.0);
    let mut mis_datos = vec![1.0, 2.0, 3.0];
    escalar(&mut mis_datos, 2.0);
    assert_eq!((mis_datos, datos2.len()), (vec![2.0, 4.0, 6.0], 5));
}

#[test]
fn el_segundo_mut_no_compila_y_el_segundo_lock_espera() {
    let total = Mutex::new(0.0);
    let primero = total.lock().unwrap();
    // Nothing stops the program from asking; the answer comes while it runs.
    assert!(matches!(total.try_lock(), Err(TryLockError::WouldBlock)));
    drop(primero);
    assert!(total.try_lock().is_ok());
}

/// With `&mut Mutex` nobody else can hold the lock, so there is nothing to lock: exclusivity was already proven.
#[test]
fn quien_tiene_mut_del_mutex_no_necesita_el_cerrojo() {
    let mut total = Mutex::new(1.0);
    add_borrowed(total.get_mut().unwrap(), 2.0);
    add_locked(&total, 3.0);
    assert_eq!(total.into_inner().unwrap(), 6.0);
}

#[test]
fn ambos_dan_la_misma_suma_y_el_mutex_ademas_entre_hilos() {
    let mut prestado = 0.0;
    let cerrojo = Mutex::new(0.0);
    for monto in [1.0, 2.0, 4.0] {
        add_borrowed(&mut prestado, monto);
        add_locked(&cerrojo, monto);
    }
    thread::scope(|hilos| {
        for _ in 0..2 {
            hilos.spawn(|| (0..1_000).for_each(|_| add_locked(&cerrojo, 0.5)));
        }
    });
    assert_eq!((prestado, cerrojo.into_inner().unwrap()), (7.0, 1_007.0));
}

#[test]
fn un_panic_envenena_el_mutex_y_a_un_prestamo_no_le_pasa_nada() {
    let (cerrojo, mut prestado) = (Mutex::new(1.0), 1.0);
    let fallo = catch_unwind(AssertUnwindSafe(|| {
        add_borrowed(&mut prestado, 1.0);
        let _guardia = cerrojo.lock().unwrap();
        resume_unwind(Box::new(()));
    }));
    assert!(fallo.is_err());
    assert!(cerrojo.is_poisoned());
    add_locked(&cerrojo, 1.0); // goes on all the same: a sum is never half written
    assert_eq!(prestado, 2.0);
}

/// `RefCell` moves the rule to run time too, for one thread: it answers instead of waiting.
#[test]
fn refcell_comprueba_la_misma_regla_al_ejecutar() {
    let montos = RefCell::new(vec![1.0]);
    let lector = montos.borrow();
    assert!(montos.try_borrow().is_ok());
    assert!(montos.try_borrow_mut().is_err());
    drop(lector);
    montos.borrow_mut().push(2.0);
    assert_eq!(montos.into_inner(), [1.0, 2.0]);
}

/// No data race, and still wrong: both threads read 0 before either writes. The compiler promises the first, not the second.
#[test]
fn sin_carreras_de_datos_tambien_se_pierde_una_actualizacion() {
    let (visitas, ambos_leyeron) = (AtomicI64::new(0), Barrier::new(2));
    thread::scope(|hilos| {
        for _ in 0..2 {
            hilos.spawn(|| {
                let leidas = visitas.load(SeqCst);
                ambos_leyeron.wait();
                visitas.store(leidas + 1, SeqCst);
            });
        }
    });
    assert_eq!(visitas.into_inner(), 1);
}
