//! 16.7.2: the work of the final duel warm and in this process: the native engine, arrow-rs only decoding the columns that it takes, and
//! the two engines of the duel that are libraries. By region, with the different users of each; and by user, of whom there are a million.
//!
//! One Parquet file per question and size, made from a seed. Every answer is written, read again and compared with a loop over whole
//! cents before anything is timed. Other languages, cold processes, larger sizes and the S3 server are in `cargo xtask duelo final`.

use arrow::array::AsArray as _;
use arrow::compute::cast;
use arrow::datatypes::{DataType, Int64Type};
use criterion::measurement::WallTime;
use criterion::{BenchmarkGroup, BenchmarkId, Criterion, SamplingMode, Throughput};
use ecommerce_model::REGIONES;
use ej_16_3_4_polars_benchmark::sales::{Sales, schema};
use ej_16_7_2_four_languages::{DataFusion, Engine, Input, Key, Native, Polars, Sum};
use parquet::arrow::ArrowWriter;
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use parquet::basic::Compression;
use parquet::file::properties::WriterProperties;
use std::cell::LazyCell;
use std::collections::{BTreeMap, HashSet};
use std::fs::File;
use std::hint::black_box;
use std::path::{Path, PathBuf};
use std::time::Duration;
use tempfile::TempDir;

/// The size's name, its rows, and the rows of the sales that they are the first of: the model has a customer per twenty sales, up to
/// a million.
const FILAS: [(&str, u64, u64); 2] = [
    ("1M", 1_000_000, 1_000_000),
    ("10M", 10_000_000, 20_000_000),
];
const SEED: u64 = 42;
const BATCH_ROWS: u64 = 1 << 16;
const GROUP_ROWS: usize = 1 << 20;

/// Runs this exercise's groups.
pub(crate) fn bench(c: &mut Criterion) {
    for (question, key) in [("region", Key::Region), ("usuario", Key::User)] {
        let mut group = c.benchmark_group(format!("16.7.2/nativo/{question}"));
        group
            .sample_size(10)
            .sampling_mode(SamplingMode::Flat)
            .warm_up_time(Duration::from_millis(300))
            .measurement_time(Duration::from_millis(1_500));
        for (name, rows, of) in FILAS {
            let file = LazyCell::new(|| SalesFile::of(key, rows, of));
            group.throughput(Throughput::Elements(rows));
            add(&mut group, "nativo", name, &file, |file| {
                Native::new(file.input(), key).expect("an engine")
            });
            group.bench_function(BenchmarkId::new("solo-decodificar", name), |b| {
                let engine = Native::new(file.input(), key).expect("an engine");
                assert_eq!(engine.decode().expect("a good file"), Some(rows));
                b.iter(|| black_box(engine.decode().expect("a good file")));
            });
            add(&mut group, "polars", name, &file, |file| Polars {
                input: file.input(),
                key,
                sum: Sum::Float,
            });
            add(&mut group, "datafusion", name, &file, |file| {
                DataFusion::new(file.input(), key, Sum::Float).expect("an engine")
            });
        }
        group.finish();
    }
}

/// What is known of a key: cents, sales, and the different users where they are asked for.
type Expected = BTreeMap<String, (i64, i64, Option<i64>)>;

/// A file of sales and its answer, made when a bench that was selected asks for it.
struct SalesFile {
    path: PathBuf,
    key: Key,
    expected: Expected,
    /// Keeps the file for as long as it is read.
    directory: TempDir,
}

impl SalesFile {
    fn of(key: Key, rows: u64, of: u64) -> Self {
        let directory = tempfile::tempdir().expect("a directory for the input");
        let path = directory.path().join("ventas.parquet");
        let sales = Sales::new(SEED, of).expect("sales can be made");
        write(&sales, rows, &path);
        Self {
            expected: expected(&sales, rows, key),
            path,
            key,
            directory,
        }
    }

