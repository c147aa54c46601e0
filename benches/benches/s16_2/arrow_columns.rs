//! Exercise 16.2.1: a column summed and filtered by Arrow's kernels, by our own SIMD and by iterators.
//!
//! The filter keeps about half of the rows, in no order a branch predictor could learn.
#![allow(
    clippy::unwrap_used,
    reason = "a bench that cannot set itself up should stop"
)]

use arrow::array::{Array, Float64Array};
use arrow::compute::kernels::cmp;
use arrow::compute::{filter, sum};
use criterion::measurement::WallTime;
use criterion::{BenchmarkGroup, BenchmarkId, Criterion, Throughput};
use ecommerce_arrow::generate_batch;
use ecommerce_model::{ConfigGenerador, Generador};
use ej_16_2_1_arrow_columns::lanes::{COMPILED_LANES, sum_in_lanes};
use ej_16_2_1_arrow_columns::{
    column, sum_and_count_above, sum_ignoring_validity, total_by_iteration,
};
use std::hint::black_box;
use std::time::Duration;

/// A batch of DataFusion's default size, which stays in L2, and a column of eight megabytes.
const FILAS: [usize; 2] = [8_192, 1_000_000];

/// Runs this exercise's groups.
pub(crate) fn bench(c: &mut Criterion) {
    for filas in FILAS {
        let montos = montos(filas);
        sums(&mut group(c, "16.2.1/suma", filas), &montos);
        filters(
            &mut group(c, "16.2.1/filtro", filas),
            &centred(&montos.densos),
        );
    }
}

/// Amounts of the model's events.
struct Montos {
    /// As they stand: only purchases have one.
    con_nulos: Float64Array,
    /// Those that are not null, repeated to as many rows.
    densos: Float64Array,
}

fn montos(filas: usize) -> Montos {
    let mut config = ConfigGenerador::new(16_21, "2024-01-15".parse().unwrap(), 1, filas as u64);
    config.defectos = 0.0;
    let lote = generate_batch(&Generador::new(config).unwrap(), 0..filas as u64).unwrap();
    let con_nulos: Float64Array = column::<Float64Array>(&lote, "monto").unwrap().clone();
    let compras: Vec<f64> = con_nulos.iter().flatten().collect();
    let densos = compras.into_iter().cycle().take(filas).collect::<Vec<_>>();
    Montos {
        con_nulos,
        densos: densos.into(),
    }
}

/// The amounts less their median, so that half of them are positive.
fn centred(montos: &Float64Array) -> Float64Array {
    let mut sorted = montos.values().to_vec();
    sorted.sort_by(f64::total_cmp);
    let median = sorted[sorted.len() / 2];
    montos.unary(|monto| monto - median)
}

/// A way to do it, with the name it has in the id.
type Variant<T> = (&'static str, fn(&Float64Array) -> T);

fn group<'a>(c: &'a mut Criterion, id: &str, filas: usize) -> BenchmarkGroup<'a, WallTime> {
    let mut group = c.benchmark_group(id);
    group
        .sample_size(20)
        .warm_up_time(Duration::from_millis(300))
        .measurement_time(Duration::from_millis(700))
        .throughput(Throughput::Elements(filas as u64));
    group
}

fn sums(group: &mut BenchmarkGroup<'_, WallTime>, montos: &Montos) {
    let (densos, con_nulos) = (&montos.densos, &montos.con_nulos);
    let on_dense: [Variant<f64>; 4] = [
        ("kernel", |m| sum(m).unwrap_or(0.0)),
        ("simd_propio", |m| ecommerce_simd::suma(m.values())),
        ("carriles", |m| sum_in_lanes::<COMPILED_LANES>(m.values())),
        ("iterador", sum_ignoring_validity),
    ];
    let on_nulls: [Variant<f64>; 2] = [
        ("kernel_con_nulos", |m| sum(m).unwrap_or(0.0)),
        ("iterador_con_nulos", |m| {
            total_by_iteration(m).unwrap_or(0.0)
        }),
    ];
    let dense = on_dense.map(|variant| (variant, densos));
    let nulls = on_nulls.map(|variant| (variant, con_nulos));
    for ((name, variant), montos) in dense.into_iter().chain(nulls) {
        let exact = cents(montos.iter().flatten());
        assert!(
            close(variant(montos), exact),
            "{name}: {} {exact}",
            variant(montos)
        );
        group.bench_function(BenchmarkId::new(name, montos.len()), |b| {
            b.iter(|| variant(black_box(montos)));
        });
    }
}

fn filters(group: &mut BenchmarkGroup<'_, WallTime>, montos: &Float64Array) {
    let positives: Vec<f64> = montos
        .values()
        .iter()
        .copied()
        .filter(|m| *m > 0.0)
        .collect();
    let exact = (cents(positives.iter().copied()), positives.len() as u64);

    let fused: [Variant<(f64, u64)>; 3] = [
        ("kernels", |m| sum_and_count_above(m, 0.0).unwrap()),
        ("simd_propio", |m| {
            ecommerce_simd::suma_y_cuenta_positivos(m.values())
        }),
        ("iterador", sum_and_count_by_iteration),
    ];
    for (name, variant) in fused {
        let (sum, count) = variant(montos);
        assert!(
            close(sum, exact.0) && count == exact.1,
            "{name}: {sum} {count} {exact:?}"
        );
        group.bench_function(BenchmarkId::new(name, montos.len()), |b| {
            b.iter(|| variant(black_box(montos)));
        });
    }

    // The filtered column itself, as a query that goes on with it needs it.
    let copies: [Variant<usize>; 2] = [
        ("copia_kernels", |m| {
            let above = cmp::gt(m, &Float64Array::new_scalar(0.0)).unwrap();
            black_box(filter(m, &above).unwrap()).len()
        }),
        ("copia_iterador", |m| {
            let chosen: Vec<f64> = m.values().iter().copied().filter(|m| *m > 0.0).collect();
            black_box(Float64Array::from(chosen)).len()
        }),
    ];
    for (name, variant) in copies {
        assert_eq!(variant(montos), positives.len(), "{name}");
        group.bench_function(BenchmarkId::new(name, montos.len()), |b| {
            b.iter(|| variant(black_box(montos)));
        });
    }
}

/// One pass, a branch-free choice: what `x where x > 0` is without a kernel.
fn sum_and_count_by_iteration(montos: &Float64Array) -> (f64, u64) {
    montos
        .values()
        .iter()
        .fold((0.0, 0), |(sum, count), &monto| {
            if monto > 0.0 {
                (sum + monto, count + 1)
            } else {
                (sum, count)
            }
        })
}

/// The sum by way of whole hundredths of a cent, which no order changes.
fn cents(values: impl Iterator<Item = f64>) -> f64 {
    let whole: i64 = values.map(|value| (value * 1e4).round() as i64).sum();
    whole as f64 / 1e4
}

fn close(sum: f64, exact: f64) -> bool {
    (sum - exact).abs() <= 1e-9 * exact.abs().max(1.0)
}
