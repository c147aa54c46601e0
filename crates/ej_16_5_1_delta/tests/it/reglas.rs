//! CHECK constraints, generated columns, columns without nulls.

use crate::bancada::{ambos, en_disco, lote_de, numeros, venta};
use arrow::array::{ArrayRef, Int64Array, RecordBatch, StringArray};
use arrow::datatypes::{DataType as Arrow, Field, Schema};
use datafusion::prelude::{col, lit};
use datafusion::scalar::ScalarValue;
use deltalake::kernel::DataType;
use ej_16_5_1_delta::{
    MergeSession, Sale, TableError, TableSpec, add_check, append, cells, delete_where, drop_check,
    generated, query, update_where, upsert,
};
use std::sync::Arc;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn un_check_se_exige_a_lo_que_hay_y_a_todo_lo_que_llega() {
    for sitio in ambos() {
        let tabla = sitio
            .con(&[&[venta(1, "norte", 100), venta(2, "sur", -5)]])
            .await;
        let positivo = || col("monto").gt(lit(0));
        let error = add_check(tabla.clone(), "monto_positivo", positivo()).await;
        assert!(matches!(error, Err(TableError::Rows(_))), "{error:?}");
        let (tabla, _) = delete_where(tabla, col("monto").lt_eq(lit(0)))
            .await
            .unwrap();
        let tabla = add_check(tabla, "monto_positivo", positivo())
            .await
            .unwrap();
        let version = tabla.version();

        let mala = || lote_de(&[venta(3, "este", 700), venta(4, "este", 0)]);
        let intentos = [
            append(tabla.clone(), [mala()]).await.err(),
            upsert(tabla.clone(), mala(), MergeSession::unbounded())
                .await
                .err(),
            update_where(
                tabla.clone(),
                col("venta_id").eq(lit(1i64)),
                [("monto", lit(ScalarValue::Decimal128(Some(-1), 18, 2)))],
            )
            .await
            .err(),
        ];
        for error in intentos {
            assert!(matches!(error, Some(TableError::Rows(_))), "{error:?}");
        }
        assert_eq!(numeros(&sitio.ventas().await), [1]);
        assert_eq!(sitio.place.open().await.unwrap().version(), version);

        let tabla = drop_check(tabla, "monto_positivo").await.unwrap();
        append(tabla, [mala()]).await.unwrap();
        assert_eq!(numeros(&sitio.ventas().await), [1, 3, 4]);
    }
}

#[tokio::test]
async fn un_check_se_guarda_como_texto_sql_en_el_dialecto_de_datafusion() {
    let sitio = en_disco();
    let tabla = sitio.con(&[&[venta(1, "norte", 100)]]).await;
    let tabla = add_check(tabla, "monto", col("monto").gt(lit(0)))
        .await
        .unwrap();
    let tabla = add_check(tabla, "numero", col("venta_id").gt(lit(0)))
        .await
        .unwrap();
    let tabla = add_check(tabla, "region", col("region").not_eq(lit("luna")))
        .await
        .unwrap();
    let reglas = tabla.snapshot().unwrap().metadata().configuration().clone();
    // The number takes the type of its column, and the type is written as DataFusion writes it.
    assert_eq!(
        reglas["delta.constraints.monto"],
        "monto > '0.00'::decimal(18, 2)"
    );
    assert_eq!(reglas["delta.constraints.numero"], "venta_id > 0");
    assert_eq!(reglas["delta.constraints.region"], "region != 'luna'");
}

