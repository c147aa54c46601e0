//! The program: from two results to the document and the figures.

use ecommerce_testkit::process::{Child, Finished};
use std::path::{Path, PathBuf};

fn datos(nombre: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/datos")
        .join(nombre)
}

fn correr(palabras: &[&Path]) -> Finished {
    let hijo = Child::new(env!("CARGO_BIN_EXE_ej_16_4_5_local_engines"));
    palabras
        .iter()
        .fold(hijo, |hijo, palabra| hijo.arg(palabra))
        .run()
        .unwrap()
}

#[test]
fn de_dos_resultados_salen_la_clasificacion_y_el_modelo() {
    let dir = tempfile::tempdir().unwrap();
    let (documento, cifras) = (dir.path().join("r.md"), dir.path().join("r.json"));
    let (apretado, holgado) = (
        datos("motores-apretado.json"),
        datos("motores-holgado.json"),
    );
    let fin = correr(&[
        &apretado,
        &holgado,
        "--md".as_ref(),
        &documento,
        "--cifras".as_ref(),
        &cifras,
    ]);
    assert_eq!(fin.code, Some(0), "{fin:?}");
    let dicho = std::fs::read_to_string(&documento).unwrap();
    assert_eq!(dicho, fin.stdout_text());
    assert!(
        dicho.contains("## Las tres de la guía") && dicho.contains("## Diez veces más"),
        "{dicho}"
    );
    let cifras: serde_json::Value =
        serde_json::from_slice(&std::fs::read(&cifras).unwrap()).unwrap();
    assert_eq!(cifras["16.4.5/puesto/duckdb"], "1", "{cifras}");
    assert!(
        cifras["16.4.5/modelo/duckdb/500GB"]
            .as_str()
            .unwrap()
            .ends_with(" s")
    );
}

#[test]
fn con_un_solo_resultado_no_hay_modelo() {
    let fin = correr(&[&datos("motores-apretado.json")]);
    assert_eq!(fin.code, Some(0), "{fin:?}");
    assert!(!fin.stdout_text().contains("Diez veces más"));
}

#[test]
fn lo_que_no_se_entiende_es_un_error_de_una_linea_que_lo_nombra() {
    let dir = tempfile::tempdir().unwrap();
    let roto = dir.path().join("roto.json");
    std::fs::write(&roto, "{").unwrap();
    let ausente = dir.path().join("no-esta.json");
    for (palabras, parte) in [
        (vec![roto.as_path()], "roto.json: not a result"),
        (vec![ausente.as_path()], "no-esta.json"),
        (vec![Path::new("--nada")], "no hay opción --nada"),
        (vec![], "uso:"),
        (vec![Path::new("--md")], "falta el archivo de --md"),
    ] {
        let fin = correr(&palabras);
        assert_eq!(fin.code, Some(1), "{fin:?}");
        assert!(fin.stderr_text().contains(parte), "{fin:?}");
        assert!(!fin.crashed());
    }
}
