//! 16.1.3: the filtered sum as a loop, as a chain, with Rayon, with Polars and with DataFusion, from 10⁴ to 10⁸ rows.
//!
//! All variants read one buffer. Its values are whole, so every order of addition gives the same exact sum, and each variant is
//! compared with a computation in integers before it is timed. The engines' time includes making and optimizing the plan.

use arrow::array::{ArrayRef, Float64Array, RecordBatch};
use criterion::{BenchmarkId, Criterion, SamplingMode, Throughput};
use datafusion::datasource::MemTable;
use datafusion::prelude::{SessionConfig, SessionContext};
use ecommerce_arrow::polars_bridge::frame_from_batch;
use ej_16_1_3_iterators::{
    grupo_de_hilos, suma_for, suma_iter, suma_neumaier, suma_por_etapas, suma_por_pares, suma_rayon,
};
use polars::prelude::{DataFrame, IntoLazy, col, lit};
use std::cell::LazyCell;
use std::hint::black_box;
use std::sync::Arc;
use std::time::Duration;
use tokio::runtime::{Builder, Runtime};

const FILAS: [usize; 5] = [10_000, 100_000, 1_000_000, 10_000_000, 100_000_000];
const MILLON: usize = 1_000_000;
const UMBRAL: f64 = 500_000.0;
const SQL: &str = "SELECT sum(monto * 2.0) AS total FROM ventas WHERE monto > 500000.0";

/// Runs this exercise's groups.
pub(crate) fn bench(c: &mut Criterion) {
    sums(c);
    fusion(c);
    precision(c);
    order(c);
}

/// One column of amounts, and the sum that every variant must find.
struct Column {
    batch: RecordBatch,
    total: f64,
}

impl Column {
    fn of(values: Vec<f64>) -> Self {
        let whole = values.iter().map(|x| *x as u64);
        let total: u64 = whole.filter(|x| *x > UMBRAL as u64).map(|x| x * 2).sum();
        let column: ArrayRef = Arc::new(Float64Array::from(values));
        let batch = RecordBatch::try_from_iter([("monto", column)]).expect("one column");
        Self {
            batch,
            total: total as f64,
        }
    }

    /// `rows` whole amounts from 1 to 1 000 000 in disorder.
    fn random(rows: usize) -> Self {
        let amount = |row: u64| (u128::from(scramble(row)) * 1_000_000) >> 64;
        Self::of(
            (0..rows as u64)
                .map(|row| (amount(row) + 1) as f64)
                .collect(),
        )
    }

    fn values(&self) -> &[f64] {
        let array = self.batch.column(0).as_any();
        let array = array.downcast_ref::<Float64Array>();
        array.expect("the column is Float64").values()
    }

    /// Fails unless `sum` finds the total.
    fn check(&self, sum: f64) {
        assert_eq!(sum, self.total);
    }

    /// The same buffer as a Polars frame.
    fn frame(&self) -> DataFrame {
        frame_from_batch(&self.batch).expect("Float64 crosses without a copy")
    }

    /// The same buffer as a DataFusion table of `threads` partitions, in its usual batches of 8 192 rows.
    fn session(&self, threads: usize) -> SessionContext {
        const BATCH: usize = 8_192;
        let rows = self.batch.num_rows();
        let share = rows.div_ceil(threads).next_multiple_of(BATCH);
        let slices = |from: usize| {
            let to = rows.min(from + share);
            (from..to)
                .step_by(BATCH)
                .map(|at| self.batch.slice(at, BATCH.min(to - at)))
                .collect()
        };
        let partitions = (0..rows).step_by(share).map(slices).collect();
        let table = MemTable::try_new(self.batch.schema(), partitions).expect("one schema");
        let context = SessionContext::new_with_config(
            SessionConfig::new()
                .with_target_partitions(threads)
                .with_batch_size(BATCH),
        );
        context
            .register_table("ventas", Arc::new(table))
            .expect("a fresh name");
        context
    }
}

/// SplitMix64 of `n`, seed 16.
fn scramble(n: u64) -> u64 {
    let mut z = n.wrapping_add(16).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    z ^ (z >> 31)
}

fn polars_sum(frame: &DataFrame) -> f64 {
    let query = frame
        .clone()
        .lazy()
        .filter(col("monto").gt(lit(UMBRAL)))
        .select([(col("monto") * lit(2.0)).sum()]);
    let result = query.collect().expect("a valid query");
    let total = result.columns()[0].f64().expect("a float sum");
    total.get(0).expect("one row")
}

fn datafusion_sum(runtime: &Runtime, context: &SessionContext) -> f64 {
    let batches = runtime
        .block_on(async { context.sql(SQL).await?.collect().await })
        .expect("a valid query");
    let total = batches[0].column(0).as_any();
    let total = total.downcast_ref::<Float64Array>();
    total.expect("a float sum").value(0)
}

