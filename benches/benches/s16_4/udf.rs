//! 16.4.2: the distance by the guide's loop, by the vectorized kernel and in SQL; a filter with its bounding box and without; the percentiles.
//!
//! One partition, so that it is the functions that are compared and not the threads. Every answer is checked before it is timed.

use criterion::measurement::WallTime;
use criterion::{BenchmarkGroup, Criterion, SamplingMode, Throughput};
use datafusion::arrow::array::{ArrayRef, AsArray as _, Float64Array, Int64Array, RecordBatch};
use datafusion::arrow::datatypes::Float64Type;
use datafusion::datasource::MemTable;
use datafusion::logical_expr::{ColumnarValue, ScalarUDF, Volatility};
use datafusion::prelude::{ParquetReadOptions, SessionConfig, SessionContext};
use ecommerce_model::haversine_km;
use ej_16_3_2_custom_expressions::{COLUMNAS, pares_al_azar};
use ej_16_4_2_udf::{
    Columna, Haversine, Nucleo, contexto, distancias_en_bloques, haversine_en_sql, haversine_udf,
    kilometros, percentil_de, registrar, udf_de_la_guia,
};
use parquet::arrow::ArrowWriter;
use parquet::file::properties::WriterProperties;
use std::cell::LazyCell;
use std::fs::File;
use std::hint::black_box;
use std::sync::Arc;
use std::time::Duration;
use tempfile::TempDir;
use tokio::runtime::Runtime;

const FILAS: usize = 1_000_000;
/// The engine's own.
const LOTE: usize = 8_192;
const LAS_CUATRO: &str = "lat_origen, lon_origen, lat_destino, lon_destino";

/// Runs this exercise's groups.
pub(crate) fn bench(c: &mut Criterion) {
    let runtime = LazyCell::new(|| Runtime::new().expect("a runtime"));
    kernels(c);
    queries(c, &runtime);
    filters(c, &runtime);
    percentiles(c, &runtime);
}

fn group<'a>(c: &'a mut Criterion, name: &str, rows: usize) -> BenchmarkGroup<'a, WallTime> {
    let mut group = c.benchmark_group(name);
    group
        .sample_size(10)
        .sampling_mode(SamplingMode::Flat)
        .warm_up_time(Duration::from_millis(300))
        .measurement_time(Duration::from_millis(1_000))
        .throughput(Throughput::Elements(rows as u64));
    group
}

/// Random pairs, column by column.
fn pairs(rows: usize) -> [Vec<f64>; 4] {
    let frame = pares_al_azar(1642, rows).expect("pairs");
    COLUMNAS.map(|name| {
        let column = frame.column(name).and_then(|column| column.f64());
        column.expect("floats").into_no_null_iter().collect()
    })
}

/// One batch in the first cache's reach, without the engine: what a row costs.
fn kernels(c: &mut Criterion) {
    let columns = LazyCell::new(|| pairs(LOTE));
    let arrays = LazyCell::new(|| {
        let array = |values: &Vec<f64>| Arc::new(Float64Array::from(values.clone())) as ArrayRef;
        columns
            .each_ref()
            .map(|values| ColumnarValue::Array(array(values)))
    });
    let mut group = group(c, "16.4.2/nucleo", LOTE);
    group.bench_function("guia", |b| {
        b.iter(|| haversine_udf(black_box(arrays.as_slice())).expect("columns"));
    });
    group.bench_function("vectorial", |b| {
        let input = columns.each_ref().map(|values| Columna::Filas(values));
        let mut km = vec![0.0; LOTE];
        distancias_en_bloques(input, &mut km);
        for (i, km) in km.iter().enumerate() {
            let [a, b, c, d] = columns.each_ref().map(|values| values[i]);
            let expected = haversine_km(a, b, c, d);
            assert!((km - expected).abs() < 1e-3, "{km} {expected}");
        }
        b.iter(|| {
            // The result is allocated, as it is for a batch of the engine.
            let mut km = vec![0.0; LOTE];
            distancias_en_bloques(black_box(input), &mut km);
            km
        });
    });
    // The same polynomials, one row after the other: what of the gain is not vectors.
    group.bench_function("polinomios_fila_a_fila", |b| {
        b.iter(|| {
            let mut km = Vec::with_capacity(LOTE);
            for i in 0..LOTE {
                let [a, b, c, d] = columns.each_ref().map(|values| values[i]);
                km.push(one_row(a, b, c, d));
            }
            km
        });
    });
    group.finish();
}

