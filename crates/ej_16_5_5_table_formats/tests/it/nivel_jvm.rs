//! Rust and Spark on one table: one Spark serves all checks.

use crate::{escritor_de_spark, espera, plan};
use ej_16_5_5_table_formats::conflict::{self, End, Outcome};
use std::sync::OnceLock;

fn experimento() -> &'static Outcome {
    static CORRIDA: OnceLock<Outcome> = OnceLock::new();
    CORRIDA.get_or_init(|| {
        let carpeta = tempfile::tempdir().unwrap();
        espera(conflict::run(&plan(
            carpeta.path(),
            escritor_de_spark,
            10,
            3,
        )))
        .unwrap()
    })
}

#[test]
#[ignore = "tier jvm: cargo xtask test"]
fn rust_y_spark_agregan_a_la_vez_y_nada_se_dobla() {
    let agregados = &experimento().agregados;
    assert!(agregados.alternancias > 0, "no compitieron: {agregados:?}");
    assert_eq!(agregados.confirmados_spark, 10, "{agregados:?}");
    assert!(agregados.doblados.is_empty(), "{agregados:?}");
    // A version that deltalake created is never written by deltalake again, so nobody takes one away from Spark.
    assert!(agregados.perdidos_spark.is_empty(), "{agregados:?}");
}

#[test]
#[ignore = "tier jvm: cargo xtask test"]
fn si_rust_pierde_un_commit_confirmado_es_que_spark_escribio_encima() {
    // On a directory Spark looks and then renames: it may lose us a commit, seldom. Anything else that is missing is a bug.
    let agregados = &experimento().agregados;
    for perdido in &agregados.perdidos_rust {
        let de = perdido.la_tiene.as_deref().unwrap_or_default();
        assert!(de.starts_with("spark-"), "{perdido:?}");
    }
    eprintln!(
        "perdidos por la ventana de Spark: {} de {}",
        agregados.perdidos_rust.len(),
        agregados.confirmados_rust
    );
}

#[test]
#[ignore = "tier jvm: cargo xtask test"]
fn cuando_los_dos_reemplazan_un_dia_queda_el_de_uno_entero() {
    for ronda in experimento()
        .rondas
        .iter()
        .filter(|ronda| ronda.orden == "reemplazar")
    {
        assert!(matches!(ronda.fin, End::Rust | End::Spark), "{ronda:?}");
    }
}

#[test]
#[ignore = "tier jvm: cargo xtask test"]
fn cuando_los_dos_borran_del_mismo_archivo_ninguna_fila_confirmada_vuelve() {
    for ronda in experimento()
        .rondas
        .iter()
        .filter(|ronda| ronda.orden == "borrar")
    {
        assert!(!matches!(ronda.fin, End::Roto(_)), "{ronda:?}");
    }
}

#[test]
#[ignore = "tier jvm: cargo xtask test"]
fn a_quien_pierde_se_le_dice_que_hubo_un_conflicto() {
    for ronda in &experimento().rondas {
        for (commit, palabra) in [(&ronda.rust, "se adelantó"), (&ronda.spark, "concurrent")] {
            let error = commit.error.as_deref().unwrap_or_default().to_lowercase();
            assert!(commit.hecho || error.contains(palabra), "{commit:?}");
        }
    }
}
