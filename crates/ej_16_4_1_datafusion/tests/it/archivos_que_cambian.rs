//! A file that is replaced, or taken away, while a session knows it: an error or the right answer, and never another number.

use crate::tienda::{
    VENTAS, archivos, con, en_trozos, esperado, fecha, por_region, sesion, tienda,
};
use arrow::datatypes::DataType;
use datafusion::common::ScalarValue;
use datafusion::prelude::SessionContext;
use ecommerce_testkit::temp;
use ej_16_4_1_datafusion::{Engine, EngineError, Layout, Settings, Shop, revenue_por_region};
use futures::StreamExt as _;
use std::fs;
use std::path::Path;

/// The file of another shop.
fn otra_tienda(dir: &Path, semilla: u64) -> std::path::PathBuf {
    let ruta = dir.join(format!("otra-{semilla}.parquet"));
    Shop::new(semilla, VENTAS)
        .unwrap()
        .write_sales(&ruta, en_trozos())
        .unwrap();
    ruta
}

#[tokio::test]
async fn un_archivo_reemplazado_o_borrado_entre_consultas_es_un_error() {
    let tienda = tienda();
    let dir = archivos(&tienda, en_trozos());
    let engine = sesion(&dir, &Settings::default()).await;
    let desde = fecha("2024-01-01");
    let filas = revenue_por_region(&engine, desde).await.unwrap();
    assert_eq!(por_region(&filas), esperado(&tienda, desde));
    fs::rename(
        otra_tienda(dir.path(), 7),
        dir.path().join("ventas.parquet"),
    )
    .unwrap();
    let error = revenue_por_region(&engine, desde).await.unwrap_err();
    assert!(
        matches!(&error, EngineError::Changed { file } if file.ends_with("ventas.parquet")),
        "{error:?}"
    );
    // A new session sees the new file: its buyers are other people's, the total is its own.
    let nueva = sesion(&dir, &Settings::default()).await;
    let filas = revenue_por_region(&nueva, desde).await.unwrap();
    let total: i64 = por_region(&filas)
        .values()
        .map(|(centavos, ..)| centavos)
        .sum();
    let otra = esperado(&Shop::new(7, VENTAS).unwrap(), desde);
    assert_eq!(
        total,
        otra.values().map(|(centavos, ..)| centavos).sum::<i64>()
    );
    fs::remove_file(dir.path().join("ventas.parquet")).unwrap();
    let error = revenue_por_region(&nueva, desde).await.unwrap_err();
    assert!(matches!(error, EngineError::Gone { .. }), "{error:?}");
}

#[tokio::test]
async fn un_archivo_reemplazado_o_borrado_a_media_consulta_es_un_error() {
    for (cambio, dice) in [
        ("reemplazado", "precondition"),
        ("escrito encima", "precondition"),
        ("borrado", "is gone"),
    ] {
        let dir = archivos(&tienda(), en_trozos());
        let engine = sesion(&dir, &con(&[("execution.target_partitions", "1")])).await;
        let frame = engine.query("SELECT nota FROM ventas").await.unwrap();
        let mut flujo = frame.execute_stream().await.unwrap();
        assert!(flujo.next().await.unwrap().unwrap().num_rows() > 0);
        let ruta = dir.path().join("ventas.parquet");
        match cambio {
            "reemplazado" => fs::rename(otra_tienda(dir.path(), 7), &ruta).unwrap(),
            "escrito encima" => {
                fs::copy(otra_tienda(dir.path(), 7), &ruta).unwrap();
            }
            _ => fs::remove_file(&ruta).unwrap(),
        }
        let mut fin = None;
        while let Some(lote) = flujo.next().await {
            if let Err(error) = lote {
                fin = Some(error.to_string());
                break;
            }
        }
        let fin = fin.expect("an error, not the rows of two files");
        assert!(fin.contains(dice), "{cambio}: {fin}");
    }
}

