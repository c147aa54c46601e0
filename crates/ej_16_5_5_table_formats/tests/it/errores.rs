//! What is no Delta table, or a broken one: one clear error each, and nothing is touched.

use crate::{dias, espera};
use deltalake::kernel::transaction::CommitProperties;
use ecommerce_testkit::temp::Tree;
use ej_16_5_5_table_formats::{Content, FormatError, Place, Problem, StoreOptions, delta};
use std::fs;
use std::path::{Path, PathBuf};

fn tabla(carpeta: &Path) -> PathBuf {
    let ruta = carpeta.join("tabla");
    let lotes = dias().into_iter().map(|dia| dia.batch).collect();
    let lugar = Place::local(&ruta).unwrap();
    espera(delta::append(
        &lugar,
        lugar.nothing_yet(),
        lotes,
        "fecha",
        CommitProperties::default(),
    ))
    .unwrap();
    ruta
}

fn leer(ruta: &Path) -> Result<Content, FormatError> {
    espera(async {
        let lugar = Place::local(ruta)?;
        let tabla = lugar.open().await?;
        Content::of(&delta::read(&lugar, &tabla).await?)
    })
}

/// The error says what is wrong and where, in one line, and the directory is as it was.
fn falla(ruta: &Path, problema: Problem, dice: &str) {
    let antes = Tree::of(ruta).unwrap();
    let error = leer(ruta).unwrap_err();
    assert_eq!(error.problem(), Some(problema), "{error}");
    let texto = error.to_string();
    assert!(
        texto.contains(&ruta.display().to_string()) && texto.contains(dice),
        "{texto}"
    );
    assert_eq!(texto.lines().count(), 1, "{texto}");
    assert_eq!(antes.changes(&Tree::of(ruta).unwrap()), []);
}

/// Rewrites the first commit's text.
fn cambiar_el_log(ruta: &Path, cambio: impl Fn(String) -> String) {
    let commit = ruta.join("_delta_log/00000000000000000000.json");
    let texto = fs::read_to_string(&commit).unwrap();
    let nuevo = cambio(texto.clone());
    assert_ne!(nuevo, texto, "el cambio no cambió nada");
    fs::write(&commit, nuevo).unwrap();
}

#[test]
fn lo_escrito_se_lee_igual() {
    let carpeta = tempfile::tempdir().unwrap();
    let lotes: Vec<_> = dias().into_iter().map(|dia| dia.batch).collect();
    assert_eq!(
        leer(&tabla(carpeta.path())).unwrap(),
        Content::of(&lotes).unwrap()
    );
}

#[test]
fn una_carpeta_con_parquet_no_es_una_tabla() {
    let carpeta = tempfile::tempdir().unwrap();
    fs::write(carpeta.path().join("ventas.parquet"), b"PAR1").unwrap();
    falla(carpeta.path(), Problem::NoEsTabla, "_delta_log");
}

#[test]
fn una_version_del_protocolo_que_aun_no_existe_se_rechaza() {
    let carpeta = tempfile::tempdir().unwrap();
    let ruta = tabla(carpeta.path());
    cambiar_el_log(&ruta, |texto| {
        texto.replace(r#""minReaderVersion":1"#, r#""minReaderVersion":9"#)
    });
    falla(&ruta, Problem::VersionNueva, "9");
}

#[test]
fn un_archivo_de_datos_que_falta_se_nombra() {
    let carpeta = tempfile::tempdir().unwrap();
    let ruta = tabla(carpeta.path());
    let dia = ruta.join("fecha=2024-01-16");
    let archivo = fs::read_dir(&dia).unwrap().next().unwrap().unwrap();
    fs::remove_file(archivo.path()).unwrap();
    let nombre = archivo.file_name().into_string().unwrap();
    falla(&ruta, Problem::FaltaArchivo, &nombre);
}

#[test]
fn un_commit_que_no_es_json_no_pasa_por_una_tabla_vacia() {
    let carpeta = tempfile::tempdir().unwrap();
    let ruta = tabla(carpeta.path());
    cambiar_el_log(&ruta, |texto| texto[..texto.len() / 2].to_owned());
    falla(&ruta, Problem::MetadatosDanados, "");
}

#[test]
fn un_esquema_de_direccion_sin_almacen_es_un_error_de_uso() {
    let error = Place::parse("ftp://servidor/tabla", &StoreOptions::default())
        .err()
        .unwrap();
    assert!(matches!(error, FormatError::Place { .. }), "{error}");
    assert!(error.to_string().contains("ftp://servidor/tabla"));
}
