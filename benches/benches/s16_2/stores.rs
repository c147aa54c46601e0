//! 16.2.4: object_store against boto3 on one S3 server: whole objects, one and sixteen at a time.
//!
//! The server is in this process and keeps its objects in memory, so that it is the clients that are timed; both speak to
//! the same one. boto3 runs in a child that is started once and times itself, so that no interpreter's start is counted.

use criterion::{BenchmarkId, Criterion, SamplingMode, Throughput};
use ecommerce_testlake::S3Server;
use ej_16_2_4_object_store::{Object, Parts, StoreOptions, Stores};
use futures::StreamExt as _;
use futures::future::join_all;
use sha2::{Digest, Sha256};
use std::cell::LazyCell;
use std::collections::HashMap;
use std::hint::black_box;
use std::io::{BufRead, BufReader, Write};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::time::{Duration, Instant};
use tokio::runtime::Runtime;

const BUCKET: &str = "lago";
/// Size, its name, how many at once, how many per iteration.
const CASES: [(usize, &str, usize, usize); 4] = [
    (1 << 20, "1MB", 1, 16),
    (1 << 20, "1MB", 16, 16),
    (64 << 20, "64MB", 1, 1),
    (64 << 20, "64MB", 16, 16),
];

/// Runs this exercise's groups.
pub(crate) fn bench(c: &mut Criterion) {
    // Nothing starts for a run that asks for other ids.
    let server = LazyCell::new(|| S3Server::start_in_memory().expect("a loopback port"));
    let rust = LazyCell::new(|| Rust::new(&server));
    let has_python = std::env::var_os("ECOMMERCE_PYTHON").is_some();
    if !has_python {
        eprintln!("16.2.4: boto3 NO EJECUTADO: falta ECOMMERCE_PYTHON");
    }
    let mut boto3 = LazyCell::new(|| Boto3::start(server.storage_options()));
    for (order, id) in [("put", "16.2.4/put"), ("get", "16.2.4/get")] {
        let mut group = c.benchmark_group(id);
        group
            .sampling_mode(SamplingMode::Flat)
            .sample_size(10)
            .warm_up_time(Duration::from_millis(300))
            .measurement_time(Duration::from_secs(2));
        for (size, name, in_flight, objects) in CASES {
            group.throughput(Throughput::Bytes((size * objects) as u64));
            let case = format!("{name}x{in_flight}");
            // Inside the closure, which is not called for what is not asked for.
            let mut is_ready = false;
            group.bench_function(BenchmarkId::new("rust", &case), |b| {
                if !std::mem::replace(&mut is_ready, true) {
                    rust.run("put", size, in_flight, in_flight);
                    rust.check(size, in_flight);
                }
                b.iter_custom(|n| rust.run(order, size, in_flight, objects * n as usize));
            });
            // The server in memory takes no uploads in parts.
            if order == "get" && size > Parts::SMALLEST as usize {
                let mut is_ready = false;
                group.bench_function(BenchmarkId::new("rust_partes", &case), |b| {
                    if !std::mem::replace(&mut is_ready, true) {
                        rust.run("put", size, in_flight, in_flight);
                        rust.check(size, in_flight);
                    }
                    b.iter_custom(|n| {
                        rust.run("get_partes", size, in_flight, objects * n as usize)
                    });
                });
            }
            if !has_python {
                continue;
            }
            let mut is_ready = false;
            group.bench_function(BenchmarkId::new("boto3", &case), |b| {
                let boto3 = LazyCell::force_mut(&mut boto3);
                if !std::mem::replace(&mut is_ready, true) {
                    boto3.run("put", size, in_flight, in_flight);
                    rust.check(size, in_flight);
                    boto3.check(size);
                }
                b.iter_custom(|n| boto3.run(order, size, in_flight, objects * n as usize));
            });
        }
        group.finish();
    }
}

/// The same bytes as in `s3_boto3.py`.
fn content(size: usize) -> Vec<u8> {
    let mut word = size as u64;
    let block: Vec<u8> = std::iter::repeat_with(|| {
        word = word
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        word.to_le_bytes()
    })
    .take(1024)
    .flatten()
    .collect();
    block.iter().copied().cycle().take(size).collect()
}

/// What is done with an object. In parts: as large ones are read, several requests at once, never whole in memory.
#[derive(Clone, Copy)]
enum Operation {
    Put,
    Get,
    GetParts,
}

impl Operation {
    fn of(order: &str) -> Self {
        match order {
            "put" => Self::Put,
            "get" => Self::Get,
            _ => Self::GetParts,
        }
    }

