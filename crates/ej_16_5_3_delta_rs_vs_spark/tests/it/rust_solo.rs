//! delta-rs alone, in this process: its column of the page is what it does today.

use crate::matriz_guardada;
use ej_16_5_3_delta_rs_vs_spark::{Matrix, Outcome, catalogue, run_rust_alone};
use std::sync::OnceLock;

/// One run for all tests.
fn corrida() -> &'static Matrix {
    static CORRIDA: OnceLock<Matrix> = OnceLock::new();
    CORRIDA.get_or_init(|| {
        let dir = tempfile::tempdir().unwrap();
        run_rust_alone(catalogue(), dir.path()).unwrap()
    })
}

fn hecha(clave: &str) -> &'static Outcome {
    &corrida().row(clave).unwrap().made[0]
}

#[test]
fn la_columna_de_rust_de_la_pagina_es_la_de_hoy() {
    let guardada = matriz_guardada();
    for fila in &corrida().rows {
        let antes = guardada.row(&fila.key).map(|fila| &fila.made[0]);
        assert_eq!(
            antes,
            Some(&fila.made[0]),
            "{}: just matriz-delta",
            fila.key
        );
    }
    assert_eq!(guardada.rows.len(), corrida().rows.len());
}

/// The guide: «MERGE básico (no todas las condiciones)».
#[test]
fn merge_tiene_las_cinco_clausulas_con_sus_condiciones() {
    for clave in ["merge", "merge_evolucion", "merge_ambiguo"] {
        assert_eq!(hecha(clave), &Outcome::Yes, "{clave}");
    }
}

#[test]
fn lo_que_necesita_un_lote_diario_esta() {
    for clave in [
        "append",
        "overwrite",
        "replace_where",
        "evolucion",
        "version",
        "fecha",
        "compactar",
        "zorder",
        "checkpoint",
        "vacuum",
        "restaurar",
    ] {
        assert_eq!(hecha(clave), &Outcome::Yes, "{clave}");
    }
}

#[test]
fn delete_y_update_estan_y_las_reglas_se_cumplen() {
    for clave in [
        "delete",
        "update",
        "check",
        "not_null",
        "invariante",
        "generada",
        "solo_anadir",
        "cambios",
    ] {
        assert_eq!(hecha(clave), &Outcome::Yes, "{clave}");
    }
}

/// A transaction that was written already is written again: who wants it once must look.
#[test]
fn una_transaccion_repetida_no_se_rechaza_y_mirando_antes_si_entra_una_vez() {
    assert_eq!(
        hecha("transaccion"),
        &Outcome::Wrong("sobra la fila (9, 90.0, oeste)".into())
    );
    assert_eq!(hecha("escribir_flujo"), &Outcome::Yes);
}

/// The table says so and delta-rs goes on to rewrite whole files.
#[test]
fn los_vectores_de_borrado_se_aceptan_y_no_se_escriben() {
    assert_eq!(hecha("vectores"), &Outcome::Unused);
}

#[test]
fn lo_que_no_existe_en_delta_rs_es_un_error_y_no_una_tabla_a_medias() {
    for clave in [
        "agrupar",
        "clonar",
        "ensanchar",
        "instante_en_commit",
        "por_omision",
        "rastreo",
        "renombrar",
        "uniform",
    ] {
        assert!(
            matches!(hecha(clave), Outcome::Failed(_)),
            "{clave}: {:?}",
            hecha(clave)
        );
    }
}
