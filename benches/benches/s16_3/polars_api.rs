//! 16.3.1: the guide's query by Polars from Rust and from Python, over the same files and by the same engines.
//!
//! What is timed: of `revenue`, planning the query and running it on a Parquet file of the model's events that the system has in
//! its cache; of `tramas`, the same for a thousand frames in memory of twenty rows, the next thousand of ten thousand at every
//! turn, one after another. In Rust the call; in Python the same loop inside the interpreter, in a process of its own.
//! `rust_directo` is the answer without Polars' planner, from the columns' own memory.

use std::cell::OnceCell;
use std::collections::{BTreeMap, HashSet};
use std::fs::File;
use std::hint::black_box;
use std::path::Path;
use std::time::Duration;

use criterion::measurement::WallTime;
use criterion::{BenchmarkGroup, BenchmarkId, Criterion, SamplingMode, Throughput};
use ecommerce_arrow::{Format, Layout, write_days};
use ecommerce_model::{ConfigGenerador, FilaGenerada, Generador};
use ej_16_3_1_polars_api::{escanear, plan_revenue, recoger, revenue_directo};
use polars::prelude::{
    ChunkAgg as _, DataFrame, Engine, IntoLazy as _, LazyFrame, ParquetReader, SerReader as _,
};

use crate::peer::Peer;

/// The engines by their names in ids and in Python.
const MOTORES: [(&str, &str, Engine); 2] = [
    ("memoria", "in-memory", Engine::InMemory),
    ("streaming", "streaming", Engine::Streaming),
];

/// Runs this exercise's groups.
pub(crate) fn bench(c: &mut Criterion) {
    let peer = OnceCell::new();
    for (name, rows) in [("1M", 1_000_000), ("10M", 10_000_000)] {
        revenue(c, name, rows, &peer);
    }
    frames(c, &peer);
}

/// The Python process, started by the first bench that is selected and has an interpreter.
type Python = OnceCell<Option<std::cell::RefCell<Peer>>>;

/// Does something with the peer; `None` without an interpreter.
fn with_python<T>(python: &Python, work: impl FnOnce(&mut Peer) -> T) -> Option<T> {
    let start = || Peer::of_environment("16.3.1", "polars_api_revenue.py").map(Into::into);
    let peer = python.get_or_init(start).as_ref()?;
    Some(work(&mut peer.borrow_mut()))
}

fn has_python() -> bool {
    std::env::var_os("ECOMMERCE_PYTHON").is_some()
}

fn group<'a>(c: &'a mut Criterion, name: &str, elements: u64) -> BenchmarkGroup<'a, WallTime> {
    let mut group = c.benchmark_group(format!("16.3.1/{name}"));
    group
        .sample_size(10)
        .sampling_mode(SamplingMode::Flat)
        .warm_up_time(Duration::from_millis(200))
        .measurement_time(Duration::from_millis(1_000))
        .throughput(Throughput::Elements(elements));
    group
}

/// Revenue in cents and buyers of each region.
type Expected = BTreeMap<String, (i64, u32)>;

/// A file of events, and what the query gives for it, by whole numbers.
struct Events {
    directory: tempfile::TempDir,
    expected: Expected,
}

impl Events {
    fn of(rows: u64) -> Self {
        let day = "2024-01-15".parse().expect("a day");
        let config = ConfigGenerador {
            defectos: 0.0,
            ..ConfigGenerador::new(42, day, 1, rows)
        };
        let generator = Generador::new(config).expect("a good configuration");
        let directory = tempfile::tempdir().expect("a temporary directory");
        let layout = Layout {
            root: directory.path().to_owned(),
            format: Format::Parquet,
            rows_per_file: rows,
            threads: 1,
        };
        write_days(&generator, &layout, &|_, _| {}).expect("room for the file");
        Self {
            expected: expected(&generator, rows),
            directory,
        }
    }

    fn path(&self) -> String {
        let file = "fecha=2024-01-15/part-00000.parquet";
        let path = self.directory.path().join(file);
        path.to_str().expect("a path in UTF-8").to_owned()
    }
}

fn expected(generator: &Generador, rows: u64) -> Expected {
    let mut sums: BTreeMap<String, (i64, HashSet<String>)> = BTreeMap::new();
    let mut row = FilaGenerada::new();
    for index in 0..rows {
        generator.fill(index, &mut row);
        let event = row.as_fila();
        let (Some(monto), Some(region)) = (event.monto, event.region) else {
            continue;
        };
        let user = event.user_id.expect("a sound purchase has a buyer");
        let sum = match sums.get_mut(region) {
            Some(sum) => sum,
            None => sums.entry(region.to_owned()).or_default(),
        };
        sum.0 += (monto * 100.0).round() as i64;
        if !sum.1.contains(user) {
            sum.1.insert(user.to_owned());
        }
    }
    let counted = |(cents, users): (i64, HashSet<String>)| (cents, users.len() as u32);
    sums.into_iter()
        .map(|(region, sum)| (region, counted(sum)))
        .collect()
}

/// A result as whole numbers.
fn as_expected(revenue: &DataFrame) -> Expected {
    let column = |name| revenue.column(name).expect("the query's columns");
    let (regions, sums, users) = (
        column("region").str().expect("text"),
        column("revenue").f64().expect("floats"),
        column("usuarios_unicos").u32().expect("counts"),
    );
    let rows = regions.iter().zip(sums.iter()).zip(users.iter());
    rows.map(|((region, sum), users)| {
        let cents = (sum.expect("a sum") * 100.0).round() as i64;
        let region = region.expect("a region").to_owned();
        (region, (cents, users.expect("a count")))
    })
    .collect()
}

