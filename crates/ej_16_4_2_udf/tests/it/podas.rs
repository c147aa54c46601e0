//! The distance in a filter of a Parquet file: where it goes, and what is not read for its sake.

use crate::{columna, filas, numeros, plan};
use datafusion::arrow::array::{Int64Array, RecordBatch};
use datafusion::execution::SessionStateBuilder;
use datafusion::logical_expr::{ScalarUDF, Volatility};
use datafusion::physical_plan::{ExecutionPlan, collect, metrics::MetricValue};
use datafusion::prelude::{ParquetReadOptions, SessionConfig, SessionContext};
use ej_16_4_2_udf::{Haversine, Nucleo, contexto, udf_de_la_guia};
use parquet::arrow::ArrowWriter;
use parquet::file::properties::WriterProperties;
use std::fs::File;
use std::path::Path;
use std::sync::Arc;
use tempfile::TempDir;

const GRUPOS: usize = 36;
const POR_GRUPO: usize = 500;

/// Deliveries all over the Earth, by latitude: five degrees in each row group. The last rows have names of no place.
fn archivo() -> TempDir {
    let dir = tempfile::tempdir().unwrap();
    let total = GRUPOS * POR_GRUPO;
    let lat = |i: usize| {
        // Two rows of the first group lie under another name in the middle of Madrid's circle.
        match i {
            7 => 180.0 - 40.42,
            8 => 40.42,
            9 => f64::NAN,
            _ => -90.0 + 180.0 * i as f64 / total as f64,
        }
    };
    let lon = |i: usize| match i {
        7 => -3.7 + 180.0,
        8 => -3.7 - 360.0,
        _ => (i as f64 * 137.507_764).rem_euclid(360.0) - 180.0,
    };
    let ids: Vec<i64> = (0..total as i64).collect();
    let nulo = |i: usize| i % 100 == 99;
    let lote = RecordBatch::try_from_iter_with_nullable([
        ("id", Arc::new(Int64Array::from(ids)) as _, false),
        (
            "lat",
            columna((0..total).map(|i| (!nulo(i)).then(|| lat(i)))),
            true,
        ),
        ("lon", columna((0..total).map(|i| Some(lon(i)))), true),
    ])
    .unwrap();
    let propiedades = WriterProperties::builder()
        .set_max_row_group_row_count(Some(POR_GRUPO))
        .build();
    let archivo = File::create(dir.path().join("entregas.parquet")).unwrap();
    let mut escritor = ArrowWriter::try_new(archivo, lote.schema(), Some(propiedades)).unwrap();
    escritor.write(&lote).unwrap();
    escritor.close().unwrap();
    dir
}

fn config(bajar_filtros: bool) -> SessionConfig {
    let mut config = SessionConfig::new().with_target_partitions(1);
    config.options_mut().execution.parquet.pushdown_filters = bajar_filtros;
    config
}

/// One context that knows the rule, and one that knows the function alone.
async fn contextos(dir: &Path, bajar_filtros: bool) -> [SessionContext; 2] {
    let con = contexto(config(bajar_filtros));
    let state = SessionStateBuilder::new()
        .with_config(config(bajar_filtros))
        .with_default_features();
    let sin = SessionContext::new_with_state(state.build());
    sin.register_udf(ScalarUDF::from(Haversine::new()));
    for ctx in [&con, &sin] {
        let ruta = dir.join("entregas.parquet");
        ctx.register_udf(udf_de_la_guia());
        ctx.register_parquet(
            "entregas",
            ruta.to_str().unwrap(),
            ParquetReadOptions::default(),
        )
        .await
        .unwrap();
    }
    [con, sin]
}

/// Row groups that statistics ruled out, those left, and the rows that the scan handed on.
async fn leido(ctx: &SessionContext, sql: &str) -> (usize, usize, usize) {
    let plan = ctx
        .sql(sql)
        .await
        .unwrap()
        .create_physical_plan()
        .await
        .unwrap();
    collect(Arc::clone(&plan), ctx.task_ctx()).await.unwrap();
    fn escaneo(plan: &Arc<dyn ExecutionPlan>) -> Arc<dyn ExecutionPlan> {
        match plan.children().first() {
            Some(hijo) => escaneo(hijo),
            None => Arc::clone(plan),
        }
    }
    let metricas = escaneo(&plan).metrics().unwrap();
    let mut podados = (0, 0);
    for metrica in metricas.iter() {
        if let MetricValue::PruningMetrics {
            name,
            pruning_metrics,
        } = metrica.value()
            && name == "row_groups_pruned_statistics"
        {
            podados.0 += pruning_metrics.pruned();
            podados.1 += pruning_metrics.matched();
        }
    }
    (podados.0, podados.1, metricas.output_rows().unwrap())
}