#[inline(never)]
fn one_row(lat1: f64, lon1: f64, lat2: f64, lon2: f64) -> f64 {
    kilometros(lat1, lon1, lat2, lon2)
}

/// The first value of a query's only row.
fn ask(runtime: &Runtime, ctx: &SessionContext, sql: &str) -> f64 {
    let query = async { ctx.sql(sql).await?.collect().await };
    let batches = runtime.block_on(query).expect("a good query");
    let rows: Vec<f64> = batches
        .iter()
        .flat_map(|batch| {
            batch
                .column(0)
                .as_primitive::<Float64Type>()
                .values()
                .to_vec()
        })
        .collect();
    rows.iter().sum()
}

/// A table in memory, in batches of the engine's length.
fn table(ctx: &SessionContext, name: &str, batch: &RecordBatch) {
    let batches = (0..batch.num_rows())
        .step_by(LOTE)
        .map(|start| batch.slice(start, LOTE.min(batch.num_rows() - start)));
    let table = MemTable::try_new(batch.schema(), vec![batches.collect()]).expect("one schema");
    ctx.register_table(name, Arc::new(table))
        .expect("a new name");
}

fn one_partition() -> SessionConfig {
    SessionConfig::new().with_target_partitions(1)
}

/// A million distances added up in SQL.
fn queries(c: &mut Criterion, runtime: &LazyCell<Runtime, impl FnOnce() -> Runtime>) {
    let input = LazyCell::new(|| {
        let ctx = SessionContext::new_with_config(one_partition());
        registrar(&ctx);
        ctx.register_udf(udf_de_la_guia());
        let by_row = Haversine::con("haversine_por_fila", Nucleo::PorFila, Volatility::Immutable);
        ctx.register_udf(ScalarUDF::from(by_row));
        let columns = pairs(FILAS);
        let sum: f64 = (0..FILAS)
            .map(|i| haversine_km(columns[0][i], columns[1][i], columns[2][i], columns[3][i]))
            .sum();
        let columns = COLUMNAS.into_iter().zip(columns);
        let array = |values: Vec<f64>| Arc::new(Float64Array::from(values)) as ArrayRef;
        let batch = RecordBatch::try_from_iter(columns.map(|(name, values)| (name, array(values))));
        table(&ctx, "pares", &batch.expect("four columns"));
        (ctx, sum)
    });
    let [lat1, lon1, lat2, lon2] = COLUMNAS;
    let mut group = group(c, "16.4.2/haversine", FILAS);
    for (name, expression) in [
        ("guia/1M", format!("haversine_guia({LAS_CUATRO})")),
        ("por_fila/1M", format!("haversine_por_fila({LAS_CUATRO})")),
        ("vectorial/1M", format!("haversine({LAS_CUATRO})")),
        ("sql/1M", haversine_en_sql(lat1, lon1, lat2, lon2)),
        // What of these times is not the distance.
        ("sin_distancia/1M", "lat_origen".to_owned()),
    ] {
        group.bench_function(name, |b| {
            let (ctx, expected) = &*input;
            let sql = format!("SELECT sum({expression}) FROM pares");
            let sum = ask(runtime, ctx, &sql);
            let close = (sum - expected).abs() <= 1e-9 * expected;
            assert!(
                close || name.starts_with("sin_"),
                "{name}: {sum} {expected}"
            );
            b.iter(|| ask(runtime, ctx, black_box(&sql)));
        });
    }
    group.finish();
}

