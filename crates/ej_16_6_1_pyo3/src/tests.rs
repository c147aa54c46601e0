use std::num::NonZeroUsize;
use std::sync::atomic::AtomicBool;

use crate::bracket::{Counts, brackets};
use crate::method::Place;
use crate::selection::values_of_ranks;
use crate::{Method, Options, PercentileError};

/// Values in disorder, a fixed sequence; `distinct` different ones.
fn shuffled(n: u64, distinct: u64) -> Vec<f64> {
    (0..n)
        .map(|i| ((i.wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 32) % distinct) as f64)
        .collect()
}

fn with_threads(threads: usize) -> Options<'static> {
    Options {
        threads: NonZeroUsize::new(threads),
        cancel: None,
    }
}

#[test]
fn el_lugar_mas_alla_de_un_extremo_es_el_extremo_dos_veces() {
    let Place::Between { previous, next, .. } = Method::Weibull.place(7, 1.0) else {
        panic!("weibull interpola")
    };
    assert_eq!((previous, next), (6, 6));
    assert_eq!(Method::Weibull.place(7, 0.0).ranks(), [0, 0]);
    assert_eq!(Method::ClosestObservation.place(7, 0.0), Place::Rank(0));
    assert_eq!(Method::InvertedCdf.place(7, 0.0), Place::Rank(0));
    for method in Method::ALL {
        for q in [0.0, 0.3, 0.5, 1.0] {
            assert_eq!(method.place(1, q).ranks(), [0, 0], "{method} {q}");
        }
    }
}

#[test]
fn las_horquillas_aciertan_en_datos_sin_mala_intencion() {
    for data in [
        shuffled(200_000, u64::MAX),
        shuffled(200_000, 1000),
        shuffled(200_000, 2),
        vec![3.5; 200_000],
        (0..200_000).map(f64::from).collect(),
        (0..200_000).rev().map(f64::from).collect(),
    ] {
        let mut sorted = data.clone();
        sorted.sort_unstable_by(f64::total_cmp);
        for ranks in [vec![0], vec![99_999, 100_000], vec![7, 150_000, 199_999]] {
            let chunks = [data.as_slice()];
            let brackets = brackets(&chunks, data.len(), &ranks).unwrap();
            let mut counts = Counts::of(&chunks, data.len(), &brackets, &with_threads(2)).unwrap();
            let mut values = Vec::new();
            for (bracket, count) in brackets.iter().zip(counts.counts()) {
                let wanted = &ranks[bracket.ranks.clone()];
                assert!(
                    count
                        .values(bracket, wanted, &with_threads(1), &mut values)
                        .unwrap()
                );
            }
            let expected: Vec<f64> = ranks.iter().map(|&rank| sorted[rank]).collect();
            assert_eq!(values, expected);
        }
    }
}

#[test]
fn una_columna_hecha_contra_la_muestra_se_contesta_igual() {
    // The sample sees only what lies at its places: there are the largest values of the column, so every bracket misses.
    let n = 1 << 17;
    let mut data: Vec<f64> = (0..n).map(f64::from).collect();
    for place in places_of_the_sample(data.len()) {
        data[place] = 1e9 + place as f64;
    }
    let chunks = [data.as_slice()];
    let ranks = [data.len() / 2];
    let brackets = brackets(&chunks, data.len(), &ranks).unwrap();
    let mut counts = Counts::of(&chunks, data.len(), &brackets, &with_threads(1)).unwrap();
    let hits = counts
        .counts()
        .next()
        .unwrap()
        .values(&brackets[0], &ranks, &with_threads(1), &mut Vec::new())
        .unwrap();
    assert!(!hits, "la muestra no se dejó engañar");

    let mut sorted = data.clone();
    sorted.sort_unstable_by(f64::total_cmp);
    let values = values_of_ranks(&chunks, data.len(), &ranks, &with_threads(1)).unwrap();
    assert_eq!(values, [sorted[ranks[0]]]);
}

/// The places at which the sample looks: a column of its wanted positions gives them away.
fn places_of_the_sample(n: usize) -> Vec<usize> {
    let positions: Vec<f64> = (0..n).map(|i| i as f64).collect();
    crate::bracket::sample(&[&positions], n)
        .unwrap()
        .into_iter()
        .map(|position| position as usize)
        .collect()
}

#[test]
fn con_demasiadas_horquillas_o_un_nan_en_la_muestra_no_hay_ninguna() {
    let mut data = shuffled(100_000, u64::MAX);
    let many: Vec<usize> = (0..10).map(|i| i * 10_000).collect();
    assert!(brackets(&[&data], data.len(), &many).is_none());
    data.fill(f64::NAN);
    assert!(brackets(&[&data], data.len(), &[5]).is_none());
}

#[test]
fn una_operacion_cancelada_termina_con_su_error() {
    let cancel = AtomicBool::new(true);
    let options = Options {
        threads: None,
        cancel: Some(&cancel),
    };
    for n in [10, 100_000] {
        let data = shuffled(n, u64::MAX);
        let values = values_of_ranks(&[&data], data.len(), &[1], &options);
        assert_eq!(values, Err(PercentileError::Cancelled));
    }
}
