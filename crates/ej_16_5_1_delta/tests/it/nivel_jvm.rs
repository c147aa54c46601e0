//! Spark with Delta on the same tables: what one writes the other reads and changes, cell by cell.

mod spark;

use crate::bancada::{Sitio, en_disco, lote_de, numeros, venta, venta_del};
use crate::fusion::{con_todas_las_clausulas, para_todas_las_clausulas};
use datafusion::prelude::{col, lit};
use deltalake::kernel::DataType;
use ej_16_5_1_delta::log::Action;
use ej_16_5_1_delta::{
    MergeSession, Sale, TableError, TableSpec, add_check, append, cells, checkpoint, delete_where,
    generated, history, log, query, read_sales, set_properties, update_where, upsert, walk,
};
use serde_json::json;
use spark::spark;
use std::fs;

const VENTAS: [&str; 4] = ["venta_id", "fecha", "region", "monto"];

/// The table in SQL of Spark.
fn en_spark(sitio: &Sitio) -> String {
    format!("delta.`{}`", sitio.raiz.display())
}

/// The cells of a version by Rust, in the words that the script uses too.
async fn celdas(sitio: &Sitio, version: Option<u64>, columnas: &[&str]) -> Vec<String> {
    let tabla = match version {
        Some(version) => sitio.place.open_at(version).await,
        None => sitio.place.open().await,
    };
    let filas = query(&tabla.unwrap(), "SELECT * FROM ventas")
        .await
        .unwrap();
    cells(&filas, columnas).unwrap()
}

#[tokio::test]
#[ignore = "tier jvm: cargo xtask test"]
async fn spark_lee_celda_a_celda_cada_version_del_recorrido() {
    let sitio = en_disco();
    let pasos = walk(&sitio.place).await.unwrap();
    let mut spark = spark().await;
    for paso in &pasos {
        let version = Some(paso.version);
        assert_eq!(
            spark.leer(&sitio.raiz, version, &VENTAS),
            celdas(&sitio, version, &VENTAS).await,
            "{}",
            paso.titulo
        );
    }
    let con_canal = [&VENTAS[..], &["canal"]].concat();
    assert_eq!(
        spark.leer(&sitio.raiz, Some(8), &con_canal),
        celdas(&sitio, Some(8), &con_canal).await
    );
    let historia = spark.historia(&sitio.raiz);
    let nuestra = history(&sitio.place.open().await.unwrap()).await.unwrap();
    let nuestra: Vec<String> = nuestra.into_iter().rev().map(|c| c.operation).collect();
    assert_eq!(historia, nuestra);
}

#[tokio::test]
#[ignore = "tier jvm: cargo xtask test"]
async fn los_dos_cambian_la_misma_tabla_por_turnos() {
    let sitio = en_disco();
    let forma = TableSpec::sales().partitioned_by("fecha");
    let lunes = [venta_del(1, 1, "norte", 100), venta_del(1, 2, "sur", 200)];
    let tabla = sitio.con_forma(&forma, &[&lunes]).await;
    add_check(tabla, "monto_positivo", col("monto").gt(lit(0)))
        .await
        .unwrap();
    let t = en_spark(&sitio);
    let mut spark = spark().await;

    // Spark: append, update, delete, merge, compact, checkpoint.
    for texto in [
        format!(
            "INSERT INTO {t} VALUES (11, DATE'2024-01-16', 'este', 3.00), (12, DATE'2024-01-16', NULL, 4.00), (13, DATE'2024-01-16', 'sur', 5.00)"
        ),
        format!("UPDATE {t} SET region = 'desconocida' WHERE region IS NULL"),
        format!("DELETE FROM {t} WHERE venta_id = 13"),
        format!(
            "MERGE INTO {t} AS d USING (SELECT 1 AS venta_id, DATE'2024-01-15' AS fecha, 'norte' AS region, CAST(9.99 AS DECIMAL(18,2)) AS monto) AS o ON d.venta_id = o.venta_id WHEN MATCHED THEN UPDATE SET monto = o.monto WHEN NOT MATCHED THEN INSERT *"
        ),
        format!("OPTIMIZE {t} ZORDER BY (venta_id)"),
    ] {
        spark.sql(&texto).unwrap();
    }
    assert_eq!(numeros(&sitio.ventas().await), [1, 2, 11, 12]);
    assert_eq!(
        spark.leer(&sitio.raiz, None, &VENTAS),
        celdas(&sitio, None, &VENTAS).await
    );

    // Rust: append, update, delete, merge; the rule of the table is each one's.
    let tabla = sitio.place.open().await.unwrap();
    let tabla = append(tabla, [lote_de(&[venta_del(2, 14, "oeste", 600)])])
        .await
        .unwrap();
    let (tabla, _) = update_where(
        tabla,
        col("venta_id").eq(lit(2i64)),
        [("region", lit("sureste"))],
    )
    .await
    .unwrap();
    let (tabla, _) = delete_where(tabla, col("region").eq(lit("este")))
        .await
        .unwrap();
    let (tabla, _) = upsert(
        tabla,
        lote_de(&[
            venta_del(1, 1, "norte", 1_001),
            venta_del(2, 15, "sur", 700),
        ]),
        MergeSession::unbounded(),
    )
    .await
    .unwrap();
    assert_eq!(
        spark.leer(&sitio.raiz, None, &VENTAS),
        celdas(&sitio, None, &VENTAS).await
    );
    assert_eq!(
        spark.leer(&sitio.raiz, None, &["venta_id", "region", "monto"]),
        [
            "1 | \"norte\" | 10.01",
            "12 | \"desconocida\" | 4.00",
            "14 | \"oeste\" | 6.00",
            "15 | \"sur\" | 7.00",
            "2 | \"sureste\" | 2.00"
        ]
    );
    let mala = append(tabla, [lote_de(&[venta_del(2, 16, "sur", -1)])]).await;
    assert!(matches!(mala, Err(TableError::Rows(_))));
    let mala = spark.sql(&format!(
        "INSERT INTO {t} VALUES (17, DATE'2024-01-16', 'sur', -1.00)"
    ));
    assert!(mala.unwrap_err().contains("monto_positivo"));
}

