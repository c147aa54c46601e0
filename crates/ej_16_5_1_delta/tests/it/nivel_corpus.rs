//! Public tables: the golden ones of delta-kernel-rs, each with the rows that Spark read from it, those of delta-rs, and damaged logs.

mod lectura;

use crate::bancada::copiar;
use arrow::array::RecordBatch;
use ecommerce_testkit::temp::{self, Tree};
use ej_16_5_1_delta::log::{self, explain};
use ej_16_5_1_delta::{Place, TableError, TableSpec, cells, query};
use lectura::{con_extension, desempaquetar, leer_sin_panico, parquet};
use std::fs;
use std::path::{Path, PathBuf};

fn corpus() -> PathBuf {
    std::env::var_os("CORPUS_DIR").expect("CORPUS_DIR").into()
}

/// Golden tables that give no rows, and a part of what is said of each.
const SIN_FILAS: [(&str, &str); 11] = [
    (
        "canonicalized-paths-normal-a",
        "some/unqualified/absolute/path not found",
    ),
    (
        "canonicalized-paths-normal-b",
        "some/unqualified/absolute/path not found",
    ),
    (
        "canonicalized-paths-special-a",
        "some/unqualified/with space/p@#h not found",
    ),
    (
        "canonicalized-paths-special-b",
        "some/unqualified/with space/p@#h not found",
    ),
    (
        "checkpoint",
        "delta/15: Parquet error: Parquet error: Parquet files are at least 8 bytes long",
    ),
    (
        "data-reader-absolute-paths-escaped-chars",
        "No table metadata found in delta log",
    ),
    (
        "delete-re-add-same-file-different-transactions",
        "delta/bar: Parquet error: Parquet error: Parquet files are at least 8 bytes long",
    ),
    ("deltalog-commit-info", "whilst decoding field 'metaData'"),
    (
        "deltalog-state-reconstruction-from-checkpoint-missing-metadata",
        "No table metadata found in delta log",
    ),
    (
        "deltalog-state-reconstruction-without-protocol",
        "No protocol found in delta log",
    ),
    ("no-delta-log-folder", "there is no table"),
];

#[tokio::test]
#[ignore = "tier corpus: cargo xtask test"]
async fn cada_tabla_dorada_da_sus_celdas_o_un_error_claro_y_nunca_una_tabla_nueva() {
    let archivos = con_extension(
        &corpus().join("delta-kernel-rs/kernel/tests/golden_data"),
        ".tar.zst",
    );
    assert!(archivos.len() >= 50, "{}", archivos.len());
    let (mut iguales, mut errores, mut fallos) = (0, 0, Vec::new());
    for archivo in &archivos {
        let nombre = archivo
            .file_name()
            .unwrap()
            .to_string_lossy()
            .replace(".tar.zst", "");
        let dir = temp::dir().unwrap();
        desempaquetar(archivo, dir.path());
        let (tabla, esperado) = (
            dir.path().join(&nombre).join("delta"),
            dir.path().join(&nombre).join("expected"),
        );
        let antes = Tree::of(&tabla).unwrap();
        let leida = leer_sin_panico(&tabla).await;
        let previsto = SIN_FILAS.iter().find(|(suyo, _)| *suyo == nombre);
        match (leida, previsto) {
            (Ok((columnas, celdas)), None) => {
                let columnas: Vec<&str> = columnas.iter().map(String::as_str).collect();
                let lotes: Vec<RecordBatch> = con_extension(&esperado, ".parquet")
                    .iter()
                    .flat_map(|p| parquet(p))
                    .collect();
                match cells(&lotes, &columnas) {
                    Ok(esperadas) if esperadas == celdas => iguales += 1,
                    Ok(esperadas) => {
                        fallos.push(format!("{nombre}: {celdas:?} en vez de {esperadas:?}"))
                    }
                    Err(e) => fallos.push(format!("{nombre}: lo esperado no se lee: {e}")),
                }
            }
            (Err(e), Some((_, dice))) if e.to_string().contains(dice) => errores += 1,
            (Ok(_), Some(_)) => fallos.push(format!("{nombre}: se lee, y no debía")),
            (Err(e), _) => fallos.push(format!("{nombre}: {e}")),
        }
        // Whatever it was: no table is made over it.
        let place = Place::local(&tabla).unwrap();
        assert!(place.create(&TableSpec::sales()).await.is_err(), "{nombre}");
        assert_eq!(antes.changes(&Tree::of(&tabla).unwrap()), [], "{nombre}");
    }
    assert!(fallos.is_empty(), "{}", fallos.join("\n"));
    assert_eq!(
        (iguales, errores),
        (archivos.len() - SIN_FILAS.len(), SIN_FILAS.len())
    );
    println!("{iguales} tablas celda a celda, {errores} errores claros");
}

