//! The two percentiles against sorting, in one group and in many, in parts, spilled, and with what is no number.

use crate::{columna, contexto, eventos, filas, numeros};
use datafusion::arrow::array::{AsArray as _, Float64Array, Int64Array, ListArray, RecordBatch};
use datafusion::arrow::datatypes::{Float64Type, Int64Type};
use datafusion::datasource::MemTable;
use datafusion::error::DataFusionError;
use datafusion::execution::memory_pool::FairSpillPool;
use datafusion::execution::runtime_env::RuntimeEnvBuilder;
use datafusion::physical_plan::{ExecutionPlan, collect};
use datafusion::prelude::{SessionConfig, SessionContext};
use ej_16_4_2_udf::{Cubos, ERROR_RELATIVO, UdfError, percentil_de, registrar};
use proptest::prelude::*;
use std::collections::BTreeMap;
use std::sync::Arc;

const PERCENTILES: [f64; 7] = [0.0, 0.01, 0.25, 0.5, 0.75, 0.99, 1.0];

/// By sorting and by the definition: the rank p(n − 1), on the line between its neighbours.
fn ordenando(valores: &[f64], p: f64) -> Option<f64> {
    if valores.iter().any(|valor| valor.is_nan()) {
        return Some(f64::NAN);
    }
    let mut ordenados = valores.to_vec();
    ordenados.sort_by(f64::total_cmp);
    let rango = p * ordenados.len().checked_sub(1)? as f64;
    let (bajo, alto) = (
        ordenados[rango.floor() as usize],
        ordenados[rango.ceil() as usize],
    );
    let parte = rango.fract();
    Some(if bajo == alto {
        bajo
    } else {
        bajo * (1.0 - parte) + alto * parte
    })
}

fn casi(a: Option<f64>, b: Option<f64>) -> bool {
    match (a, b) {
        (Some(a), Some(b)) => {
            a == b || (a.is_nan() && b.is_nan()) || (a - b).abs() <= 1e-14 * a.abs().max(b.abs())
        }
        _ => a.is_none() && b.is_none(),
    }
}

/// Rows `(g, x)` in several partitions of several batches.
fn con_tabla(ctx: &SessionContext, filas: &[(i64, Option<f64>)], partes: usize, por_lote: usize) {
    let lote = |filas: &[(i64, Option<f64>)]| {
        let g = Int64Array::from_iter_values(filas.iter().map(|fila| fila.0));
        let x = columna(filas.iter().map(|fila| fila.1));
        RecordBatch::try_from_iter_with_nullable([("g", Arc::new(g) as _, false), ("x", x, true)])
            .unwrap()
    };
    let esquema = lote(&[]).schema();
    let mut reparto = vec![Vec::new(); partes];
    for (numero, trozo) in filas.chunks(por_lote).enumerate() {
        reparto[numero % partes].push(lote(trozo));
    }
    let tabla = MemTable::try_new(esquema, reparto).unwrap();
    ctx.register_table("t", Arc::new(tabla)).unwrap();
}

/// Amounts of the seeded model, and groups of very different sizes; one row in fifty is null.
fn ventas(filas: usize, grupos: i64) -> Vec<(i64, Option<f64>)> {
    let eventos = eventos(20 * filas as u64);
    let montos = eventos.iter().filter_map(|evento| evento.as_fila().monto);
    let fila = |(i, monto): (usize, f64)| {
        let grupo = (i as i64 * i as i64) % grupos;
        (grupo, (i % 50 != 7).then_some(monto))
    };
    let filas: Vec<_> = montos.take(filas).enumerate().map(fila).collect();
    assert!(filas.len() > 100);
    filas
}

fn por_grupo(filas: &[(i64, Option<f64>)]) -> BTreeMap<i64, Vec<f64>> {
    let mut grupos: BTreeMap<i64, Vec<f64>> = BTreeMap::new();
    for (grupo, valor) in filas {
        grupos.entry(*grupo).or_default().extend(valor);
    }
    grupos
}

async fn de_grupos(ctx: &SessionContext, agregado: &str) -> BTreeMap<i64, Option<f64>> {
    let sql = format!("SELECT g, {agregado} FROM t GROUP BY g");
    let lotes = filas(ctx, &sql).await.unwrap();
    let columnas = |lote: &RecordBatch| {
        let g = lote.column(0).as_primitive::<Int64Type>().clone();
        let x = lote.column(1).as_primitive::<Float64Type>().clone();
        g.iter().flatten().zip(x.iter()).collect::<Vec<_>>()
    };
    lotes.iter().flat_map(columnas).collect()
}