/// A million points ordered by latitude in 62 row groups of a file, and those within 50 km of Madrid.
fn filters(c: &mut Criterion, runtime: &LazyCell<Runtime, impl FnOnce() -> Runtime>) {
    let input = LazyCell::new(|| {
        let directory = tempfile::tempdir().expect("a directory");
        let [mut lat, lon, ..] = pairs(FILAS);
        lat.sort_by(f64::total_cmp);
        let array = |values: Vec<f64>| Arc::new(Float64Array::from(values)) as ArrayRef;
        let columns = [("lat", array(lat)), ("lon", array(lon))];
        let batch = RecordBatch::try_from_iter(columns).expect("two columns");
        let properties = WriterProperties::builder()
            .set_max_row_group_row_count(Some(1 << 14))
            .build();
        let path = directory.path().join("puntos.parquet");
        let file = File::create(&path).expect("a file");
        let mut writer =
            ArrowWriter::try_new(file, batch.schema(), Some(properties)).expect("a writer");
        writer.write(&batch).expect("room");
        writer.close().expect("room");
        let with_box = contexto(one_partition());
        let without = SessionContext::new_with_config(one_partition());
        registrar(&without);
        for ctx in [&with_box, &without] {
            let path = path.to_str().expect("a path in text");
            let registering = ctx.register_parquet("puntos", path, ParquetReadOptions::default());
            runtime.block_on(registering).expect("a good file");
        }
        (directory, with_box, without)
    });
    let sql = "SELECT CAST(count(*) AS DOUBLE) FROM puntos WHERE haversine(lat, lon, 40.4168, -3.7038) < 50";
    let mut group = group(c, "16.4.2/filtro", FILAS);
    for name in ["caja_negra", "caja"] {
        group.bench_function(name, |b| {
            let (_, with_box, without): &(TempDir, _, _) = &input;
            assert_eq!(ask(runtime, with_box, sql), ask(runtime, without, sql));
            let ctx = if name == "caja" { with_box } else { without };
            b.iter(|| ask(runtime, ctx, black_box(sql)));
        });
    }
    group.finish();
}

/// The 95th percentile of a million amounts in a hundred groups.
fn percentiles(c: &mut Criterion, runtime: &LazyCell<Runtime, impl FnOnce() -> Runtime>) {
    const GRUPOS: usize = 100;
    let input = LazyCell::new(|| {
        let ctx = SessionContext::new_with_config(one_partition());
        registrar(&ctx);
        let [latitudes, ..] = pairs(FILAS);
        let amounts: Vec<f64> = latitudes.iter().map(|lat| (lat / 20.0).exp()).collect();
        let mut groups = vec![Vec::new(); GRUPOS];
        for (i, amount) in amounts.iter().enumerate() {
            groups[i % GRUPOS].push(*amount);
        }
        let exact = groups.iter_mut().map(|group| percentil_de(group, 0.95));
        let sum: f64 = exact.map(|p| p.expect("a full group")).sum();
        let numbers = (0..FILAS).map(|i| (i % GRUPOS) as i64);
        let batch = RecordBatch::try_from_iter([
            (
                "g",
                Arc::new(Int64Array::from_iter_values(numbers)) as ArrayRef,
            ),
            ("x", Arc::new(Float64Array::from(amounts)) as ArrayRef),
        ]);
        table(&ctx, "t", &batch.expect("two columns"));
        (ctx, sum)
    });
    let mut group = group(c, "16.4.2/percentil", FILAS);
    for (name, function, tolerance) in [
        ("exacto", "percentil_exacto", 1e-12),
        ("aproximado", "percentil_aproximado", 0.0101),
        ("percentile_cont", "percentile_cont", 1e-5),
        ("approx_percentile_cont", "approx_percentile_cont", 0.05),
    ] {
        group.bench_function(name, |b| {
            let (ctx, expected) = &*input;
            let sql = format!("SELECT {function}(x, 0.95) FROM t GROUP BY g");
            let sum = ask(runtime, ctx, &sql);
            assert!(
                (sum - expected).abs() <= tolerance * expected,
                "{name}: {sum} {expected}"
            );
            b.iter(|| ask(runtime, ctx, black_box(&sql)));
        });
    }
    group.finish();
}