/// 1, 2, 4 … threads, and all that this process may use.
fn thread_counts() -> Vec<usize> {
    let all = std::thread::available_parallelism().map_or(1, usize::from);
    let mut counts: Vec<_> = std::iter::successors(Some(1), |n| Some(n * 2))
        .take_while(|n| *n < all)
        .collect();
    counts.push(all);
    counts
}

fn quick<'a>(
    c: &'a mut Criterion,
    name: &str,
) -> criterion::BenchmarkGroup<'a, criterion::measurement::WallTime> {
    let mut group = c.benchmark_group(name);
    group
        .sample_size(12)
        .warm_up_time(Duration::from_millis(150))
        .measurement_time(Duration::from_millis(500))
        .nresamples(20_000);
    group
}

fn throughput(rows: usize) -> Throughput {
    Throughput::ElementsAndBytes {
        elements: rows as u64,
        bytes: 8 * rows as u64,
    }
}

fn sums(c: &mut Criterion) {
    let threads = thread_counts();
    let all = threads.iter().copied().max().unwrap_or(1);
    let mut group = quick(c, "16.1.3/suma_filtrada");
    for rows in FILAS {
        // Made when the first benchmark that passes the filter asks for it, dropped before the next size.
        let column = LazyCell::new(|| Column::random(rows));
        group.throughput(throughput(rows));
        group.sampling_mode(if rows > MILLON {
            SamplingMode::Flat
        } else {
            SamplingMode::Auto
        });
        for (name, sum) in [
            ("for", suma_for as fn(&[f64], f64) -> f64),
            ("iter", suma_iter),
        ] {
            group.bench_function(BenchmarkId::new(name, rows), |b| {
                column.check(sum(column.values(), UMBRAL));
                b.iter(|| sum(black_box(column.values()), black_box(UMBRAL)));
            });
        }
        for &threads in &threads {
            group.bench_function(BenchmarkId::new(format!("rayon-{threads}"), rows), |b| {
                let pool = grupo_de_hilos(threads).expect("threads");
                let values = column.values();
                column.check(pool.install(|| suma_rayon(values, UMBRAL)));
                b.iter(|| pool.install(|| suma_rayon(black_box(values), black_box(UMBRAL))));
            });
        }
        group.bench_function(BenchmarkId::new("polars", rows), |b| {
            let frame = column.frame();
            column.check(polars_sum(&frame));
            b.iter(|| polars_sum(black_box(&frame)));
        });
        group.bench_function(BenchmarkId::new("datafusion", rows), |b| {
            let builder = &mut Builder::new_multi_thread();
            let runtime = builder
                .worker_threads(all)
                .enable_all()
                .build()
                .expect("threads");
            let context = column.session(all);
            column.check(datafusion_sum(&runtime, &context));
            b.iter(|| datafusion_sum(&runtime, black_box(&context)));
        });
    }
    group.finish();
}

fn fusion(c: &mut Criterion) {
    let column = LazyCell::new(|| Column::random(MILLON));
    let mut group = quick(c, "16.1.3/fusion");
    group.throughput(throughput(MILLON));
    for (name, sum) in [
        ("encadenada", suma_iter as fn(&[f64], f64) -> f64),
        ("por_etapas", suma_por_etapas),
    ] {
        group.bench_function(BenchmarkId::new(name, MILLON), |b| {
            column.check(sum(column.values(), UMBRAL));
            b.iter(|| sum(black_box(column.values()), black_box(UMBRAL)));
        });
    }
    group.finish();
}

fn precision(c: &mut Criterion) {
    let column = LazyCell::new(|| Column::random(MILLON));
    let mut group = quick(c, "16.1.3/suma_precisa");
    group.throughput(throughput(MILLON));
    for (name, sum) in [
        ("simple", suma_iter as fn(&[f64], f64) -> f64),
        ("por_pares", suma_por_pares),
        ("neumaier", suma_neumaier),
    ] {
        group.bench_function(BenchmarkId::new(name, MILLON), |b| {
            column.check(sum(column.values(), UMBRAL));
            b.iter(|| sum(black_box(column.values()), black_box(UMBRAL)));
        });
    }
    group.finish();
}

/// The guide's data, 1 to 1 000 000 in order, and the same values in disorder: what branch prediction is worth.
fn order(c: &mut Criterion) {
    let mut group = quick(c, "16.1.3/orden");
    group.throughput(throughput(MILLON));
    let mut values: Vec<f64> = (1..=MILLON).map(|i| i as f64).collect();
    let sorted = Column::of(values.clone());
    values.sort_by_key(|x| scramble(*x as u64));
    let columns = [("ordenados", sorted), ("desordenados", Column::of(values))];
    for (name, column) in &columns {
        group.bench_function(BenchmarkId::new(*name, MILLON), |b| {
            column.check(suma_iter(column.values(), UMBRAL));
            b.iter(|| suma_iter(black_box(column.values()), black_box(UMBRAL)));
        });
    }
    group.finish();
}