#[tokio::test]
async fn el_exacto_es_el_de_ordenar_con_cualquier_reparto() {
    let filas = ventas(3_000, 40);
    let todas: Vec<f64> = filas.iter().filter_map(|fila| fila.1).collect();
    let grupos = por_grupo(&filas);
    for (partes, por_lote) in [(1, 10_000), (2, 100), (3, 37)] {
        let ctx = contexto();
        con_tabla(&ctx, &filas, partes, por_lote);
        for p in PERCENTILES {
            let sql = format!("SELECT percentil_exacto(x, {p:?}) FROM t");
            let hallado = numeros(&ctx, &sql).await.unwrap()[0];
            assert!(casi(hallado, ordenando(&todas, p)), "{p}: {hallado:?}");
            let hallados = de_grupos(&ctx, &format!("percentil_exacto(x, {p:?})")).await;
            assert_eq!(hallados.len(), grupos.len());
            for (grupo, valores) in &grupos {
                assert!(casi(hallados[grupo], ordenando(valores, p)), "{grupo} {p}");
            }
        }
    }
}

/// The share of the way between two neighbours is cut to six decimals by the engine's own.
#[tokio::test]
async fn el_percentile_cont_del_motor_redondea_la_interpolacion_y_este_no() {
    let ctx = contexto();
    con_tabla(
        &ctx,
        &[(0, Some(0.0)), (0, Some(1e9)), (0, Some(2e9))],
        1,
        10,
    );
    let de = |funcion: &str| format!("SELECT {funcion}(x, 0.12345678901) FROM t");
    let exacto = numeros(&ctx, &de("percentil_exacto")).await.unwrap()[0].unwrap();
    let del_motor = numeros(&ctx, &de("percentile_cont")).await.unwrap()[0].unwrap();
    assert!((exacto - 246_913_578.02).abs() < 1e-6, "{exacto}");
    assert!(
        (100.0..1_000.0).contains(&(exacto - del_motor).abs()),
        "{exacto} {del_motor}"
    );
}

/// ε of the larger of the two neighbours, by its definition; and the same bits whatever the partitions, which a digest of means cannot say.
#[tokio::test]
async fn el_aproximado_no_se_aparta_mas_de_un_uno_por_ciento_y_no_depende_del_reparto() {
    let filas = ventas(3_000, 40);
    let grupos = por_grupo(&filas);
    let mut de_cada_reparto: Vec<Vec<Option<u64>>> = Vec::new();
    for (partes, por_lote) in [(1, 10_000), (2, 100), (3, 37)] {
        let ctx = contexto();
        con_tabla(&ctx, &filas, partes, por_lote);
        let mut bits = Vec::new();
        for p in PERCENTILES {
            let hallados = de_grupos(&ctx, &format!("percentil_aproximado(x, {p:?})")).await;
            for (grupo, valores) in &grupos {
                let exacto = ordenando(valores, p).unwrap();
                let hallado = hallados[grupo].unwrap();
                let cota = ERROR_RELATIVO * mayor_vecino(valores, p) * (1.0 + 1e-9);
                assert!(
                    (hallado - exacto).abs() <= cota,
                    "{grupo} {p}: {hallado} {exacto}"
                );
                bits.push(Some(hallado.to_bits()));
            }
        }
        de_cada_reparto.push(bits);
    }
    assert!(
        de_cada_reparto
            .iter()
            .all(|bits| *bits == de_cada_reparto[0])
    );
}

/// The larger, in absolute value, of the two between which a percentile lies.
fn mayor_vecino(valores: &[f64], p: f64) -> f64 {
    let mut ordenados = valores.to_vec();
    ordenados.sort_by(f64::total_cmp);
    let rango = p * (ordenados.len() - 1) as f64;
    ordenados[rango.floor() as usize]
        .abs()
        .max(ordenados[rango.ceil() as usize].abs())
}

/// A batch that a partial aggregation hands on without aggregating: high cardinality, threshold lowered. The engine's own function, which takes two
/// arguments and expects one there, panics.
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

