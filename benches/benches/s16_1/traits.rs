//! 16.1.2: generic against written by hand, static against `dyn`, and an error as a value against unwinding.

use criterion::{BenchmarkGroup, Criterion, Throughput, measurement::WallTime};
use ecommerce_model::{ConfigGenerador, FilaGenerada, Generador};
use ej_16_1_2_traits::dispatch::{
    Above, AnyFilter, Filter, count_dyn, count_dyn_column, count_static,
};
use ej_16_1_2_traits::{Centavos, parsear_monto, reducir};
use std::hint::black_box;
use std::panic::{catch_unwind, resume_unwind};
use std::time::Duration;

/// Amounts in the column: 32 KiB, so that memory is not what is measured.
const ROWS: usize = 4_096;

/// Runs this exercise's groups.
pub(crate) fn bench(criterion: &mut Criterion) {
    let montos = amounts();
    generic(criterion, &montos);
    dispatch(criterion, &montos);
    errors(criterion);
}

fn short(group: &mut BenchmarkGroup<'_, WallTime>) {
    group
        .sample_size(20)
        .warm_up_time(Duration::from_millis(200))
        .measurement_time(Duration::from_secs(1));
}

/// Amounts of the model's purchases, which repeat.
fn amounts() -> Vec<f64> {
    let day = "2024-01-15".parse().expect("a date");
    let config = ConfigGenerador::new(42, day, 1, 50_000);
    let generator = Generador::new(config).expect("the configuration is fixed");
    let mut row = FilaGenerada::new();
    let mut montos = Vec::new();
    for index in 0..50_000 {
        generator.fill(index, &mut row);
        montos.extend(
            row.as_fila()
                .monto
                .filter(|monto| *monto > 0.0 && *monto < 1e9),
        );
    }
    montos.iter().copied().cycle().take(ROWS).collect()
}

#[inline(never)]
fn sum_i64_by_hand(cents: &[i64]) -> i64 {
    let mut sum = 0_i64;
    for amount in cents {
        sum = sum.wrapping_add(*amount);
    }
    sum
}

#[inline(never)]
fn sum_f64_by_hand(montos: &[f64]) -> f64 {
    let mut sum = 0.0;
    for monto in montos {
        sum += *monto;
    }
    sum
}

/// `reducir`, made by the compiler for each type, against the loop one would write for that type alone.
fn generic(criterion: &mut Criterion, montos: &[f64]) {
    let mut group = criterion.benchmark_group("16.1.2/generico");
    short(&mut group);
    group.throughput(Throughput::Elements(ROWS as u64));
    let cents: Vec<i64> = montos
        .iter()
        .map(|monto| Centavos::from_monto(*monto).map_or(0, Centavos::get))
        .collect();
    assert_eq!(reducir(&cents), sum_i64_by_hand(&cents));
    assert_eq!(reducir(montos).to_bits(), sum_f64_by_hand(montos).to_bits());

    group.bench_function("reducir_i64", |bencher| {
        bencher.iter(|| reducir(black_box(&cents)))
    });
    group.bench_function("a_mano_i64", |bencher| {
        bencher.iter(|| sum_i64_by_hand(black_box(&cents)))
    });
    group.bench_function("reducir_f64", |bencher| {
        bencher.iter(|| reducir(black_box(montos)))
    });
    group.bench_function("a_mano_f64", |bencher| {
        bencher.iter(|| sum_f64_by_hand(black_box(montos)))
    });
    group.finish();
}

/// The same filter over the same column, called four ways.
fn dispatch(criterion: &mut Criterion, montos: &[f64]) {
    let mut group = criterion.benchmark_group("16.1.2/despacho");
    short(&mut group);
    group.throughput(Throughput::Elements(ROWS as u64));
    let above = Above(100.0);
    let either = AnyFilter::Above(above);
    // Out of a box that the optimizer cannot look into: the type is not known here.
    let unknown: Box<dyn Filter> = black_box(Box::new(above));
    let wanted = montos
        .iter()
        .map(|monto| usize::from(*monto > 100.0))
        .sum::<usize>();
    assert!(wanted > 0 && wanted < ROWS);
    assert_eq!(count_static(&above, montos), wanted);
    assert_eq!(count_static(&either, montos), wanted);
    assert_eq!(count_dyn(&*unknown, montos), wanted);
    assert_eq!(count_dyn_column(&*unknown, montos), wanted);

    group.bench_function("estatico", |bencher| {
        bencher.iter(|| count_static(black_box(&above), black_box(montos)));
    });
    group.bench_function("enum", |bencher| {
        bencher.iter(|| count_static(black_box(&either), black_box(montos)));
    });
    group.bench_function("dyn_por_monto", |bencher| {
        bencher.iter(|| count_dyn(black_box(&*unknown), black_box(montos)));
    });
    group.bench_function("dyn_por_columna", |bencher| {
        bencher.iter(|| count_dyn_column(black_box(&*unknown), black_box(montos)));
    });
    group.finish();
}

/// A good amount and a bad one as a `Result`; and the same error thrown: unwinding is Rust's closest thing to an exception.
fn errors(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("16.1.2/errores");
    short(&mut group);
    let thrown = |text: &str| {
        catch_unwind(|| match parsear_monto(text) {
            Ok(monto) => monto,
            Err(error) => resume_unwind(Box::new(error)),
        })
    };
    assert_eq!(parsear_monto("150.5"), Ok(150.5));
    let (returned, unwound) = (parsear_monto("1.234,56"), thrown("1.234,56"));
    assert_eq!(
        unwound
            .err()
            .and_then(|any| any.downcast().ok())
            .map(|e| *e),
        returned.err()
    );

    group.bench_function("ok", |bencher| {
        bencher.iter(|| parsear_monto(black_box("150.5")))
    });
    group.bench_function("result", |bencher| {
        bencher.iter(|| parsear_monto(black_box("1.234,56")))
    });
    group.bench_function("desenrollar", |bencher| {
        bencher.iter(|| thrown(black_box("1.234,56")).is_err());
    });
    group.finish();
}