fn con_lote(ventas: &[Sale], lotes: &[i64]) -> RecordBatch {
    let lote = lote_de(ventas);
    let mut campos = lote.schema().fields().to_vec();
    campos.push(Arc::new(Field::new("lote", Arrow::Int64, true)));
    let mut columnas = lote.columns().to_vec();
    columnas.push(Arc::new(Int64Array::from(lotes.to_vec())));
    RecordBatch::try_new(Arc::new(Schema::new(campos)), columnas).unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn una_columna_generada_se_calcula_si_falta_y_se_comprueba_si_viene() {
    for sitio in ambos() {
        let forma = TableSpec::sales().column(generated("lote", DataType::LONG, "venta_id % 100"));
        let tabla = sitio
            .con_forma(&forma, &[&[venta(1_207, "norte", 1)]])
            .await;
        let tabla = append(tabla, [con_lote(&[venta(305, "sur", 2)], &[5])])
            .await
            .unwrap();
        let error = append(tabla.clone(), [con_lote(&[venta(306, "sur", 3)], &[7])]).await;
        assert!(matches!(error, Err(TableError::Rows(_))), "{error:?}");
        let filas = query(&tabla, "SELECT venta_id, lote FROM ventas")
            .await
            .unwrap();
        assert_eq!(
            cells(&filas, &["venta_id", "lote"]).unwrap(),
            ["1207 | 7", "305 | 5"]
        );
        assert_eq!(sitio.place.open().await.unwrap().version(), Some(2));
    }
}

#[tokio::test]
async fn en_merge_la_columna_generada_tambien_se_calcula_y_en_update_hay_que_darla() {
    let sitio = en_disco();
    let forma = TableSpec::sales().column(generated("lote", DataType::LONG, "venta_id % 100"));
    let tabla = sitio
        .con_forma(&forma, &[&[venta(1_207, "norte", 1)]])
        .await;
    let (tabla, _) = upsert(
        tabla,
        lote_de(&[venta(411, "este", 9)]),
        MergeSession::unbounded(),
    )
    .await
    .unwrap();
    let filas = query(&tabla, "SELECT venta_id, lote FROM ventas")
        .await
        .unwrap();
    assert_eq!(
        cells(&filas, &["venta_id", "lote"]).unwrap(),
        ["1207 | 7", "411 | 11"]
    );
    // An update does not compute it anew: a new number alone breaks the rule, with its batch it is taken.
    let es = || col("venta_id").eq(lit(411i64));
    let sola = update_where(tabla.clone(), es(), [("venta_id", lit(412i64))]).await;
    assert!(matches!(sola, Err(TableError::Rows(_))), "{sola:?}");
    let (tabla, _) = update_where(
        tabla,
        es(),
        [("venta_id", lit(412i64)), ("lote", lit(12i64))],
    )
    .await
    .unwrap();
    let filas = query(&tabla, "SELECT venta_id, lote FROM ventas")
        .await
        .unwrap();
    assert_eq!(
        cells(&filas, &["venta_id", "lote"]).unwrap(),
        ["1207 | 7", "412 | 12"]
    );
}

/// `with_column` of the library writes the JSON of the text, quotes and all: in SQL the name of a column that is not there.
#[tokio::test]
async fn with_column_entrecomilla_la_expresion_y_la_tabla_no_admite_ninguna_fila() {
    let sitio = en_disco();
    let clave = "delta.generationExpression".to_owned();
    let expresion = [(clave, serde_json::Value::from("region || '!'"))].into();
    let creada = sitio
        .place
        .unopened()
        .create()
        .with_column("region", DataType::STRING, true, None)
        .with_column("grito", DataType::STRING, true, Some(expresion))
        .await
        .unwrap();
    let lote = RecordBatch::try_from_iter([(
        "region",
        Arc::new(StringArray::from(vec!["sur"])) as ArrayRef,
    )])
    .unwrap();
    let error = append(creada, [lote]).await.unwrap_err().to_string();
    let dice = r#"No field named "region || '!'"."#;
    assert!(error.contains(dice), "{error}");
}

#[tokio::test]
async fn una_funcion_que_solo_conoce_spark_impide_escribir_y_no_leer() {
    let sitio = en_disco();
    // The row is written under a rule that both know; then the log says what Spark would have said in its place.
    let forma = TableSpec::sales().column(generated("anio", DataType::INTEGER, "2000 + 24"));
    drop(sitio.con_forma(&forma, &[&[venta(1, "sur", 1)]]).await);
    let commit = std::fs::read_to_string(sitio.commit(0)).unwrap();
    let nuestra = r#"\"delta.generationExpression\":\"2000 + 24\""#;
    assert_eq!(commit.matches(nuestra).count(), 1, "{commit}");
    let commit = commit.replace(nuestra, &nuestra.replace("2000 + 24", "YEAR(fecha)"));
    std::fs::write(sitio.commit(0), commit).unwrap();

    let tabla = sitio.place.open().await.unwrap();
    let filas = query(&tabla, "SELECT venta_id, anio FROM ventas")
        .await
        .unwrap();
    assert_eq!(cells(&filas, &["venta_id", "anio"]).unwrap(), ["1 | 2024"]);
    let antes = sitio.arbol();
    let error = append(tabla, [lote_de(&[venta(2, "sur", 2)])]).await;
    let dice = error.unwrap_err().to_string();
    assert!(dice.contains("Invalid function 'year'"), "{dice}");
    assert_eq!(antes.changes(&sitio.arbol()), []);
}

#[tokio::test]
async fn un_nulo_donde_no_se_admite_rechaza_el_lote_entero() {
    let sitio = en_disco();
    let tabla = sitio.con(&[]).await;
    let lote = lote_de(&[venta(1, "sur", 1), venta(2, "sur", 2)]);
    let mut campos = lote.schema().fields().to_vec();
    campos[0] = Arc::new(Field::new("venta_id", Arrow::Int64, true));
    let mut columnas = lote.columns().to_vec();
    columnas[0] = Arc::new(Int64Array::from(vec![Some(1), None]));
    let lote = RecordBatch::try_new(Arc::new(Schema::new(campos)), columnas).unwrap();
    let error = append(tabla, [lote]).await;
    assert!(matches!(error, Err(TableError::Rows(_))), "{error:?}");
    assert_eq!(sitio.ventas().await, []);
}