fn query(path: &str) -> LazyFrame {
    plan_revenue(escanear(path).expect("a path"))
}

fn revenue(c: &mut Criterion, name: &str, rows: u64, python: &Python) {
    let events = OnceCell::new();
    let events = || events.get_or_init(|| Events::of(rows));
    let mut group = group(c, "revenue", rows);
    for (engine_name, in_python, engine) in MOTORES {
        let rust = BenchmarkId::new(format!("rust_{engine_name}"), name);
        group.bench_function(rust, |b| {
            let path = events().path();
            let run = || recoger(query(black_box(&path)), engine).expect("a sound file");
            assert_eq!(as_expected(&run()), events().expected);
            b.iter(run);
        });
        if !has_python() {
            eprintln!("16.3.1: python_{engine_name} ausente: falta ECOMMERCE_PYTHON");
            continue;
        }
        let id = BenchmarkId::new(format!("python_{engine_name}"), name);
        group.bench_function(id, |b| {
            let path = events().path();
            with_python(python, |peer| {
                let answer = peer.ask(&format!("resultado {in_python} {path}"));
                assert_eq!(answer, as_json(&events().expected));
            });
            b.iter_custom(|times| {
                let request = format!("revenue {in_python} {times} {path}");
                with_python(python, |peer| peer.time(&request)).unwrap_or_default()
            });
        });
    }
    group.finish();
}

/// The sums as the peer writes them.
fn as_json(expected: &Expected) -> String {
    let regions = expected
        .iter()
        .map(|(region, (cents, users))| format!("\"{region}\": [{cents}, {users}]"));
    format!("{{{}}}", regions.collect::<Vec<_>>().join(", "))
}

/// Frames in all, rows of each, and how many are computed at a turn.
const FRAMES: usize = 10_000;
const FRAME_ROWS: usize = 20;
const TURN: usize = 1_000;

/// Ten thousand frames of twenty rows: slices of one that was read from a file.
struct Frames {
    events: Events,
    frames: Vec<DataFrame>,
}

impl Frames {
    fn new() -> Self {
        let events = Events::of((FRAMES * FRAME_ROWS) as u64);
        let file = File::open(Path::new(&events.path())).expect("the file just written");
        let mut all = ParquetReader::new(file)
            .with_columns(Some(
                ["region", "monto", "user_id"].map(Into::into).to_vec(),
            ))
            .finish()
            .expect("a sound file");
        all.rechunk_mut();
        let slice = |at| all.slice((at * FRAME_ROWS) as i64, FRAME_ROWS);
        Self {
            frames: (0..FRAMES).map(slice).collect(),
            events,
        }
    }

    /// The thousand frames of a turn.
    fn turn(&self, turn: usize) -> &[DataFrame] {
        let start = turn * TURN % FRAMES;
        &self.frames[start..start + TURN]
    }

    /// Cents over all frames, one by one.
    fn cents(&self, revenue_of: impl Fn(&DataFrame) -> f64) -> i64 {
        let sum: f64 = self.frames.iter().map(revenue_of).sum();
        (sum * 100.0).round() as i64
    }

    fn expected_cents(&self) -> i64 {
        self.events.expected.values().map(|(cents, _)| cents).sum()
    }
}

fn frames(c: &mut Criterion, python: &Python) {
    let all = OnceCell::new();
    let all = || all.get_or_init(Frames::new);
    let mut group = group(c, "tramas", TURN as u64);
    for (engine_name, in_python, engine) in MOTORES {
        let planned = move |frame: &DataFrame| {
            recoger(plan_revenue(frame.clone().lazy()), engine).expect("a sound frame")
        };
        group.bench_function(format!("rust_{engine_name}"), |b| {
            let sum = |frame: &DataFrame| {
                let revenue = planned(frame);
                let column = revenue.column("revenue").expect("the query's columns");
                column.f64().expect("floats").sum().unwrap_or(0.0)
            };
            assert_eq!(all().cents(sum), all().expected_cents());
            let mut turn = 0;
            b.iter(|| {
                turn += 1;
                for frame in all().turn(turn) {
                    black_box(planned(black_box(frame)));
                }
            });
        });
        if !has_python() {
            continue;
        }
        group.bench_function(format!("python_{engine_name}"), |b| {
            with_python(python, |peer| {
                let path = all().events.path();
                let cents = peer.ask(&format!("tramas {FRAME_ROWS} {in_python} {path}"));
                assert_eq!(cents, all().expected_cents().to_string());
            });
            b.iter_custom(|times| {
                let request = format!("turno {TURN} {in_python} {times}");
                with_python(python, |peer| peer.time(&request)).unwrap_or_default()
            });
        });
    }
    group.bench_function("rust_directo", |b| {
        let rows = |frame: &DataFrame| revenue_directo(frame).expect("a sound frame");
        let sum = |frame: &DataFrame| rows(frame).iter().map(|row| row.revenue).sum();
        assert_eq!(all().cents(sum), all().expected_cents());
        let mut turn = 0;
        b.iter(|| {
            turn += 1;
            for frame in all().turn(turn) {
                black_box(rows(black_box(frame)));
            }
        });
    });
    group.finish();
}
