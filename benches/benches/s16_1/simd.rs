//! 16.1.4: bytes a second of each way to sum a column of f64 that lies in the first, second or third cache or in memory.
//!
//! Every level has its own column, at a multiple of 64 bytes, and all but numpy read that one buffer. Its values are whole, so that
//! every order of addition gives the same exact sum: each contestant is compared with a sum of integers before it is timed.
//! Beside the sums stands the bandwidth: the same bytes read and nothing else.
//!
//! What is timed: of the variants, arrow and Polars, the call; of DataFusion, running a plan made before, over a table in
//! memory, in one partition; of numpy, the call from Python in a process of its own, over an array of the same length. All on
//! one thread, with pages of 4 KiB.

mod column;
mod engines;
mod numpy;

use std::hint::black_box;
use std::time::Duration;

use arrow::array::Float64Array;
use criterion::measurement::WallTime;
use criterion::{BenchmarkGroup, BenchmarkId, Criterion, SamplingMode, Throughput};
use ej_16_1_4_simd::bandwidth::{lee_ocho_lugares, lee_seguido};
use ej_16_1_4_simd::machine::{Caches, Level};
use ej_16_1_4_simd::{
    Variante, suma, suma_y_cuenta_positivos, suma_y_cuenta_positivos_escalar,
    suma_y_cuenta_positivos_portatil,
};

use column::Column;
use numpy::Numpy;

/// Runs this exercise's groups.
pub(crate) fn bench(c: &mut Criterion) {
    let levels = Caches::of_this_machine().levels();
    let mut numpy = Numpy::of_environment();
    for level in levels {
        let column = Column::of(level.bytes / size_of::<f64>());
        bandwidth(c, &level, &column);
        sums(c, &level, &column, numpy.as_mut());
        filtered_sums(c, &level, &column, numpy.as_mut());
    }
    alignment(c, &levels[0]);
    short_slices(c);
}

/// A group of quick benches whose throughput is in bytes.
fn group<'a>(c: &'a mut Criterion, name: &str, bytes: usize) -> BenchmarkGroup<'a, WallTime> {
    let mut group = c.benchmark_group(name);
    // A pass over what lies in memory takes milliseconds.
    let in_memory = bytes >= 64 << 20;
    group
        .throughput(Throughput::Bytes(bytes as u64))
        .sample_size(if in_memory { 20 } else { 15 })
        .sampling_mode(SamplingMode::Flat)
        .warm_up_time(Duration::from_millis(100))
        .measurement_time(Duration::from_millis(if in_memory { 600 } else { 250 }))
        .nresamples(2_000);
    group
}

/// Times a function of the column.
fn time<T>(
    group: &mut BenchmarkGroup<'_, WallTime>,
    variant: &str,
    parameter: &str,
    values: &[f64],
    function: impl Fn(&[f64]) -> T,
) {
    group.bench_function(BenchmarkId::new(variant, parameter), |b| {
        b.iter(|| function(black_box(values)));
    });
}

fn bandwidth(c: &mut Criterion, level: &Level, column: &Column) {
    let values = column.values();
    assert_eq!(lee_seguido(values), lee_ocho_lugares(values));
    let mut group = group(c, "16.1.4/lectura", level.bytes);
    time(&mut group, "seguida", level.name, values, lee_seguido);
    time(
        &mut group,
        "ocho_lugares",
        level.name,
        values,
        lee_ocho_lugares,
    );
    group.finish();
}

