//! `sesion`: the visits of each user, against counting them by hand, in streams and in whole partitions.

use crate::{contexto, eventos, filas, plan};
use datafusion::arrow::array::{
    Array as _, ArrayRef, AsArray as _, RecordBatch, StringArray, TimestampMicrosecondArray,
};
use datafusion::arrow::datatypes::{DataType, UInt64Type};
use datafusion::datasource::MemTable;
use datafusion::error::DataFusionError;
use datafusion::logical_expr::col;
use datafusion::prelude::SessionContext;
use ej_16_4_2_udf::UdfError;
use std::collections::BTreeMap;
use std::sync::Arc;

type Evento = (String, Option<i64>);

const MINUTO: i64 = 60_000_000;

fn lote(eventos: &[Evento]) -> RecordBatch {
    let usuarios: ArrayRef = Arc::new(StringArray::from_iter_values(eventos.iter().map(|e| &e.0)));
    let instantes = TimestampMicrosecondArray::from_iter(eventos.iter().map(|e| e.1));
    let instantes: ArrayRef = Arc::new(instantes.with_timezone("UTC"));
    RecordBatch::try_from_iter_with_nullable([
        ("user_id", usuarios, false),
        ("ts", instantes, true),
    ])
    .unwrap()
}

fn con_eventos(eventos: &[Evento], por_lote: usize) -> SessionContext {
    let ctx = contexto();
    let lotes = eventos.chunks(por_lote).map(lote).collect();
    let tabla = MemTable::try_new(lote(&[]).schema(), vec![lotes]).unwrap();
    ctx.register_table("eventos", Arc::new(tabla)).unwrap();
    ctx
}

/// Users with events every few minutes or hours, some at the same instant, some at none.
fn dia() -> Vec<Evento> {
    let eventos: Vec<_> = eventos(4_000)
        .iter()
        .enumerate()
        .filter_map(|(i, fila)| {
            let fila = fila.as_fila();
            let instante = fila.timestamp.filter(|_| i % 97 != 5);
            Some((fila.user_id?.to_owned(), instante))
        })
        .collect();
    assert!(eventos.len() > 1_000);
    eventos
}

/// By hand: each user's instants in order, and a count of the gaps so far.
fn a_mano(eventos: &[Evento], minutos: i64) -> BTreeMap<Evento, Option<u64>> {
    let mut de_cada_uno: BTreeMap<&str, Vec<i64>> = BTreeMap::new();
    for (usuario, instante) in eventos {
        de_cada_uno.entry(usuario).or_default().extend(instante);
    }
    de_cada_uno
        .values_mut()
        .for_each(|instantes| instantes.sort_unstable());
    let sesion = |(usuario, instante): &Evento| {
        let hasta = (*instante)?;
        let instantes = &de_cada_uno[usuario.as_str()];
        let antes = instantes.windows(2).filter(|par| par[1] <= hasta);
        Some(
            1 + antes
                .filter(|par| par[1] - par[0] > minutos * MINUTO)
                .count() as u64,
        )
    };
    eventos
        .iter()
        .map(|evento| (evento.clone(), sesion(evento)))
        .collect()
}

async fn sesiones(ctx: &SessionContext, sql: &str) -> BTreeMap<Evento, Option<u64>> {
    let mut halladas = BTreeMap::new();
    for lote in filas(ctx, sql).await.unwrap() {
        let usuarios = datafusion::arrow::compute::cast(lote.column(0), &DataType::Utf8).unwrap();
        let instantes = datafusion::arrow::compute::cast(lote.column(1), &DataType::Int64).unwrap();
        let instantes = instantes.as_primitive::<datafusion::arrow::datatypes::Int64Type>();
        let numeros = lote.column(2).as_primitive::<UInt64Type>();
        for (i, usuario) in usuarios.as_string::<i32>().iter().enumerate() {
            let instante = instantes.is_valid(i).then(|| instantes.value(i));
            let numero = numeros.is_valid(i).then(|| numeros.value(i));
            halladas.insert((usuario.unwrap().to_owned(), instante), numero);
        }
    }
    halladas
}

