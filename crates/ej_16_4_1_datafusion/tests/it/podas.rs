//! What is left unread, as the numbers of the plan that ran: columns, files, row groups, pages, rows.

use crate::tienda::{archivos, con, en_trozos, sesion, tienda};
use arrow::array::{ArrayRef, Float64Array, RecordBatch};
use arrow::datatypes::DataType;
use datafusion::common::ScalarValue;
use ecommerce_testkit::temp::{self, TempDir};
use ej_16_4_1_datafusion::{Engine, Layout, Pruned, Scanned, Settings, operators, run, scanned};
use parquet::arrow::ArrowWriter;
use parquet::file::properties::EnabledStatistics;
use std::fs::File;
use std::sync::Arc;

const UNA: (&str, &str) = ("execution.target_partitions", "1");
const EMPUJAR: (&str, &str) = ("execution.parquet.pushdown_filters", "true");
const SIN_PODA: (&str, &str) = ("execution.parquet.pruning", "false");
const SIN_PAGINAS: (&str, &str) = ("execution.parquet.enable_page_index", "false");
const SIN_BLOOM: (&str, &str) = ("execution.parquet.bloom_filter_on_read", "false");
const SIN_DINAMICOS: (&str, &str) = ("optimizer.enable_dynamic_filter_pushdown", "false");

/// What the scans did and the first cell of the answer; one partition, so that a file is read from its start to its end.
async fn medir(dir: &TempDir, ajustes: &[(&str, &str)], sql: &str) -> (Scanned, ScalarValue) {
    let ajustes = con(&[&[UNA], ajustes].concat());
    let engine = sesion(dir, &ajustes).await;
    preguntar(&engine, sql).await
}

async fn preguntar(engine: &Engine, sql: &str) -> (Scanned, ScalarValue) {
    let (lotes, plan) = run(engine.query(sql).await.unwrap()).await.unwrap();
    let celda = lotes
        .iter()
        .find(|lote| lote.num_rows() > 0)
        .map_or(ScalarValue::Null, |lote| {
            ScalarValue::try_from_array(lote.column(0), 0).unwrap()
        });
    (scanned(plan.as_ref()), celda)
}

fn de(pruned: usize, kept: usize) -> Pruned {
    Pruned { pruned, kept }
}

#[tokio::test]
async fn solo_se_leen_las_columnas_que_la_consulta_nombra() {
    let dir = archivos(&tienda(), en_trozos());
    let total = std::fs::metadata(dir.path().join("ventas.parquet"))
        .unwrap()
        .len() as usize;
    let (una, _) = medir(&dir, &[], "SELECT SUM(monto) FROM ventas").await;
    let (dos, _) = medir(
        &dir,
        &[],
        "SELECT fecha, SUM(monto) FROM ventas GROUP BY fecha",
    )
    .await;
    let (todas, _) = medir(&dir, &[], "SELECT * FROM ventas").await;
    assert_eq!([una.columns, dos.columns, todas.columns], [1, 2, 5]);
    assert_eq!(
        [una.bytes, dos.bytes, todas.bytes],
        [111_169, 114_529, 945_455]
    );
    assert!(todas.bytes <= total && todas.bytes * 10 > total * 9);
}

#[tokio::test]
async fn el_filtro_de_la_guia_deja_fuera_grupos_de_filas_por_sus_minimos_y_maximos() {
    let dir = archivos(&tienda(), en_trozos());
    // Ten groups of 36 days and a half; the last begins on 2024-05-26.
    let sql = "SELECT SUM(monto) FROM ventas WHERE fecha >= '2024-06-01'";
    let (con_poda, suma) = medir(&dir, &[SIN_PAGINAS], sql).await;
    let (sin_poda, misma) = medir(&dir, &[SIN_PODA, SIN_PAGINAS], sql).await;
    assert_eq!(suma, misma);
    assert_eq!(con_poda.row_groups, de(9, 1));
    assert_eq!(sin_poda.row_groups, de(0, 10));
    assert_eq!((con_poda.rows, sin_poda.rows), (2_000, 20_000));
    assert_eq!((con_poda.bytes, sin_poda.bytes), (11_382, 114_529));
    // Without statistics in the file there is nothing to go by.
    let ciegos = Layout {
        statistics: EnabledStatistics::None,
        ..en_trozos()
    };
    let dir = archivos(&tienda(), ciegos);
    let (ciega, misma) = medir(&dir, &[], sql).await;
    assert_eq!(suma, misma);
    assert_eq!((ciega.row_groups, ciega.rows), (de(0, 10), 20_000));
}

