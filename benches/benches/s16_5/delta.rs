//! 16.5.1: appending, reading with the log's statistics and without them, and opening a table whose log has grown.
//!
//! On local disk, in the temporary directory. Every answer is checked before it is timed.

use arrow::array::{Int64Array, RecordBatch};
use arrow::datatypes::{DataType, Field, Schema};
use criterion::measurement::WallTime;
use criterion::{BatchSize, BenchmarkGroup, Criterion, SamplingMode, Throughput};
use datafusion::physical_plan::collect;
use datafusion::prelude::{Expr, col, lit};
use deltalake::DeltaTable;
use deltalake::kernel::transaction::CommitProperties;
use deltalake::kernel::{DataType as Delta, StructField};
use ecommerce_model::{Centavos, Fecha};
use ej_16_5_1_delta::{
    Place, Pruning, Sale, TableSpec, append, checkpoint, order_along_curve, query_plan,
    sales_batch, scan,
};
use std::cell::LazyCell;
use std::fs;
use std::num::NonZeroU64;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;
use tempfile::TempDir;
use tokio::runtime::Runtime;

/// Runs this exercise's groups.
pub(crate) fn bench(c: &mut Criterion) {
    let runtime = LazyCell::new(|| Runtime::new().expect("a runtime"));
    appends(c, &runtime);
    reads(c, &runtime);
    openings(c, &runtime);
}

fn group<'a>(c: &'a mut Criterion, name: &str) -> BenchmarkGroup<'a, WallTime> {
    let mut group = c.benchmark_group(name);
    group
        .sample_size(10)
        .sampling_mode(SamplingMode::Flat)
        .warm_up_time(Duration::from_millis(300))
        .measurement_time(Duration::from_millis(1_500));
    group
}

/// Sales in an order that follows neither their number nor their amount.
fn sales(rows: i64) -> Vec<Sale> {
    let fecha = Fecha::new(2024, 1, 15).expect("a day");
    let sale = |i: i64| Sale {
        venta_id: i * 10_007 % rows,
        fecha,
        region: Some(["norte", "sur", "este"][usize::try_from(i % 3).expect("small")].to_owned()),
        monto: Centavos::new(i * 7_919 % rows).expect("small"),
    };
    (0..rows).map(sale).collect()
}

/// One append to an empty table: the data file, the commit, and the new version loaded.
fn appends(c: &mut Criterion, runtime: &LazyCell<Runtime, impl FnOnce() -> Runtime>) {
    let mut group = group(c, "16.5.1/anadir");
    for (name, rows) in [("1_fila", 1), ("1M", 1_000_000)] {
        let batch = LazyCell::new(move || sales_batch(&sales(rows)).expect("columns"));
        group.throughput(Throughput::Elements(rows.unsigned_abs()));
        group.bench_function(name, |b| {
            b.iter_batched(
                || {
                    let dir = TempDir::new().expect("a directory");
                    let place = Place::local(&dir.path().join("t")).expect("a place");
                    let table = runtime.block_on(place.create(&TableSpec::sales()));
                    (dir, table.expect("a table"), batch.clone())
                },
                |(dir, table, batch)| {
                    let table = runtime
                        .block_on(append(table, [batch]))
                        .expect("rows taken");
                    assert_eq!(table.version(), Some(1));
                    // The directory is removed outside the timer.
                    (dir, table)
                },
                BatchSize::PerIteration,
            );
        });
    }
    group.finish();
}

const ROWS: i64 = 2_000_000;
const FILES: usize = 32;

/// About a hundredth of the rows, by number and by client.
fn narrow() -> Expr {
    let (from, to) = (ROWS / 3, ROWS / 3 + ROWS / 10);
    col("venta_id")
        .between(lit(from), lit(to))
        .and(col("cliente_id").between(lit(from), lit(to)))
}

const COLUMNS: [&str; 2] = ["venta_id", "cliente_id"];

/// The sales with their client's number, which is what they cost in cents.
fn with_clients(sales: &[Sale]) -> RecordBatch {
    let batch = sales_batch(sales).expect("columns");
    let clients: Int64Array = sales.iter().map(|sale| sale.monto.get()).collect();
    let mut fields = batch.schema().fields().to_vec();
    fields.push(Arc::new(Field::new("cliente_id", DataType::Int64, true)));
    let mut columns = batch.columns().to_vec();
    columns.push(Arc::new(clients));
    RecordBatch::try_new(Arc::new(Schema::new(fields)), columns).expect("columns")
}

struct Ordered {
    _dir: TempDir,
    table: DeltaTable,
}

