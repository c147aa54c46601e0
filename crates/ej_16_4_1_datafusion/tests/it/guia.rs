//! The guide's query: from files, from memory, with its date as text and as a value.

use crate::tienda::{archivos, con, en_trozos, esperado, fecha, por_region, sesion, tienda};
use datafusion::common::ScalarValue;
use datafusion::prelude::SessionContext;
use ecommerce_model::Fecha;
use ecommerce_testkit::temp;
use ej_16_4_1_datafusion::{
    CONSULTA, Engine, EngineError, Layout, Settings, Shop, plan_revenue, revenue_por_region, run,
};
use proptest::prelude::*;
use std::collections::BTreeMap;
use tokio::runtime::Runtime;

#[tokio::test]
async fn la_respuesta_es_la_del_bucle_sobre_centavos_tambien_sin_cliente() {
    let tienda = tienda();
    let dir = archivos(&tienda, en_trozos());
    let engine = sesion(&dir, &Settings::default()).await;
    for desde in ["2024-01-01", "2023-07-01", "2024-06-30"] {
        let filas = revenue_por_region(&engine, fecha(desde)).await.unwrap();
        assert_eq!(
            por_region(&filas),
            esperado(&tienda, fecha(desde)),
            "{desde}"
        );
        assert!(filas.is_sorted_by(|uno, otro| uno.revenue >= otro.revenue));
    }
    let filas = revenue_por_region(&engine, fecha("2024-01-01"))
        .await
        .unwrap();
    let sin_region: Vec<_> = filas.iter().filter(|fila| fila.region.is_none()).collect();
    assert_eq!(sin_region.len(), 1);
    assert!(sin_region[0].revenue > 0.0);
    assert_eq!(
        revenue_por_region(&engine, fecha("2024-07-01"))
            .await
            .unwrap(),
        []
    );
}

#[tokio::test]
async fn en_memoria_y_en_archivos_la_respuesta_es_la_misma() {
    let tienda = tienda();
    let dir = archivos(&tienda, Layout::default());
    let disco = sesion(&dir, &Settings::default()).await;
    let memoria = Engine::new(&Settings::default()).unwrap();
    let ventas =
        [0..7_000, 7_000..7_001, 7_001..20_000].map(|filas| tienda.sales_batch(filas).unwrap());
    memoria.register_batches("ventas", ventas.to_vec()).unwrap();
    let clientes = tienda.customers_batch().unwrap();
    memoria
        .register_batches("clientes", vec![clientes])
        .unwrap();
    let desde = fecha("2024-01-01");
    assert_eq!(
        por_region(&revenue_por_region(&disco, desde).await.unwrap()),
        por_region(&revenue_por_region(&memoria, desde).await.unwrap()),
    );
}

#[tokio::test]
async fn una_sesion_sirve_para_muchas_consultas_a_la_vez() {
    let tienda = tienda();
    let dir = archivos(&tienda, en_trozos());
    let engine = sesion(&dir, &Settings::default()).await;
    let tareas: Vec<_> = ["2023-08-01", "2023-12-01", "2024-03-01", "2024-05-01"]
        .into_iter()
        .map(|desde| {
            let engine = engine.clone();
            tokio::spawn(async move {
                (
                    desde,
                    revenue_por_region(&engine, fecha(desde)).await.unwrap(),
                )
            })
        })
        .collect();
    for tarea in tareas {
        let (desde, filas) = tarea.await.unwrap();
        assert_eq!(por_region(&filas), esperado(&tienda, fecha(desde)));
    }
}

#[tokio::test]
async fn el_texto_de_la_guia_se_compara_como_fecha_porque_la_columna_lo_es() {
    let dir = archivos(&tienda(), en_trozos());
    let engine = sesion(&dir, &Settings::default()).await;
    let con_texto = CONSULTA.replace("$desde", "'2024-01-01'");
    let texto = engine.query(&con_texto).await.unwrap();
    let tipada = plan_revenue(&engine, fecha("2024-01-01")).await.unwrap();
    assert_eq!(
        texto.clone().into_optimized_plan().unwrap().to_string(),
        tipada.into_optimized_plan().unwrap().to_string()
    );
    // What cannot be a date is an error of the plan, before a byte is read.
    let mala = CONSULTA.replace("$desde", "'2024-13-45'");
    let error = run(engine.query(&mala).await.unwrap()).await.unwrap_err();
    assert!(matches!(error, EngineError::Sql(_)), "{error}");
    // As a column of text, the same condition compares letters.
    let letras = "SELECT COUNT(*) AS n FROM (VALUES ('2024-1-9'), ('2024-02-01')) AS t(fecha) WHERE fecha >= '2024-01-15'";
    let filas = engine.rows(letras).await.unwrap();
    let n = ScalarValue::try_from_array(filas[0].column(0), 0).unwrap();
    assert_eq!(n, ScalarValue::Int64(Some(2)));
}