    fn input(&self) -> Input {
        Input::open(&self.path, self.key).expect("the input can be read")
    }

    /// Fails unless the engine's answer is right to the cent and the user.
    fn check<E: Engine>(&self, engine: &E) {
        let answer = self.directory.path().join("respuesta.parquet");
        let found = engine.aggregate().expect("a good file");
        engine
            .write(found, &answer)
            .expect("the answer can be written");
        assert!(
            read(&answer) == self.expected,
            "{}: a wrong answer",
            engine.version()
        );
    }
}

fn add<E: Engine, F: FnOnce() -> SalesFile>(
    group: &mut BenchmarkGroup<'_, WallTime>,
    name: &str,
    size: &str,
    file: &LazyCell<SalesFile, F>,
    engine: impl Fn(&SalesFile) -> E,
) {
    group.bench_function(BenchmarkId::new(name, size), |b| {
        let engine = engine(file);
        file.check(&engine);
        b.iter(|| black_box(engine.aggregate().expect("a good file")));
    });
}

/// The first rows of the sales as one file: Snappy, dictionaries, row groups of a million rows.
fn write(sales: &Sales, rows: u64, path: &Path) {
    let properties = WriterProperties::builder()
        .set_compression(Compression::SNAPPY)
        .set_max_row_group_row_count(Some(GROUP_ROWS))
        .build();
    let file = File::create(path).expect("the input can be created");
    let mut writer = ArrowWriter::try_new(file, schema(), Some(properties)).expect("a writer");
    for start in (0..rows).step_by(BATCH_ROWS as usize) {
        let end = (start + BATCH_ROWS).min(rows);
        let batch = sales.batch(start..end).expect("sales fit their schema");
        writer.write(&batch).expect("the input can be written");
    }
    writer.close().expect("the input can be written");
}

/// The answer by a loop over whole cents.
fn expected(sales: &Sales, rows: u64, key: Key) -> Expected {
    let mut groups: BTreeMap<u64, (i64, i64, HashSet<u64>)> = BTreeMap::new();
    for sale in (0..rows).map(|index| sales.sale(index)) {
        let Some(cents) = sale.cents.filter(|cents| *cents > 0) else {
            continue;
        };
        let group = groups
            .entry(match key {
                Key::Region => sale.region as u64,
                Key::User => sale.customer,
            })
            .or_default();
        group.0 += cents;
        group.1 += 1;
        if key == Key::Region {
            group.2.insert(sale.customer);
        }
    }
    let named = groups
        .into_iter()
        .map(|(group, (cents, sales, users))| match key {
            Key::Region => {
                let name = REGIONES[group as usize].0.to_owned();
                (name, (cents, sales, Some(users.len() as i64)))
            }
            Key::User => (format!("u{group:07}"), (cents, sales, None)),
        });
    named.collect()
}

/// An answer that an engine wrote.
fn read(path: &Path) -> Expected {
    let file = File::open(path).expect("the answer is there");
    let reader = ParquetRecordBatchReaderBuilder::try_new(file).expect("a Parquet file");
    let mut found = Expected::new();
    for batch in reader.build().expect("a Parquet file") {
        let batch = batch.expect("a good file");
        let whole = |name: &str| {
            batch.column_by_name(name).map(|column| {
                let column = cast(column, &DataType::Int64).expect("whole numbers");
                column.as_primitive::<Int64Type>().clone()
            })
        };
        let keys = cast(batch.column(0), &DataType::Utf8).expect("texts");
        let (cents, sales) = whole("centavos")
            .zip(whole("ventas"))
            .expect("both columns");
        let users = whole("usuarios");
        for (row, key) in keys.as_string::<i32>().iter().enumerate() {
            let key = key.expect("every sale has a key").to_owned();
            let users = users.as_ref().map(|users| users.value(row));
            found.insert(key, (cents.value(row), sales.value(row), users));
        }
    }
    found
}