fn de_delta_rs(nombre: &str) -> PathBuf {
    corpus()
        .join("delta-rs/crates/test/tests/data")
        .join(nombre)
}

fn del_kernel(nombre: &str) -> PathBuf {
    corpus()
        .join("delta-kernel-rs/kernel/tests/data")
        .join(nombre)
}

/// The rows of the last version by replaying the commits by hand and opening the files one by one: no code in common with the library's
/// reader but Parquet's. Partition values are in the log alone, so only what the files hold is compared.
async fn a_mano(raiz: &Path) -> (Vec<String>, Vec<String>) {
    let place = Place::local(raiz).unwrap();
    let ultima = *log::files(&place).await.unwrap().commits.last().unwrap();
    let rutas = log::replay(&place, ultima).await.unwrap();
    let lotes: Vec<RecordBatch> = rutas
        .iter()
        .flat_map(|ruta| parquet(&raiz.join(ruta.replace("%20", " "))))
        .collect();
    let columnas: Vec<String> = lotes[0]
        .schema()
        .fields()
        .iter()
        .map(|f| f.name().clone())
        .collect();
    let nombres: Vec<&str> = columnas.iter().map(String::as_str).collect();
    let celdas = cells(&lotes, &nombres).unwrap();
    (columnas, celdas)
}

#[tokio::test]
#[ignore = "tier corpus: cargo xtask test"]
async fn las_tablas_de_delta_rs_y_del_kernel_dan_lo_que_dicen_su_registro_y_sus_archivos() {
    let tablas = [
        de_delta_rs("delta-0.8.0-null-partition"),
        de_delta_rs("delta-0.8.0-partitioned"),
        de_delta_rs("delta-0.8.0-date"),
        de_delta_rs("delta-stats-optional"),
        de_delta_rs("simple_table"),
        del_kernel("mixed-nulls"),
        del_kernel("app-txn-no-checkpoint"),
        del_kernel("app-txn-checkpoint"),
    ];
    for raiz in tablas {
        let (columnas, esperadas) = a_mano(&raiz).await;
        let tabla = Place::local(&raiz).unwrap().open().await.unwrap();
        let filas = query(&tabla, "SELECT * FROM ventas").await.unwrap();
        let nombres: Vec<&str> = columnas.iter().map(String::as_str).collect();
        assert_eq!(
            cells(&filas, &nombres).unwrap(),
            esperadas,
            "{}",
            raiz.display()
        );
        assert!(!esperadas.is_empty());
    }
    let (_, filas) = leer_sin_panico(&de_delta_rs("simple_table")).await.unwrap();
    assert_eq!(filas, ["5", "7", "9"]);
    let (_, filas) = leer_sin_panico(&de_delta_rs("table-with-dv-small"))
        .await
        .unwrap();
    assert_eq!(filas, ["1", "2", "3", "4", "5", "6", "7", "8"]);
}

#[tokio::test]
#[ignore = "tier corpus: cargo xtask test"]
async fn una_transaccion_de_aplicacion_sobrevive_al_checkpoint() {
    for nombre in ["app-txn-checkpoint", "app-txn-no-checkpoint"] {
        let tabla = Place::local(&del_kernel(nombre))
            .unwrap()
            .open()
            .await
            .unwrap();
        let log_store = tabla.log_store();
        let estado = tabla.snapshot().unwrap();
        let mut vistas = Vec::new();
        for aplicacion in ["my-app", "my-app2", "otra"] {
            vistas.push(
                estado
                    .transaction_version(log_store.as_ref(), aplicacion)
                    .await
                    .unwrap(),
            );
        }
        assert_eq!(vistas, [Some(3), Some(2), None], "{nombre}");
    }
}

