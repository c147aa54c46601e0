//! Both forms against 128 bits, and against each other to the last one.

use crate::referencia::todas;
use crate::{bits, columnas, evaluar, filas, nativa, puntos};
use ecommerce_model::{RADIO_TIERRA_KM, haversine_km};
use ej_16_3_2_custom_expressions::{
    distancia_con_arctan2, distancia_sin_acotar, pares_al_azar, pares_casi_antipodas, semiverseno,
};
use polars::prelude::Expr;
use proptest::prelude::*;

const PARES: usize = 10_000;

#[test]
fn las_dos_coinciden_con_128_bits_en_diez_mil_pares() {
    let pares = pares_al_azar(1632, PARES).unwrap();
    let exactas = todas(&filas(&pares));
    for (forma, expresion) in [("nativa", nativa()), ("columnas", columnas())] {
        let km = evaluar(&pares, expresion).unwrap();
        assert_eq!(km.len(), PARES);
        for ((km, exacta), par) in km.iter().zip(&exactas).zip(filas(&pares)) {
            let error = (km.unwrap() - exacta).abs();
            assert!(error <= 1e-9 * exacta, "{forma} {par:?}: {km:?} {exacta}");
        }
    }
}

#[test]
fn a_un_metro_de_las_antipodas_se_equivocan_en_menos_de_un_metro() {
    let pares = pares_casi_antipodas(1632, 1_000, 1.0).unwrap();
    let exactas = todas(&filas(&pares));
    let km = evaluar(&pares, nativa()).unwrap();
    assert_eq!(bits(&km), bits(&evaluar(&pares, columnas()).unwrap()));
    let errores = km.iter().zip(&exactas);
    let peor = errores
        .map(|(km, exacta)| (km.unwrap() - exacta).abs())
        .fold(0.0, f64::max);
    println!("peor error junto a las antípodas: {peor} km");
    assert!(peor < 1e-3, "{peor}");
    // That it is not nothing: the formula, not the reference, runs out of digits there.
    assert!(peor > 1e-6, "{peor}");
}

/// Rounding lifts `a` above 1 in a few of a hundred pairs. Whether that becomes a NaN is a matter of the formula.
#[test]
fn sin_acotar_la_arcotangente_da_nan_junto_a_las_antipodas_y_el_arcoseno_se_salva_por_el_redondeo()
{
    let con = |funcion: fn(Expr, Expr, Expr, Expr) -> Expr| {
        let [lat1, lon1, lat2, lon2] = puntos();
        funcion(lat1, lon1, lat2, lon2).alias("distancia_km")
    };
    let casi = pares_casi_antipodas(1632, PARES, 0.001).unwrap();
    let a = evaluar(&casi, con(semiverseno)).unwrap();
    let arcotangente = evaluar(&casi, con(distancia_con_arctan2)).unwrap();
    let arcoseno = evaluar(&casi, con(distancia_sin_acotar)).unwrap();
    let acotada = evaluar(&casi, nativa()).unwrap();

    let pasan = a.iter().flatten().filter(|a| **a > 1.0).count();
    println!("a > 1 junto a las antípodas: {pasan} de {PARES}");
    assert!((200..500).contains(&pasan), "{pasan}");
    for i in 0..PARES {
        let [a, t, s, c] =
            [&a, &arcotangente, &arcoseno, &acotada].map(|columna| columna[i].unwrap());
        // One bit above 1, and no more: its root rounds back to 1, but `1 − a` is below 0.
        assert!(a <= 1.0 + f64::EPSILON, "{a}");
        assert_eq!(t.is_nan(), a > 1.0, "{a} {t}");
        assert_eq!(s.to_bits(), c.to_bits());
        if a > 1.0 {
            assert_eq!(c, RADIO_TIERRA_KM * std::f64::consts::PI);
        }
    }
    let al_azar = pares_al_azar(1632, PARES).unwrap();
    let lejos = evaluar(&al_azar, con(distancia_con_arctan2)).unwrap();
    assert!(lejos.iter().flatten().all(|km| km.is_finite()));
}

#[test]
fn las_dos_son_iguales_hasta_el_ultimo_bit() {
    let pares = pares_al_azar(7, 20_000).unwrap();
    let escalar: Vec<_> = filas(&pares)
        .into_iter()
        .map(|[a, b, c, d]| Some(haversine_km(a, b, c, d)))
        .collect();
    assert_eq!(bits(&evaluar(&pares, columnas()).unwrap()), bits(&escalar));
    assert_eq!(bits(&evaluar(&pares, nativa()).unwrap()), bits(&escalar));
}

/// What the formula is good for at short distances: its error is a matter of the inputs' digits, not of the distance.
#[test]
fn de_cerca_el_error_es_de_nanometros() {
    let cerca: Vec<[f64; 4]> = [1e-3, 1e-5, 1e-7, 1e-9]
        .into_iter()
        .map(|grados| [40.4168, -3.7038, 40.4168 + grados, -3.7038 + grados])
        .collect();
    for (par, exacta) in cerca.iter().zip(todas(&cerca)) {
        let [a, b, c, d] = *par;
        let error = (haversine_km(a, b, c, d) - exacta).abs();
        assert!(error < 2e-12, "{par:?}: {error}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn ir_cuesta_lo_mismo_que_volver_y_nunca_mas_de_media_vuelta(
        lat1 in -90.0..=90.0f64, lon1 in -180.0..=180.0f64, lat2 in -90.0..=90.0f64, lon2 in -180.0..=180.0f64,
    ) {
        let ida = haversine_km(lat1, lon1, lat2, lon2);
        prop_assert_eq!(ida.to_bits(), haversine_km(lat2, lon2, lat1, lon1).to_bits());
        prop_assert!((0.0..=RADIO_TIERRA_KM * std::f64::consts::PI).contains(&ida));
    }
}
