//! Files that are none, or not of sales.

use crate::archivos::{MOTORES, columnas, consultar, escribir};
use datafusion::arrow::array::{ArrayRef, DictionaryArray, Float64Array, Int64Array, StringArray};
use datafusion::arrow::datatypes::Int32Type;
use ej_16_3_4_polars_benchmark::SalesFile;
use parquet::file::properties::EnabledStatistics::Chunk;
use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt as _;
use std::path::Path;
use std::sync::Arc;

fn error(ruta: &Path) -> String {
    let dicho = SalesFile::open(ruta).unwrap_err().to_string();
    let nombre = ruta.display().to_string();
    dicho
        .strip_prefix(&format!("{nombre}: "))
        .unwrap_or_else(|| panic!("{dicho}"))
        .to_owned()
}

fn montos() -> ArrayRef {
    Arc::new(Float64Array::from(vec![1.0, 2.0]))
}

fn regiones() -> ArrayRef {
    Arc::new(StringArray::from(vec!["norte", "sur"]))
}

#[test]
fn lo_que_no_es_un_parquet_entero_se_rechaza_por_su_nombre() {
    let directorio = tempfile::tempdir().unwrap();
    let en = |nombre: &str| directorio.path().join(nombre);
    assert!(error(&en("falta.parquet")).contains("No such file"));
    assert_eq!(error(directorio.path()), "not a regular file");
    std::fs::write(en("texto"), "region,monto\nsur,1\n").unwrap();
    assert!(error(&en("texto")).starts_with("damaged: "));
    std::fs::write(en("vacio"), "").unwrap();
    assert!(error(&en("vacio")).starts_with("damaged: "));

    escribir(&en("bueno"), &[(Some(1.0), Some("sur"))], Chunk);
    let bueno = std::fs::read(en("bueno")).unwrap();
    for largo in 0..bueno.len() {
        std::fs::write(en("cortado"), &bueno[..largo]).unwrap();
        assert!(SalesFile::open(&en("cortado")).is_err(), "{largo} bytes");
    }
}

#[test]
fn una_columna_que_falta_o_cambia_se_nombra() {
    let directorio = tempfile::tempdir().unwrap();
    let ruta = directorio.path().join("v.parquet");
    let numeros: ArrayRef = Arc::new(Int64Array::from(vec![1, 2]));
    columnas(&ruta, [("Monto", montos()), ("region", regiones())], Chunk);
    assert_eq!(error(&ruta), "column 'monto' is missing (there is 'Monto')");
    columnas(
        &ruta,
        [("monto", montos()), ("regiones", regiones())],
        Chunk,
    );
    assert_eq!(
        error(&ruta),
        "column 'region' is missing (there is 'regiones')"
    );
    columnas(&ruta, [("monto", montos()), ("pais", regiones())], Chunk);
    assert_eq!(error(&ruta), "column 'region' is missing");
    columnas(
        &ruta,
        [("monto", numeros.clone()), ("region", regiones())],
        Chunk,
    );
    assert_eq!(error(&ruta), "column 'monto' is Int64, not Float64");
    columnas(&ruta, [("monto", montos()), ("region", numeros)], Chunk);
    assert_eq!(error(&ruta), "column 'region' is Int64, not Utf8");
}

#[test]
fn una_ruta_que_no_es_utf8_es_un_error_y_no_un_panic() {
    let directorio = tempfile::tempdir().unwrap();
    let ruta = directorio.path().join(OsStr::from_bytes(b"v\xff.parquet"));
    escribir(&ruta, &[(Some(1.0), Some("sur"))], Chunk);
    assert!(
        SalesFile::open(&ruta)
            .unwrap_err()
            .to_string()
            .ends_with("not UTF-8")
    );
}

#[test]
fn un_nombre_con_comodines_es_un_nombre() {
    let directorio = tempfile::tempdir().unwrap();
    // What the pattern would match is there too, and is worth a thousand times more.
    escribir(
        &directorio.path().join("v1.parquet"),
        &[(Some(1000.0), Some("sur"))],
        Chunk,
    );
    for nombre in [
        "v[1].parquet",
        "v*.parquet",
        "v?.parquet",
        "a b%20ñ#.parquet",
        "sin_extension",
    ] {
        let ruta = directorio.path().join(nombre);
        escribir(&ruta, &[(Some(1.0), Some("sur"))], Chunk);
        let archivo = SalesFile::open(&ruta).unwrap();
        for motor in MOTORES {
            let revenue = consultar(motor, &archivo).unwrap();
            assert_eq!(revenue.rows()[0].revenue, 1.0, "{motor}: {nombre}");
        }
    }
}

#[test]
fn una_region_en_diccionario_vale_como_texto() {
    let directorio = tempfile::tempdir().unwrap();
    let ruta = directorio.path().join("v.parquet");
    let diccionario: DictionaryArray<Int32Type> = vec!["sur", "sur"].into_iter().collect();
    columnas(
        &ruta,
        [("monto", montos()), ("region", Arc::new(diccionario))],
        Chunk,
    );
    let archivo = SalesFile::open(&ruta).unwrap();
    for motor in MOTORES {
        let revenue = consultar(motor, &archivo).unwrap();
        assert_eq!(
            (
                revenue.rows()[0].region.as_deref(),
                revenue.rows()[0].revenue
            ),
            (Some("sur"), 3.0),
            "{motor}"
        );
    }
}

#[test]
fn un_archivo_que_desaparece_tras_abrirlo_es_un_error_con_su_nombre() {
    let directorio = tempfile::tempdir().unwrap();
    let ruta = directorio.path().join("v.parquet");
    escribir(&ruta, &[(Some(1.0), Some("sur"))], Chunk);
    let archivo = SalesFile::open(&ruta).unwrap();
    std::fs::remove_file(&ruta).unwrap();
    for motor in MOTORES {
        let dicho = consultar(motor, &archivo).unwrap_err().to_string();
        assert!(dicho.contains("v.parquet"), "{motor}: {dicho}");
    }
}
