//! Selection finds what sorting finds, whatever the column looks like.

use std::num::NonZeroUsize;

use ej_16_6_1_pyo3::{Method, Options, percentiles};
use proptest::prelude::*;

use crate::shuffled;

const PERCENTILES: [f64; 5] = [0.0, 1.0, 50.0, 99.9, 100.0];

fn check(data: &[f64], chunks: &[&[f64]], options: &Options<'_>) {
    let mut sorted = data.to_vec();
    sorted.sort_unstable_by(f64::total_cmp);
    let last = (data.len() - 1) as f64;
    let expected = PERCENTILES.map(|p| sorted[((p / 100.0) * last) as usize]);
    let values = percentiles(chunks, &PERCENTILES, Method::Lower, options).unwrap();
    assert_eq!(values, expected);
}

/// Columns that a selection by sample could get wrong, each with its name.
fn hard_columns(n: usize) -> Vec<(&'static str, Vec<f64>)> {
    let filled = |f: &dyn Fn(usize) -> f64| (0..n).map(f).collect::<Vec<f64>>();
    vec![
        ("todos iguales", vec![2.5; n]),
        ("dos valores", filled(&|i| f64::from(i % 3 == 0))),
        ("ordenados", filled(&|i| i as f64)),
        ("al revés", filled(&|i| -(i as f64))),
        ("dientes de sierra", filled(&|i| (i % 16_384) as f64)),
        (
            "ceros con signo",
            filled(&|i| if i % 2 == 0 { 0.0 } else { -0.0 }),
        ),
        (
            "infinitos en las colas",
            filled(&|i| match i % 10 {
                0 => f64::NEG_INFINITY,
                9 => f64::INFINITY,
                _ => (i % 977) as f64,
            }),
        ),
        (
            "casi todos infinitos",
            filled(&|i| {
                if i % 100 == 0 {
                    i as f64
                } else {
                    f64::INFINITY
                }
            }),
        ),
        (
            "subnormales",
            filled(&|i| f64::from_bits(((i * 7919) % n) as u64)),
        ),
        (
            "uno distinto al final",
            filled(&|i| if i + 1 == n { -1.0 } else { 1.0 }),
        ),
        (
            "de órdenes de magnitud distintos",
            filled(&|i| ((i % 600) as f64 - 300.0).exp2() * (i as f64)),
        ),
    ]
}

#[test]
fn las_columnas_dificiles_se_contestan_igual_que_ordenando() {
    // Below and above the size from which the sample is taken.
    for n in [1, 2, 5000, 32_768, 32_769, 70_000] {
        for (name, data) in hard_columns(n) {
            for threads in [1, 2] {
                let options = Options {
                    threads: NonZeroUsize::new(threads),
                    cancel: None,
                };
                eprintln!("{name}, {n} valores, {threads} hilos");
                check(&data, &[&data], &options);
            }
        }
    }
}

#[test]
fn varios_hilos_dan_lo_mismo_que_uno() {
    let data = shuffled(600_000);
    for threads in [1, 2, 3, 64] {
        let options = Options {
            threads: NonZeroUsize::new(threads),
            cancel: None,
        };
        check(&data, &[&data], &options);
    }
}

#[test]
fn muchos_percentiles_de_una_vez_son_los_mismos_que_uno_a_uno() {
    let data = shuffled(100_000);
    let ps: Vec<f64> = (0..=400).map(|i| f64::from(i) / 4.0).collect();
    let options = Options::default();
    let together = percentiles(&[&data], &ps, Method::Linear, &options).unwrap();
    for (p, together) in ps.iter().zip(together).step_by(40) {
        let alone = percentiles(&[&data], &[*p], Method::Linear, &options).unwrap();
        assert_eq!(alone, [together]);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn en_cualquier_reparto_de_trozos_es_lo_mismo(
        seeds in prop::collection::vec(any::<f32>().prop_filter("NaN", |x| !x.is_nan()), 1..50),
        n in prop_oneof![1..200_usize, 30_000..60_000_usize],
        cuts in prop::collection::vec(0..60_000_usize, 0..6),
    ) {
        let data: Vec<f64> = (0..n)
            .map(|i| f64::from(seeds[i % seeds.len()]) + (i % 13) as f64)
            .collect();
        let mut cuts: Vec<usize> = cuts.into_iter().map(|cut| cut % (n + 1)).collect();
        cuts.sort_unstable();
        let mut chunks = Vec::new();
        let mut start = 0;
        for cut in cuts.into_iter().chain([n]) {
            chunks.push(&data[start..cut]);
            start = cut;
        }
        check(&data, &chunks, &Options::default());
    }
}
