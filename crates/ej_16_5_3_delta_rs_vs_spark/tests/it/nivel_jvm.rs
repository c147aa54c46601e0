//! All three on each other's tables: the features in which they differ, against the page that is kept.

use crate::{matriz_de_hoy, matriz_guardada};

/// One of each kind of difference, and the guide's own: MERGE.
const FUNCIONES: [&str; 4] = ["merge", "ensanchar", "vectores", "transaccion"];

#[test]
#[ignore = "tier jvm: cargo xtask test"]
fn las_funciones_en_que_difieren_dan_hoy_lo_que_dice_la_pagina() {
    let (hoy, _) = matriz_de_hoy(&["--solo", &FUNCIONES.join(",")]);
    let guardada = matriz_guardada();
    assert_eq!(hoy.rows.len(), FUNCIONES.len());
    for fila in &hoy.rows {
        let antes = guardada.row(&fila.key).unwrap();
        assert_eq!(antes, fila, "{}: just matriz-delta", fila.key);
    }
    // A page of other versions is of other programs.
    assert_eq!(hoy.versions, guardada.versions);
}
