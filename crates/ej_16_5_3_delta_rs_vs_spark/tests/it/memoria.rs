//! MERGE's memory: it grows with the target although the source is small, and a limit is kept or said.

use ecommerce_testkit::process::{Child, Finished};
use std::path::Path;
use std::time::Duration;

fn programa(dir: &Path, filas: u64, mas: &[&str]) -> Finished {
    let fin = Child::new(env!("CARGO_BIN_EXE_ej_16_5_3_delta_rs_vs_spark"))
        .args(["merge", "--filas", &filas.to_string(), "--tabla"])
        .arg(dir.join(format!("t{filas}-{}", mas.join(""))))
        .args(mas)
        .timeout(Duration::from_secs(240))
        .run()
        .unwrap();
    assert!(!fin.crashed() && !fin.timed_out, "{fin:?}");
    fin
}

/// How much more memory the program needed with the merge than for making the table alone.
fn sobre_escribir(dir: &Path, filas: u64) -> u64 {
    let sin = programa(dir, filas, &["--sin-merge"]);
    let con = programa(dir, filas, &[]);
    assert_eq!((sin.code, con.code), (Some(0), Some(0)), "{con:?}");
    con.peak_rss.saturating_sub(sin.peak_rss)
}

#[test]
fn el_mismo_origen_cuesta_mas_memoria_cuanto_mayor_es_la_tabla() {
    let dir = tempfile::tempdir().unwrap();
    let (poca, mucha) = (
        sobre_escribir(dir.path(), 100_000),
        sobre_escribir(dir.path(), 800_000),
    );
    println!(
        "MERGE de 1000 filas: {} KiB sobre 100.000, {} KiB sobre 800.000",
        poca / 1024,
        mucha / 1024
    );
    // 700,000 rows more, none of which the source changes; their texts alone are 32 bytes each.
    assert!(mucha > poca + 700_000 * 32, "{poca} {mucha}");
}

#[test]
fn se_actualiza_la_mitad_del_origen_y_se_inserta_la_otra() {
    let dir = tempfile::tempdir().unwrap();
    let fin = programa(dir.path(), 100_000, &[]);
    let dicho: serde_json::Value = serde_json::from_slice(&fin.stdout).unwrap();
    assert_eq!(dicho["actualizadas"], 500);
    assert_eq!(dicho["insertadas"], 500);
}
