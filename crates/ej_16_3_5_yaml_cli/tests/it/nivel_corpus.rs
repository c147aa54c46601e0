//! The public files that broke readers before: a result, or one line; never a panic's text, a crash, or half an output.

use crate::bancada::{Bancada, error};
use std::path::{Path, PathBuf};
use std::time::Duration;

fn corpus() -> PathBuf {
    PathBuf::from(std::env::var_os("CORPUS_DIR").unwrap())
}

fn archivos(dir: &Path, extension: &str, encontrados: &mut Vec<PathBuf>) {
    for entrada in std::fs::read_dir(dir).unwrap() {
        let ruta = entrada.unwrap().path();
        if ruta.is_dir() {
            archivos(&ruta, extension, encontrados);
        } else if ruta.extension().is_some_and(|e| e == extension)
            || (extension == "parquet" && ruta.to_string_lossy().contains("fuzz"))
        {
            encontrados.push(ruta);
        }
    }
}

fn recorre(formato: &str, carpetas: &[&str]) -> (usize, usize) {
    let b = Bancada::nueva();
    let mut todos = Vec::new();
    for carpeta in carpetas {
        archivos(&corpus().join(carpeta), formato, &mut todos);
    }
    todos.sort();
    let (mut bien, mut mal) = (0, 0);
    for ruta in &todos {
        b.escribe(
            "t.yaml",
            format!("entradas: {{ v: {{ ruta: '{}', formato: {formato} }} }}\nsalida: {{ ruta: o.parquet }}\n", ruta.display()),
        );
        let run = b
            .comando(&["t.yaml", "--silencioso"])
            .limit_data(3 << 30)
            .timeout(Duration::from_secs(60))
            .run()
            .unwrap();
        if run.code == Some(0) {
            bien += 1;
            std::fs::remove_file(b.ruta("o.parquet")).unwrap();
            continue;
        }
        mal += 1;
        assert!(
            !run.timed_out && !run.crashed(),
            "{}: {run:?}",
            ruta.display()
        );
        assert!(!b.ruta("o.parquet").exists(), "{}", ruta.display());
        if run.code == Some(6) {
            continue;
        }
        let (codigo, mensaje) = error(&run);
        assert_eq!(codigo, 3, "{}: {mensaje}", ruta.display());
    }
    println!("{formato}: {bien} leídos, {mal} rechazados con una línea");
    (bien, mal)
}

#[test]
#[ignore = "tier corpus: cargo xtask test"]
fn los_parquet_publicos_se_leen_o_se_rechazan_con_una_linea() {
    let (bien, mal) = recorre("parquet", &["parquet-testing", "arrow-testing"]);
    assert!(bien >= 10 && mal >= 100, "{bien} {mal}");
}

#[test]
#[ignore = "tier corpus: cargo xtask test"]
fn los_csv_publicos_se_leen_o_se_rechazan_con_una_linea() {
    let (bien, mal) = recorre("csv", &["csv-spectrum", "arrow-testing"]);
    assert!(bien >= 5, "{bien} {mal}");
}
