//! The writer that the Python tests start.

use crate::espera;
use ecommerce_testkit::process::{Child, Finished};
use ej_16_5_2_delta_from_python::{contents, sales};
use std::path::Path;

pub(crate) fn ventas(orden: &str, tabla: &Path, mas: &[&str]) -> Child {
    Child::new(env!("CARGO_BIN_EXE_ej_16_5_2_delta_from_python"))
        .args([orden, "--tabla"])
        .arg(tabla)
        .args(mas)
}

fn dicho(fin: &Finished) -> serde_json::Value {
    assert!(fin.success(), "{fin:?}");
    serde_json::from_slice(&fin.stdout).unwrap()
}

#[test]
fn anade_sobrescribe_y_lee() {
    let dir = tempfile::tempdir().unwrap();
    let tabla = dir.path().join("ventas");
    let primera = ventas("anadir", &tabla, &["--filas", "3"]).run().unwrap();
    assert_eq!(dicho(&primera)["version"], 0);
    let segunda = ventas("sobrescribir", &tabla, &["--filas", "5", "--marca", "1"])
        .run()
        .unwrap();
    assert_eq!(dicho(&segunda)["version"], 1);
    let leida = dicho(&ventas("leer", &tabla, &[]).run().unwrap());
    let suma: f64 = espera(contents(&tabla))
        .unwrap()
        .iter()
        .filter_map(|v| v.monto)
        .sum();
    assert_eq!((&leida["version"], &leida["filas"]), (&1.into(), &5.into()));
    assert_eq!(leida["suma"], suma);
    assert_eq!(espera(contents(&tabla)).unwrap().len(), sales(1, 5).len());
}

#[test]
fn lo_que_no_es_una_tabla_es_una_linea_y_no_un_panico() {
    let dir = tempfile::tempdir().unwrap();
    let fin = ventas("leer", dir.path(), &[]).run().unwrap();
    assert_eq!(
        (fin.code, fin.stderr_text().lines().count()),
        (Some(1), 1),
        "{fin:?}"
    );
    assert!(fin.stderr_text().starts_with("error: "));
}