    async fn run(self, object: &Object, content: &bytes::Bytes) {
        let parts = Parts::default();
        let read = match self {
            Self::Put => return object.put(content.clone()).await.expect("written"),
            Self::Get => black_box(object.get().await.expect("read")).len(),
            Self::GetParts => {
                let pieces = object.stream(parts);
                let lengths = pieces.map(|piece| black_box(piece.expect("read")).len());
                lengths.fold(0, async |total, length| total + length).await
            }
        };
        assert_eq!(read, content.len());
    }
}

/// The exercise's own functions over object_store.
struct Rust {
    runtime: Runtime,
    stores: Stores,
    contents: HashMap<usize, bytes::Bytes>,
}

impl Rust {
    fn new(server: &S3Server) -> Self {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(2)
            .enable_all()
            .build()
            .expect("a runtime");
        let contents = CASES.map(|(size, ..)| (size, content(size).into()));
        Self {
            runtime,
            stores: Stores::new(StoreOptions::with_environment(server.storage_options())),
            contents: contents.into_iter().collect(),
        }
    }

    fn object(&self, size: usize, number: usize) -> Object {
        let url = format!("s3://{BUCKET}/{size}-{number}");
        self.stores.open(&url).expect("a store")
    }

    /// How long it takes to read or write `n` objects, `in_flight` at once.
    fn run(&self, order: &str, size: usize, in_flight: usize, n: usize) -> Duration {
        let operation = Operation::of(order);
        let content = &self.contents[&size];
        let workers: Vec<(Object, bytes::Bytes, usize)> = (0..in_flight)
            .map(|w| {
                (
                    self.object(size, w),
                    content.clone(),
                    (w..n).step_by(in_flight).count(),
                )
            })
            .collect();
        let start = Instant::now();
        self.runtime.block_on(async {
            let workers = workers.into_iter().map(|(object, content, times)| {
                tokio::spawn(async move {
                    for _ in 0..times {
                        operation.run(&object, &content).await;
                    }
                })
            });
            join_all(workers)
                .await
                .into_iter()
                .for_each(|done| done.expect("no panic"));
        });
        start.elapsed()
    }

    /// Every object is what it should be.
    fn check(&self, size: usize, in_flight: usize) {
        for number in 0..in_flight {
            let read = self.runtime.block_on(self.object(size, number).get());
            assert!(read.expect("read") == self.contents[&size]);
        }
    }
}

/// A child that does the same with boto3.
struct Boto3 {
    child: Child,
    orders: ChildStdin,
    answers: BufReader<ChildStdout>,
}

impl Boto3 {
    fn start(environment: HashMap<String, String>) -> Self {
        let python = std::env::var_os("ECOMMERCE_PYTHON").expect("asked for before");
        let script = concat!(env!("CARGO_MANIFEST_DIR"), "/peers/s3_boto3.py");
        let mut child = Command::new(python)
            .arg(script)
            .envs(environment)
            .env("LAGO", BUCKET)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("ECOMMERCE_PYTHON runs");
        let (orders, answers) = child
            .stdin
            .take()
            .zip(child.stdout.take())
            .expect("both are pipes");
        let mut boto3 = Self {
            child,
            orders,
            answers: BufReader::new(answers),
        };
        let version = boto3.answer();
        assert!(
            version.starts_with("boto3 "),
            "ECOMMERCE_PYTHON has no boto3"
        );
        boto3
    }

    fn answer(&mut self) -> String {
        let mut line = String::new();
        self.answers
            .read_line(&mut line)
            .expect("the peer's answer");
        line.trim().to_owned()
    }

    fn ask(&mut self, order: &str) -> String {
        writeln!(self.orders, "{order}").expect("the peer listens");
        self.answer()
    }

    fn run(&mut self, order: &str, size: usize, in_flight: usize, n: usize) -> Duration {
        let nanoseconds = self.ask(&format!("{order} {size} {in_flight} {n}"));
        Duration::from_nanos(nanoseconds.parse().expect("nanoseconds"))
    }

    /// It reads what is there, and not something as long.
    fn check(&mut self, size: usize) {
        let print = self.ask(&format!("huella {size}-0"));
        assert_eq!(print, sha256(&content(size)));
    }
}

fn sha256(bytes: &[u8]) -> String {
    let print = Sha256::digest(bytes);
    print.iter().map(|byte| format!("{byte:02x}")).collect()
}

impl Drop for Boto3 {
    fn drop(&mut self) {
        // It also ends by itself when its input does.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
