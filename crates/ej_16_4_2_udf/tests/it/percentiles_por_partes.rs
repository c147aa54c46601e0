//! Partial states: handed on without aggregating, and written to disk.

use crate::percentiles::{casi, con_tabla, de_grupos, mayor_vecino, ordenando, por_grupo};
use datafusion::arrow::array::AsArray as _;
use datafusion::arrow::datatypes::{Float64Type, Int64Type};
use datafusion::execution::memory_pool::FairSpillPool;
use datafusion::execution::runtime_env::RuntimeEnvBuilder;
use datafusion::physical_plan::{ExecutionPlan, collect};
use datafusion::prelude::{SessionConfig, SessionContext};
use ej_16_4_2_udf::{ERROR_RELATIVO, registrar};
use std::sync::Arc;

/// A batch that a partial aggregation hands on without aggregating: high cardinality, threshold lowered.
#[tokio::test]
async fn una_agregacion_parcial_que_no_compensa_se_salta_y_el_resultado_es_el_mismo() {
    let filas: Vec<_> = (0..4_000_i64)
        .map(|i| (i / 2, (i % 5 != 1).then_some(i as f64)))
        .collect();
    let mut config = SessionConfig::new()
        .with_target_partitions(2)
        .with_batch_size(256);
    config
        .options_mut()
        .execution
        .skip_partial_aggregation_probe_rows_threshold = 100;
    config
        .options_mut()
        .execution
        .skip_partial_aggregation_probe_ratio_threshold = 0.01;
    let ctx = SessionContext::new_with_config(config);
    registrar(&ctx);
    con_tabla(&ctx, &filas, 2, 256);
    let grupos = por_grupo(&filas);
    for agregado in [
        "percentil_exacto(x, 0.75)",
        "percentil_exacto(x, 0.75) FILTER (WHERE x < 1000 OR x IS NULL)",
        "percentil_aproximado(x, 0.75)",
    ] {
        let sql = format!("SELECT g, {agregado} FROM t GROUP BY g");
        let plan = ctx
            .sql(&sql)
            .await
            .unwrap()
            .create_physical_plan()
            .await
            .unwrap();
        collect(Arc::clone(&plan), ctx.task_ctx()).await.unwrap();
        assert!(
            suma_de_metrica(&plan, "skipped_aggregation_rows") > 1_000,
            "{agregado}"
        );
        let hallados = de_grupos(&ctx, agregado).await;
        let con_filtro = agregado.contains("FILTER");
        for (grupo, valores) in &grupos {
            let mut valores = valores.clone();
            if con_filtro {
                valores.retain(|valor| *valor < 1_000.0);
            }
            let (hallado, exacto) = (hallados[grupo], ordenando(&valores, 0.75));
            if agregado.contains("aproximado") {
                let cota = ERROR_RELATIVO * exacto.unwrap() * (1.0 + 1e-9);
                // Two consecutive numbers: the larger neighbour is at most one more.
                assert!(
                    (hallado.unwrap() - exacto.unwrap()).abs() <= cota + ERROR_RELATIVO,
                    "{grupo}"
                );
            } else {
                assert!(casi(hallado, exacto), "{grupo}: {hallado:?} {exacto:?}");
            }
        }
    }
}

fn suma_de_metrica(plan: &Arc<dyn ExecutionPlan>, nombre: &str) -> usize {
    let de_este = plan
        .metrics()
        .and_then(|metricas| metricas.sum_by_name(nombre));
    let de_los_hijos = plan
        .children()
        .into_iter()
        .map(|hijo| suma_de_metrica(hijo, nombre));
    de_este.map_or(0, |valor| valor.as_usize()) + de_los_hijos.sum::<usize>()
}

/// How often the operators of a plan wrote to disk.
fn derrames(plan: &Arc<dyn ExecutionPlan>) -> usize {
    let de_este = plan.metrics().and_then(|metricas| metricas.spill_count());
    de_este.unwrap_or(0) + plan.children().into_iter().map(derrames).sum::<usize>()
}

/// With less memory than the values take, partial states go to disk, and come back the same.
#[tokio::test]
async fn los_estados_que_se_derraman_al_disco_vuelven_iguales() {
    let filas: Vec<_> = (0..60_000_i64)
        .map(|i| {
            (
                i % 3_000,
                (i % 11 != 5).then_some(((i * 7_919) % 60_000) as f64),
            )
        })
        .collect();
    let grupos = por_grupo(&filas);
    for agregado in ["percentil_exacto(x, 0.9)", "percentil_aproximado(x, 0.9)"] {
        let entorno = RuntimeEnvBuilder::new()
            .with_memory_pool(Arc::new(FairSpillPool::new(300_000)))
            .build_arc()
            .unwrap();
        let config = SessionConfig::new()
            .with_target_partitions(2)
            .with_batch_size(512)
            .with_sort_spill_reservation_bytes(64 * 1024);
        let ctx = SessionContext::new_with_config_rt(config, entorno);
        registrar(&ctx);
        con_tabla(&ctx, &filas, 2, 512);
        let sql = format!("SELECT g, {agregado} FROM t GROUP BY g");
        let plan = ctx
            .sql(&sql)
            .await
            .unwrap()
            .create_physical_plan()
            .await
            .unwrap();
        let lotes = collect(Arc::clone(&plan), ctx.task_ctx()).await.unwrap();
        let derrames = derrames(&plan);
        assert!(derrames > 0, "{agregado}");
        let mut vistos = 0;
        for lote in &lotes {
            let g = lote.column(0).as_primitive::<Int64Type>();
            let x = lote.column(1).as_primitive::<Float64Type>();
            for (g, x) in g.values().iter().zip(x.iter()) {
                let exacto = ordenando(&grupos[g], 0.9).unwrap();
                let cota = if agregado.contains("aproximado") {
                    ERROR_RELATIVO * mayor_vecino(&grupos[g], 0.9) * (1.0 + 1e-9)
                } else {
                    1e-9
                };
                assert!((x.unwrap() - exacto).abs() <= cota, "{g}");
                vistos += 1;
            }
        }
        assert_eq!(vistos, grupos.len());
    }
}

/// The engine's own function has two arguments too, and its shortcut for such batches expects one: it panics, and the query with it.
#[tokio::test]
async fn el_percentile_cont_del_motor_no_sobrevive_a_ese_atajo() {
    let filas: Vec<_> = (0..4_000_i64).map(|i| (i / 2, Some(i as f64))).collect();
    let mut config = SessionConfig::new()
        .with_target_partitions(2)
        .with_batch_size(256);
    let ajustes = &mut config.options_mut().execution;
    ajustes.skip_partial_aggregation_probe_rows_threshold = 100;
    ajustes.skip_partial_aggregation_probe_ratio_threshold = 0.01;
    let ctx = SessionContext::new_with_config(config);
    con_tabla(&ctx, &filas, 2, 256);
    let sql = "SELECT g, percentile_cont(x, 0.75) FROM t GROUP BY g";
    let error = crate::filas(&ctx, sql).await.unwrap_err().to_string();
    assert!(
        error.contains("Join Error") && error.contains("panicked"),
        "{error}"
    );
}