/// What the wrapper is for: DataFusion's own session lists a directory once, and takes the file that is there now for the one it listed.
#[tokio::test]
async fn datafusion_por_si_solo_cuenta_las_filas_de_un_archivo_que_ya_no_esta() {
    let dir = temp::dir().unwrap();
    let ruta = dir.path().join("ventas.parquet");
    Shop::new(42, 3_000)
        .unwrap()
        .write_sales(&ruta, Layout::default())
        .unwrap();
    let solo = SessionContext::new();
    let carpeta = format!("{}/", dir.path().display());
    solo.register_parquet("ventas", carpeta, Default::default())
        .await
        .unwrap();
    let nuestra = Engine::new(&Settings::default()).unwrap();
    nuestra
        .register_directory("ventas", dir.path(), &[])
        .await
        .unwrap();
    let contar = "SELECT COUNT(*) FROM ventas";
    let celda = |lotes: Vec<arrow::array::RecordBatch>| {
        ScalarValue::try_from_array(lotes[0].column(0), 0).unwrap()
    };
    let tres_mil = ScalarValue::Int64(Some(3_000));
    let por_si_solo = || async { celda(solo.sql(contar).await.unwrap().collect().await.unwrap()) };
    assert_eq!(por_si_solo().await, tres_mil);
    assert_eq!(celda(nuestra.rows(contar).await.unwrap()), tres_mil);
    Shop::new(42, 10)
        .unwrap()
        .write_sales(&ruta, Layout::default())
        .unwrap();
    assert_eq!(por_si_solo().await, tres_mil);
    // Ours answers from what it learned of the file, too, as long as it need not read it …
    assert_eq!(celda(nuestra.rows(contar).await.unwrap()), tres_mil);
    // … and says so when it does.
    let error = nuestra
        .rows("SELECT SUM(monto) FROM ventas")
        .await
        .unwrap_err();
    assert!(matches!(error, EngineError::Changed { .. }), "{error:?}");
}

/// And a file that is gone is a table without rows to it.
#[tokio::test]
async fn datafusion_por_si_solo_responde_sin_filas_por_un_archivo_borrado() {
    let dir = archivos(&tienda(), en_trozos());
    let ruta = dir.path().join("ventas.parquet");
    let solo = SessionContext::new();
    solo.register_parquet("ventas", ruta.to_str().unwrap(), Default::default())
        .await
        .unwrap();
    let nuestra = sesion(&dir, &Settings::default()).await;
    fs::remove_file(&ruta).unwrap();
    let sql = "SELECT SUM(monto) AS total, COUNT(monto) AS n FROM ventas";
    let lotes = solo.sql(sql).await.unwrap().collect().await.unwrap();
    let n = ScalarValue::try_from_array(lotes[0].column(1), 0).unwrap();
    assert_eq!(n, ScalarValue::Int64(Some(0)));
    let error = nuestra.rows(sql).await.unwrap_err();
    assert!(matches!(error, EngineError::Gone { .. }), "{error:?}");
}

#[tokio::test]
async fn un_directorio_al_que_le_falta_un_dia_es_un_error() {
    let dir = temp::dir().unwrap();
    tienda().write_days(dir.path(), Layout::default()).unwrap();
    let engine = Engine::new(&Settings::default()).unwrap();
    let fecha = [("fecha", DataType::Date32)];
    engine
        .register_directory("ventas", dir.path(), &fecha)
        .await
        .unwrap();
    let sql = "SELECT COUNT(monto) FROM ventas WHERE monto > 0";
    engine.rows(sql).await.unwrap();
    fs::remove_dir_all(dir.path().join("fecha=2024-02-29")).unwrap();
    let error = engine.rows(sql).await.unwrap_err();
    assert!(matches!(error, EngineError::Gone { .. }), "{error:?}");
    // Also if the session lists the directory again.
    let error = engine
        .register_directory("otra", dir.path(), &fecha)
        .await
        .unwrap_err();
    assert!(error.to_string().contains("is gone"), "{error}");
}
