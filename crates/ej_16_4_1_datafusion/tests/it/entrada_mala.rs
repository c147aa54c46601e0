//! What is not there, is damaged, or would write.

use crate::tienda::{archivos, en_trozos, sesion, tienda};
use arrow::datatypes::DataType;
use ecommerce_testkit::temp::{self, Tree};
use ej_16_4_1_datafusion::{Engine, EngineError, Layout, Settings, Shop};
use std::fs;
use std::path::Path;

async fn error(engine: &Engine, sql: &str) -> EngineError {
    engine.rows(sql).await.unwrap_err()
}

#[tokio::test]
async fn una_tabla_o_una_columna_que_no_hay_se_dice_con_lo_que_datafusion_propone() {
    let dir = archivos(&tienda(), en_trozos());
    let engine = sesion(&dir, &Settings::default()).await;
    for (sql, dice) in [
        (
            "SELECT mont FROM ventas",
            "No field named mont. Did you mean 'ventas.monto'?",
        ),
        ("SELECT v.region FROM ventas v", "No field named v.region"),
        (
            "SELECT 1 FROM venta",
            "table 'datafusion.public.venta' not found",
        ),
        (
            "SELECT mediana(monto) FROM ventas",
            "Invalid function 'mediana'.\nDid you mean 'median'?",
        ),
        ("SELECT monto + fecha FROM ventas", "Cannot"),
        ("SELEC 1", "Expected: an SQL statement"),
        ("SELECT 1; SELECT 2", "only supports a single"),
        ("", "No SQL statements"),
        ("SELECT * FROM '/etc/passwd'", "not found"),
    ] {
        let error = error(&engine, sql).await;
        assert!(matches!(error, EngineError::Sql(_)), "{sql}: {error:?}");
        assert!(error.to_string().contains(dice), "{sql}: {error}");
    }
}

#[tokio::test]
async fn un_sql_que_escribe_define_o_ajusta_no_se_hace() {
    let dir = archivos(&tienda(), en_trozos());
    let engine = sesion(&dir, &Settings::default()).await;
    let antes = Tree::of(dir.path()).unwrap();
    let fuera = dir.path().join("fuera.parquet");
    for sql in [
        format!("COPY ventas TO '{}'", fuera.display()),
        format!(
            "CREATE EXTERNAL TABLE f STORED AS PARQUET LOCATION '{}'",
            fuera.display()
        ),
        "INSERT INTO ventas SELECT * FROM ventas".into(),
        "CREATE TABLE t AS SELECT 1".into(),
        "CREATE VIEW t AS SELECT 1".into(),
        "DROP TABLE ventas".into(),
        "SET datafusion.execution.batch_size = 1".into(),
        "DELETE FROM ventas".into(),
        "UPDATE ventas SET monto = 0".into(),
        format!("EXPLAIN ANALYZE COPY ventas TO '{}'", fuera.display()),
        "PREPARE p AS SELECT 1".into(),
    ] {
        let error = error(&engine, &sql).await;
        let refused = matches!(error, EngineError::Writes(_) | EngineError::Sql(_));
        assert!(refused, "{sql}: {error:?}");
    }
    assert_eq!(antes.changes(&Tree::of(dir.path()).unwrap()), []);
    // Neither through DataFusion's own session: the store has no way to write.
    let copia = format!("COPY ventas TO '{}'", fuera.display());
    let frame = engine.context().sql(&copia).await.unwrap();
    let dicho = frame.collect().await.unwrap_err().to_string();
    assert!(dicho.contains("this engine only reads"), "{dicho}");
    assert_eq!(antes.changes(&Tree::of(dir.path()).unwrap()), []);
}

