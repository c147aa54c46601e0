//! Independent oracles in Python: the peers' reference for the whole contract, Pandas for the real data.

use crate::bancada::{Bancada, FECHA};
use ecommerce_testkit::process::Child;
use std::path::{Path, PathBuf};
use std::time::Duration;

fn python(script: &Path, argumentos: &[&str]) -> String {
    let interpreter = std::env::var_os("ECOMMERCE_PYTHON").expect("ECOMMERCE_PYTHON");
    let f = Child::new(interpreter)
        .arg(script)
        .args(argumentos)
        .timeout(Duration::from_secs(600))
        .run()
        .unwrap();
    assert_eq!(f.code, Some(0), "{}", f.stderr_text());
    f.stdout_text()
}

fn raiz() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .ancestors()
        .nth(2)
        .unwrap()
        .to_owned()
}

/// The hash of Rust and that of Python are the same number for the same table.
#[test]
#[ignore = "tier python: cargo xtask test"]
fn el_hash_de_contenido_es_el_mismo_en_python() {
    let b = Bancada::con_eventos();
    assert_eq!(b.correr(&["--silencioso"]).code, Some(0));
    let nuestros = b.contenido("metricas");
    for (tabla, nuestro) in ["metricas_cuarentena", "metricas_productos", "metricas"]
        .iter()
        .zip(nuestros)
    {
        let salida = python(
            &raiz().join("benches/peers/contenido.py"),
            &[b.ruta(tabla).to_str().unwrap()],
        );
        let hash: serde_json::Value = serde_json::from_str(&salida).unwrap();
        assert_eq!(hash["hash"].as_str(), nuestro.as_deref(), "{tabla}");
    }
}

/// Every table, cell by cell, as an independent implementation of the contract in Python computes it.
#[test]
#[ignore = "tier python: cargo xtask test"]
fn las_tres_tablas_son_las_de_la_referencia_en_python() {
    let b = Bancada::con_eventos();
    assert_eq!(b.correr(&["--silencioso"]).code, Some(0));
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/python/contra_referencia.py");
    let peers = raiz().join("benches/peers");
    let dicho = python(
        &script,
        &[
            peers.to_str().unwrap(),
            b.ruta("eventos").to_str().unwrap(),
            FECHA,
            b.ruta("metricas").to_str().unwrap(),
        ],
    );
    assert_eq!(dicho.trim(), "iguales: cuarentena metricas productos");
}

/// CDNOW and Complete Journey over all their days: totals equal to Pandas, to the cent.
#[test]
#[ignore = "tier python: cargo xtask test"]
fn los_datos_reales_cuadran_con_pandas_al_centavo() {
    let b = Bancada::vacia();
    let datos = raiz().join("data");
    let casos = [
        (
            "cdnow",
            "cdnow/CDNOW_master.txt",
            "1997-01-01",
            "1998-06-30",
            "UTC",
        ),
        (
            "completejourney",
            "completejourney/transactions.parquet",
            "2017-01-01",
            "2017-12-31",
            "America/New_York",
        ),
    ];
    for (fuente, archivo, desde, hasta, zona) in casos {
        let archivo = datos.join(archivo);
        assert!(
            archivo.exists(),
            "falta {}: cargo xtask data {fuente}",
            archivo.display()
        );
        let (eventos, tabla) = (format!("{fuente}-eventos"), format!("{fuente}-metricas"));
        let archivo = archivo.to_str().unwrap();
        let importar = b.crudo(&[
            "importar",
            fuente,
            "--archivo",
            archivo,
            "--salida",
            &eventos,
            "--zona",
            zona,
            "--silencioso",
        ]);
        let f = importar.run().unwrap();
        assert_eq!(f.code, Some(0), "{}", f.stderr_text());
        let rango = [
            "rango",
            "--desde",
            desde,
            "--hasta",
            hasta,
            "-e",
            &eventos,
            "-s",
            &tabla,
            "--zona",
            zona,
            "--silencioso",
        ];
        let f = b
            .crudo(&rango)
            .timeout(Duration::from_secs(900))
            .run()
            .unwrap();
        assert_eq!(f.code, Some(0), "{}", f.stderr_text());
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/python/contra_pandas.py");
        let dicho = python(
            &script,
            &[fuente, archivo, b.ruta(&tabla).to_str().unwrap(), zona],
        );
        assert!(dicho.starts_with("iguales"), "{dicho}");
        println!("{fuente}: {}", dicho.trim());
    }
}