async fn ids(ctx: &SessionContext, sql: &str) -> Vec<i64> {
    use datafusion::arrow::array::AsArray as _;
    let lotes = filas(ctx, sql).await.unwrap();
    let columna = |lote: &RecordBatch| {
        let ids = lote
            .column(0)
            .as_primitive::<datafusion::arrow::datatypes::Int64Type>();
        ids.values().to_vec()
    };
    let mut ids: Vec<_> = lotes.iter().flat_map(columna).collect();
    ids.sort_unstable();
    ids
}

const CERCA_DE_MADRID: &str =
    "SELECT id FROM entregas WHERE haversine(lat, lon, 40.4168, -3.7038) < 300";

#[tokio::test]
async fn la_caja_poda_los_grupos_que_la_caja_negra_lee_y_el_resultado_es_el_mismo() {
    let dir = archivo();
    let [con, sin] = contextos(dir.path(), false).await;
    let (podados, leidos, filas) = leido(&con, CERCA_DE_MADRID).await;
    // Two of 36 hold latitudes from 37.7 to 43.2, and the first the two rows that are there under another name.
    assert_eq!((podados, leidos), (GRUPOS - 3, 3));
    assert_eq!(filas, 3 * POR_GRUPO);
    assert_eq!(
        leido(&sin, CERCA_DE_MADRID).await,
        (0, GRUPOS, GRUPOS * POR_GRUPO)
    );
    let guia = CERCA_DE_MADRID.replace("haversine(", "haversine_guia(");
    // In the guide's loop there are literals, so they come as columns.
    let guia = guia
        .replace("40.4168", "lat * 0 + 40.4168")
        .replace("-3.7038", "lon * 0 - 3.7038");
    assert_eq!(leido(&con, &guia).await.0, 0);

    let cerca = ids(&con, CERCA_DE_MADRID).await;
    assert_eq!(cerca, ids(&sin, CERCA_DE_MADRID).await);
    assert!(
        cerca.len() > 5 && cerca.starts_with(&[7, 8]) && !cerca.contains(&9),
        "{cerca:?}"
    );
}

#[tokio::test]
async fn en_cualquier_forma_que_diga_lo_mismo() {
    let dir = archivo();
    let [con, sin] = contextos(dir.path(), false).await;
    for (filtro, poda) in [
        ("haversine(lat, lon, 40.4168, -3.7038) <= 300", true),
        ("haversine(40.4168, -3.7038, lat, lon) < 300", true),
        ("300 > haversine(lat, lon, 40.4168, -3.7038)", true),
        (
            "haversine(lat, lon, 40.4168, -3.7038) BETWEEN 100 AND 300",
            true,
        ),
        (
            "haversine(lat, lon, 40.4168, -3.7038) < 200 + 100 AND id > 3",
            true,
        ),
        (
            "haversine(lat, lon, 40, -3) < 300 AND haversine(lat, lon, 41, -4) < 300",
            true,
        ),
        ("NOT haversine(lat, lon, 40.4168, -3.7038) >= 300", true),
        // Around a pole and across the date line.
        ("haversine(lat, lon, 89, 0) < 500", true),
        ("haversine(lat, lon, -18.14, 178.44) < 800", true),
        // No upper bound, or an alternative: there is no box to say.
        ("haversine(lat, lon, 40.4168, -3.7038) > 300", false),
        (
            "haversine(lat, lon, 40.4168, -3.7038) < 300 OR id = 17999",
            false,
        ),
        ("NOT haversine(lat, lon, 40.4168, -3.7038) < 300", false),
        ("haversine(lat, lon, 40.4168, -3.7038) < id", false),
        ("haversine(lat, lon, lat + 1, -3.7038) < 300", false),
    ] {
        let sql = format!("SELECT id FROM entregas WHERE {filtro}");
        let (podados, ..) = leido(&con, &sql).await;
        assert_eq!(podados > 0, poda, "{filtro}: {podados}");
        let suyos = ids(&con, &sql).await;
        assert_eq!(suyos, ids(&sin, &sql).await, "{filtro}");
        assert!(!suyos.is_empty(), "{filtro}");
    }
}

