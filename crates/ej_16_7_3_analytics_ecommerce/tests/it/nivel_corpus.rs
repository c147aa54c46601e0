//! Public malformed Parquet files: alone and among good ones, each rejected by name, quickly and in little memory.

use crate::bancada::{Bancada, FECHA};
use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

fn corpus() -> Vec<PathBuf> {
    let root = PathBuf::from(std::env::var_os("CORPUS_DIR").expect("CORPUS_DIR"));
    let mut files = Vec::new();
    let mut pending = vec![root.join("parquet-testing"), root.join("arrow-testing")];
    while let Some(directory) = pending.pop() {
        for entry in fs::read_dir(directory).unwrap().flatten() {
            let path = entry.path();
            if path.is_dir() {
                pending.push(path);
            } else if is_parquet(&path) {
                files.push(path);
            }
        }
    }
    files.sort();
    files
}

fn is_parquet(path: &Path) -> bool {
    let in_parquet_fuzz = path.components().any(|c| c.as_os_str() == "fuzzing")
        && path.to_string_lossy().contains("parquet");
    path.extension().is_some_and(|e| e == "parquet") || in_parquet_fuzz
}

#[test]
#[ignore = "tier corpus: cargo xtask test"]
fn cada_parquet_malformado_se_rechaza_por_su_nombre() {
    let files = corpus();
    assert!(files.len() > 80, "{} archivos", files.len());
    let b = Bancada::con_eventos();
    assert_eq!(b.correr(&["--silencioso"]).code, Some(0));
    let antes = b.contenido("metricas");
    for (i, file) in files.iter().enumerate() {
        let parte = b.dia().join(format!("part-9{i:04}.parquet"));
        fs::copy(file, &parte).unwrap();
        let f = b
            .comando(&[])
            .limit_data(2 << 30)
            .timeout(Duration::from_secs(20))
            .run()
            .unwrap();
        assert_eq!(
            f.code,
            Some(3),
            "{}: {:?} {}",
            file.display(),
            f.signal,
            f.stderr_text()
        );
        assert!(
            f.stderr_text()
                .contains(&format!("fecha={FECHA}/part-9{i:04}.parquet")),
            "{}",
            f.stderr_text()
        );
        fs::remove_file(&parte).unwrap();
    }
    assert_eq!(b.contenido("metricas"), antes);
    println!("{} archivos rechazados", files.len());
}

#[test]
#[ignore = "tier corpus: cargo xtask test"]
fn entre_archivos_buenos_los_buenos_entran_con_tolerante() {
    let files = corpus();
    let b = Bancada::con_eventos();
    let esperado = b.contenido_esperado();
    for (i, file) in files.iter().enumerate() {
        fs::copy(file, b.dia().join(format!("part-9{i:04}.parquet"))).unwrap();
    }
    let f = b
        .comando(&["--tolerante", "--json"])
        .limit_data(2 << 30)
        .run()
        .unwrap();
    assert_eq!(f.code, Some(3), "{}", f.stderr_text());
    let resumen = crate::bancada::json(&f);
    assert_eq!(
        resumen["archivos_rechazados"].as_array().unwrap().len(),
        files.len()
    );
    assert_eq!(b.contenido("metricas"), esperado);
}
