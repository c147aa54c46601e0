//! delta-rs from Rust and from Python, on each other's tables.

use crate::matriz_guardada;
use ej_16_5_3_delta_rs_vs_spark::engine::Engine;
use ej_16_5_3_delta_rs_vs_spark::{ChildEngine, Matrix, RustEngine, Who, catalogue, run};
use std::path::Path;

fn corrida() -> Matrix {
    let python = std::env::var_os("ECOMMERCE_PYTHON").expect("ECOMMERCE_PYTHON");
    let guion = Path::new(env!("CARGO_MANIFEST_DIR")).join("python/sondas_deltalake.py");
    let dir = tempfile::tempdir().unwrap();
    let mut motores: Vec<Box<dyn Engine>> = vec![
        Box::new(RustEngine::new().unwrap()),
        Box::new(ChildEngine::new(Who::Python, python, guion)),
    ];
    run(&mut motores, catalogue(), dir.path(), &mut |_| ()).unwrap()
}

#[test]
#[ignore = "tier python: cargo xtask test"]
fn las_celdas_entre_rust_y_python_son_las_de_la_pagina() {
    let (hoy, guardada) = (corrida(), matriz_guardada());
    for fila in &hoy.rows {
        let antes = guardada.row(&fila.key).unwrap();
        assert_eq!(
            antes.made[..2],
            fila.made[..2],
            "{}: just matriz-delta",
            fila.key
        );
        // The last two pairs are Rust and Python.
        assert_eq!(antes.read[4..], fila.read[4..], "{}", fila.key);
        assert_eq!(antes.written[4..], fila.written[4..], "{}", fila.key);
    }
}
