//! 16.6.1: one percentile of a column by copy and sort, as the guide takes it, and by selection; and of columns that are hard to select from.
//!
//! Every answer is held against the sort's before anything is timed.

use criterion::{Criterion, SamplingMode, Throughput};
use ej_16_6_1_pyo3::{Method, Options, percentile, percentile_by_sorting, percentiles};
use std::cell::LazyCell;
use std::hint::black_box;
use std::num::NonZeroUsize;
use std::time::Duration;

const FILAS: usize = 10_000_000;
const P: f64 = 95.0;

/// Runs this exercise's groups.
pub(crate) fn bench(c: &mut Criterion) {
    methods(c);
    shapes(c);
}

/// Values between 0 and 1, pseudo-random with a seed.
fn column() -> Vec<f64> {
    let mut state = 1661_u64;
    (0..FILAS)
        .map(|_| {
            // splitmix64
            state = state.wrapping_add(0x9E37_79B9_7F4A_7C15);
            let mut z = state;
            z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
            z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
            ((z ^ (z >> 31)) >> 11) as f64 / (1_u64 << 53) as f64
        })
        .collect()
}

fn with_threads(threads: usize) -> Options<'static> {
    Options {
        threads: NonZeroUsize::new(threads),
        cancel: None,
    }
}

fn check(data: &[f64]) {
    let sorted = percentile_by_sorting(data, P);
    for threads in [1, 2] {
        assert_eq!(
            percentile(&[data], P, Method::Lower, &with_threads(threads)),
            sorted
        );
    }
}

fn methods(c: &mut Criterion) {
    let data = LazyCell::new(|| {
        let data = column();
        check(&data);
        data
    });
    let mut group = c.benchmark_group("16.6.1/percentil");
    group
        .sample_size(10)
        .sampling_mode(SamplingMode::Flat)
        .warm_up_time(Duration::from_millis(500))
        .measurement_time(Duration::from_secs(3))
        .throughput(Throughput::Elements(FILAS as u64));
    group.bench_function("guia/10M", |b| {
        let data = data.as_slice();
        b.iter(|| percentile_by_sorting(black_box(data), P));
    });
    for (id, options) in [
        ("seleccion/10M", Options::default()),
        ("seleccion_un_hilo/10M", with_threads(1)),
    ] {
        group.bench_function(id, |b| {
            let data = data.as_slice();
            b.iter(|| percentile(&[black_box(data)], P, Method::Lower, &options));
        });
    }
    group.bench_function("cinco_a_la_vez/10M", |b| {
        let data = data.as_slice();
        let ps = [1.0, 25.0, 50.0, 75.0, 99.0];
        b.iter(|| percentiles(&[black_box(data)], &ps, Method::Linear, &Options::default()));
    });
    group.finish();
}

/// Where the sample helps as much as ever, and where the data repeat themselves.
fn shapes(c: &mut Criterion) {
    let mut group = c.benchmark_group("16.6.1/formas");
    group
        .sample_size(10)
        .sampling_mode(SamplingMode::Flat)
        .warm_up_time(Duration::from_millis(500))
        .measurement_time(Duration::from_secs(2))
        .throughput(Throughput::Elements(FILAS as u64));
    type Make = fn() -> Vec<f64>;
    let shapes: [(&str, Make); 3] = [
        ("iguales/10M", || vec![2.5; FILAS]),
        ("dos_valores/10M", || {
            (0..FILAS).map(|i| f64::from(i % 20 == 0)).collect()
        }),
        ("ordenada/10M", || (0..FILAS).map(|i| i as f64).collect()),
    ];
    for (id, make) in shapes {
        let data = LazyCell::new(|| {
            let data = make();
            check(&data);
            data
        });
        group.bench_function(id, |b| {
            let data = data.as_slice();
            b.iter(|| percentile(&[black_box(data)], P, Method::Lower, &Options::default()));
        });
    }
    group.finish();
}
