//! 16.5.4: the guide's plan over all sales of a day at once, and in the pieces that add up; a small day from files to its commit.
//!
//! Both plans are held against each other before anything is timed.

use arrow::array::{ArrayRef, StringViewArray};
use criterion::{BatchSize, Criterion, SamplingMode, Throughput};
use ecommerce_arrow::{Format, Layout, write_days};
use ecommerce_model::{ConfigGenerador, Generador};
use ej_16_5_4_etl::{Metricas, Parcial, pipeline_etl_diario, transformar, ventas_frame};
use polars::prelude::{DataFrame, IntoLazy as _};
use std::cell::LazyCell;
use std::hint::black_box;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;
use tokio::runtime::Runtime;

const VENTAS: usize = 1_000_000;
/// As many as a batch of the reader has.
const TROZO: usize = 16_384;
const EVENTOS: u64 = 100_000;
const FECHA: &str = "2024-01-15";

/// Runs this exercise's groups.
pub(crate) fn bench(c: &mut Criterion) {
    transform(c);
    day(c);
}

/// Sales of five regions and two hundred thousand customers, pseudo-random with a seed.
fn sales(rows: usize) -> DataFrame {
    let mut state = 1654_u64;
    let mut next = |below: u64| {
        // splitmix64
        state = state.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = state;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        (z ^ (z >> 31)) % below
    };
    let regions = ["norte", "sur", "este", "oeste", "centro"];
    let (mut region, mut user, mut cents) = (Vec::new(), Vec::new(), Vec::new());
    for _ in 0..rows {
        region.push(regions[next(5) as usize]);
        user.push(format!("u{:07}", next(200_000)));
        cents.push(next(120_000) as i64 + 1);
    }
    let region: ArrayRef = Arc::new(StringViewArray::from_iter_values(region));
    let user: ArrayRef = Arc::new(StringViewArray::from_iter_values(user));
    let montos = cents.iter().map(|c| *c as f64 / 100.0).collect();
    ventas_frame(region, user, montos, cents).expect("sales")
}

fn whole(sales: &DataFrame) -> DataFrame {
    transformar(sales.clone().lazy())
        .collect()
        .expect("the plan")
}

fn in_pieces(pieces: &[DataFrame]) -> DataFrame {
    let mut sums = Parcial::default();
    for piece in pieces {
        sums.agregar(piece.clone()).expect("a piece");
    }
    sums.terminar().expect("the sums").expect("sales")
}

fn transform(c: &mut Criterion) {
    let input = LazyCell::new(|| {
        let sales = sales(VENTAS);
        let pieces: Vec<DataFrame> = (0..VENTAS)
            .step_by(TROZO)
            .map(|start| sales.slice(start as i64, TROZO))
            .collect();
        assert!(
            whole(&sales).equals(&in_pieces(&pieces)),
            "both plans give the same rows"
        );
        (sales, pieces)
    });
    let mut group = c.benchmark_group("16.5.4/transformar");
    group
        .sample_size(10)
        .sampling_mode(SamplingMode::Flat)
        .warm_up_time(Duration::from_millis(300))
        .measurement_time(Duration::from_secs(2))
        .throughput(Throughput::Elements(VENTAS as u64));
    group.bench_function("entero/1M", |b| {
        b.iter(|| black_box(whole(black_box(&input.0))));
    });
    group.bench_function("piezas/1M", |b| {
        b.iter(|| black_box(in_pieces(black_box(&input.1))));
    });
    group.finish();
}

fn run(runtime: &Runtime, directory: &Path) -> Metricas {
    let place = |name: &str| directory.join(name).display().to_string();
    let (origin, table) = (place("eventos"), place("ventas"));
    let day = pipeline_etl_diario(FECHA, &origin, &table);
    runtime.block_on(day).expect("the day")
}

/// The whole of a small day, from files to its commit.
fn day(c: &mut Criterion) {
    let input = LazyCell::new(|| {
        let directory = tempfile::tempdir().expect("a directory");
        let first = FECHA.parse().expect("a date");
        let generator = Generador::new(ConfigGenerador::new(42, first, 1, EVENTOS));
        let layout = Layout {
            root: directory.path().join("eventos"),
            format: Format::Parquet,
            rows_per_file: 1 << 20,
            threads: 2,
        };
        write_days(&generator.expect("events"), &layout, &|_, _| {}).expect("files");
        let runtime = Runtime::new().expect("a runtime");
        let sold = run(&runtime, directory.path()).filas_validas;
        assert!(sold > EVENTOS / 50, "{sold} sales");
        (directory, runtime)
    });
    let mut group = c.benchmark_group("16.5.4/dia");
    group
        .sample_size(10)
        .sampling_mode(SamplingMode::Flat)
        .warm_up_time(Duration::from_millis(300))
        .measurement_time(Duration::from_secs(2))
        .throughput(Throughput::Elements(EVENTOS));
    group.bench_function("100k", |b| {
        b.iter_batched(
            || {
                // A table of its own each time: a log that grows with the samples would be timed with them.
                let _ = std::fs::remove_dir_all(input.0.path().join("ventas"));
            },
            |()| black_box(run(&input.1, input.0.path())),
            BatchSize::PerIteration,
        );
    });
    group.finish();
}
