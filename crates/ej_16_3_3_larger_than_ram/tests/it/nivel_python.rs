//! Against DuckDB and pandas.

use crate::datos::{bien, eventos, generacion, procesar, regiones, regiones_de};
use crate::limite::{Grande, LIMITE};
use ecommerce_testkit::process::{Child, Finished};
use std::path::Path;
use std::time::Duration;

fn python(programa: &str) -> Child {
    Child::new(std::env::var("ECOMMERCE_PYTHON").unwrap())
        .arg(Path::new(env!("CARGO_MANIFEST_DIR")).join(programa))
        .timeout(Duration::from_secs(300))
}

fn salio(fin: Finished) -> String {
    assert_eq!(fin.code, Some(0), "{fin:?}");
    fin.stdout_text()
}

/// The results of eight times the memory, row by row: the sums, the order and every column of the join.
#[test]
#[ignore = "tier python: cargo xtask test"]
fn los_resultados_bajo_el_limite_son_los_de_duckdb() {
    let grande = Grande::de(8 * LIMITE, 1);
    for (operacion, orden) in [
        ("agregar", "--operacion agregar".to_owned()),
        ("unir", grande.unir()),
        (
            "ordenar",
            "--operacion ordenar-por-tramos --tramo 16".to_owned(),
        ),
    ] {
        let filas = grande.termina(&orden, LIMITE);
        let comparado = salio(
            python("tests/python/comparar_duckdb.py")
                .arg(operacion)
                .arg(&grande.entrada)
                .arg(&grande.clientes)
                .arg(&grande.salida)
                .run()
                .unwrap(),
        );
        assert_eq!(comparado, format!("{filas} filas iguales\n"), "{operacion}");
    }
}

/// Question 2: pandas in pieces gives the same, once its user has written how parts add up.
#[test]
#[ignore = "tier python: cargo xtask test"]
fn pandas_por_trozos_da_lo_mismo() {
    let dir = tempfile::tempdir().unwrap();
    let ruta = |nombre: &str| dir.path().join(nombre);
    for (que, trozos) in [
        (generacion(20_000, 100, 1_500), 20),
        (generacion(3_000, 0, 3_000), 3),
    ] {
        eventos(que, &ruta("e.parquet"));
        let dicho = salio(
            python("../../benches/peers/pandas_chunks.py")
                .args(["--filas-por-trozo", "1000", "--entrada"])
                .arg(ruta("e.parquet"))
                .arg("--salida")
                .arg(ruta("pandas.parquet"))
                .run()
                .unwrap(),
        );
        let dicho: serde_json::Value = serde_json::from_str(&dicho).unwrap();
        assert_eq!(dicho["trozos"], trozos);
        assert_eq!(regiones_de(&ruta("pandas.parquet")), regiones(que));
        bien(
            &procesar(
                "--operacion agregar",
                &ruta("e.parquet"),
                &ruta("polars.parquet"),
            )
            .run()
            .unwrap(),
        );
        assert!(
            crate::datos::leer(&ruta("polars.parquet"))
                .equals_missing(&crate::datos::leer(&ruta("pandas.parquet")))
        );
    }
}

/// An aggregate that does not split: the median of medians is not the median. pandas by pieces has no answer but to keep all rows.
#[test]
#[ignore = "tier python: cargo xtask test"]
fn una_mediana_por_trozos_no_es_la_mediana() {
    let dicho = salio(python("tests/python/mediana_por_trozos.py").run().unwrap());
    assert_eq!(dicho, "entera 3.0, de las medianas 2.5\n");
}