const POR_USUARIO: &str =
    "SELECT user_id, ts, sesion(ts, 30) OVER (PARTITION BY user_id ORDER BY ts) FROM eventos";

#[tokio::test]
async fn son_las_de_contarlas_a_mano() {
    let eventos = dia();
    let esperadas = a_mano(&eventos, 30);
    assert!(esperadas.values().flatten().any(|numero| *numero > 2));
    for por_lote in [10_000, 61] {
        let ctx = con_eventos(&eventos, por_lote);
        assert_eq!(sesiones(&ctx, POR_USUARIO).await, esperadas);
        // Nulls first: they are in no session, and end none.
        let primero = POR_USUARIO.replace("ORDER BY ts", "ORDER BY ts NULLS FIRST");
        assert_eq!(sesiones(&ctx, &primero).await, esperadas);
    }
}

/// From the last to the first they are the same sessions, numbered from the last.
#[tokio::test]
async fn al_reves_son_las_mismas_contadas_desde_la_ultima() {
    let eventos = dia();
    let del_derecho = a_mano(&eventos, 30);
    let mut ultima: BTreeMap<&str, u64> = BTreeMap::new();
    for ((usuario, _), numero) in &del_derecho {
        let ultima = ultima.entry(usuario).or_default();
        *ultima = numero.unwrap_or(0).max(*ultima);
    }
    let al_reves = POR_USUARIO.replace("ORDER BY ts", "ORDER BY ts DESC");
    for ((usuario, instante), numero) in sesiones(&con_eventos(&eventos, 200), &al_reves).await {
        let normal = del_derecho[&(usuario.clone(), instante)];
        assert_eq!(
            numero,
            normal.map(|normal| ultima[usuario.as_str()] + 1 - normal)
        );
    }
}

/// Input that says it is in order is not sorted, and the window's rows come out before it ends: row by row, not by partition.
#[tokio::test]
async fn con_la_entrada_en_orden_fluye_y_da_lo_mismo() {
    let mut eventos = dia();
    eventos.retain(|evento| evento.1.is_some());
    eventos.sort();
    let ctx = contexto();
    let lotes = eventos.chunks(61).map(lote).collect();
    let orden = vec![vec![
        col("user_id").sort(true, false),
        col("ts").sort(true, false),
    ]];
    let tabla = MemTable::try_new(lote(&[]).schema(), vec![lotes])
        .unwrap()
        .with_sort_order(orden);
    ctx.register_table("eventos", Arc::new(tabla)).unwrap();
    let plan = plan(&ctx, POR_USUARIO).await;
    assert!(plan.contains("BoundedWindowAggExec"), "{plan}");
    assert!(!plan.contains("SortExec"), "{plan}");
    assert_eq!(sesiones(&ctx, POR_USUARIO).await, a_mano(&eventos, 30));
}

#[tokio::test]
async fn en_el_borde_justo_es_la_misma_y_un_microsegundo_despues_otra() {
    let u = || "u".to_owned();
    let eventos: Vec<Evento> = [0, 30 * MINUTO, 60 * MINUTO + 1, 60 * MINUTO + 1]
        .map(|instante| (u(), Some(instante)))
        .to_vec();
    let ctx = con_eventos(&eventos, 10);
    let sql = "SELECT sesion(ts, 30) OVER (ORDER BY ts) AS s FROM eventos ORDER BY ts";
    let lotes = filas(&ctx, sql).await.unwrap();
    let numeros = lotes[0].column(0).as_primitive::<UInt64Type>();
    assert_eq!(numeros.values(), &[1, 1, 2, 2]);
    assert_eq!(lotes[0].schema().field(0).data_type(), &DataType::UInt64);
    // The ends of the time line are further apart than an i64 of microseconds.
    let lejos = [i64::MIN, i64::MAX].map(|instante| (u(), Some(instante)));
    let ctx = con_eventos(&lejos, 10);
    let lotes = filas(&ctx, sql).await.unwrap();
    assert_eq!(
        lotes[0].column(0).as_primitive::<UInt64Type>().values(),
        &[1, 2]
    );
    // No event, no session.
    let vacia = filas(&con_eventos(&[], 10), sql).await.unwrap();
    assert_eq!(vacia.iter().map(RecordBatch::num_rows).sum::<usize>(), 0);
}

