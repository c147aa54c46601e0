//! 16.3.2: nanoseconds a row of the distance: of native expressions, of a Rust function over columns, and of what Python has.
//!
//! All over the same pairs of places, in memory, in one chunk. What is timed: of Polars, planning a `select` and running it; of
//! NumPy, the formula over four arrays; of `bucle`, the model's function called row by row on one thread, into a new vector.
//! `map_elements` is timed at the small size alone: it is as slow by the row at any.

use std::cell::{OnceCell, RefCell};
use std::fs::File;
use std::hint::black_box;
use std::time::Duration;

use criterion::measurement::WallTime;
use criterion::{BenchmarkGroup, BenchmarkId, Criterion, SamplingMode, Throughput};
use ecommerce_model::haversine_km;
use ej_16_3_2_custom_expressions::{
    COLUMNAS, distancia_haversine, distancia_haversine_columnas, pares_al_azar,
};
use polars::prelude::{ChunkAgg as _, DataFrame, Engine, Expr, IntoLazy as _, ParquetWriter, col};

use crate::peer::Peer;

type Distance = fn(Expr, Expr, Expr, Expr) -> Expr;

const FORMAS: [(&str, Distance); 2] = [
    ("nativa", distancia_haversine),
    ("columnas", distancia_haversine_columnas),
];
const MOTORES: [(&str, Engine); 2] = [
    ("memoria", Engine::InMemory),
    ("streaming", Engine::Streaming),
];
const SMALL: usize = 10_000;
const LARGE: usize = 1_000_000;

/// What the peer times, and up to how many rows.
const EN_PYTHON: [(&str, usize); 5] = [
    ("nativa-in-memory", LARGE),
    ("nativa-streaming", LARGE),
    ("map_batches", LARGE),
    ("numpy", LARGE),
    ("map_elements", SMALL),
];

/// Runs this exercise's group.
pub(crate) fn bench(c: &mut Criterion) {
    let peer = OnceCell::new();
    for rows in [SMALL, LARGE] {
        distances(c, rows, &peer);
    }
}

/// Pairs in memory and in a file, and the distances of all by the model's function.
struct Pairs {
    directory: tempfile::TempDir,
    frame: DataFrame,
    columns: [Vec<f64>; 4],
    sum: f64,
}

impl Pairs {
    fn of(rows: usize) -> Self {
        let mut frame = pares_al_azar(1632, rows).expect("four columns");
        let directory = tempfile::tempdir().expect("a temporary directory");
        let file = File::create(directory.path().join("pares.parquet")).expect("room for a file");
        ParquetWriter::new(file)
            .finish(&mut frame)
            .expect("room for the pairs");
        let columns = COLUMNAS.map(|name| {
            let column = frame.column(name).expect("a column of pairs");
            column.f64().expect("floats").into_no_null_iter().collect()
        });
        let mut pairs = Self {
            directory,
            frame,
            columns,
            sum: 0.0,
        };
        pairs.sum = pairs.loop_over_rows().iter().sum();
        pairs
    }

    fn loop_over_rows(&self) -> Vec<f64> {
        let [lat1, lon1, lat2, lon2] = &self.columns;
        let points = lat1.iter().zip(lon1).zip(lat2.iter().zip(lon2));
        points
            .map(|((a, b), (c, d))| haversine_km(*a, *b, *c, *d))
            .collect()
    }

    fn planned(&self, distance: Distance, engine: Engine) -> DataFrame {
        let [lat1, lon1, lat2, lon2] = COLUMNAS.map(col);
        let query = self.frame.clone().lazy();
        let query = query.select([distance(lat1, lon1, lat2, lon2)]);
        let ran = query.collect_with_engine(engine);
        ran.expect("sound pairs").unwrap_single()
    }

    /// Whether these distances are those of the loop; NumPy's sines differ from the C library's in the last bit.
    fn assert_sum(&self, sum: f64) {
        assert!(
            (sum - self.sum).abs() <= 1e-9 * self.sum,
            "{sum} {}",
            self.sum
        );
    }
}

fn group(c: &mut Criterion, rows: usize) -> BenchmarkGroup<'_, WallTime> {
    let mut group = c.benchmark_group("16.3.2/haversine");
    group
        .sample_size(10)
        .sampling_mode(SamplingMode::Flat)
        .warm_up_time(Duration::from_millis(200))
        .measurement_time(Duration::from_millis(1_000))
        .throughput(Throughput::Elements(rows as u64));
    group
}

fn distances(c: &mut Criterion, rows: usize, peer: &OnceCell<Option<RefCell<Peer>>>) {
    let pairs = OnceCell::new();
    let pairs = || pairs.get_or_init(|| Pairs::of(rows));
    let mut group = group(c, rows);
    group.bench_function(BenchmarkId::new("bucle", rows), |b| {
        b.iter(|| black_box(pairs()).loop_over_rows());
    });
    for (form, distance) in FORMAS {
        for (engine_name, engine) in MOTORES {
            let id = BenchmarkId::new(format!("{form}_{engine_name}"), rows);
            group.bench_function(id, |b| {
                let run = || black_box(pairs()).planned(distance, engine);
                let km = run();
                let km = km.column("distancia_km").expect("the distance");
                pairs().assert_sum(km.f64().expect("floats").sum().expect("no nulls"));
                b.iter(run);
            });
        }
    }
    for (form, up_to) in EN_PYTHON {
        if rows > up_to {
            continue;
        }
        if std::env::var_os("ECOMMERCE_PYTHON").is_none() {
            eprintln!("16.3.2: {form} en Python ausente: falta ECOMMERCE_PYTHON");
            continue;
        }
        let name = form.replace("in-memory", "memoria").replace('-', "_");
        let id = BenchmarkId::new(format!("python_{name}"), rows);
        group.bench_function(id, |b| {
            let start =
                || Peer::of_environment("16.3.2", "expresiones_haversine.py").map(Into::into);
            let peer = peer.get_or_init(start).as_ref();
            let mut peer = peer.expect("there is an interpreter").borrow_mut();
            let file = pairs().directory.path().join("pares.parquet");
            let sum = peer.ask(&format!("abre {form} {}", file.display()));
            pairs().assert_sum(sum.parse().expect("a sum"));
            b.iter_custom(|times| peer.time(&format!("mide {form} {times}")));
        });
    }
    group.finish();
}
