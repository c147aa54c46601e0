//! Public malformed Parquet files: alone and among good ones, each rejected by name, quickly and in little memory.

use crate::bancada::{Bancada, FECHA, falla};
use serde_json::Value;
use std::collections::BTreeSet;
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

fn csvs() -> Vec<PathBuf> {
    let root = PathBuf::from(std::env::var_os("CORPUS_DIR").expect("CORPUS_DIR"));
    let mut files: Vec<PathBuf> = ["csv-spectrum/csvs", "arrow-testing/data/csv/fuzzing"]
        .iter()
        .flat_map(|d| fs::read_dir(root.join(d)).unwrap().flatten())
        .map(|e| e.path())
        .collect();
    files.sort();
    files
}

#[test]
#[ignore = "tier corpus: cargo xtask test"]
fn cada_csv_ajeno_se_rechaza_por_su_nombre() {
    let files = csvs();
    assert!(files.len() >= 12, "{}", files.len());
    let b = Bancada::con_eventos();
    assert_eq!(b.correr(&["--silencioso"]).code, Some(0));
    let antes = b.contenido("metricas");
    for file in &files {
        let parte = b.dia().join("part-90000.csv");
        fs::copy(file, &parte).unwrap();
        let f = b
            .comando(&[])
            .limit_data(2 << 30)
            .timeout(Duration::from_secs(20))
            .run()
            .unwrap();
        falla(&f, 3, &[&format!("fecha={FECHA}/part-90000.csv")]);
        fs::remove_file(&parte).unwrap();
    }
    assert_eq!(b.contenido("metricas"), antes);
}

/// Hostile texts, as product names: each comes out as it went in, and none is code, a format or another text.
#[test]
#[ignore = "tier corpus: cargo xtask test"]
fn los_textos_hostiles_salen_como_entraron() {
    let root = PathBuf::from(std::env::var_os("CORPUS_DIR").expect("CORPUS_DIR"));
    let leer = |ruta: PathBuf| -> Value {
        serde_json::from_str(&fs::read_to_string(ruta).unwrap()).unwrap()
    };
    let mut textos = BTreeSet::new();
    reunir(
        &leer(root.join("big-list-of-naughty-strings/blns.json")),
        &mut textos,
    );
    for json in fs::read_dir(root.join("csv-spectrum/json"))
        .unwrap()
        .flatten()
    {
        reunir(&leer(json.path()), &mut textos);
    }
    // In a CSV an empty field is a null.
    textos.remove("");
    assert!(textos.len() > 500, "{}", textos.len());

    let b = Bancada::vacia();
    fs::create_dir_all(b.dia()).unwrap();
    let mut csv = "evento_id,tipo,user_id,session_id,producto_id,monto,region,pagina,mensaje,timestamp,lat,lon\n".to_owned();
    for (i, texto) in textos.iter().enumerate() {
        let texto = texto.replace('"', "\"\"");
        csv += &format!("e{i},compra,u{i},s,\"{texto}\",1.25,norte,,,{FECHA}T10:00:00Z,,\n");
    }
    fs::write(b.dia().join("part-00000.csv"), csv).unwrap();
    let f = b.correr(&["--json"]);
    assert_eq!(f.code, Some(0), "{}", f.stderr_text());
    assert_eq!(crate::bancada::json(&f)["filas_validas"], textos.len());
    let f = b
        .crudo(&[
            "consultar",
            "SELECT producto_id FROM productos_diarios",
            "--tabla",
            "metricas",
            "--formato",
            "json",
        ])
        .run()
        .unwrap();
    let mut vistos = BTreeSet::new();
    reunir(&crate::bancada::json(&f), &mut vistos);
    assert_eq!(vistos, textos);
}

/// Every text inside a JSON value.
fn reunir(value: &Value, textos: &mut BTreeSet<String>) {
    match value {
        Value::String(s) => drop(textos.insert(s.clone())),
        Value::Array(items) => items.iter().for_each(|v| reunir(v, textos)),
        Value::Object(fields) => fields.values().for_each(|v| reunir(v, textos)),
        _ => {}
    }
}
