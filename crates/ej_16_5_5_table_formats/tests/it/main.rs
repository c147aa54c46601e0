//! The exercise from outside: Delta in this process, writers as processes, Iceberg and Hudi in their tier, Spark in its own.
#![allow(clippy::unwrap_used, reason = "a failing test should panic")]

mod contenido;
mod dos_escritores;
mod errores;
mod guia;
mod juez;
mod largo;
mod matriz;
mod nivel_jvm;
mod nivel_python;
mod pagina;

use ecommerce_testkit::process::Child;
use ej_16_5_5_table_formats::conflict::Plan;
use ej_16_5_5_table_formats::{Content, Day, Format, OtherFormats, events, write_parquet};
use std::collections::BTreeMap;
use std::ffi::OsString;
use std::future::Future;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

/// This exercise's program.
const PROGRAMA: &str = env!("CARGO_BIN_EXE_ej_16_5_5_table_formats");

/// Three days, few rows: the same for every format.
fn dias() -> Vec<Day> {
    events(7, 600).unwrap()
}

fn espera<T>(futuro: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .unwrap()
        .block_on(futuro)
}

/// The Rust writer on a table.
fn escritor_de_rust(tabla: &str) -> Vec<OsString> {
    [PROGRAMA, "escritor", "--tabla", tabla]
        .iter()
        .map(OsString::from)
        .collect()
}

/// The Spark writer on a table.
fn escritor_de_spark(tabla: &str) -> Vec<OsString> {
    let python = std::env::var_os("ECOMMERCE_PYTHON_SPARK").expect("cargo xtask test la pone");
    let guion = concat!(env!("CARGO_MANIFEST_DIR"), "/pares/escritor_spark.py");
    [python, guion.into(), "--tabla".into(), tabla.into()].into()
}

/// An experiment on a new directory, the second writer as given.
fn plan(carpeta: &Path, segundo: fn(&str) -> Vec<OsString>, agregados: u32, rondas: u32) -> Plan {
    let tabla = carpeta.join("tabla").to_string_lossy().into_owned();
    Plan {
        rust: escritor_de_rust(&tabla),
        spark: segundo(&tabla),
        table: tabla,
        options: Vec::new(),
        condition: None,
        appends: agregados,
        rounds: rondas,
    }
}

/// The program of another format, built once beside what is built already.
fn otros_formatos(formato: Format) -> OtherFormats {
    // Two tests at once would wait for cargo's lock anyway; this way they wait here.
    static COMPILADOS: Mutex<BTreeMap<Format, OtherFormats>> = Mutex::new(BTreeMap::new());
    let destino = Path::new(PROGRAMA).parent().and_then(Path::parent).unwrap();
    let mut compilados = COMPILADOS.lock().unwrap_or_else(PoisonError::into_inner);
    let programa = compilados
        .entry(formato)
        .or_insert_with(|| OtherFormats::build(formato, destino).unwrap());
    programa.clone()
}

/// Runs a reader of `pares/formatos.py`.
fn python<const N: usize>(argumentos: [&Path; N]) {
    let interprete = std::env::var_os("ECOMMERCE_PYTHON_FORMATOS").unwrap();
    let guion = concat!(env!("CARGO_MANIFEST_DIR"), "/pares/formatos.py");
    let fin = Child::new(interprete)
        .arg(guion)
        .args(argumentos)
        .timeout(Duration::from_secs(180))
        .run()
        .unwrap();
    assert!(fin.success(), "{fin:?}");
}

/// The days as Parquet files, one each.
fn archivos(carpeta: &Path) -> Vec<PathBuf> {
    let uno = |dia: &Day| {
        let archivo = carpeta.join(format!("{}.parquet", dia.fecha));
        write_parquet(&archivo, &dia.batch).unwrap();
        archivo
    };
    dias().iter().map(uno).collect()
}

/// What a table with the three days holds.
fn esperado() -> Content {
    let lotes: Vec<_> = dias().into_iter().map(|dia| dia.batch).collect();
    Content::of(&lotes).unwrap()
}
