//! 16.6.4: what the three extensions do in a second, on one core and on all, without Python around them.
//!
//! Before anything is timed the file's columns are held against what its closing record says, both ways of the percentile against each other,
//! and hashes of many rows against those of one.

use criterion::{Criterion, SamplingMode, Throughput};
use ej_16_6_4_when_to_extend::{
    Algorithm, Execution, Fingerprint, Generator, Interpolation, Key, Method, RollingPercentile,
    read_extract, totals,
};
use std::cell::LazyCell;
use std::hint::black_box;
use std::num::NonZero;
use std::time::Duration;

const MOVEMENTS: u64 = 500_000;
/// What the generator writes for them; the set-up checks it.
const FILE_BYTES: u64 = 57_543_805;
const ROWS: usize = 1_000_000;
const VALUES: usize = 1_000_000;

/// Runs this exercise's groups.
pub(crate) fn bench(c: &mut Criterion) {
    file(c);
    hash(c);
    percentile(c);
}

fn on(threads: usize) -> Execution<'static> {
    Execution::default().with_threads(NonZero::new(threads).unwrap_or(NonZero::<usize>::MIN))
}

fn pseudo_random() -> impl FnMut() -> u64 {
    let mut state = 1664_u64;
    move || {
        // splitmix64
        state = state.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = state;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }
}

fn file(c: &mut Criterion) {
    let bytes = LazyCell::new(|| {
        let generator = Generator {
            seed: 1,
            movements: MOVEMENTS,
        };
        let bytes = generator.bytes().expect("a file of the format");
        let extract = read_extract(&bytes, on(2)).expect("the file that was just written");
        let total: i64 = extract
            .batches
            .iter()
            .flat_map(|batch| &batch.movements.importe)
            .sum();
        assert_eq!(bytes.len() as u64, FILE_BYTES);
        assert_eq!(
            (extract.closing.movimientos, extract.closing.importe_total),
            (MOVEMENTS, total)
        );
        bytes
    });
    let mut group = c.benchmark_group("16.6.4/mayor");
    group
        .sample_size(15)
        .sampling_mode(SamplingMode::Flat)
        .warm_up_time(Duration::from_millis(500))
        .measurement_time(Duration::from_secs(2));
    for (id, threads) in [("leer_un_nucleo", 1), ("leer_dos_nucleos", 2)] {
        group.throughput(Throughput::Bytes(FILE_BYTES));
        group.bench_function(id, |b| {
            let bytes = bytes.as_slice();
            b.iter(|| read_extract(black_box(bytes), on(threads)).expect("a sound file"));
        });
    }
    group.throughput(Throughput::Bytes(FILE_BYTES));
    group.bench_function("totales_un_nucleo", |b| {
        let bytes = bytes.as_slice();
        b.iter(|| totals(black_box(bytes), on(1)).expect("a sound file"));
    });
    group.finish();
}

fn hash(c: &mut Criterion) {
    let keys = LazyCell::new(|| {
        let mut next = pseudo_random();
        let keys: Vec<(i64, String)> = (0..ROWS)
            .map(|_| {
                (
                    (next() % 10_000_000) as i64,
                    format!("tienda-{:05}", next() % 50_000),
                )
            })
            .collect();
        keys
    });
    let mut group = c.benchmark_group("16.6.4/huella");
    group
        .sample_size(15)
        .sampling_mode(SamplingMode::Flat)
        .warm_up_time(Duration::from_millis(300))
        .measurement_time(Duration::from_secs(1))
        .throughput(Throughput::Elements(ROWS as u64));
    for (id, algorithm, threads) in [
        ("fnv1a_un_nucleo", Algorithm::Fnv1a, 1),
        ("fnv1a_dos_nucleos", Algorithm::Fnv1a, 2),
        ("xxh3_un_nucleo", Algorithm::Xxh3, 1),
    ] {
        group.bench_function(id, |b| {
            let keys = keys.as_slice();
            let key = |row: usize| Key {
                cliente: Some(keys[row].0),
                comercio: Some(&keys[row].1),
            };
            let fingerprint = Fingerprint::new(42, algorithm);
            let all = fingerprint
                .of_all(ROWS, key, on(threads))
                .expect("short names");
            for row in (0..ROWS).step_by(997) {
                assert_eq!(all[row], fingerprint.of(key(row)).expect("a short name"));
            }
            b.iter(|| {
                fingerprint
                    .of_all(black_box(ROWS), key, on(threads))
                    .expect("short names")
            });
        });
    }
    group.finish();
}

fn percentile(c: &mut Criterion) {
    let values = LazyCell::new(|| {
        let mut next = pseudo_random();
        (0..VALUES)
            .map(|_| (next() >> 11) as f64 / (1_u64 << 53) as f64)
            .collect::<Vec<f64>>()
    });
    let mut group = c.benchmark_group("16.6.4/percentil");
    group
        .sample_size(10)
        .sampling_mode(SamplingMode::Flat)
        .warm_up_time(Duration::from_millis(200))
        .measurement_time(Duration::from_millis(800))
        .throughput(Throughput::Elements(VALUES as u64));
    for window in [8, 16, 32, 64, 256, 1_000, 10_000] {
        for (name, method) in [("ordenada", Method::Sorted), ("por_rangos", Method::Ranked)] {
            // A sorted array of ten thousand takes its seconds, and the curve is clear before.
            if method == Method::Sorted && window > 1_000 {
                continue;
            }
            group.bench_function(format!("{name}/{window}"), |b| {
                let values = values.as_slice();
                let one = RollingPercentile::new(window, 0.95, Interpolation::Linear, None)
                    .expect("a window");
                let other = match method {
                    Method::Sorted => Method::Ranked,
                    Method::Ranked => Method::Sorted,
                };
                let some = &values[..20_000];
                let bits = |method| {
                    let found = one
                        .compute_with(some, method, on(1))
                        .expect("nobody stops it");
                    found.into_iter().map(f64::to_bits).collect::<Vec<_>>()
                };
                assert_eq!(bits(method), bits(other));
                b.iter(|| {
                    one.compute_with(black_box(values), method, on(1))
                        .expect("nobody stops it")
                });
            });
        }
    }
    group.finish();
}
