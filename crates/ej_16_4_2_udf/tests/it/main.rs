//! The functions in the engine's hands: their values, their plans, what they refuse.
#![allow(clippy::unwrap_used, missing_docs, reason = "tests")]

mod caja;
mod funcion;
mod guia;
mod nivel_python;
mod percentiles;
mod percentiles_por_partes;
mod percentiles_raros;
mod planes;
mod podas;
mod precision;
mod referencia;
mod sesiones;
mod ventanas;

use datafusion::arrow::array::{ArrayRef, AsArray as _, Float64Array, RecordBatch};
use datafusion::arrow::datatypes::Float64Type;
use datafusion::error::DataFusionError;
use datafusion::prelude::{SessionConfig, SessionContext};
use ej_16_4_2_udf::registrar;
use std::sync::Arc;

const MADRID: [f64; 2] = [40.4168, -3.7038];
const BUENOS_AIRES: [f64; 2] = [-34.6037, -58.3816];

/// A context with the four functions and the engine's own optimizer.
fn contexto() -> SessionContext {
    let ctx = SessionContext::new_with_config(SessionConfig::new().with_target_partitions(2));
    registrar(&ctx);
    ctx
}

async fn filas(ctx: &SessionContext, sql: &str) -> Result<Vec<RecordBatch>, DataFusionError> {
    ctx.sql(sql).await?.collect().await
}

/// The first column of a result, which must be Float64.
async fn numeros(ctx: &SessionContext, sql: &str) -> Result<Vec<Option<f64>>, DataFusionError> {
    let lotes = filas(ctx, sql).await?;
    let columna = |lote: &RecordBatch| {
        lote.column(0)
            .as_primitive::<Float64Type>()
            .iter()
            .collect::<Vec<_>>()
    };
    Ok(lotes.iter().flat_map(columna).collect())
}

/// The plan in text, as EXPLAIN gives it: logical and physical.
async fn plan(ctx: &SessionContext, sql: &str) -> String {
    let lotes = filas(ctx, &format!("EXPLAIN {sql}")).await.unwrap();
    let texto = |lote: &RecordBatch| {
        let columna = lote.column(1).as_string::<i32>();
        columna
            .iter()
            .flatten()
            .map(str::to_owned)
            .collect::<Vec<_>>()
    };
    lotes.iter().flat_map(texto).collect::<Vec<_>>().join("\n")
}

/// Numbers by their bits: NaN is equal to NaN, and −0 is not 0.
fn bits(numeros: &[Option<f64>]) -> Vec<Option<u64>> {
    numeros.iter().map(|n| n.map(f64::to_bits)).collect()
}

fn columna(valores: impl IntoIterator<Item = Option<f64>>) -> ArrayRef {
    Arc::new(valores.into_iter().collect::<Float64Array>())
}

/// A table of pairs named `entregas`.
fn con_entregas(ctx: &SessionContext, pares: &[[Option<f64>; 4]], por_lote: usize) {
    use datafusion::datasource::MemTable;
    let lote = |pares: &[[Option<f64>; 4]]| {
        let de = |i: usize| columna(pares.iter().map(|par| par[i]));
        RecordBatch::try_from_iter_with_nullable([
            ("lat_origen", de(0), true),
            ("lon_origen", de(1), true),
            ("lat_destino", de(2), true),
            ("lon_destino", de(3), true),
        ])
        .unwrap()
    };
    let lotes: Vec<_> = pares.chunks(por_lote.max(1)).map(lote).collect();
    let esquema = lote(&[]).schema();
    let mitad = lotes.len() / 2;
    let partes = vec![lotes[..mitad].to_vec(), lotes[mitad..].to_vec()];
    let tabla = MemTable::try_new(esquema, partes).unwrap();
    ctx.register_table("entregas", Arc::new(tabla)).unwrap();
}

/// The rows of a frame of exercise 16.3.2, whose type is Polars', which is no dependency of this crate.
macro_rules! filas_de {
    ($frame:expr) => {{
        let frame = $frame;
        let columnas = ej_16_3_2_custom_expressions::COLUMNAS
            .map(|nombre| frame.column(nombre).unwrap().f64().unwrap().clone());
        let fila = |i| columnas.each_ref().map(|columna| columna.get(i).unwrap());
        (0..frame.height()).map(fila).collect::<Vec<[f64; 4]>>()
    }};
}

/// Random pairs of exercise 16.3.2, and its distances for them.
fn pares_y_distancias(semilla: u64, filas: usize) -> (Vec<[f64; 4]>, Vec<Option<f64>>) {
    let pares = ej_16_3_2_custom_expressions::pares_al_azar(semilla, filas).unwrap();
    let km = ej_16_3_2_custom_expressions::distancias(pares.columns()).unwrap();
    let km = km.f64().unwrap().iter().collect();
    (filas_de!(pares), km)
}

/// Pairs close to antipodes, of exercise 16.3.2.
fn pares_casi_antipodas(semilla: u64, filas: usize, metros: f64) -> Vec<[f64; 4]> {
    use ej_16_3_2_custom_expressions as e;
    filas_de!(e::pares_casi_antipodas(semilla, filas, metros).unwrap())
}

/// Whole rows of the four columns.
fn enteros(pares: &[[f64; 4]]) -> Vec<[Option<f64>; 4]> {
    pares.iter().map(|par| par.map(Some)).collect()
}

/// Sound events of the seeded model, in no order of time.
fn eventos(filas: u64) -> Vec<ecommerce_model::FilaGenerada> {
    use ecommerce_model::{ConfigGenerador, FilaGenerada, Generador};
    let config = ConfigGenerador::new(1642, "2024-01-15".parse().unwrap(), 1, filas);
    let generador = Generador::new(config).unwrap();
    let fila = |i| {
        let mut fila = FilaGenerada::new();
        generador.fill(i, &mut fila);
        fila
    };
    let filas = (0..filas).map(fila);
    filas.filter(|fila| fila.defect().is_none()).collect()
}