#[tokio::test]
#[ignore = "tier jvm: cargo xtask test"]
async fn una_tabla_de_spark_con_reglas_se_lee_se_respeta_y_se_cambia_desde_rust() {
    let sitio = en_disco();
    let t = en_spark(&sitio);
    let mut spark = spark().await;
    spark
        .sql(&format!(
            "CREATE TABLE {t} (venta_id BIGINT NOT NULL, fecha DATE NOT NULL, region STRING, monto DECIMAL(18,2) NOT NULL, \
             lote BIGINT GENERATED ALWAYS AS (venta_id % 100)) USING DELTA PARTITIONED BY (fecha)"
        ))
        .unwrap();
    spark
        .sql(&format!(
            "ALTER TABLE {t} ADD CONSTRAINT positivo CHECK (monto > 0)"
        ))
        .unwrap();
    spark.sql(&format!("INSERT INTO {t} (venta_id, fecha, region, monto) VALUES (1207, DATE'2024-01-15', 'norte', 1.00)")).unwrap();
    let columnas = ["venta_id", "fecha", "region", "monto", "lote"];
    assert_eq!(
        celdas(&sitio, None, &columnas).await,
        ["1207 | 2024-01-15 | \"norte\" | 1.00 | 7"]
    );

    let tabla = sitio.place.open().await.unwrap();
    let mala = append(tabla.clone(), [lote_de(&[venta(5, "sur", 0)])]).await;
    assert!(matches!(mala, Err(TableError::Rows(_))), "{mala:?}");
    append(tabla, [lote_de(&[venta(311, "sur", 200)])])
        .await
        .unwrap();
    assert_eq!(
        spark.leer(&sitio.raiz, None, &columnas),
        celdas(&sitio, None, &columnas).await
    );
    assert_eq!(
        spark.leer(&sitio.raiz, None, &["venta_id", "lote"]),
        ["1207 | 7", "311 | 11"]
    );
}

#[tokio::test]
#[ignore = "tier jvm: cargo xtask test"]
async fn una_columna_generada_de_rust_la_calcula_y_la_exige_spark() {
    let sitio = en_disco();
    let forma = TableSpec::sales().column(generated("lote", DataType::LONG, "venta_id % 100"));
    drop(
        sitio
            .con_forma(&forma, &[&[venta(1_207, "norte", 100)]])
            .await,
    );
    let t = en_spark(&sitio);
    let mut spark = spark().await;
    spark.sql(&format!("INSERT INTO {t} (venta_id, fecha, region, monto) VALUES (311, DATE'2024-01-15', 'sur', 2.00)")).unwrap();
    let mala = spark.sql(&format!(
        "INSERT INTO {t} VALUES (312, DATE'2024-01-15', 'sur', 2.00, 99)"
    ));
    assert!(mala.is_err());
    assert_eq!(
        celdas(&sitio, None, &["venta_id", "lote"]).await,
        ["1207 | 7", "311 | 11"]
    );
}