fn sums(c: &mut Criterion, level: &Level, column: &Column, numpy: Option<&mut Numpy>) {
    let values = column.values();
    let mut group = group(c, "16.1.4/suma", level.bytes);
    for variant in Variante::TODAS {
        // A call for every vector is slow at any size: once is enough.
        let skipped = variant == Variante::Avx2SinAtributo && level.name != "L1";
        match variant.suma(values) {
            Some(sum) if !skipped => {
                assert_eq!(sum, column.sum());
                time(&mut group, variant.nombre(), level.name, values, |x| {
                    variant.suma(x)
                });
            }
            None if variant.es_de_esta_arquitectura() => {
                eprintln!("16.1.4: {variant} ausente: este procesador no lo tiene");
            }
            _ => {}
        }
    }

    let array = column.array();
    assert_eq!(arrow::compute::sum(array), Some(column.sum()));
    group.bench_function(BenchmarkId::new("arrow", level.name), |b| {
        b.iter(|| arrow::compute::sum(black_box(array)));
    });

    let series = column.series();
    assert_eq!(
        series.sum::<f64>().expect("a series of numbers"),
        column.sum()
    );
    group.bench_function(BenchmarkId::new("polars", level.name), |b| {
        b.iter(|| black_box(&series).sum::<f64>());
    });

    let plan = engines::Plan::of(column.batch(), "SELECT sum(monto) FROM ventas");
    assert_eq!(plan.run(), column.sum());
    group.bench_function(BenchmarkId::new("datafusion", level.name), |b| {
        b.iter(|| plan.run())
    });

    if let Some(numpy) = numpy {
        group.bench_function(BenchmarkId::new("numpy", level.name), |b| {
            numpy.prepare(values.len());
            b.iter_custom(|times| numpy.time("suma", times));
        });
    }
    group.finish();
}

fn filtered_sums(c: &mut Criterion, level: &Level, column: &Column, numpy: Option<&mut Numpy>) {
    type Form = fn(&[f64]) -> (f64, u64);
    const FORMS: [(&str, Form); 3] = [
        ("escalar", suma_y_cuenta_positivos_escalar),
        ("portatil", suma_y_cuenta_positivos_portatil),
        ("despacho", suma_y_cuenta_positivos),
    ];
    let values = column.values();
    let mut group = group(c, "16.1.4/suma_y_cuenta_positivos", level.bytes);
    for (name, form) in FORMS {
        assert_eq!(form(values), column.positives());
        time(&mut group, name, level.name, values, form);
    }
    let array = column.array();
    assert_eq!(engines::filter_then_sum(array), column.positives());
    group.bench_function(BenchmarkId::new("arrow", level.name), |b| {
        b.iter(|| engines::filter_then_sum(black_box(array)));
    });
    if let Some(numpy) = numpy {
        group.bench_function(BenchmarkId::new("numpy", level.name), |b| {
            numpy.prepare(values.len());
            b.iter_custom(|times| numpy.time("positivos", times));
        });
    }
    group.finish();
}

/// The same column at a multiple of 64 bytes and eight bytes behind one, in the first-level cache.
fn alignment(c: &mut Criterion, level: &Level) {
    let rows = level.bytes / size_of::<f64>();
    let column = Column::of(rows + 8);
    let mut group = group(c, "16.1.4/desfase", level.bytes);
    for offset in [0, 1] {
        let array: Float64Array = column.array().slice(offset, rows);
        let values: &[f64] = array.values();
        assert_eq!(values.as_ptr().addr() % 64, 8 * offset);
        let name = format!("{}_bytes", 8 * offset);
        for variant in [Variante::Avx2X8, Variante::Avx512X8, Variante::Despacho] {
            if variant.esta_disponible() {
                time(&mut group, variant.nombre(), &name, values, |x| {
                    variant.suma(x)
                });
            }
        }
        group.bench_function(BenchmarkId::new("arrow", &name), |b| {
            b.iter(|| arrow::compute::sum(black_box(&array)));
        });
    }
    group.finish();
}

/// Slices of a few elements, where calling and setting up is all there is.
fn short_slices(c: &mut Criterion) {
    let column = Column::of(256);
    for rows in [4, 11, 12, 32, 100] {
        let array = column.array().slice(0, rows);
        let values: &[f64] = array.values();
        let mut group = group(c, "16.1.4/cortas", size_of_val(values));
        let rows = rows.to_string();
        time(&mut group, "escalar", &rows, values, |x| {
            Variante::Escalar.suma(x)
        });
        time(&mut group, "despacho", &rows, values, suma);
        group.bench_function(BenchmarkId::new("arrow", &rows), |b| {
            b.iter(|| arrow::compute::sum(black_box(&array)));
        });
        group.finish();
    }
}