/// Named alike, but not the same function; or the same, but volatile: nothing is known of them.
#[tokio::test]
async fn la_regla_mira_la_funcion_y_no_su_nombre() {
    let dir = archivo();
    let [con, _] = contextos(dir.path(), false).await;
    let volatil = Haversine::con("haversine", Nucleo::Vectorial, Volatility::Volatile);
    con.register_udf(ScalarUDF::from(volatil));
    let (podados, ..) = leido(&con, CERCA_DE_MADRID).await;
    assert_eq!(podados, 0);
}

#[tokio::test]
async fn se_aplica_una_vez_y_la_distancia_sigue_en_el_filtro() {
    let dir = archivo();
    let [con, sin] = contextos(dir.path(), false).await;
    let logico = con
        .sql(CERCA_DE_MADRID)
        .await
        .unwrap()
        .into_optimized_plan()
        .unwrap();
    let texto = logico.display_indent().to_string();
    let filtro = texto
        .lines()
        .find(|linea| linea.contains("Filter:"))
        .unwrap();
    assert_eq!(filtro.matches("haversine(").count(), 1, "{filtro}");
    assert_eq!(
        filtro.matches("entregas.lat >= Float64(").count(),
        1,
        "{filtro}"
    );
    assert_eq!(
        filtro.matches("entregas.lon >= Float64(").count(),
        1,
        "{filtro}"
    );
    // Optimized again, it stays as it is.
    let otra_vez = con.state().optimize(&logico).unwrap();
    assert_eq!(otra_vez.display_indent().to_string(), texto);
    let negra = plan(&sin, CERCA_DE_MADRID).await;
    assert!(!negra.contains("lat >="), "{negra}");
}

/// Pushed into the scan in both cases; with the option on it is there that it is computed, and no filter is left above.
#[tokio::test]
async fn el_filtro_llega_al_escaneo_y_con_pushdown_filters_se_queda_alli() {
    let dir = archivo();
    for (bajar, filtro_encima) in [(false, true), (true, false)] {
        let [con, sin] = contextos(dir.path(), bajar).await;
        for ctx in [&con, &sin] {
            let plan = plan(ctx, CERCA_DE_MADRID).await;
            let escaneo = plan
                .lines()
                .find(|linea| linea.contains("DataSourceExec"))
                .unwrap();
            assert!(
                escaneo.contains("predicate=") && escaneo.contains("haversine(lat"),
                "{escaneo}"
            );
            assert_eq!(plan.contains("FilterExec"), filtro_encima, "{plan}");
            // Only the box has something to ask of statistics.
            assert_eq!(
                escaneo.contains("pruning_predicate="),
                std::ptr::eq(ctx, &raw const con),
                "{escaneo}"
            );
        }
        // The scan hands on the rows of the groups it read, or only those that pass.
        let cerca = ids(&sin, CERCA_DE_MADRID).await.len();
        let (_, _, filas) = leido(&sin, CERCA_DE_MADRID).await;
        assert_eq!(filas, if bajar { cerca } else { GRUPOS * POR_GRUPO });
        assert_eq!(ids(&con, CERCA_DE_MADRID).await.len(), cerca);
    }
}

#[tokio::test]
async fn una_columna_calculada_o_de_otro_tipo_tambien_tiene_caja() {
    let dir = archivo();
    let [con, sin] = contextos(dir.path(), false).await;
    let sql = "SELECT avg(km) FROM (SELECT id, haversine(CAST(lat AS REAL), lon, 40.4168, -3.7038) AS km FROM entregas) WHERE km < 300";
    assert_eq!(
        numeros(&con, sql).await.unwrap(),
        numeros(&sin, sql).await.unwrap()
    );
    let plan = plan(&con, sql).await;
    assert!(plan.contains(">= "), "{plan}");
}
