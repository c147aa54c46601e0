//! 16.2.2: writing and reading by encoding and codec, what the checks of the safe reader cost, what pruning saves, batch sizes.
//!
//! All on one day of the model's events; every file is read back and compared with them before anything is timed. Speeds count
//! the bytes that the events take in memory. The whole table of encodings and codecs, with a drawing, is made by
//! `cargo run -p ej_16_2_2_parquet --release -- tabla`.

use arrow::array::{AsArray, RecordBatch};
use arrow::compute::{cast, concat_batches, sort_to_indices, take_record_batch};
use arrow::datatypes::TimestampMicrosecondType;
use criterion::measurement::WallTime;
use criterion::{BenchmarkGroup, BenchmarkId, Criterion, SamplingMode, Throughput};
use ecommerce_arrow::{Limits, SafeParquet, generate_batch};
use ecommerce_model::{ConfigGenerador, Generador};
use ej_16_2_2_parquet::encodings::{Codec, Scheme, memory, properties};
use ej_16_2_2_parquet::{
    Condition, ParquetFileError, Pruning, escribir_flujo, leer_por_lotes, query,
};
use parquet::arrow::ArrowWriter;
use parquet::arrow::arrow_reader::{ArrowReaderOptions, ParquetRecordBatchReaderBuilder};
use parquet::basic::Compression;
use parquet::file::properties::{EnabledStatistics, WriterProperties};
use std::fs::File;
use std::hint::black_box;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

const FILAS: u64 = 200_000;

/// A few of the 36 combinations: the plain end, the usual choice, the choice by column under each codec.
const COMBINACIONES: [(&str, Scheme, Codec); 7] = [
    ("plain_ninguno", Scheme::Plain, Codec::None),
    ("plain_zstd3", Scheme::Plain, Codec::Zstd(3)),
    ("diccionario_snappy", Scheme::Dictionary, Codec::Snappy),
    ("por_columna_ninguno", Scheme::ByColumn, Codec::None),
    ("por_columna_snappy", Scheme::ByColumn, Codec::Snappy),
    ("por_columna_lz4", Scheme::ByColumn, Codec::Lz4),
    ("por_columna_zstd3", Scheme::ByColumn, Codec::Zstd(3)),
];

/// Runs this exercise's groups.
pub(crate) fn bench(c: &mut Criterion) {
    let events = events();
    let directory = tempfile::tempdir().expect("a temporary directory");
    writing(c, &events);
    reading(c, &events, directory.path());
    checking(c, &events, directory.path());
    pruning(c, &events, directory.path());
    batches(c, &events, directory.path());
}

/// A day of events in order of time, as a stream of them arrives.
fn events() -> RecordBatch {
    let day = "2024-01-15".parse().expect("a day");
    let generator =
        Generador::new(ConfigGenerador::new(42, day, 1, FILAS)).expect("a good configuration");
    let batch = generate_batch(&generator, 0..FILAS).expect("rows of the model");
    let order = sort_to_indices(batch.column(9), None, None).expect("instants have an order");
    take_record_batch(&batch, &order).expect("as many rows")
}

fn group<'a>(c: &'a mut Criterion, name: &str, bytes: Option<u64>) -> BenchmarkGroup<'a, WallTime> {
    let mut group = c.benchmark_group(format!("16.2.2/{name}"));
    group
        .sample_size(10)
        .sampling_mode(SamplingMode::Flat)
        .warm_up_time(Duration::from_millis(300))
        .measurement_time(Duration::from_millis(1_500));
    if let Some(bytes) = bytes {
        group.throughput(Throughput::Bytes(bytes));
    }
    group
}

fn encode(events: &RecordBatch, properties: WriterProperties) -> Vec<u8> {
    let out = Vec::with_capacity(32 << 20);
    let mut writer =
        ArrowWriter::try_new(out, events.schema(), Some(properties)).expect("a schema of events");
    writer.write(events).expect("a batch of events");
    writer.into_inner().expect("memory has room")
}

fn writing(c: &mut Criterion, events: &RecordBatch) {
    let mut group = group(c, "escritura", Some(memory(std::slice::from_ref(events))));
    for (name, scheme, codec) in COMBINACIONES {
        let properties = properties(&events.schema(), scheme, codec).expect("levels that exist");
        group.bench_function(name, |b| {
            b.iter(|| encode(black_box(events), properties.clone()))
        });
    }
    group.finish();
}

fn reading(c: &mut Criterion, events: &RecordBatch, directory: &Path) {
    let mut group = group(c, "lectura", Some(memory(std::slice::from_ref(events))));
    for (name, scheme, codec) in COMBINACIONES {
        let properties = properties(&events.schema(), scheme, codec).expect("levels that exist");
        let path = written(
            events,
            &directory.join(format!("{name}.parquet")),
            properties,
        );
        group.bench_function(name, |b| b.iter(|| read_all(&path)));
    }
    group.finish();
}

