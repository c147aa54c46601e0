//! 16.1.1: what it costs to hand data over, lend it, share it or lock it, and what a bounds check costs.

use criterion::{BenchmarkGroup, Criterion, Throughput, measurement::WallTime};
use ej_16_1_1_ownership::Compras;
use ej_16_1_1_ownership::cost::{
    TABLE_ROWS, add_borrowed, add_locked, gather, gather_masked, hand_over, hand_over_array, lend,
    share, share_across,
};
use std::hint::black_box;
use std::mem;
use std::rc::Rc;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

/// Amounts in the vector that is passed around.
const ROWS: usize = 1_000_000;
/// Lookups in one run of the table.
const LOOKUPS: usize = 65_536;

/// Runs this exercise's groups.
pub(crate) fn bench(criterion: &mut Criterion) {
    pass(criterion);
    index(criterion);
}

fn short(group: &mut BenchmarkGroup<'_, WallTime>) {
    group
        .sample_size(20)
        .warm_up_time(Duration::from_millis(200))
        .measurement_time(Duration::from_secs(1));
}

/// A million amounts of the model's purchases, which repeat.
fn amounts() -> Vec<f64> {
    let compras = Compras::generate(42, 200_000).expect("the configuration is fixed");
    compras
        .montos()
        .iter()
        .copied()
        .cycle()
        .take(ROWS)
        .collect()
}

/// The same million amounts, passed in each way there is.
fn pass(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("16.1.1/pasar");
    short(&mut group);
    let mut datos = amounts();
    let (block, last) = (datos.as_ptr(), datos.last().copied());
    datos = hand_over(datos);
    assert_eq!((datos.len(), datos.as_ptr()), (ROWS, block));
    assert_eq!(lend(&datos).copied(), last);

    group.bench_function("mover_vec", |bencher| {
        bencher.iter_custom(|times| {
            // Each round owns what the last one gave back: the loop is moves and nothing else.
            let mut owned = mem::take(&mut datos);
            let start = Instant::now();
            for _ in 0..times {
                owned = black_box(hand_over(owned));
            }
            let elapsed = start.elapsed();
            datos = owned;
            elapsed
        });
    });
    assert_eq!(datos.as_ptr(), block);
    group.bench_function("mover_arreglo_4096", |bencher| {
        bencher.iter_custom(|times| {
            let mut owned = [0.5; 512];
            let start = Instant::now();
            for _ in 0..times {
                owned = black_box(hand_over_array(owned));
            }
            start.elapsed()
        });
    });
    group.bench_function("prestar", |bencher| {
        bencher.iter(|| lend(black_box(&datos)))
    });
    let (local, shared) = (Rc::new(datos.clone()), Arc::new(datos.clone()));
    group.bench_function("rc_clone", |bencher| {
        bencher.iter(|| share(black_box(&local)))
    });
    group.bench_function("arc_clone", |bencher| {
        bencher.iter(|| share_across(black_box(&shared)))
    });
    assert_eq!(
        (Rc::strong_count(&local), Arc::strong_count(&shared)),
        (1, 1)
    );
    group.bench_function("clonar_vec", |bencher| {
        bencher.iter(|| black_box(&datos).clone())
    });

    let (mut borrowed, locked) = (0.0, Mutex::new(0.0));
    add_borrowed(&mut borrowed, 1.5);
    add_locked(&locked, 1.5);
    assert_eq!(locked.lock().ok().map(|total| *total), Some(borrowed));
    group.bench_function("sumar_con_mut", |bencher| {
        bencher.iter(|| add_borrowed(black_box(&mut borrowed), black_box(1.5)));
    });
    group.bench_function("sumar_con_mutex", |bencher| {
        bencher.iter(|| add_locked(black_box(&locked), black_box(1.5)));
    });
    group.finish();
}

/// The same lookups with the check and, where the type proves the range, without.
fn index(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("16.1.1/indices");
    short(&mut group);
    group.throughput(Throughput::Elements(LOOKUPS as u64));
    let table: Vec<f64> = (0..TABLE_ROWS).map(|row| row as f64).collect();
    let fixed = <&[f64; TABLE_ROWS]>::try_from(table.as_slice()).expect("it has that length");
    let mut state = 42_u64;
    let rows: Vec<u32> = (0..LOOKUPS)
        .map(|_| {
            state = state
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1_442_695_040_888_963_407);
            (state >> 33) as u32 % TABLE_ROWS as u32
        })
        .collect();
    let wanted = rows.iter().map(|row| u64::from(*row)).sum::<u64>() as f64;
    assert_eq!(gather(&table, &rows), Some(wanted));
    assert_eq!(gather_masked(fixed, &rows), wanted);

    group.bench_function("comprobados", |bencher| {
        bencher.iter(|| gather(black_box(&table), black_box(&rows)));
    });
    group.bench_function("sin_comprobar", |bencher| {
        bencher.iter(|| gather_masked(black_box(fixed), black_box(&rows)));
    });
    group.finish();
}