#[tokio::test]
async fn sin_su_parametro_la_consulta_no_corre() {
    let dir = archivos(&tienda(), en_trozos());
    let engine = sesion(&dir, &Settings::default()).await;
    let error = run(engine.query(CONSULTA).await.unwrap())
        .await
        .unwrap_err();
    assert!(error.to_string().contains("$desde"), "{error}");
}

/// The guide's program, with the frame cloned: `collect` takes it.
#[tokio::test]
async fn el_programa_de_la_guia_con_un_clone_recoge_y_muestra() {
    let dir = archivos(&tienda(), en_trozos());
    let ctx = SessionContext::new();
    for tabla in ["ventas", "clientes"] {
        let ruta = dir.path().join(format!("{tabla}.parquet"));
        ctx.register_parquet(tabla, ruta.to_str().unwrap(), Default::default())
            .await
            .unwrap();
    }
    let df = ctx
        .sql(&CONSULTA.replace("$desde", "'2024-01-01'"))
        .await
        .unwrap();
    let resultados = df.clone().collect().await.unwrap();
    let filas: usize = resultados.iter().map(|lote| lote.num_rows()).sum();
    let mostrado = df.to_string().await.unwrap();
    // Three rules, the header, and the rows.
    assert_eq!(mostrado.lines().count(), filas + 4);
    assert_eq!(filas, esperado(&tienda(), fecha("2024-01-01")).len());
}

#[tokio::test]
async fn sin_ventas_la_respuesta_no_tiene_filas() {
    let tienda = Shop::new(42, 0).unwrap();
    let dir = temp::dir().unwrap();
    let ruta = dir.path().join("ventas.parquet");
    tienda.write_sales(&ruta, Layout::default()).unwrap();
    tienda
        .write_customers(&dir.path().join("clientes.parquet"))
        .unwrap();
    let engine = sesion(&dir, &con(&[])).await;
    assert_eq!(
        revenue_por_region(&engine, fecha("2024-01-01"))
            .await
            .unwrap(),
        []
    );
}

/// A batch with thousands of row groups overflowed the stack while it was written.
#[tokio::test]
async fn con_un_grupo_por_fila_la_respuesta_es_la_misma() {
    let tienda = Shop::new(42, 5_000).unwrap();
    let layout = Layout {
        group_rows: 1,
        ..Layout::default()
    };
    let dir = archivos(&tienda, layout);
    let desde = fecha("2024-06-01");
    let filas = revenue_por_region(&sesion(&dir, &con(&[])).await, desde)
        .await
        .unwrap();
    assert_eq!(por_region(&filas), esperado(&tienda, desde));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 12, failure_persistence: None, ..ProptestConfig::default() })]

    /// Whatever the shop, how its file is cut and since when: the answer is the loop's.
    #[test]
    fn cualquier_tienda_en_cualquier_reparto_da_lo_del_bucle(
        semilla in any::<u64>(),
        ventas in 0_u64..1_500,
        grupo in 1_usize..400,
        pagina in 1_usize..100,
        dia in 0_i32..370,
        empujar in any::<bool>(),
        particiones in 1_usize..4,
    ) {
        let tienda = Shop::new(semilla, ventas).unwrap();
        let desde = fecha("2023-07-01").days_since_epoch() + dia;
        let desde = Fecha::from_days_since_epoch(desde).unwrap();
        let layout = Layout { group_rows: grupo, page_rows: pagina, ..Layout::default() };
        let dir = archivos(&tienda, layout);
        let ajustes = con(&[
            ("execution.parquet.pushdown_filters", &empujar.to_string()),
            ("execution.target_partitions", &particiones.to_string()),
        ]);
        let filas = Runtime::new().unwrap().block_on(async {
            revenue_por_region(&sesion(&dir, &ajustes).await, desde).await.unwrap()
        });
        // A mean that ends in half a cent may round either way.
        let sin_media = |cifras: BTreeMap<Option<String>, (i64, i64, i64)>| -> Vec<_> {
            cifras.into_iter().map(|(region, (centavos, usuarios, _))| (region, centavos, usuarios)).collect()
        };
        prop_assert_eq!(sin_media(por_region(&filas)), sin_media(esperado(&tienda, desde)));
    }
}
