//! The laws that the model must keep, whatever its parameters.

use crate::carrera;
use ej_16_4_5_local_engines::{Calibration, Machine, ModelError, Outlook, Work, estimate};
use proptest::prelude::*;

const TRABAJO: Work = Work {
    stored: 50e9,
    read_share: 1.0,
    expansion: 1.8,
    state_share: 0.6,
    state_growth: 1.0,
};
const MOTOR: Calibration = Calibration {
    per_core: 50e6,
    memory_share: 0.7,
    block: 1e6,
};

fn trabajos() -> impl Strategy<Value = Work> {
    (
        1e8_f64..1e12,
        0.05_f64..1.0,
        0.5_f64..6.0,
        0.0_f64..2.0,
        0.0_f64..1.0,
    )
        .prop_map(
            |(stored, read_share, expansion, state_share, state_growth)| Work {
                stored,
                read_share,
                expansion,
                state_share,
                state_growth,
            },
        )
}

fn maquinas() -> impl Strategy<Value = Machine> {
    (1e9_f64..1e12, 1.0_f64..128.0, 1e8_f64..1e10).prop_map(|(memory, cores, disk)| Machine {
        memory,
        cores,
        disk,
    })
}

fn motores() -> impl Strategy<Value = Calibration> {
    (1e6_f64..1e9, 0.2_f64..1.0, 1e5_f64..1e8).prop_map(|(per_core, memory_share, block)| {
        Calibration {
            per_core,
            memory_share,
            block,
        }
    })
}

/// Close enough for sums of floats.
fn iguales(a: f64, b: f64) -> bool {
    (a - b).abs() <= 1e-9 * a.abs().max(b.abs()).max(1.0)
}

proptest! {
    #[test]
    fn con_mas_datos_nunca_se_tarda_menos_y_con_diez_veces_mas_al_menos_diez(w in trabajos(), m in maquinas(), e in motores()) {
        let crece = Work { state_growth: 1.0, ..w };
        let perspectiva = Outlook::of(&crece, &m, &e).unwrap();
        prop_assert!(perspectiva.growth() >= 10.0 - 1e-9, "{perspectiva:?}");
        prop_assert!(perspectiva.tenfold.spilled >= 10.0 * perspectiva.now.spilled - 1.0);
    }

    #[test]
    fn con_grupos_que_no_crecen_diez_veces_mas_datos_no_derraman_mas(w in trabajos(), m in maquinas(), e in motores()) {
        let fijos = Work { state_growth: 0.0, ..w };
        let perspectiva = Outlook::of(&fijos, &m, &e).unwrap();
        let lejos = (perspectiva.tenfold.spilled - perspectiva.now.spilled).abs();
        prop_assert!(lejos <= 1e-9 * w.state(), "{perspectiva:?}");
    }

    #[test]
    fn con_mas_memoria_ni_se_derrama_mas_ni_se_tarda_mas(w in trabajos(), m in maquinas(), e in motores(), veces in 1.0_f64..50.0) {
        let menos = estimate(&w, &m, &e).unwrap();
        let mas = estimate(&w, &Machine { memory: m.memory * veces, ..m }, &e).unwrap();
        prop_assert!(mas.spilled <= menos.spilled + 1.0);
        prop_assert!(mas.seconds() <= menos.seconds() + 1e-9);
        prop_assert!(mas.passes <= menos.passes);
    }

    #[test]
    fn lo_que_cabe_no_se_derrama_y_lo_que_no_cabe_si(w in trabajos(), m in maquinas(), e in motores()) {
        let hecho = estimate(&w, &m, &e).unwrap();
        let cabe = w.state() <= m.memory * e.memory_share;
        prop_assert_eq!(hecho.passes == 0, cabe);
        prop_assert_eq!(hecho.spilled == 0.0, cabe);
    }

    #[test]
    fn una_maquina_k_veces_mayor_en_todo_tarda_lo_mismo_con_k_veces_los_datos(w in trabajos(), m in maquinas(), e in motores(), k in 1.0_f64..100.0) {
        let crece = Work { state_growth: 1.0, ..w };
        let mayor = Machine { memory: m.memory * k, cores: m.cores * k, disk: m.disk * k };
        let bloques = Calibration { block: e.block * k, ..e };
        let (uno, otro) = (estimate(&crece, &m, &e).unwrap(), estimate(&crece.times(k), &mayor, &bloques).unwrap());
        prop_assert!((uno.seconds() - otro.seconds()).abs() <= 1e-6 * uno.seconds(), "{uno:?} {otro:?}");
    }

    #[test]
    fn leer_y_calcular_se_solapan_y_derramar_se_suma(w in trabajos(), m in maquinas(), e in motores()) {
        let hecho = estimate(&w, &m, &e).unwrap();
        prop_assert!(iguales(hecho.seconds(), hecho.scan_s.max(hecho.compute_s) + 2.0 * hecho.spilled / m.disk));
    }
}