/// Seconds, milliseconds, nanoseconds, with a zone and without, and dates.
#[tokio::test]
async fn cualquier_instante_sirve_y_un_texto_no() {
    let ctx = contexto();
    for tipo in [
        "TIMESTAMP(0)",
        "TIMESTAMP(3)",
        "TIMESTAMP(6)",
        "TIMESTAMP(9)",
        "TIMESTAMP WITH TIME ZONE",
    ] {
        let sql = format!(
            "SELECT sesion(ts::{tipo}, 30::SMALLINT) OVER (ORDER BY ts) FROM (VALUES \
             ('2024-01-15T10:00:00'), ('2024-01-15T10:29:00'), ('2024-01-15T11:00:00')) t(ts)"
        );
        let lotes = filas(&ctx, &sql).await.unwrap();
        let numeros = lotes[0].column(0).as_primitive::<UInt64Type>();
        assert_eq!(numeros.values(), &[1, 1, 2], "{tipo}");
    }
    let fechas = "SELECT sesion(f::DATE, 1440) OVER (ORDER BY f) FROM (VALUES ('2024-01-15'), ('2024-01-16'), ('2024-01-18')) t(f)";
    let lotes = filas(&ctx, fechas).await.unwrap();
    assert_eq!(
        lotes[0].column(0).as_primitive::<UInt64Type>().values(),
        &[1, 1, 2]
    );

    let ctx = con_eventos(&dia(), 100);
    for argumentos in [
        "user_id, 30",
        "'2024-01-15', 30",
        "ts, '30'",
        "ts, 30.5",
        "ts",
        "ts, 30, 1",
        "1, 30",
    ] {
        let sql = format!("SELECT sesion({argumentos}) OVER (ORDER BY ts) FROM eventos");
        let error = ctx.sql(&sql).await.unwrap_err();
        let texto = error.to_string();
        let al_planificar = matches!(
            error.find_root(),
            DataFusionError::Plan(_) | DataFusionError::Execution(_)
        );
        assert!(
            al_planificar && texto.contains("sesion"),
            "{argumentos}: {texto}"
        );
    }
}

#[tokio::test]
async fn sin_orden_con_un_hueco_imposible_o_variable_es_un_error_con_tipo() {
    let ctx = con_eventos(&dia(), 100);
    let causa = async |sql: &str| {
        let error = filas(&ctx, sql).await.unwrap_err();
        UdfError::of(&error)
            .cloned()
            .unwrap_or_else(|| panic!("{sql}: {error}"))
    };
    let sin_orden = "SELECT sesion(ts, 30) OVER (PARTITION BY user_id) FROM eventos";
    assert_eq!(causa(sin_orden).await, UdfError::Unordered);
    let otro_orden = "SELECT sesion(ts, 30) OVER (ORDER BY user_id) FROM eventos";
    assert_eq!(causa(otro_orden).await, UdfError::Unordered);
    for minutos in [0, -30, i64::MAX] {
        let sql = format!("SELECT sesion(ts, {minutos}) OVER (ORDER BY ts) FROM eventos");
        assert_eq!(
            causa(&sql).await,
            UdfError::GapOutOfRange { found: minutos }
        );
    }
    let variable = "SELECT sesion(ts, character_length(user_id)) OVER (ORDER BY ts) FROM eventos";
    let esperada = UdfError::NotConstant {
        function: "sesion",
        parameter: "minutos",
    };
    assert_eq!(causa(variable).await, esperada);
    assert_eq!(
        causa("SELECT sesion(ts, NULL::BIGINT) OVER (ORDER BY ts) FROM eventos").await,
        esperada
    );
}
