//! The same distance in Python: native expressions, `map_elements`, `map_batches` and NumPy.

use crate::{columnas, evaluar, nativa};
use ecommerce_testkit::process::Child;
use ej_16_3_2_custom_expressions::pares_al_azar;
use polars::prelude::*;
use std::fs::File;
use std::path::Path;
use tempfile::TempDir;

fn programa(argumentos: &[&str]) -> String {
    let interprete = std::env::var_os("ECOMMERCE_PYTHON").expect("ECOMMERCE_PYTHON");
    let script =
        Path::new(env!("CARGO_MANIFEST_DIR")).join("../../benches/peers/expresiones_haversine.py");
    let fin = Child::new(interprete)
        .arg(script)
        .args(argumentos)
        .run()
        .unwrap();
    assert!(fin.success(), "{fin:?}");
    fin.stdout_text()
}

/// Pairs in a file of a directory.
fn en_archivo(pares: &DataFrame) -> (TempDir, String) {
    let dir = tempfile::tempdir().unwrap();
    let ruta = dir.path().join("pares.parquet");
    ParquetWriter::new(File::create(&ruta).unwrap())
        .finish(&mut pares.clone())
        .unwrap();
    let ruta = ruta.to_str().unwrap().to_owned();
    (dir, ruta)
}

#[test]
#[ignore = "tier python: cargo xtask test"]
fn las_cuatro_formas_de_python_dan_lo_mismo_que_rust() {
    let pares = pares_al_azar(1632, 10_000).unwrap();
    let (dir, entrada) = en_archivo(&pares);
    let salida = dir.path().join("km.parquet");
    programa(&["comparar", &entrada, salida.to_str().unwrap()]);
    let python = ParquetReader::new(File::open(salida).unwrap())
        .finish()
        .unwrap();
    let rust = evaluar(&pares, columnas()).unwrap();
    for (forma, tolerancia) in [
        // The same functions of the same C library, in the same order.
        ("nativa", 0.0),
        ("map_elements", 0.0),
        // NumPy's sines and cosines are its own.
        ("map_batches", 1e-12),
        ("numpy", 1e-12),
    ] {
        let km = python.column(forma).unwrap().f64().unwrap();
        assert_eq!(km.len(), rust.len());
        for (km, rust) in km.iter().zip(&rust) {
            let (km, rust) = (km.unwrap(), rust.unwrap());
            assert!(
                (km - rust).abs() <= tolerancia * rust,
                "{forma}: {km} {rust}"
            );
        }
    }
}

/// Python's native form is the same plan as Rust's; `map_elements` is as closed as a closure.
#[test]
#[ignore = "tier python: cargo xtask test"]
fn la_forma_nativa_es_el_mismo_plan_y_map_elements_es_una_caja() {
    let (_dir, entrada) = en_archivo(&pares_al_azar(1, 10).unwrap());
    let planes: serde_json::Value = serde_json::from_str(&programa(&["planes", &entrada])).unwrap();
    // The names of common subexpressions are numbers in one version and hashes in the other.
    let sin_nombres = |plan: &str| {
        let mut trozos = plan.split("__POLARS_CSER_0x");
        let primero = trozos.next().unwrap().to_owned();
        trozos.fold(primero, |limpio, trozo| {
            limpio + "COMUN" + trozo.trim_start_matches(|c: char| c.is_ascii_hexdigit())
        })
    };
    let rust = LazyFrame::scan_parquet(entrada.as_str().into(), ScanArgsParquet::default())
        .unwrap()
        .select([nativa()])
        .explain(true)
        .unwrap();
    let python = planes["nativa"].as_str().unwrap();
    assert_eq!(sin_nombres(python), sin_nombres(&rust));
    // What the interpreter computes: moved below the filter if it goes by rows, and in its way if it goes by columns.
    let caja = |forma: &str| planes[forma].as_str().unwrap().to_owned();
    let baja = "SELECTION: col(\"lat_origen\") > 0.0";
    assert!(caja("map_elements").contains("python_udf()"));
    assert!(
        caja("map_elements").contains(baja),
        "{}",
        caja("map_elements")
    );
    assert!(
        !caja("map_batches").contains(baja),
        "{}",
        caja("map_batches")
    );
}