/// A rule is text: what DataFusion writes for a typed decimal has to be SQL for Spark as well.
#[tokio::test]
#[ignore = "tier jvm: cargo xtask test"]
async fn el_texto_de_un_check_de_rust_lo_entiende_spark() {
    let sitio = en_disco();
    let tabla = sitio.con(&[&[venta(1, "norte", 100)]]).await;
    let medio = datafusion::scalar::ScalarValue::Decimal128(Some(50), 18, 2);
    let tabla = add_check(tabla, "medio", col("monto").gt(lit(medio)))
        .await
        .unwrap();
    drop(tabla);
    let t = en_spark(&sitio);
    let mut spark = spark().await;
    spark
        .sql(&format!(
            "INSERT INTO {t} VALUES (2, DATE'2024-01-15', 'sur', 0.51)"
        ))
        .unwrap();
    let mala = spark.sql(&format!(
        "INSERT INTO {t} VALUES (3, DATE'2024-01-15', 'sur', 0.50)"
    ));
    assert!(mala.unwrap_err().contains("medio"));
    assert_eq!(numeros(&sitio.ventas().await), [1, 2]);
}

#[tokio::test]
#[ignore = "tier jvm: cargo xtask test"]
async fn cada_uno_lee_el_checkpoint_del_otro_sin_los_commits() {
    let mut spark = spark().await;
    // Ours, read by Spark.
    let sitio = en_disco();
    let tabla = sitio
        .con(&[&[venta(1, "norte", 100)], &[venta(2, "sur", 200)]])
        .await;
    checkpoint(&tabla).await.unwrap();
    for version in 0..=1 {
        fs::remove_file(sitio.commit(version)).unwrap();
    }
    assert_eq!(
        spark.leer(&sitio.raiz, None, &VENTAS),
        celdas(&sitio, None, &VENTAS).await
    );
    // Spark's, read by us.
    let otro = en_disco();
    drop(otro.con(&[&[venta(1, "norte", 100)]]).await);
    let t = en_spark(&otro);
    spark
        .sql(&format!(
            "INSERT INTO {t} VALUES (2, DATE'2024-01-15', NULL, 2.00)"
        ))
        .unwrap();
    spark
        .pide(&json!({"orden": "checkpoint", "tabla": otro.raiz}))
        .unwrap();
    for version in 0..=2 {
        let _ = fs::remove_file(otro.commit(version));
        let _ = fs::remove_file(otro.raiz.join(format!("_delta_log/{version:020}.crc")));
    }
    let tabla = otro.place.open().await.unwrap();
    assert_eq!(numeros(&read_sales(&tabla).await.unwrap()), [1, 2]);
}

#[tokio::test]
#[ignore = "tier jvm: cargo xtask test"]
async fn los_vectores_de_borrado_de_spark_se_leen_y_rust_reescribe_el_archivo() {
    let sitio = en_disco();
    let tabla = sitio
        .con(&[&[
            venta(1, "norte", 100),
            venta(2, "sur", 200),
            venta(3, "este", 300),
        ]])
        .await;
    drop(tabla);
    let t = en_spark(&sitio);
    let mut spark = spark().await;
    spark
        .sql(&format!(
            "ALTER TABLE {t} SET TBLPROPERTIES ('delta.enableDeletionVectors' = true)"
        ))
        .unwrap();
    spark
        .sql(&format!("DELETE FROM {t} WHERE venta_id = 2"))
        .unwrap();
    let vectores = || {
        let entradas = fs::read_dir(&sitio.raiz).unwrap().flatten();
        entradas
            .filter(|e| e.path().extension().is_some_and(|e| e == "bin"))
            .count()
    };
    assert_eq!(vectores(), 1, "Spark wrote a deletion vector");
    assert_eq!(numeros(&sitio.ventas().await), [1, 3]);
    let tabla = sitio.place.open().await.unwrap();
    let (tabla, _) = delete_where(tabla, col("venta_id").eq(lit(1i64)))
        .await
        .unwrap();
    assert_eq!(numeros(&read_sales(&tabla).await.unwrap()), [3]);
    let entrada = log::read(&sitio.place, tabla.version().unwrap()).await;
    let con_vector = |a: &Action| matches!(a, Action::Add(add) if add.deletion_vector.is_some());
    assert!(!entrada.unwrap().actions.iter().any(con_vector));
    assert_eq!(vectores(), 1, "and Rust none");
    assert_eq!(
        spark.leer(&sitio.raiz, None, &VENTAS),
        celdas(&sitio, None, &VENTAS).await
    );
}

