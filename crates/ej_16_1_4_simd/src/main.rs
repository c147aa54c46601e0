//! Prints what this machine has, which kernels `suma` chose, and what each variant makes of the same column.

use std::hint::black_box;
use std::time::Instant;

use ecommerce_simd::Kernels;
use ej_16_1_4_simd::Variante;
use ej_16_1_4_simd::machine::{Caches, Level, features};

/// Runs of which the fastest is shown: a look, not a measurement; that is the bench's.
const RUNS: usize = 200;

fn main() {
    println!("Este procesador");
    for (name, has_it) in features() {
        println!("  {name:<8} {}", if has_it { "sí" } else { "no" });
    }
    let caches = Caches::of_this_machine();
    println!("  cachés: {caches}");
    println!("\n`suma` usa los núcleos de {}\n", Kernels::best().isa());

    let [Level { bytes, .. }, ..] = caches.levels();
    let column = column(bytes / size_of::<f64>());
    let exact = column
        .iter()
        .map(|x| (x * 100.0).round() as i64)
        .sum::<i64>() as f64
        / 100.0;
    println!(
        "{} montos con centavos ({} KiB, dentro de L1); la suma exacta es {exact:.2}\n",
        column.len(),
        bytes >> 10
    );
    println!(
        "{:<18} {:>8} {:>22} {:>10}",
        "variante", "GB/s", "suma", "error"
    );
    for variant in Variante::TODAS {
        match variant.suma(&column) {
            Some(sum) => println!(
                "{variant:<18} {:>8.1} {sum:>22.10} {:>10.1e}",
                bytes as f64 / fastest(variant, &column) / 1e9,
                (sum - exact).abs()
            ),
            None if variant.es_de_esta_arquitectura() => {
                println!("{variant:<18} NO EJECUTADO: este procesador no lo tiene");
            }
            None => {}
        }
    }
    let (sum, count) = ej_16_1_4_simd::suma_y_cuenta_positivos(&column);
    println!("\nmayores que cero: {count}, que suman {sum:.2}");
}

/// Amounts with cents, a third of them refunds; always the same.
fn column(len: usize) -> Vec<f64> {
    let mut state = 0x9e37_79b9_7f4a_7c15_u64;
    let amounts = std::iter::repeat_with(|| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        (state % 300_000) as f64 - 100_000.0
    });
    amounts.take(len).map(|cents| cents / 100.0).collect()
}

/// Returns the seconds of the fastest of some runs.
fn fastest(variant: Variante, column: &[f64]) -> f64 {
    let run = |_| {
        let start = Instant::now();
        for _ in 0..16 {
            black_box(variant.suma(black_box(column)));
        }
        start.elapsed().as_secs_f64() / 16.0
    };
    (0..RUNS).map(run).fold(f64::INFINITY, f64::min)
}