#[tokio::test]
async fn dentro_de_un_grupo_el_indice_deja_fuera_paginas() {
    let dir = archivos(&tienda(), en_trozos());
    // The last nine days: one of the four pages of the last group.
    let sql = "SELECT SUM(monto) FROM ventas WHERE fecha >= '2024-06-23'";
    let (con_indice, suma) = medir(&dir, &[], sql).await;
    let (sin_indice, misma) = medir(&dir, &[SIN_PAGINAS], sql).await;
    assert_eq!(suma, misma);
    assert_eq!(con_indice.row_groups, de(9, 1));
    assert_eq!(con_indice.pages, de(3, 1));
    assert_eq!(sin_indice.pages, de(0, 0));
    assert_eq!((con_indice.rows, sin_indice.rows), (500, 2_000));
    assert_eq!((con_indice.bytes, sin_indice.bytes), (9_220, 11_382));
}

#[tokio::test]
async fn un_filtro_de_bloom_deja_fuera_grupos_que_las_estadisticas_no() {
    let con_bloom = Layout {
        bloom: true,
        ..en_trozos()
    };
    let dir = archivos(&tienda(), con_bloom);
    let user = "u0000123";
    let sql = format!("SELECT COUNT(monto) FROM ventas WHERE user_id = '{user}'");
    let (con, cuantas) = medir(&dir, &[SIN_PAGINAS], &sql).await;
    let (sin, mismas) = medir(&dir, &[SIN_PAGINAS, SIN_BLOOM], &sql).await;
    assert_eq!(cuantas, mismas);
    assert!(matches!(cuantas, ScalarValue::Int64(Some(n)) if n > 0));
    // Buyers come in no order: every group has some below and some above.
    assert_eq!(sin.row_groups, de(0, 10));
    assert_eq!(sin.row_groups_bloom, de(0, 10));
    assert_eq!(con.row_groups_bloom, de(3, 7));
    assert_eq!((con.bytes, sin.bytes), (131_517, 173_031));
    // Nobody's name: every filter says no.
    let nadie = "SELECT COUNT(monto) FROM ventas WHERE user_id = 'u0000123x'";
    let (nadie, _) = medir(&dir, &[SIN_PAGINAS], nadie).await;
    assert_eq!((nadie.row_groups_bloom, nadie.rows), (de(10, 0), 0));
}

#[tokio::test]
async fn de_un_directorio_por_dias_se_abren_solo_los_dias_pedidos() {
    let dir = temp::dir().unwrap();
    tienda().write_days(dir.path(), en_trozos()).unwrap();
    let engine = Engine::new(&con(&[UNA])).unwrap();
    engine
        .register_directory("ventas", dir.path(), &[("fecha", DataType::Date32)])
        .await
        .unwrap();
    let (todos, _) = preguntar(&engine, "SELECT SUM(monto) FROM ventas").await;
    assert_eq!(todos.files, 366);
    let sql = "SELECT SUM(monto) FROM ventas WHERE fecha >= '2024-06-28'";
    let (tres, suma) = preguntar(&engine, sql).await;
    assert_eq!(tres.files, 3);
    assert_eq!((tres.bytes, todos.bytes), (1_262, 152_293));
    let un_archivo = archivos(&tienda(), en_trozos());
    let (_, misma) = medir(&un_archivo, &[], sql).await;
    let redondo = |suma: ScalarValue| match suma {
        ScalarValue::Float64(Some(suma)) => (suma * 100.0).round(),
        otra => panic!("{otra:?}"),
    };
    assert_eq!(redondo(suma), redondo(misma));
}

#[tokio::test]
async fn por_omision_el_filtro_se_aplica_despues_de_leer_y_empujado_dentro_de_la_lectura() {
    let dir = archivos(&tienda(), en_trozos());
    // One buyer's rows lie anywhere: no group and no page of `user_id` can be left out.
    let sql = "SELECT nota FROM ventas WHERE user_id = 'u0000123'";
    let (fuera, una) = medir(&dir, &[], sql).await;
    let (dentro, misma) = medir(&dir, &[EMPUJAR], sql).await;
    assert_eq!(una, misma);
    assert_eq!((fuera.rows, fuera.rows_filtered), (20_000, 0));
    assert_eq!(dentro.rows + dentro.rows_filtered, 20_000);
    assert_eq!(dentro.rows, 16);
    // Of `nota`, only pages with a row that passed are asked for.
    assert_eq!((dentro.bytes, fuera.bytes), (293_654, 723_682));
    for (ajustes, filtros) in [(&[UNA][..], 1), (&[UNA, EMPUJAR], 0)] {
        let engine = sesion(&dir, &con(ajustes)).await;
        let frame = engine.query(sql).await.unwrap();
        let plan = frame.create_physical_plan();
        assert_eq!(
            operators(plan.await.unwrap().as_ref(), "FilterExec"),
            filtros
        );
    }
}

