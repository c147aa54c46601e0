//! Selection finds what sorting finds, whatever the column looks like.

use std::num::NonZeroUsize;

use ej_16_6_1_pyo3::{Metodo, Opciones, percentiles};
use proptest::prelude::*;

use crate::revueltos;

const PERCENTILES: [f64; 5] = [0.0, 1.0, 50.0, 99.9, 100.0];

fn comprobar(datos: &[f64], trozos: &[&[f64]], opciones: &Opciones<'_>) {
    let mut ordenados = datos.to_vec();
    ordenados.sort_unstable_by(f64::total_cmp);
    let ultimo = (datos.len() - 1) as f64;
    let esperados = PERCENTILES.map(|p| ordenados[((p / 100.0) * ultimo) as usize]);
    let valores = percentiles(trozos, &PERCENTILES, Metodo::Lower, opciones).unwrap();
    assert_eq!(valores, esperados);
}

/// Columns that a selection by sample could get wrong, each with its name.
fn dificiles(n: usize) -> Vec<(&'static str, Vec<f64>)> {
    let lleno = |f: &dyn Fn(usize) -> f64| (0..n).map(f).collect::<Vec<f64>>();
    vec![
        ("todos iguales", vec![2.5; n]),
        ("dos valores", lleno(&|i| f64::from(i % 3 == 0))),
        ("ordenados", lleno(&|i| i as f64)),
        ("al revés", lleno(&|i| -(i as f64))),
        ("dientes de sierra", lleno(&|i| (i % 16_384) as f64)),
        (
            "ceros con signo",
            lleno(&|i| if i % 2 == 0 { 0.0 } else { -0.0 }),
        ),
        (
            "infinitos en las colas",
            lleno(&|i| match i % 10 {
                0 => f64::NEG_INFINITY,
                9 => f64::INFINITY,
                _ => (i % 977) as f64,
            }),
        ),
        (
            "casi todos infinitos",
            lleno(&|i| {
                if i % 100 == 0 {
                    i as f64
                } else {
                    f64::INFINITY
                }
            }),
        ),
        (
            "subnormales",
            lleno(&|i| f64::from_bits(((i * 7919) % n) as u64)),
        ),
        (
            "uno distinto al final",
            lleno(&|i| if i + 1 == n { -1.0 } else { 1.0 }),
        ),
        (
            "de órdenes de magnitud distintos",
            lleno(&|i| ((i % 600) as f64 - 300.0).exp2() * (i as f64)),
        ),
    ]
}

#[test]
fn las_columnas_dificiles_se_contestan_igual_que_ordenando() {
    // Below and above the size from which the sample is taken.
    for n in [1, 2, 5000, 32_768, 32_769, 70_000] {
        for (nombre, datos) in dificiles(n) {
            for hilos in [1, 2] {
                let opciones = Opciones {
                    hilos: NonZeroUsize::new(hilos),
                    cancelar: None,
                };
                eprintln!("{nombre}, {n} valores, {hilos} hilos");
                comprobar(&datos, &[&datos], &opciones);
            }
        }
    }
}

#[test]
fn varios_hilos_dan_lo_mismo_que_uno() {
    let datos = revueltos(600_000);
    for hilos in [1, 2, 3, 64] {
        let opciones = Opciones {
            hilos: NonZeroUsize::new(hilos),
            cancelar: None,
        };
        comprobar(&datos, &[&datos], &opciones);
    }
}

#[test]
fn muchos_percentiles_de_una_vez_son_los_mismos_que_uno_a_uno() {
    let datos = revueltos(100_000);
    let ps: Vec<f64> = (0..=400).map(|i| f64::from(i) / 4.0).collect();
    let opciones = Opciones::default();
    let juntos = percentiles(&[&datos], &ps, Metodo::Linear, &opciones).unwrap();
    for (p, junto) in ps.iter().zip(juntos).step_by(40) {
        let solo = percentiles(&[&datos], &[*p], Metodo::Linear, &opciones).unwrap();
        assert_eq!(solo, [junto]);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn en_cualquier_reparto_de_trozos_es_lo_mismo(
        semillas in prop::collection::vec(any::<f32>().prop_filter("NaN", |x| !x.is_nan()), 1..50),
        n in prop_oneof![1..200_usize, 30_000..60_000_usize],
        cortes in prop::collection::vec(0..60_000_usize, 0..6),
    ) {
        let datos: Vec<f64> = (0..n)
            .map(|i| f64::from(semillas[i % semillas.len()]) + (i % 13) as f64)
            .collect();
        let mut cortes: Vec<usize> = cortes.into_iter().map(|corte| corte % (n + 1)).collect();
        cortes.sort_unstable();
        let mut trozos = Vec::new();
        let mut desde = 0;
        for corte in cortes.into_iter().chain([n]) {
            trozos.push(&datos[desde..corte]);
            desde = corte;
        }
        comprobar(&datos, &trozos, &Opciones::default());
    }
}
