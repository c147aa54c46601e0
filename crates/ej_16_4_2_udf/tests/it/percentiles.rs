//! The two percentiles against sorting, in one group and in many, with any partitions.

use crate::{columna, contexto, eventos, filas, numeros};
use datafusion::arrow::array::{AsArray as _, Int64Array, RecordBatch};
use datafusion::arrow::datatypes::{Float64Type, Int64Type};
use datafusion::datasource::MemTable;
use datafusion::prelude::SessionContext;
use ej_16_4_2_udf::ERROR_RELATIVO;
use std::collections::BTreeMap;
use std::sync::Arc;

const PERCENTILES: [f64; 7] = [0.0, 0.01, 0.25, 0.5, 0.75, 0.99, 1.0];

/// By sorting and by the definition: the rank p(n − 1), on the line between its neighbours.
pub(crate) fn ordenando(valores: &[f64], p: f64) -> Option<f64> {
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

pub(crate) fn casi(a: Option<f64>, b: Option<f64>) -> bool {
    match (a, b) {
        (Some(a), Some(b)) => {
            a == b || (a.is_nan() && b.is_nan()) || (a - b).abs() <= 1e-14 * a.abs().max(b.abs())
        }
        _ => a.is_none() && b.is_none(),
    }
}

/// Rows `(g, x)` in several partitions of several batches.
pub(crate) fn con_tabla(
    ctx: &SessionContext,
    filas: &[(i64, Option<f64>)],
    partes: usize,
    por_lote: usize,
) {
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

pub(crate) fn por_grupo(filas: &[(i64, Option<f64>)]) -> BTreeMap<i64, Vec<f64>> {
    let mut grupos: BTreeMap<i64, Vec<f64>> = BTreeMap::new();
    for (grupo, valor) in filas {
        grupos.entry(*grupo).or_default().extend(valor);
    }
    grupos
}

pub(crate) async fn de_grupos(ctx: &SessionContext, agregado: &str) -> BTreeMap<i64, Option<f64>> {
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
pub(crate) fn mayor_vecino(valores: &[f64], p: f64) -> f64 {
    let mut ordenados = valores.to_vec();
    ordenados.sort_by(f64::total_cmp);
    let rango = p * (ordenados.len() - 1) as f64;
    ordenados[rango.floor() as usize]
        .abs()
        .max(ordenados[rango.ceil() as usize].abs())
}
