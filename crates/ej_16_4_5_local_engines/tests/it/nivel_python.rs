//! The engines themselves: what SQL each one answers, and whether the peers' input is as large as the model takes it for.

use ecommerce_testkit::process::Child;
use std::collections::BTreeMap;
use std::path::Path;
use std::time::Duration;

/// What the run found, by engine and statement: the table of the page.
const TABLA: &str = include_str!("../datos/sql.json");

fn guion(nombre: &str) -> Child {
    let interprete =
        std::env::var_os("ECOMMERCE_PYTHON").expect("cargo xtask test sets ECOMMERCE_PYTHON");
    Child::new(interprete)
        .arg(Path::new(env!("CARGO_MANIFEST_DIR")).join(nombre))
        .timeout(Duration::from_secs(120))
}

fn respuestas(motor: &str) -> BTreeMap<String, String> {
    let fin = guion("tests/python/sql.py")
        .env("PYTHONDONTWRITEBYTECODE", "1")
        .arg(motor)
        .run()
        .unwrap();
    assert_eq!(fin.code, Some(0), "{fin:?}");
    serde_json::from_str(fin.stdout_text().trim()).unwrap()
}

#[test]
#[ignore = "tier python: cargo xtask test"]
fn la_tabla_de_sql_es_la_de_la_ejecucion() {
    let tabla: BTreeMap<String, BTreeMap<String, String>> = serde_json::from_str(TABLA).unwrap();
    let motores: Vec<&str> = tabla.keys().map(String::as_str).collect();
    assert_eq!(motores, ["chdb", "datafusion", "duckdb", "polars"]);
    for (motor, esperadas) in &tabla {
        assert_eq!(&respuestas(motor), esperadas, "{motor}");
    }
}

#[test]
#[ignore = "tier python: cargo xtask test"]
fn qualify_no_es_solo_de_duckdb() {
    for motor in ["duckdb", "datafusion", "polars", "chdb"] {
        assert_eq!(respuestas(motor)["QUALIFY"], "si", "{motor}");
    }
}

#[test]
#[ignore = "tier python: cargo xtask test"]
fn una_venta_ocupa_lo_que_la_pagina_dice() {
    let dir = tempfile::tempdir().unwrap();
    let fin = guion("../../benches/peers/motores_entrada.py")
        .args(["--filas", "200000", "--salida"])
        .arg(dir.path())
        .run()
        .unwrap();
    let dicho: serde_json::Value = serde_json::from_str(fin.stdout_text().trim()).unwrap();
    let por_venta = dicho["decodificados"].as_f64().unwrap() / 200_000.0;
    // 23 million of them are 1.56 times a GiB.
    assert!((72.0..75.0).contains(&por_venta), "{por_venta}");
    let razon = 23e6 * 73.04 / f64::from(1 << 30);
    assert!((razon - 50.0 / 32.0).abs() < 0.01, "{razon}");
}
