//! The rule of the ranking.

use crate::carrera;
use ej_16_4_5_local_engines::{GUIDE, Rule, fourth_option, rank};
use proptest::prelude::*;

fn puestos(tiempos: &[(&str, Option<f64>)]) -> Vec<(usize, String)> {
    let orden = rank(&carrera(tiempos), &[], Rule::default());
    orden.into_iter().map(|p| (p.number, p.name)).collect()
}

#[test]
fn quien_termina_va_antes_que_quien_no_por_lento_que_sea() {
    let orden = puestos(&[
        ("polars-python", None),
        ("pyspark", Some(900.0)),
        ("duckdb", Some(9.0)),
    ]);
    assert_eq!(
        orden,
        [
            (1, "duckdb".into()),
            (2, "pyspark".into()),
            (3, "polars-python".into())
        ]
    );
}

#[test]
fn a_menos_de_un_cinco_por_ciento_se_comparte_puesto_y_el_siguiente_se_salta() {
    let orden = puestos(&[("a", Some(10.0)), ("b", Some(10.4)), ("c", Some(10.8))]);
    let numeros: Vec<usize> = orden.iter().map(|(n, _)| *n).collect();
    // «c» is close to «b», but not to «a», who leads the group.
    assert_eq!(numeros, [1, 1, 3]);
}

#[test]
fn el_ruido_de_la_corrida_manda_si_es_mayor_que_el_margen() {
    let mut ruidosa = carrera(&[("a", Some(10.0)), ("b", Some(11.5))]);
    let numeros = |c: &_| {
        rank(c, &[], Rule::default())
            .iter()
            .map(|p| p.number)
            .collect::<Vec<_>>()
    };
    assert_eq!(numeros(&ruidosa), [1, 2]);
    ruidosa.aa = Some(serde_json::from_str(r#"{"razon": 1.2}"#).unwrap());
    assert_eq!(numeros(&ruidosa), [1, 1]);
}

#[test]
fn la_cuarta_opcion_es_la_mejor_que_la_guia_no_nombra() {
    let todos = [
        ("duckdb", Some(9.0)),
        ("datafusion-python", Some(12.0)),
        ("pyspark", Some(80.0)),
        ("chdb", Some(11.0)),
        ("polars-python", None),
    ];
    let cuarta = fourth_option(&carrera(&todos), Rule::default()).unwrap();
    assert_eq!((cuarta.name.as_str(), cuarta.number), ("chdb", 2));
    assert_eq!(fourth_option(&carrera(&todos[..3]), Rule::default()), None);
    let muertos = [("duckdb", Some(9.0)), ("chdb", None)];
    assert_eq!(fourth_option(&carrera(&muertos), Rule::default()), None);
}

proptest! {
    #[test]
    fn el_orden_no_depende_de_como_se_enumeren(semilla in 0_usize..120, tiempos in prop::collection::vec(prop::option::of(1.0_f64..100.0), 5)) {
        let nombres = ["a", "b", "c", "d", "e"];
        let mut filas: Vec<_> = nombres.iter().copied().zip(tiempos).collect();
        let antes = puestos(&filas);
        filas.rotate_left(semilla % 5);
        let despues = puestos(&filas);
        let ordenados = |mut v: Vec<(usize, String)>| { v.sort(); v };
        prop_assert_eq!(ordenados(antes), ordenados(despues));
    }

    #[test]
    fn entre_tres_el_orden_relativo_es_el_de_todos(tiempos in prop::collection::vec(1.0_f64..100.0, 5)) {
        let nombres = ["duckdb", "chdb", "datafusion-python", "polars-python", "pyspark"];
        let filas: Vec<_> = nombres.iter().copied().zip(tiempos.into_iter().map(Some)).collect();
        let carrera = carrera(&filas);
        // Without ties, leaving some out changes numbers and no order.
        let estricta = Rule { tie: 0.0 };
        let todos: Vec<_> = rank(&carrera, &[], estricta).into_iter().map(|p| p.name).filter(|n| GUIDE.contains(&n.as_str())).collect();
        let tres: Vec<_> = rank(&carrera, &GUIDE, estricta).into_iter().map(|p| p.name).collect();
        prop_assert_eq!(todos, tres);
    }
}