/// A table along a Z-curve of its numbers and its clients.
fn ordered(runtime: &Runtime) -> Ordered {
    let dir = TempDir::new().expect("a directory");
    let place = Place::local(&dir.path().join("t")).expect("a place");
    let table = runtime.block_on(async {
        let client = StructField::nullable("cliente_id", Delta::LONG);
        let mut table = place.create(&TableSpec::sales().column(client)).await?;
        let sales = sales(ROWS);
        for chunk in sales.chunks(sales.len().div_ceil(FILES)) {
            table = append(table, [with_clients(chunk)]).await?;
        }
        let bytes: i64 = table
            .snapshot()?
            .log_data()
            .iter()
            .map(|file| file.size())
            .sum();
        let target =
            NonZeroU64::new(bytes.unsigned_abs() / FILES as u64).expect("files have bytes");
        order_along_curve(table, &COLUMNS, target).await
    });
    Ordered {
        _dir: dir,
        table: table.expect("a table"),
    }
}

fn reads(c: &mut Criterion, runtime: &LazyCell<Runtime, impl FnOnce() -> Runtime>) {
    let ordered = LazyCell::new(|| {
        let ordered = ordered(runtime);
        let both = [Pruning::On, Pruning::Off].map(|pruning| {
            let scanned = scan(&ordered.table, narrow(), &COLUMNS, pruning);
            runtime.block_on(scanned).expect("rows")
        });
        let expected = sales(ROWS)
            .iter()
            .filter(|s| {
                let range = ROWS / 3..=ROWS / 3 + ROWS / 10;
                range.contains(&s.venta_id) && range.contains(&s.monto.get())
            })
            .count();
        assert_eq!((both[0].rows(), both[1].rows()), (expected, expected));
        assert!(both[0].files_read * 2 < both[1].files_read);
        eprintln!(
            "16.5.1/leer: {} and {} of {} files, {} and {} bytes",
            both[0].files_read,
            both[1].files_read,
            both[0].files,
            both[0].bytes_read,
            both[1].bytes_read
        );
        ordered
    });
    let mut group = group(c, "16.5.1/leer");
    for (name, pruning) in [("con_poda", Pruning::On), ("sin_poda", Pruning::Off)] {
        group.bench_function(name, |b| {
            // Made here: what is made within `block_on` cannot block.
            let table = &ordered.table;
            b.iter(|| {
                runtime.block_on(async {
                    let plan = query_plan(table, narrow(), &COLUMNS, pruning);
                    let (plan, session) = plan.await.expect("a plan");
                    collect(Arc::clone(&plan), session.task_ctx())
                        .await
                        .expect("rows")
                })
            });
        });
    }
    group.finish();
}

/// A table after 10, 100 and 1,000 commits of one row, each without a checkpoint and with one of its last version.
struct Logs {
    dir: TempDir,
}

const COMMITS: [u64; 3] = [10, 100, 1_000];

impl Logs {
    fn make(runtime: &Runtime) -> Self {
        let dir = TempDir::new().expect("a directory");
        let grows = dir.path().join("crece");
        let place = Place::local(&grows).expect("a place");
        runtime.block_on(async {
            let mut table = place.create(&TableSpec::sales()).await.expect("a table");
            for commit in 1..=COMMITS[2] {
                let sale = &sales(3)[..1];
                let plain = CommitProperties::default().with_create_checkpoint(false);
                let write = table.write([sales_batch(sale).expect("columns")]);
                table = write.with_commit_properties(plain).await.expect("a commit");
                if COMMITS.contains(&commit) {
                    for with in [false, true] {
                        let copied = Self::path(dir.path(), commit, with);
                        copy(&grows, &copied);
                        if with {
                            let place = Place::local(&copied).expect("a place");
                            let table = place.open().await.expect("a table");
                            checkpoint(&table).await.expect("a checkpoint");
                        }
                    }
                }
            }
        });
        Self { dir }
    }

    fn path(dir: &Path, commits: u64, with_checkpoint: bool) -> PathBuf {
        dir.join(format!("{commits}-{with_checkpoint}"))
    }
}

/// Opening reads the log and no data file.
fn openings(c: &mut Criterion, runtime: &LazyCell<Runtime, impl FnOnce() -> Runtime>) {
    let logs = LazyCell::new(|| Logs::make(runtime));
    for (name, with) in [
        ("16.5.1/abrir/sin_checkpoint", false),
        ("16.5.1/abrir/con_checkpoint", true),
    ] {
        let mut group = group(c, name);
        for commits in COMMITS {
            group.bench_function(commits.to_string(), |b| {
                let path = Logs::path(logs.dir.path(), commits, with);
                let open = || {
                    let place = Place::local(&path).expect("a place");
                    runtime.block_on(place.open()).expect("a table")
                };
                let table = open();
                assert_eq!(table.version(), Some(commits));
                let files = table.snapshot().expect("a version").log_data().num_files();
                assert_eq!(files as u64, commits);
                b.iter(open);
            });
        }
        group.finish();
    }
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).expect("a directory");
    for entry in fs::read_dir(from).expect("a directory") {
        let entry = entry.expect("an entry");
        let target = to.join(entry.file_name());
        if entry.file_type().expect("a kind").is_dir() {
            copy(&entry.path(), &target);
        } else {
            fs::copy(entry.path(), target).expect("a copy");
        }
    }
}