/// What delta-kernel-rs expects of that table, which has deletion vectors too.
const FILAS_COMPACTADAS: [&str; 5] = [
    "0 | \"new\"",
    "1 | \"after-large-delete\"",
    "10 | \"merge1-insert\"",
    "12 | \"merge2-insert\"",
    "2 | \"\"",
];

#[tokio::test]
#[ignore = "tier corpus: cargo xtask test"]
async fn un_checkpoint_sin_puntero_y_un_registro_compactado_se_leen() {
    for raiz in [
        de_delta_rs("with_checkpoint_no_last_checkpoint"),
        de_delta_rs("latest_not_checkpointed"),
        del_kernel("with_checkpoint_no_last_checkpoint"),
    ] {
        let tabla = Place::local(&raiz).unwrap().open().await.unwrap();
        assert_eq!(tabla.version(), Some(3), "{}", raiz.display());
        let place = Place::local(&raiz).unwrap();
        let a_mano = log::replay(&place, 3).await.unwrap();
        assert_eq!(
            tabla.snapshot().unwrap().log_data().num_files(),
            a_mano.len()
        );
    }
    let dir = temp::dir().unwrap();
    desempaquetar(&del_kernel("compacted-log-files-table.tar.zst"), dir.path());
    let raiz = dir.path().join("compacted-log-files-table");
    let (columnas, filas) = leer_sin_panico(&raiz).await.unwrap();
    assert_eq!(columnas, ["id", "comment"]);
    assert_eq!(filas, FILAS_COMPACTADAS);
}

#[tokio::test]
#[ignore = "tier corpus: cargo xtask test"]
async fn un_registro_danado_es_un_error_claro_y_queda_como_estaba() {
    let danados = corpus().join("delta-rs/crates/core/tests/data_err_logs");
    let mut vistos = Vec::new();
    for carpeta in con_extension(&danados, "") {
        let nombre = carpeta.file_name().unwrap().to_string_lossy().into_owned();
        let dir = temp::dir().unwrap();
        let raiz = dir.path().join("tabla");
        copiar(&carpeta, &raiz);
        let antes = Tree::of(&raiz).unwrap();
        let place = Place::local(&raiz).unwrap();
        let tarea = tokio::spawn(async move { place.open_or_create(&TableSpec::sales()).await });
        let abierta = tarea
            .await
            .unwrap_or_else(|e| panic!("{nombre}: a panic: {e}"));
        let que = match abierta {
            Ok(tabla) => format!("versión {}", tabla.version().unwrap()),
            Err(TableError::Damaged { .. }) => "dañado".to_owned(),
            Err(otro) => panic!("{nombre}: {otro}"),
        };
        vistos.push(format!("{nombre}: {que}"));
        assert_eq!(antes.changes(&Tree::of(&raiz).unwrap()), [], "{nombre}");
    }
    assert_eq!(
        vistos,
        [
            "table_a: versión 13",
            "table_c: dañado",
            "table_d: dañado",
            "table_i: dañado"
        ]
    );
}

#[tokio::test]
#[ignore = "tier corpus: cargo xtask test"]
async fn cada_commit_del_corpus_se_lee_y_se_explica_o_dice_en_que_linea_no() {
    let (mut leidos, mut rechazados) = (0, Vec::new());
    let mut pendientes = vec![corpus().join("delta-rs"), corpus().join("delta-kernel-rs")];
    while let Some(carpeta) = pendientes.pop() {
        for entrada in fs::read_dir(carpeta).unwrap().flatten() {
            let ruta = entrada.path();
            if !ruta.is_dir() {
                continue;
            }
            if ruta.file_name().is_some_and(|n| n == "_delta_log") {
                let place = Place::local(ruta.parent().unwrap()).unwrap();
                for version in log::files(&place).await.unwrap().commits {
                    match log::read(&place, version).await {
                        Ok(entrada) => {
                            assert!(entrada.actions.iter().all(|a| !explain(a).is_empty()));
                            leidos += 1;
                        }
                        Err(TableError::Action { line, .. }) => {
                            rechazados.push(format!("{} {version}:{line}", ruta.display()))
                        }
                        Err(otro) => panic!("{}: {otro}", ruta.display()),
                    }
                }
            } else {
                pendientes.push(ruta);
            }
        }
    }
    assert!(leidos >= 60, "{leidos}");
    assert!(rechazados.is_empty(), "{rechazados:?}");
}
