//! When and in which order values are dropped.

use ej_16_1_1_ownership::drops::keep_if;
use ej_16_1_1_ownership::{DropLog, Probe};
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::thread;

#[test]
fn las_variables_se_liberan_en_orden_inverso_y_en_su_hilo() {
    let log = DropLog::new();
    {
        let _a = log.probe("a");
        let _b = log.probe("b");
        let _c = log.probe("c");
        assert_eq!(log.count(), 0);
    }
    assert_eq!(log.names(), ["c", "b", "a"]);
    assert_eq!(log.threads(), [thread::current().id(); 3]);
}

#[test]
fn campos_y_elementos_se_liberan_en_orden_de_declaracion() {
    struct Fila<'log> {
        _region: Probe<'log>,
        _montos: Vec<Probe<'log>>,
        _fecha: (Probe<'log>, Probe<'log>),
    }
    let log = DropLog::new();
    drop(Fila {
        _fecha: (log.probe("dia"), log.probe("hora")),
        _region: log.probe("region"),
        _montos: vec![log.probe("m0"), log.probe("m1")],
    });
    assert_eq!(log.names(), ["region", "m0", "m1", "dia", "hora"]);
}

#[test]
fn los_parametros_se_liberan_despues_de_las_variables_de_la_funcion() {
    fn gastar<'log>(_dado: Probe<'log>, log: &'log DropLog) {
        let _propio = log.probe("propio");
    }
    let log = DropLog::new();
    gastar(log.probe("dado"), &log);
    assert_eq!(log.names(), ["propio", "dado"]);
}

/// The last use is not the end: the borrow checker knows it, the drop does not look at it.
#[test]
fn un_valor_vive_hasta_el_fin_del_ambito_aunque_ya_no_se_use() {
    let log = DropLog::new();
    {
        let crudo = log.probe("crudo");
        assert_eq!(crudo.name(), "crudo");
        let _limpio = log.probe("limpio");
        assert_eq!(log.count(), 0);
    }
    assert_eq!(log.names(), ["limpio", "crudo"]);
}

#[test]
fn un_temporal_vive_hasta_el_punto_y_coma_y_un_guion_bajo_no_guarda_nada() {
    let log = DropLog::new();
    let largo = log.probe("temporal").name().len();
    assert_eq!((largo, log.names()), (8, vec!["temporal"]));
    let _ = log.probe("guion");
    let _guardado = log.probe("guardado");
    assert_eq!(log.names(), ["temporal", "guion"]);
}

#[test]
fn asignar_libera_el_valor_viejo_y_ocultar_su_nombre_no() {
    let log = DropLog::new();
    {
        let mut dia = log.probe("lunes");
        assert_eq!(dia.name(), "lunes");
        dia = log.probe("martes");
        assert_eq!((dia.name(), log.names()), ("martes", vec!["lunes"]));
        let dia = log.probe("miercoles");
        assert_eq!((dia.name(), log.count()), ("miercoles", 1));
    }
    assert_eq!(log.names(), ["lunes", "miercoles", "martes"]);
}

#[test]
fn mover_no_libera_y_cada_valor_se_libera_una_sola_vez() {
    let log = DropLog::new();
    let uno = log.probe("uno");
    let otro = uno;
    let vector = vec![otro];
    let caja = Box::new(vector);
    assert_eq!(log.count(), 0);
    drop(caja);
    assert_eq!(log.names(), ["uno"]);
}

#[test]
fn de_un_valor_movido_en_parte_se_libera_el_resto() {
    let log = DropLog::new();
    let fuera;
    {
        let par = (log.probe("movido"), log.probe("restante"));
        fuera = par.0;
        assert_eq!(par.1.name(), "restante");
    }
    assert_eq!(log.names(), ["restante"]);
    drop(fuera);
    assert_eq!(log.names(), ["restante", "movido"]);
}

/// The same line frees or keeps, as a value of the running program says: this is decided at run time.
#[test]
fn la_misma_funcion_libera_o_no_segun_un_dato() {
    let log = DropLog::new();
    let mut guardados = Vec::new();
    let montos = [("alto", 1500.0), ("bajo", 3.5), ("otro_alto", 2000.0)];
    let quedaron: Vec<bool> = montos
        .iter()
        .map(|(nombre, monto)| keep_if(log.probe(nombre), *monto > 1000.0, &mut guardados))
        .collect();
    assert_eq!(quedaron, [true, false, true]);
    assert_eq!(log.names(), ["bajo"]);
    drop(guardados);
    assert_eq!(log.names(), ["bajo", "alto", "otro_alto"]);
}

#[test]
fn un_panic_libera_lo_que_encuentra_al_deshacer_la_pila() {
    let log = DropLog::new();
    let fallo = catch_unwind(AssertUnwindSafe(|| {
        let _fuera = log.probe("fuera");
        let _dentro = log.probe("dentro");
        resume_unwind(Box::new("fila corrupta"));
    }));
    assert_eq!(
        fallo.unwrap_err().downcast_ref::<&str>(),
        Some(&"fila corrupta")
    );
    assert_eq!(log.names(), ["dentro", "fuera"]);
}

/// Not freeing is safe: Rust promises no use after free, it does not promise a drop.
#[test]
fn olvidar_un_valor_es_codigo_seguro_y_no_lo_libera() {
    let log = DropLog::new();
    std::mem::forget(log.probe("olvidado"));
    let fugado: &Probe<'_> = Box::leak(Box::new(log.probe("fugado")));
    assert_eq!((fugado.name(), log.count()), ("fugado", 0));
}
