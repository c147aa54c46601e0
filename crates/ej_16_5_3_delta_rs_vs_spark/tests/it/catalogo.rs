//! The catalogue holds together.

use ej_16_5_3_delta_rs_vs_spark::{Content, catalogue};
use std::collections::BTreeSet;

#[test]
fn cada_funcion_tiene_su_clave_y_los_grupos_van_seguidos() {
    let claves: BTreeSet<_> = catalogue().iter().map(|funcion| funcion.key).collect();
    assert_eq!(claves.len(), catalogue().len());
    let grupos: Vec<_> = catalogue()
        .iter()
        .map(|funcion| funcion.group.title())
        .collect();
    let mut seguidos = grupos.clone();
    seguidos.dedup();
    let distintos: BTreeSet<_> = grupos.into_iter().collect();
    assert_eq!(seguidos.len(), distintos.len());
}

#[test]
fn lo_esperado_tiene_filas_enteras_y_ninguna_clave_lleva_lo_que_rompe_una_tabla() {
    for funcion in catalogue() {
        for esperado in [Some(funcion.made()), funcion.written()]
            .into_iter()
            .flatten()
        {
            assert!(!esperado.rows().is_empty(), "{}", funcion.key);
            let anchos: BTreeSet<_> = esperado.rows().iter().map(Vec::len).collect();
            assert_eq!(anchos, [esperado.columns().len()].into(), "{}", funcion.key);
        }
        for texto in [funcion.key, funcion.title, funcion.tried] {
            assert!(!texto.contains(['|', '\n']), "{texto}");
        }
    }
}

/// What another engine writes changes the content, save where the point is that it does not: otherwise the probe would see no difference.
#[test]
fn escribir_cambia_lo_que_hay_salvo_donde_debe_quedar_igual() {
    let iguales: Vec<_> = catalogue()
        .iter()
        .filter(|funcion| funcion.written() == Some(funcion.made()))
        .map(|funcion| funcion.key)
        .collect();
    assert_eq!(iguales, ["merge_ambiguo", "restaurar"]);
}

#[test]
fn el_contenido_de_una_linea_distingue_nulo_de_texto() {
    let contenido = Content::of("a b | - x");
    assert_eq!(contenido.rows(), [vec![None, Some("x".to_owned())]]);
}