/// A property that one sets the other obeys.
#[tokio::test]
#[ignore = "tier jvm: cargo xtask test"]
async fn solo_anadir_lo_respetan_los_dos() {
    let sitio = en_disco();
    let tabla = sitio.con(&[&[venta(1, "norte", 100)]]).await;
    let tabla = set_properties(tabla, &[("delta.appendOnly", "true")])
        .await
        .unwrap();
    let mut spark = spark().await;
    let error = spark.sql(&format!(
        "DELETE FROM {} WHERE venta_id = 1",
        en_spark(&sitio)
    ));
    assert!(error.unwrap_err().to_lowercase().contains("append"));
    let error = delete_where(tabla, col("venta_id").eq(lit(1i64))).await;
    assert!(error.unwrap_err().to_string().contains("append-only"));
    assert_eq!(numeros(&sitio.ventas().await), [1]);
}

/// What MERGE refuses in one it refuses in the other.
#[tokio::test]
#[ignore = "tier jvm: cargo xtask test"]
async fn dos_cambios_de_la_misma_fila_son_un_error_tambien_en_spark() {
    let sitio = en_disco();
    drop(sitio.con(&[&[venta(1, "norte", 100)]]).await);
    let t = en_spark(&sitio);
    let error = spark().await.sql(&format!(
        "MERGE INTO {t} AS d USING (SELECT 1 AS venta_id, n AS monto FROM VALUES (CAST(2.00 AS DECIMAL(18,2))), (CAST(3.00 AS DECIMAL(18,2))) AS v(n)) AS o \
         ON d.venta_id = o.venta_id WHEN MATCHED THEN UPDATE SET monto = o.monto"
    ));
    assert!(
        error
            .unwrap_err()
            .contains("DELTA_MULTIPLE_SOURCE_ROW_MATCHING_TARGET_ROW_IN_MERGE")
    );
    assert_eq!(sitio.ventas().await, [venta(1, "norte", 100)]);
}

/// The same MERGE, with two or three clauses of each kind, on two tables that hold the same.
#[tokio::test]
#[ignore = "tier jvm: cargo xtask test"]
async fn el_mismo_merge_con_todas_sus_clausulas_da_lo_mismo_en_rust_y_en_spark() {
    let (nuestra, suya, origen) = (en_disco(), en_disco(), en_disco());
    let (hay, llegan, quedan) = para_todas_las_clausulas();
    con_todas_las_clausulas(nuestra.con(&[&hay]).await, &llegan).await;
    drop(suya.con(&[&hay]).await);
    drop(origen.con(&[&llegan]).await);
    let (d, o) = (en_spark(&suya), en_spark(&origen));
    spark()
        .await
        .sql(&format!(
            "MERGE INTO {d} AS d USING {o} AS o ON o.venta_id = d.venta_id \
             WHEN MATCHED AND o.monto = 0 THEN DELETE \
             WHEN MATCHED AND o.monto > 10 THEN UPDATE SET monto = o.monto \
             WHEN MATCHED THEN UPDATE SET region = o.region \
             WHEN NOT MATCHED AND o.monto > 5 THEN INSERT (venta_id, fecha, region, monto) VALUES (o.venta_id, o.fecha, o.region, o.monto) \
             WHEN NOT MATCHED AND o.region = 'sur' THEN INSERT (venta_id, fecha, region, monto) VALUES (o.venta_id, o.fecha, 'por revisar', o.monto) \
             WHEN NOT MATCHED BY SOURCE AND d.region = 'este' THEN DELETE \
             WHEN NOT MATCHED BY SOURCE THEN UPDATE SET region = 'vieja'"
        ))
        .unwrap();
    assert_eq!(suya.ventas().await, quedan);
    assert_eq!(nuestra.ventas().await, quedan);
}

#[tokio::test]
#[ignore = "tier jvm: cargo xtask test"]
async fn spark_escribe_un_checkpoint_cada_diez_commits() {
    let sitio = en_disco();
    let lotes: Vec<[Sale; 1]> = (1..10).map(|i| [venta(i, "sur", 100)]).collect();
    let lotes: Vec<&[Sale]> = lotes.iter().map(|lote| lote.as_slice()).collect();
    drop(sitio.con(&lotes).await);
    assert!(
        log::files(&sitio.place)
            .await
            .unwrap()
            .checkpoints
            .is_empty()
    );
    let t = en_spark(&sitio);
    spark()
        .await
        .sql(&format!(
            "INSERT INTO {t} VALUES (10, DATE'2024-01-15', 'sur', 1.00)"
        ))
        .unwrap();
    assert_eq!(log::files(&sitio.place).await.unwrap().checkpoints, [10]);
    assert_eq!(sitio.ventas().await.len(), 10);
}