#[tokio::test]
async fn un_limite_deja_de_leer_en_cuanto_tiene_bastante() {
    let dir = archivos(&tienda(), en_trozos());
    let (diez, _) = medir(&dir, &[], "SELECT nota FROM ventas LIMIT 10").await;
    assert_eq!(diez.rows, 10);
    let (todas, _) = medir(&dir, &[], "SELECT nota FROM ventas").await;
    assert_eq!((diez.bytes, todas.bytes), (16_548, 661_820));
}

#[tokio::test]
async fn los_primeros_de_un_orden_filtran_la_lectura_mientras_corre() {
    let dir = archivos(&tienda(), en_trozos());
    let sql = "SELECT nota FROM ventas ORDER BY venta_id LIMIT 5";
    let (con, una) = medir(&dir, &[], sql).await;
    let (sin, misma) = medir(&dir, &[SIN_DINAMICOS], sql).await;
    assert_eq!(una, misma);
    assert_eq!(sin.row_groups_dynamic, 0);
    assert_eq!(sin.rows, 20_000);
    assert_eq!((con.rows, con.row_groups_dynamic), (2_000, 9));
    assert_eq!((con.bytes, sin.bytes), (76_870, 769_064));
}

#[tokio::test]
async fn el_lado_pequeno_de_una_union_filtra_la_lectura_del_grande() {
    let dir = archivos(&tienda(), en_trozos());
    let sql = "SELECT SUM(v.monto) FROM ventas v JOIN (VALUES (19990), (19999)) AS t(id) ON v.venta_id = t.id";
    let (con, suma) = medir(&dir, &[], sql).await;
    let (sin, misma) = medir(&dir, &[SIN_DINAMICOS], sql).await;
    assert_eq!(suma, misma);
    assert_eq!(sin.row_groups, de(0, 10));
    assert_eq!(con.row_groups.pruned + con.row_groups_dynamic, 9, "{con:?}");
    assert_eq!((con.rows, con.bytes, sin.bytes), (500, 17_769, 218_413));
}

#[tokio::test]
async fn contar_filas_no_lee_ninguna_y_sin_estadisticas_si() {
    let dir = archivos(&tienda(), en_trozos());
    let sql = "SELECT COUNT(*), MIN(fecha), MAX(fecha) FROM ventas";
    let (del_pie, n) = medir(&dir, &[], sql).await;
    assert_eq!(n, ScalarValue::Int64(Some(20_000)));
    assert_eq!(del_pie, Scanned::default());
    let (leyendo, misma) = medir(&dir, &[("execution.collect_statistics", "false")], sql).await;
    assert_eq!(n, misma);
    assert_eq!(leyendo.rows, 20_000);
}

/// Parquet leaves NaN out of its least and greatest values: [NaN, 1.0] looks like two times 1.0.
#[tokio::test]
async fn por_omision_un_nan_se_cuenta_por_su_vecino_y_sin_estadisticas_no() {
    let dir = temp::dir().unwrap();
    let ruta = dir.path().join("montos.parquet");
    let montos: ArrayRef = Arc::new(Float64Array::from(vec![f64::NAN, 1.0]));
    let lote = RecordBatch::try_from_iter([("monto", montos)]).unwrap();
    let mut escritor =
        ArrowWriter::try_new(File::create(&ruta).unwrap(), lote.schema(), None).unwrap();
    escritor.write(&lote).unwrap();
    escritor.close().unwrap();
    for (ajustes, suma) in [(Settings::default(), 2.0), (Settings::wary(), f64::NAN)] {
        let engine = Engine::new(&ajustes).unwrap();
        engine.register_file("montos", &ruta).await.unwrap();
        let (_, dicho) = preguntar(&engine, "SELECT SUM(monto) FROM montos").await;
        let ScalarValue::Float64(Some(dicho)) = dicho else {
            panic!("{dicho:?}")
        };
        assert_eq!(dicho.to_bits(), suma.to_bits(), "{dicho}");
    }
}