#[tokio::test]
async fn los_nulos_no_cuentan_un_nan_se_contagia_y_los_infinitos_son_valores() {
    let inf = f64::INFINITY;
    for (valores, p, esperado) in [
        (vec![], 0.5, None),
        (vec![None, None], 0.5, None),
        (vec![None, Some(7.0), None], 0.9, Some(7.0)),
        (
            vec![Some(1.0), Some(f64::NAN), Some(2.0)],
            0.0,
            Some(f64::NAN),
        ),
        (vec![Some(1.0), Some(-f64::NAN)], 1.0, Some(f64::NAN)),
        (vec![Some(-inf), Some(1.0), Some(inf)], 0.5, Some(1.0)),
        (vec![Some(-inf), Some(1.0), Some(inf)], 0.0, Some(-inf)),
        (vec![Some(inf), Some(inf), Some(0.0)], 1.0, Some(inf)),
        (vec![Some(-0.0), Some(0.0)], 0.5, Some(0.0)),
        (vec![Some(-8.0), Some(8.0), Some(0.0)], 0.5, Some(0.0)),
    ] {
        let ctx = contexto();
        let filas: Vec<_> = valores.iter().map(|valor| (1, *valor)).collect();
        con_tabla(&ctx, &filas, 2, 1);
        for funcion in ["percentil_exacto", "percentil_aproximado"] {
            let sql = format!("SELECT {funcion}(x, {p:?}) FROM t");
            let hallado = numeros(&ctx, &sql).await.unwrap()[0];
            let cerca = match (hallado, esperado) {
                (Some(a), Some(b)) if b.is_finite() => {
                    (a - b).abs() <= ERROR_RELATIVO * b.abs() * (1.0 + 1e-9)
                }
                _ => casi(hallado, esperado),
            };
            assert!(cerca, "{funcion} de {valores:?}: {hallado:?}");
        }
    }
}

#[tokio::test]
async fn lo_que_no_es_un_percentil_es_un_error_con_tipo_y_un_texto_uno_al_planificar() {
    let ctx = contexto();
    con_tabla(&ctx, &[(1, Some(1.0)), (2, Some(2.0))], 1, 10);
    for funcion in ["percentil_exacto", "percentil_aproximado"] {
        for grupo in ["", " GROUP BY g"] {
            for p in ["1.5", "-0.1", "'NaN'::double", "75"] {
                let sql = format!("SELECT {funcion}(x, {p}) FROM t{grupo}");
                let error = filas(&ctx, &sql).await.unwrap_err();
                let fuera = matches!(
                    UdfError::of(&error),
                    Some(UdfError::PercentileOutOfRange { .. })
                );
                assert!(fuera, "{p}: {error}");
            }
            for p in ["g", "x", "NULL"] {
                let sql = format!("SELECT {funcion}(x, {p}) FROM t{grupo}");
                let error = filas(&ctx, &sql).await.unwrap_err();
                let variable = matches!(UdfError::of(&error), Some(UdfError::NotConstant { .. }));
                assert!(variable, "{p}: {error}");
            }
            let sql = format!("SELECT {funcion}(DISTINCT x, 0.5) FROM t{grupo}");
            let error = filas(&ctx, &sql).await.unwrap_err();
            assert!(
                matches!(UdfError::of(&error), Some(UdfError::Distinct { .. })),
                "{error}"
            );
        }
        for argumentos in [
            "'norte', 0.5",
            "x, 'mediana'",
            "x",
            "x, 0.5, 1",
            "true, 0.5",
        ] {
            let error = ctx
                .sql(&format!("SELECT {funcion}({argumentos}) FROM t"))
                .await
                .unwrap_err();
            assert!(
                matches!(error.find_root(), DataFusionError::Plan(_)),
                "{argumentos}: {error}"
            );
        }
        // An expression of constants is one, once the optimizer has been there; so is an integer.
        let sql = format!("SELECT {funcion}(g, 0.2 + 0.3) FROM t");
        let mediana = numeros(&ctx, &sql).await.unwrap()[0].unwrap();
        assert!((mediana - 1.5).abs() < 0.02, "{mediana}");
    }
}

