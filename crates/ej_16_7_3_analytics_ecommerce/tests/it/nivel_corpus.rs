//! Public malformed Parquet files: alone and among good ones, each rejected by name, quickly and in little memory.

use crate::bancada::{Bancada, FECHA, falla};
use crate::registro_roto::error_claro;
use ecommerce_testkit::faults::FaultReport;
use ecommerce_testkit::process::Child;
use ecommerce_testkit::temp::tree_digest;
use parquet::file::reader::{FileReader as _, SerializedFileReader};
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
    let falta = FaultReport::begin(
        11,
        "corpus",
        "cada Parquet malformado público, entre archivos buenos",
    );
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
    falta.passed(
        files.len(),
        "rechazados por su nombre con 3, en menos de 20 s y 2 GiB; tabla intacta",
    );
}

#[test]
#[ignore = "tier corpus: cargo xtask test"]
fn entre_archivos_buenos_los_buenos_entran_con_tolerante() {
    let falta = FaultReport::begin(
        11,
        "tolerante",
        "todos los Parquet malformados a la vez, con --tolerante",
    );
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
    falta.passed(
        files.len(),
        "los buenos entran, los malos se nombran, y sale con 3",
    );
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
    let falta = FaultReport::begin(
        19,
        "corpus",
        "cada CSV ajeno o malformado público, entre archivos buenos",
    );
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
    falta.passed(files.len(), "rechazados por su nombre con 3; tabla intacta");
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

/// Rows of the files that a golden table should give; `None` where none are told.
fn filas_esperadas(carpeta: &Path) -> Option<i64> {
    let mut filas = None;
    let mut pendientes = vec![carpeta.to_owned()];
    while let Some(directorio) = pendientes.pop() {
        for entrada in fs::read_dir(directorio).into_iter().flatten().flatten() {
            let path = entrada.path();
            if path.is_dir() {
                pendientes.push(path);
            } else if es_de_datos(&path) {
                let reader = SerializedFileReader::new(fs::File::open(&path).unwrap()).unwrap();
                let n = reader.metadata().file_metadata().num_rows();
                *filas.get_or_insert(0) += n;
            }
        }
    }
    filas
}

/// Not what other systems leave beside it: `._x.parquet`, `_SUCCESS`.
fn es_de_datos(path: &Path) -> bool {
    let nombre = path.file_name().unwrap_or_default().to_string_lossy();
    nombre.ends_with(".parquet") && !nombre.starts_with(['.', '_'])
}

/// Golden Delta tables of other writers, and damaged ones: as many rows as they should give, or one clear error; as an
/// output none of them is ours, and none is touched.
#[test]
#[ignore = "tier corpus: cargo xtask test"]
fn las_tablas_delta_de_otros_dan_sus_filas_o_un_error_claro() {
    let falta = FaultReport::begin(
        13,
        "corpus",
        "tablas Delta públicas, sanas y dañadas, como --tabla y como --salida",
    );
    let root = PathBuf::from(std::env::var_os("CORPUS_DIR").expect("CORPUS_DIR"));
    let golden = root.join("delta-kernel-rs/kernel/tests/golden_data");
    let mut archivos: Vec<PathBuf> = fs::read_dir(golden)
        .unwrap()
        .flatten()
        .map(|e| e.path())
        .collect();
    archivos.sort();
    assert!(archivos.len() > 40, "{}", archivos.len());
    let b = Bancada::chica();
    let (mut leidas, mut errores) = (0, 0);
    for (i, archivo) in archivos.iter().enumerate() {
        let caso = archivo.file_name().unwrap().to_string_lossy().into_owned();
        let donde = b.ruta(&format!("dorada-{i}"));
        fs::create_dir(&donde).unwrap();
        let tar = Child::new("tar")
            .args(["--zstd", "-xf"])
            .arg(archivo)
            .arg("-C")
            .arg(&donde)
            .run()
            .unwrap();
        assert!(tar.success(), "{caso}: {tar:?}");
        let mut carpetas = fs::read_dir(&donde).unwrap().flatten().map(|e| e.path());
        let carpeta = carpetas.find(|c| c.join("delta").is_dir()).unwrap();
        let tabla = carpeta.join("delta");
        let antes = tree_digest(&donde).unwrap();
        let consulta = b
            .crudo(&["consultar", "SELECT count(*) AS n FROM metricas_diarias"])
            .args(["--formato", "csv", "--tabla"])
            .arg(&tabla)
            .limit_data(2 << 30)
            .timeout(Duration::from_secs(20))
            .run()
            .unwrap();
        if consulta.code == Some(0) {
            leidas += 1;
            if let Some(filas) = filas_esperadas(&carpeta.join("expected")) {
                let texto = consulta.stdout_text();
                assert_eq!(texto.trim(), format!("n\n{filas}"), "{caso}");
            }
        } else {
            errores += 1;
            error_claro(&consulta, &caso);
        }
        let f = b
            .crudo(&["-f", FECHA, "-e", "eventos", "--silencioso", "-s"])
            .arg(&tabla)
            .timeout(Duration::from_secs(20))
            .run()
            .unwrap();
        error_claro(&f, &caso);
        assert_eq!(tree_digest(&donde).unwrap(), antes, "{caso}");
        fs::remove_dir_all(&donde).unwrap();
    }
    falta.passed(
        leidas + errores,
        format!("{leidas} dan sus filas, {errores} un error claro; ninguna se toca como salida"),
    );
}
