//! Cycles: which leak, which do not, and what frees them.

use ecommerce_testkit::alloc;
use ej_16_1_1_ownership::{Back, DropLog, Probe, Sesion, Sesiones};
use std::cell::Cell;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, channel};

#[test]
fn un_ciclo_de_arc_se_fuga_y_con_weak_se_libera() {
    let log = DropLog::new();
    let ((), fugado) =
        alloc::in_this_thread(|| drop(Sesion::with_events(&log, 1_000, Back::Owning)));
    assert_eq!(log.count(), 0);
    assert_eq!((fugado.allocations, fugado.deallocations), (1_002, 0));

    let sesion = Sesion::with_events(&log, 1_000, Back::Weak);
    drop(sesion);
    assert_eq!(log.count(), 1_001);
    assert_eq!(log.names()[..2], ["sesion", "evento"]);
}

#[test]
fn con_weak_no_queda_ni_un_byte() {
    let log = DropLog::new();
    drop(Sesion::with_events(&log, 100, Back::Weak)); // the log's own list grows here, to 128
    let ((), visto) = alloc::in_this_thread(|| drop(Sesion::with_events(&log, 10, Back::Weak)));
    assert_eq!(
        (visto.allocations, visto.deallocations, visto.net),
        (12, 12, 0)
    );
}

#[test]
fn las_cuentas_dicen_quien_es_duenio() {
    let log = DropLog::new();
    let fuerte = Sesion::with_events(&log, 3, Back::Owning);
    assert_eq!(
        (Arc::strong_count(&fuerte), Arc::weak_count(&fuerte)),
        (4, 0)
    );
    let debil = Sesion::with_events(&log, 3, Back::Weak);
    assert_eq!((Arc::strong_count(&debil), Arc::weak_count(&debil)), (1, 3));
    fuerte.close();
}

#[test]
fn un_weak_sabe_que_su_sesion_ya_no_esta() {
    let log = DropLog::new();
    let sesion = Sesion::with_events(&log, 1, Back::Weak);
    let evento = sesion.eventos().remove(0);
    assert!(Arc::ptr_eq(&evento.sesion().unwrap(), &sesion));
    drop(sesion);
    assert_eq!(log.names(), ["sesion"]);
    assert!(evento.sesion().is_none());
    drop(evento);
    assert_eq!(log.names(), ["sesion", "evento"]);
}

#[test]
fn un_ciclo_de_arc_se_libera_si_alguien_lo_rompe_a_mano() {
    let log = DropLog::new();
    let sesion = Sesion::with_events(&log, 2, Back::Owning);
    assert_eq!(sesion.close(), 2);
    assert_eq!(log.names(), ["evento", "evento"]);
    drop(sesion);
    assert_eq!(log.names(), ["evento", "evento", "sesion"]);
}

#[test]
fn con_posiciones_en_tablas_no_hay_ciclo_que_liberar() {
    let log = DropLog::new();
    let mut sesiones = Sesiones::new(&log);
    let (primera, segunda) = (sesiones.open(), sesiones.open());
    let filas = [primera, segunda, primera].map(|sesion| sesiones.record(sesion));
    assert_eq!(filas, [Some(0), Some(1), Some(2)]);
    assert_eq!(sesiones.record(2), None);
    assert_eq!(sesiones.eventos_of(primera).collect::<Vec<_>>(), [0, 2]);
    assert_eq!(
        (sesiones.sesion_of(1), sesiones.sesion_of(3)),
        (Some(segunda), None)
    );
    drop(sesiones);
    assert_eq!(log.count(), 5);
}

/// A cycle without `Rc` or `Arc`: references may form one, and it does not leak, because a reference owns nothing.
#[test]
fn un_ciclo_de_referencias_no_es_de_duenios_y_no_se_fuga() {
    struct Nodo<'a> {
        montos: Vec<f64>,
        otro: Cell<Option<&'a Nodo<'a>>>,
    }
    fn nodo<'a>(monto: f64) -> Nodo<'a> {
        Nodo {
            montos: vec![monto],
            otro: Cell::new(None),
        }
    }
    let (vuelta, visto) = alloc::in_this_thread(|| {
        let (a, b) = (nodo(1.0), nodo(2.0));
        a.otro.set(Some(&b));
        b.otro.set(Some(&a));
        let vuelta = a.otro.get().and_then(|b| b.otro.get());
        vuelta.is_some_and(|de_vuelta| std::ptr::eq(de_vuelta, &a)) && a.montos != b.montos
    });
    assert!(vuelta);
    assert_eq!((visto.allocations, visto.net), (2, 0));
}

/// A cycle of owners without a visible `Rc` or `Arc`: the receiver travels inside its own channel.
#[test]
fn un_canal_que_contiene_su_propio_extremo_se_fuga() {
    struct Mensaje<'log> {
        _probe: Probe<'log>,
        _buzon: Receiver<Mensaje<'log>>,
    }
    let log = DropLog::new();
    let (salida, buzon) = channel();
    let enviado = salida.send(Mensaje {
        _probe: log.probe("mensaje"),
        _buzon: buzon,
    });
    assert!(enviado.is_ok());
    drop(salida);
    assert_eq!(log.count(), 0);
}