#[test]
fn los_cubos_son_los_mismos_en_cualquier_orden_y_pocos() {
    let valores: Vec<f64> = (1..=1_100_000)
        .step_by(37)
        .map(|centavos| centavos as f64 / 100.0)
        .collect();
    let mut del_derecho = Cubos::default();
    let mut del_reves = Cubos::default();
    valores.iter().for_each(|valor| del_derecho.cuenta(*valor));
    valores
        .iter()
        .rev()
        .for_each(|valor| del_reves.cuenta(*valor));
    assert_eq!(del_derecho, del_reves);
    let cubos = del_derecho.iter().count();
    assert!((300..=700).contains(&cubos), "{cubos}");
    // From end to end of the doubles.
    let mut de_punta_a_punta = Cubos::default();
    for exponente in -1_074..1_024 {
        for paso in 0..70 {
            let valor = 2f64.powi(exponente) * (1.0 + f64::from(paso) / 70.0);
            de_punta_a_punta.cuenta(valor);
            de_punta_a_punta.cuenta(-valor);
        }
    }
    let cubos = de_punta_a_punta.iter().count();
    assert!((141_000..143_000).contains(&cubos), "{cubos}");
}

/// A state that a damaged or foreign plan hands over is an error, not an index out of bounds.
#[test]
fn un_estado_ajeno_es_un_error_con_tipo() {
    use datafusion::logical_expr::function::AccumulatorArgs;
    use datafusion::physical_expr::expressions::lit;
    let esquema = datafusion::arrow::datatypes::Schema::empty();
    let funciones: [Arc<dyn datafusion::logical_expr::AggregateUDFImpl>; 2] = [
        Arc::new(ej_16_4_2_udf::PercentilExacto::default()),
        Arc::new(ej_16_4_2_udf::PercentilAproximado::default()),
    ];
    for funcion in funciones {
        let argumentos = || AccumulatorArgs {
            return_field: Arc::new(datafusion::arrow::datatypes::Field::new(
                "p",
                datafusion::arrow::datatypes::DataType::Float64,
                true,
            )),
            schema: &esquema,
            ignore_nulls: false,
            order_bys: &[],
            is_reversed: false,
            name: "p",
            is_distinct: false,
            exprs: &[],
            expr_fields: &[],
        };
        assert!(funcion.accumulator(argumentos()).is_err());
        let constantes = [lit(1.0), lit(0.5)];
        let mut con = argumentos();
        con.exprs = &constantes;
        let mut acumulador = funcion.accumulator(con).unwrap();
        let numeros: datafusion::arrow::array::ArrayRef = Arc::new(Float64Array::from(vec![1.0]));
        let textos = ListArray::from_iter_primitive::<Int64Type, _, _>([Some([Some(1)])]);
        for ajeno in [
            vec![],
            vec![numeros.clone(), numeros.clone()],
            vec![Arc::new(textos.clone()) as _, Arc::new(textos) as _],
        ] {
            let error = acumulador.merge_batch(&ajeno).unwrap_err();
            assert!(
                matches!(UdfError::of(&error), Some(UdfError::ForeignState { .. })),
                "{error}"
            );
        }
        let error = acumulador
            .update_batch(&[Arc::new(Int64Array::from(vec![1]))])
            .unwrap_err();
        assert!(
            matches!(UdfError::of(&error), Some(UdfError::ArgumentType { .. })),
            "{error}"
        );
        assert!(
            acumulador
                .state()
                .unwrap()
                .iter()
                .all(|estado| !estado.is_null())
        );
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn seleccionar_es_ordenar(mut valores in prop::collection::vec(-1e9..1e9f64, 0..60), p in 0.0..=1.0f64) {
        let ordenado = ordenando(&valores, p);
        let hallado = percentil_de(&mut valores, p);
        // On numbers of both signs the two formulas differ by the rounding of the larger.
        let mayor = valores.iter().fold(0.0_f64, |mayor, valor| mayor.max(valor.abs()));
        match (hallado, ordenado) {
            (Some(a), Some(b)) => prop_assert!((a - b).abs() <= 1e-14 * mayor, "{a} {b}"),
            (a, b) => prop_assert_eq!(a, b),
        }
    }

    #[test]
    fn los_cubos_cumplen_su_cota(
        valores in prop::collection::vec(prop_oneof![-1e9..1e9f64, -1.0..1.0f64, Just(0.0), 1e-300..1e-290f64, 1e300..1e308f64], 1..60),
        p in 0.0..=1.0f64,
    ) {
        let mut cubos = Cubos::default();
        valores.iter().for_each(|valor| cubos.cuenta(*valor));
        let hallado = cubos.percentil(p).unwrap();
        let exacto = ordenando(&valores, p).unwrap();
        let cota = ERROR_RELATIVO * mayor_vecino(&valores, p) * (1.0 + 1e-9);
        prop_assert!((hallado - exacto).abs() <= cota, "{hallado} {exacto}");
    }
}
