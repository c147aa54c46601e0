//! 16.2.3: the same column written and read as Arrow IPC, Parquet, JSON, CSV and a binary row format.
//!
//! Writing starts at a `RecordBatch` in all of them. Reading ends at batches for the columnar formats and arrow-json, and at rows
//! of a Rust struct for serde_json, CSV and postcard, which is the least that those can be asked for.
//!
//! With `TAMANOS_16_2_3=FILE` nothing is timed here: the bytes per row of everything are written there as JSON, and the run ends.

mod format;
mod rows;

use arrow::array::RecordBatch;
use arrow::buffer::Buffer;
use criterion::measurement::WallTime;
use criterion::{BenchmarkGroup, BenchmarkId, Criterion, SamplingMode, Throughput};
use ej_16_2_3_arrow_ipc::sample::{Kind, sample_column};
use ej_16_2_3_arrow_ipc::{Limits, StreamBatches};
use format::Format;
use serde_json::json;
use std::cell::OnceCell;
use std::hint::black_box;
use std::time::Duration;

const SEED: u64 = 42;
const NULLS: [u64; 3] = [0, 10, 90];
const MILLION: usize = 1_000_000;

/// Rows of a measurement. Formats that take a text or a row at a time get a tenth, except for the column that the guide's figures
/// are about; throughput is per element, so the ids compare.
fn rows_of(format: Format, kind: Kind, nulls: u64) -> usize {
    if format.is_columnar() || (kind, nulls) == (Kind::F64, 0) {
        MILLION
    } else {
        MILLION / 10
    }
}

/// Runs this exercise's groups.
pub(crate) fn bench(criterion: &mut Criterion) {
    if let Some(path) = std::env::var_os("TAMANOS_16_2_3") {
        sizes(path.as_ref());
        // The other exercises of this section have nothing to do with sizes.
        std::process::exit(0);
    }
    write(criterion);
    read(criterion);
}

fn short(group: &mut BenchmarkGroup<'_, WallTime>) {
    group
        .sample_size(10)
        .sampling_mode(SamplingMode::Flat)
        .warm_up_time(Duration::from_millis(100))
        .measurement_time(Duration::from_millis(300));
}

/// A column to measure. Nothing is generated or encoded for an id that the command line leaves out.
struct Case {
    kind: Kind,
    nulls: u64,
    million: OnceCell<RecordBatch>,
    tenth: OnceCell<RecordBatch>,
}

impl Case {
    fn all() -> impl Iterator<Item = Self> {
        let columns = Kind::ALL
            .into_iter()
            .flat_map(|kind| NULLS.map(|nulls| (kind, nulls)));
        columns.map(|(kind, nulls)| Self {
            kind,
            nulls,
            million: OnceCell::new(),
            tenth: OnceCell::new(),
        })
    }

    fn formats(&self) -> impl Iterator<Item = Format> {
        let kind = self.kind;
        Format::ALL
            .into_iter()
            .filter(move |format| format.can_hold(kind))
    }

    fn batch(&self, rows: usize) -> &RecordBatch {
        let cell = if rows == MILLION {
            &self.million
        } else {
            &self.tenth
        };
        cell.get_or_init(|| sample_column(self.kind, self.nulls, rows, SEED))
    }

    fn id(&self, format: &str) -> BenchmarkId {
        BenchmarkId::new(format, format!("{}-{}", self.kind.as_str(), self.nulls))
    }
}

fn write(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("16.2.3/escribir");
    short(&mut group);
    for case in Case::all() {
        for format in case.formats() {
            let rows = rows_of(format, case.kind, case.nulls);
            let mut room = None;
            group.throughput(Throughput::Elements(rows as u64));
            group.bench_function(case.id(format.as_str()), |bencher| {
                let batch = case.batch(rows);
                let out = room.get_or_insert_with(|| {
                    format.check(case.kind, batch);
                    format.write(case.kind, batch)
                });
                bencher.iter(|| {
                    out.clear();
                    format.write_into(case.kind, black_box(batch), out);
                    black_box(out.len())
                });
            });
        }
    }
    group.finish();
}

fn read(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("16.2.3/leer");
    short(&mut group);
    for case in Case::all() {
        in_place(&mut group, &case);
        for format in case.formats() {
            let rows = rows_of(format, case.kind, case.nulls);
            let written = OnceCell::new();
            group.throughput(Throughput::Elements(rows as u64));
            group.bench_function(case.id(format.as_str()), |bencher| {
                let batch = case.batch(rows);
                let schema = format::schema_of_json(batch);
                let bytes = written.get_or_init(|| {
                    format.check(case.kind, batch);
                    bytes::Bytes::from(format.write(case.kind, batch))
                });
                bencher.iter(|| black_box(format.read(case.kind, black_box(bytes), &schema)));
            });
        }
    }
    group.finish();
}

/// IPC whose bytes are in memory already, in a map for instance: what remains is checking them.
fn in_place(group: &mut BenchmarkGroup<'_, WallTime>, case: &Case) {
    let written = OnceCell::new();
    let read = |buffer: &Buffer| {
        let stream = StreamBatches::from_buffer(buffer.clone(), Limits::default());
        let mut stream = stream.expect("it was just written");
        stream
            .next()
            .expect("one batch")
            .expect("it was just written")
    };
    group.throughput(Throughput::Elements(MILLION as u64));
    group.bench_function(case.id("ipc_sin_copiar"), |bencher| {
        let buffer = written.get_or_init(|| {
            let batch = case.batch(MILLION);
            let buffer = Buffer::from_vec(Format::Ipc.write(case.kind, batch));
            assert_eq!(&read(&buffer), batch);
            buffer
        });
        bencher.iter(|| black_box(read(black_box(buffer))));
    });
}

/// Writes the size of everything, a million rows each, to `path`.
fn sizes(path: &std::path::Path) {
    let mut found = Vec::new();
    for case in Case::all() {
        let (kind, nulls) = (case.kind.as_str(), case.nulls);
        for format in case.formats() {
            let bytes = format.write(case.kind, case.batch(MILLION)).len();
            found.push(json!({
                "formato": format.as_str(), "tipo": kind, "nulos": nulls,
                "bytes": bytes, "bytes_por_fila": bytes as f64 / MILLION as f64,
            }));
        }
    }
    let all = json!({ "ejercicio": "16.2.3", "filas": MILLION, "semilla": SEED, "tamanos": found });
    let text = serde_json::to_string_pretty(&all).expect("numbers and names");
    std::fs::write(path, text + "\n").expect("the file that TAMANOS_16_2_3 names can be written");
}