#[test]
fn con_50_gb_el_estado_del_ejemplo_derrama_lo_que_no_cabe_y_una_sola_vez() {
    let hecho = estimate(&TRABAJO, &Machine::GUIDE, &MOTOR).unwrap();
    assert_eq!(hecho.passes, 1);
    // 50 GB × 1.8 × 0.6 of state, less 0.7 × 32 GB.
    assert!(iguales(hecho.spilled, 54e9 - 22.4e9), "{}", hecho.spilled);
    assert!(iguales(hecho.ratio, 90.0 / 32.0));
    assert!(iguales(hecho.scan_s, 25.0));
    assert!(iguales(hecho.compute_s, 112.5));
    assert!(iguales(hecho.seconds(), 112.5 + 31.6));
}

#[test]
fn con_500_gb_se_derrama_diecisiete_veces_mas_y_no_diez() {
    let perspectiva = Outlook::of(&TRABAJO, &Machine::GUIDE, &MOTOR).unwrap();
    assert_eq!((perspectiva.now.passes, perspectiva.tenfold.passes), (1, 1));
    let veces = perspectiva.tenfold.spilled / perspectiva.now.spilled;
    assert!((16.0..17.0).contains(&veces), "{veces}");
    assert!(perspectiva.growth() > 10.0);
    // 540 GB of state among machines that hold 22.4 GB each.
    assert_eq!(perspectiva.machines, 25);
}

#[test]
fn con_poca_memoria_para_tanto_estado_hacen_falta_varias_pasadas() {
    let pequena = Machine {
        memory: 100e6,
        ..Machine::GUIDE
    };
    let hecho = estimate(&TRABAJO, &pequena, &MOTOR).unwrap();
    // 70 runs of 70 MB merge at once: 4.9 GB, then 343 GB.
    assert_eq!(hecho.passes, 2);
    assert!(hecho.spilled > TRABAJO.state());
}

#[test]
fn un_parametro_sin_sentido_se_nombra() {
    let casos = [
        (
            TRABAJO,
            Machine {
                memory: 0.0,
                ..Machine::GUIDE
            },
            MOTOR,
            ModelError::NotPositive("memory"),
        ),
        (
            TRABAJO,
            Machine {
                disk: f64::NAN,
                ..Machine::GUIDE
            },
            MOTOR,
            ModelError::NotPositive("disk"),
        ),
        (
            Work {
                read_share: 1.5,
                ..TRABAJO
            },
            Machine::GUIDE,
            MOTOR,
            ModelError::NotAPart("read_share"),
        ),
        (
            TRABAJO,
            Machine::GUIDE,
            Calibration {
                memory_share: 0.0,
                ..MOTOR
            },
            ModelError::NotAPart("memory_share"),
        ),
        (
            Work {
                state_share: -1.0,
                ..TRABAJO
            },
            Machine::GUIDE,
            MOTOR,
            ModelError::NotPositive("state_share"),
        ),
    ];
    for (trabajo, maquina, motor, esperado) in casos {
        assert_eq!(estimate(&trabajo, &maquina, &motor), Err(esperado));
    }
}

#[test]
fn la_velocidad_por_nucleo_sale_de_la_carrera_y_quien_no_termino_no_la_tiene() {
    let carrera = carrera(&[("duckdb", Some(10.0)), ("polars-python", None)]);
    let motor = Calibration::of(&carrera, carrera.find("duckdb").unwrap()).unwrap();
    assert!(iguales(motor.per_core, 1_677.7e6 / 10.0 / 2.0));
    let muerto = Calibration::of(&carrera, carrera.find("polars-python").unwrap());
    assert_eq!(muerto, Err(ModelError::NoTime));
}
