//! A function of several columns.

use std::sync::atomic::AtomicBool;

use arrow::array::Float64Array;
use ecommerce_testkit::alloc;
use ej_16_6_3_zero_copy::{Column, ROWS_PARALLEL_FROM, ZeroCopyError, map_rows};
use proptest::prelude::*;

use crate::estructuras::SIGUE;

fn mezcla([a, b, c]: [f64; 3]) -> f64 {
    a - 2.0 * b + c.sqrt()
}

fn troceada(entera: &Float64Array, cada: usize) -> Column {
    let trozos = (0..entera.len()).step_by(cada);
    Column::new(
        trozos
            .map(|desde| entera.slice(desde, cada.min(entera.len() - desde)))
            .collect(),
    )
}

#[test]
fn columnas_cortadas_por_sitios_distintos_dan_lo_mismo_que_enteras() {
    for filas in [0, 1, 100, ROWS_PARALLEL_FROM + 77] {
        let columna =
            |paso: f64| -> Float64Array { (0..filas).map(|i| Some(i as f64 * paso)).collect() };
        let (a, b, c) = (columna(1.0), columna(0.5), columna(3.0));
        let esperado: Float64Array = (0..filas)
            .map(|i| Some(mezcla([a.value(i), b.value(i), c.value(i)])))
            .collect();
        let salida = map_rows(
            [&troceada(&a, 1_000), &b.clone().into(), &troceada(&c, 7)],
            &SIGUE,
            mezcla,
        );
        assert_eq!(salida.unwrap(), esperado);
    }
}

#[test]
fn una_columna_mas_corta_se_nombra_por_su_sitio() {
    let cinco: Column = Float64Array::from(vec![1.0; 5]).into();
    let cuatro = Float64Array::from(vec![1.0; 4]).into();
    let error = map_rows([&cinco, &cinco, &cuatro], &SIGUE, mezcla).unwrap_err();
    assert!(matches!(
        error,
        ZeroCopyError::Lengths {
            position: 3,
            expected: 5,
            found: 4
        }
    ));
    assert_eq!(
        error.to_string(),
        "la columna 3 tiene 4 filas y la primera 5"
    );
}

#[test]
fn se_cancela_en_serie_y_en_paralelo() {
    for filas in [10, ROWS_PARALLEL_FROM] {
        let columna: Column = Float64Array::from(vec![1.0; filas]).into();
        let resultado = map_rows([&columna], &AtomicBool::new(true), |[x]| x);
        assert!(matches!(resultado, Err(ZeroCopyError::Cancelled)));
    }
}

#[test]
fn los_valores_se_piden_de_una_vez() {
    let columna: Column = Float64Array::from(vec![1.0; 5_000]).into();
    let (salida, visto) =
        alloc::in_this_thread(|| map_rows([&columna, &columna], &SIGUE, |[a, b]| a + b));
    assert_eq!(salida.unwrap().value(4_999), 2.0);
    assert!((40_000..42_000).contains(&visto.bytes), "{visto:?}");
}

proptest! {
    #[test]
    fn es_nulo_donde_alguna_lo_es(
        filas in prop::collection::vec(prop::array::uniform3(prop::option::weighted(0.7, -1e3..1e3f64)), 0..150),
        cortes in prop::array::uniform3(1usize..40),
    ) {
        let columna = |indice: usize| -> Float64Array { filas.iter().map(|fila| fila[indice]).collect() };
        let [a, b, c] = std::array::from_fn(|indice| troceada(&columna(indice), cortes[indice]));
        let salida = map_rows([&a, &b, &c], &SIGUE, mezcla).unwrap();
        prop_assert_eq!(salida.len(), filas.len());
        for (fila, dado) in filas.iter().zip(&salida) {
            let esperado = match *fila {
                [Some(a), Some(b), Some(c)] => Some(mezcla([a, b, c]).to_bits()),
                _ => None,
            };
            prop_assert_eq!(dado.map(f64::to_bits), esperado);
        }
    }
}