#[tokio::test]
async fn un_archivo_que_falta_o_no_es_parquet_se_dice_con_su_tabla() {
    let dir = archivos(&tienda(), en_trozos());
    let engine = Engine::new(&Settings::default()).unwrap();
    let bueno = fs::read(dir.path().join("ventas.parquet")).unwrap();
    let malo = dir.path().join("malo.parquet");
    for bytes in [
        &b""[..],
        b"PAR1",
        b"hola",
        &bueno[..bueno.len() / 2],
        &bueno[..bueno.len() - 1],
    ] {
        fs::write(&malo, bytes).unwrap();
        let error = engine.register_file("t", &malo).await.unwrap_err();
        assert!(
            matches!(&error, EngineError::Table { table, .. } if table == "t"),
            "{error:?}"
        );
        assert!(error.to_string().contains("malo.parquet"), "{error}");
    }
    for falta in [dir.path().join("no.parquet"), dir.path().to_owned()] {
        let error = engine.register_file("t", &falta).await.unwrap_err();
        assert!(matches!(error, EngineError::Table { .. }), "{error:?}");
    }
    let vacio = temp::dir().unwrap();
    for (directorio, columnas) in [
        (vacio.path(), &[][..]),
        (vacio.path(), &[("fecha", DataType::Date32)]),
        (Path::new("/no/hay/nada"), &[]),
    ] {
        let error = engine
            .register_directory("t", directorio, columnas)
            .await
            .unwrap_err();
        assert!(matches!(error, EngineError::Register { .. }), "{error:?}");
    }
    assert!(engine.query("SELECT 1 FROM t").await.is_err());
}

#[tokio::test]
async fn paginas_danadas_dan_un_error_o_la_respuesta_y_nunca_otra() {
    let tienda = Shop::new(42, 3_000).unwrap();
    let dir = archivos(&tienda, en_trozos());
    let ruta = dir.path().join("ventas.parquet");
    let bueno = fs::read(&ruta).unwrap();
    let sql = "SELECT COUNT(*) AS n, COUNT(monto) AS m FROM ventas WHERE nota > ''";
    let bien = sesion(&dir, &Settings::default())
        .await
        .rows(sql)
        .await
        .unwrap();
    let mut errores = 0;
    // Headers of pages: everything before the footer, in steps.
    for lugar in (4..bueno.len() - 3_000).step_by(bueno.len() / 60) {
        let mut malo = bueno.clone();
        for byte in &mut malo[lugar..lugar + 24] {
            *byte = !*byte;
        }
        fs::write(&ruta, &malo).unwrap();
        let engine = sesion(&dir, &Settings::default()).await;
        let dicho = tokio::spawn(async move { engine.rows(sql).await }).await;
        match dicho {
            // Flipped bytes of a text are another text: rows are counted the same.
            Ok(Ok(filas)) => assert_eq!(filas, bien, "{lugar}"),
            Ok(Err(error)) => {
                assert!(matches!(error, EngineError::Run(_)), "{error:?}");
                errores += 1;
            }
            Err(panico) => {
                assert!(panico.is_panic());
                errores += 1;
            }
        }
    }
    assert!(errores > 20, "{errores}");
}

#[tokio::test]
async fn un_nombre_con_comodines_o_espacios_es_un_nombre() {
    let tienda = Shop::new(42, 100).unwrap();
    let dir = temp::dir().unwrap();
    for nombre in [
        "a*b.parquet",
        "a?b",
        "a[1].parquet",
        "a b%20c.parquet",
        "ñandú=1",
    ] {
        let ruta = dir.path().join(nombre);
        tienda.write_sales(&ruta, Layout::default()).unwrap();
        let engine = Engine::new(&Settings::default()).unwrap();
        engine.register_file("v", &ruta).await.unwrap();
        let filas = engine.rows("SELECT venta_id FROM v").await.unwrap();
        assert_eq!(
            filas.iter().map(|lote| lote.num_rows()).sum::<usize>(),
            100,
            "{nombre}"
        );
    }
}

#[test]
fn un_ajuste_que_no_hay_se_dice_por_su_nombre() {
    for (clave, valor) in [
        ("datafusion.execution.target_particiones", "2"),
        ("datafusion.execution.target_partitions", "dos"),
        ("pushdown_filters", "true"),
    ] {
        let error = Engine::new(&Settings::default().with(clave, valor))
            .err()
            .unwrap();
        assert!(
            matches!(&error, EngineError::Setting { key, .. } if key == clave),
            "{error:?}"
        );
    }
}
