//! Bad input and the ends of the range: the documented value, the same in every variant.

use ej_16_1_3_iterators::{
    suma_for, suma_iter, suma_neumaier, suma_neumaier_rayon, suma_por_etapas, suma_por_pares,
    suma_por_pares_rayon, suma_rayon, suma_rayon_por_bloques,
};
use proptest::prelude::*;

type Suma = fn(&[f64], f64) -> f64;

const TODAS: [(&str, Suma); 9] = [
    ("for", suma_for),
    ("iter", suma_iter),
    ("por_etapas", suma_por_etapas),
    ("rayon", suma_rayon),
    ("rayon_por_bloques", suma_rayon_por_bloques),
    ("por_pares", suma_por_pares),
    ("por_pares_rayon", suma_por_pares_rayon),
    ("neumaier", suma_neumaier),
    ("neumaier_rayon", suma_neumaier_rayon),
];

const INF: f64 = f64::INFINITY;
const NINGUNO: f64 = f64::NEG_INFINITY;

#[track_caller]
fn todas_dan(datos: &[f64], umbral: f64, esperado: f64) {
    for (nombre, suma) in TODAS {
        let total = suma(datos, umbral);
        assert!(
            total.to_bits() == esperado.to_bits() || (total.is_nan() && esperado.is_nan()),
            "{nombre} de {datos:?}: {total}, y no {esperado}"
        );
    }
}

#[test]
fn lo_vacio_suma_menos_cero() {
    todas_dan(&[], 0.0, -0.0);
    todas_dan(&[1.0, 2.0], 2.0, -0.0);
    assert_eq!(format!("{}", suma_iter(&[], 0.0)), "-0");
    assert_eq!(suma_iter(&[], 0.0), 0.0); // compares equal: only its sign tells
}

#[test]
fn nan_no_pasa_el_filtro() {
    todas_dan(&[f64::NAN, 3.0, -f64::NAN, 5.0], 1.0, 16.0);
    todas_dan(&[f64::NAN], NINGUNO, -0.0);
    todas_dan(&[1.0, 2.0], f64::NAN, -0.0);
}

#[test]
fn los_infinitos_siguen_al_filtro() {
    todas_dan(&[1.0, INF, 2.0], 0.0, INF);
    todas_dan(&[1.0, -INF, 2.0], NINGUNO, 6.0);
    todas_dan(&[INF, 1.0, INF], 0.0, INF);
    todas_dan(&[INF], INF, -0.0);
}

#[test]
fn desbordar_da_infinito_y_los_dos_infinitos_nan() {
    todas_dan(&[f64::MAX], 0.0, INF); // the product
    todas_dan(&[f64::MAX / 2.0, f64::MAX / 2.0], 0.0, INF); // the sum
    todas_dan(&[f64::MIN], NINGUNO, -INF);
    todas_dan(&[f64::MIN, f64::MAX], NINGUNO, f64::NAN);
    todas_dan(&[f64::MAX / 2.0], 0.0, f64::MAX); // exactly representable
}

#[test]
fn los_ceros_y_los_subnormales_conservan_su_valor() {
    todas_dan(&[-0.0, -0.0], NINGUNO, -0.0);
    todas_dan(&[-0.0, 0.0], NINGUNO, 0.0);
    todas_dan(
        &[f64::from_bits(1), f64::from_bits(2)],
        0.0,
        f64::from_bits(6),
    );
}

proptest! {
    #[test]
    fn for_iter_y_por_etapas_coinciden_hasta_el_ultimo_bit(
        datos in proptest::collection::vec(any::<f64>(), 0..300),
        umbral in any::<f64>(),
    ) {
        let esperado = suma_for(&datos, umbral);
        for suma in [suma_iter, suma_por_etapas] {
            let total = suma(&datos, umbral);
            prop_assert!(total.to_bits() == esperado.to_bits() || (total.is_nan() && esperado.is_nan()));
        }
    }
}
