//! 16.3.4: the guide's query warm and in this process, by both engines of Polars and by DataFusion, from 10⁴ to 10⁷ rows.
//!
//! One Parquet file per size, made from a seed; a query opens it, reads the two columns, groups and adds up. Each answer is compared
//! to the cent with a loop over whole cents before it is timed. The other languages, and processes from their start, are in
//! the duel: `cargo xtask duelo revenue`.

use criterion::measurement::WallTime;
use criterion::{BenchmarkGroup, BenchmarkId, Criterion, SamplingMode, Throughput};
use ej_16_3_4_polars_benchmark::sales::{Sales, write_sales};
use ej_16_3_4_polars_benchmark::{
    DataFusion, Revenue, SalesFile, revenue_datafusion, revenue_polars,
};
use polars::prelude::Engine;
use std::cell::LazyCell;
use std::collections::BTreeMap;
use std::hint::black_box;
use std::time::Duration;
use tempfile::TempDir;
use tokio::runtime::Runtime;

const FILAS: [(&str, u64); 4] = [
    ("10k", 10_000),
    ("100k", 100_000),
    ("1M", 1_000_000),
    ("10M", 10_000_000),
];

/// Runs this exercise's group.
pub(crate) fn bench(c: &mut Criterion) {
    let runtime = LazyCell::new(|| Runtime::new().expect("a runtime"));
    let session = LazyCell::new(DataFusion::new);
    let mut group = c.benchmark_group("16.3.4/revenue");
    group
        .sample_size(10)
        .sampling_mode(SamplingMode::Flat)
        .warm_up_time(Duration::from_millis(300))
        .measurement_time(Duration::from_millis(1_500));
    for (name, rows) in FILAS {
        let input = LazyCell::new(|| Input::of(rows));
        group.throughput(Throughput::Elements(rows));
        add(&mut group, "polars", name, &input, |file| {
            revenue_polars(file, Engine::InMemory).expect("a good file")
        });
        add(&mut group, "polars-streaming", name, &input, |file| {
            revenue_polars(file, Engine::Streaming).expect("a good file")
        });
        add(&mut group, "datafusion", name, &input, |file| {
            let query = revenue_datafusion(&session, file);
            runtime.block_on(query).expect("a good file")
        });
    }
    group.finish();
}

/// A file of sales and its answer, made when a bench that was selected asks for it.
struct Input {
    file: SalesFile,
    expected: BTreeMap<&'static str, i64>,
    /// Keeps the file for as long as it is read.
    _directory: TempDir,
}

impl Input {
    fn of(rows: u64) -> Self {
        let directory = tempfile::tempdir().expect("a directory for the input");
        let path = directory.path().join("ventas.parquet");
        let sales = Sales::new(42, rows).expect("sales can be made");
        write_sales(&sales, &path).expect("the input can be written");
        Self {
            file: SalesFile::open(&path).expect("the input can be read"),
            expected: sales.expected(),
            _directory: directory,
        }
    }

    /// Fails unless `revenue` is right to the cent.
    fn check(&self, revenue: &Revenue) {
        let cents = revenue.cents().expect("money");
        let found = cents.iter().map(|(region, cents)| {
            let region = region.as_deref().expect("every sale has a region");
            (region, cents.get())
        });
        assert!(
            found.eq(self
                .expected
                .iter()
                .map(|(region, cents)| (*region, *cents)))
        );
    }
}

fn add<F: FnOnce() -> Input>(
    group: &mut BenchmarkGroup<'_, WallTime>,
    engine: &str,
    name: &str,
    input: &LazyCell<Input, F>,
    query: impl Fn(&SalesFile) -> Revenue,
) {
    group.bench_function(BenchmarkId::new(engine, name), |b| {
        input.check(&query(&input.file));
        b.iter(|| black_box(query(&input.file)));
    });
}