/// The file, once it has been read back and found to hold the events.
fn written(events: &RecordBatch, path: &Path, properties: WriterProperties) -> PathBuf {
    let stream = [Ok::<_, ParquetFileError>(events.clone())];
    escribir_flujo(events.schema(), stream, path, properties)
        .expect("a file in a temporary directory");
    let found: Vec<RecordBatch> = safe(path)
        .scan()
        .batches()
        .expect("a good file")
        .map(|b| b.expect("good pages"))
        .collect();
    assert_eq!(
        concat_batches(&found[0].schema(), &found).expect("one schema"),
        as_views(events, &found[0])
    );
    path.to_owned()
}

/// The events with the types that the reader gives.
fn as_views(events: &RecordBatch, like: &RecordBatch) -> RecordBatch {
    let columns = events
        .columns()
        .iter()
        .zip(like.schema().fields())
        .map(|(column, field)| cast(column, field.data_type()).expect("texts become views"))
        .collect();
    RecordBatch::try_new(like.schema(), columns).expect("the same columns")
}

fn safe(path: &Path) -> SafeParquet {
    SafeParquet::open(path, "eventos", &Limits::default()).expect("a good file")
}

fn read_all(path: &Path) -> usize {
    let batches = safe(path).scan().batches().expect("a good file");
    batches
        .map(|batch| black_box(batch.expect("good pages")).num_rows())
        .sum()
}

/// The safe reader and the library's own, which hands out the same views.
fn checking(c: &mut Criterion, events: &RecordBatch, directory: &Path) {
    let properties =
        properties(&events.schema(), Scheme::ByColumn, Codec::Snappy).expect("levels that exist");
    let path = written(events, &directory.join("lector.parquet"), properties);
    let views = Arc::clone(safe(&path).schema());
    let library = || -> usize {
        let options = ArrowReaderOptions::new().with_schema(Arc::clone(&views));
        let file = File::open(&path).expect("it was written");
        ParquetRecordBatchReaderBuilder::try_new_with_options(file, options)
            .and_then(|builder| {
                builder
                    .with_batch_size(Limits::default().batch_rows)
                    .build()
            })
            .expect("a good file")
            .map(|batch| black_box(batch.expect("good pages")).num_rows())
            .sum()
    };
    assert_eq!(
        (library(), read_all(&path)),
        (FILAS as usize, FILAS as usize)
    );
    let mut group = group(c, "lector", Some(memory(std::slice::from_ref(events))));
    group.bench_function("biblioteca", |b| b.iter(library));
    group.bench_function("seguro", |b| b.iter(|| read_all(&path)));
    group.finish();
}

/// A stretch of time out of the day, with more and more left unread.
fn pruning(c: &mut Criterion, events: &RecordBatch, directory: &Path) {
    let properties = WriterProperties::builder()
        .set_compression(Compression::SNAPPY)
        .set_max_row_group_row_count(Some(20_000))
        .set_data_page_row_count_limit(2_000)
        .set_write_batch_size(2_000)
        .set_statistics_enabled(EnabledStatistics::Page)
        .set_column_dictionary_enabled("evento_id".into(), false)
        .set_column_dictionary_enabled("timestamp".into(), false);
    let path = written(events, &directory.join("poda.parquet"), properties.build());
    let instants = events.column(9).as_primitive::<TimestampMicrosecondType>();
    let condition = Condition::integer(
        "timestamp",
        Some(instants.value(90_500)),
        Some(instants.value(91_500)),
    );
    let none = Pruning::NONE;
    let projection = Pruning {
        projection: true,
        ..none
    };
    let statistics = Pruning {
        statistics: true,
        ..projection
    };
    let pages = Pruning {
        page_index: true,
        ..statistics
    };
    let filter = Pruning {
        row_filter: true,
        ..pages
    };
    let rows = |pruning| -> usize {
        let answer = query(
            safe(&path),
            &["evento_id", "user_id", "monto"],
            &condition,
            pruning,
        );
        let answer = answer.expect("a good file");
        answer
            .map(|batch| black_box(batch.expect("good pages")).num_rows())
            .sum()
    };
    let expected = rows(none);
    assert!((1_001..2_000).contains(&expected), "{expected}");
    let mut group = group(c, "poda", None);
    for (name, pruning) in [
        ("ninguna", none),
        ("proyeccion", projection),
        ("grupos", statistics),
        ("paginas", pages),
        ("filtro", filter),
    ] {
        assert_eq!(rows(pruning), expected, "{name}");
        group.bench_function(name, |b| b.iter(|| rows(pruning)));
    }
    group.finish();
}

/// The whole file by batches of different sizes.
fn batches(c: &mut Criterion, events: &RecordBatch, directory: &Path) {
    let properties =
        properties(&events.schema(), Scheme::ByColumn, Codec::Snappy).expect("levels that exist");
    let path = written(events, &directory.join("lotes.parquet"), properties);
    let path = path.to_str().expect("a path of ASCII");
    let mut group = group(c, "lote", Some(memory(std::slice::from_ref(events))));
    for rows in [1_024, 8_192, 65_536] {
        group.bench_with_input(BenchmarkId::from_parameter(rows), &rows, |b, rows| {
            b.iter(|| -> usize {
                let batches = leer_por_lotes(path, *rows).expect("a good file");
                batches
                    .map(|batch| black_box(batch.expect("good pages")).num_rows())
                    .sum()
            });
        });
    }
    group.finish();
}
