//! The thirteen methods against what numpy gave for the same numbers.

use ej_16_6_1_pyo3::{Method, Options, percentile, percentiles};
use proptest::prelude::*;

use crate::GUIDE_DATA;

const PERCENTILES: [f64; 8] = [0.0, 10.0, 25.0, 33.3, 50.0, 75.0, 95.0, 100.0];

/// `numpy.percentile` 2.4.6 of the guide's numbers. Wider, with random columns: `test_percentil.py`, in 16.6.2.
const NUMPY: [(Method, [f64; 8]); 13] = [
    (
        Method::InvertedCdf,
        [1.0, 1.0, 2.0, 3.0, 4.0, 8.0, 9.0, 9.0],
    ),
    (
        Method::AveragedInvertedCdf,
        [1.0, 1.0, 2.0, 3.0, 4.0, 8.0, 9.0, 9.0],
    ),
    (
        Method::ClosestObservation,
        [1.0, 1.0, 2.0, 2.0, 4.0, 5.0, 9.0, 9.0],
    ),
    (
        Method::InterpolatedInvertedCdf,
        [
            1.0,
            1.0,
            1.75,
            2.3309999999999995,
            3.5,
            5.75,
            8.649999999999999,
            9.0,
        ],
    ),
    (
        Method::Hazen,
        [
            1.0,
            1.2000000000000002,
            2.25,
            2.8309999999999995,
            4.0,
            7.25,
            9.0,
            9.0,
        ],
    ),
    (
        Method::Weibull,
        [1.0, 1.0, 2.0, 2.6639999999999997, 4.0, 8.0, 9.0, 9.0],
    ),
    (
        Method::Linear,
        [1.0, 1.6, 2.5, 2.9979999999999998, 4.0, 6.5, 8.7, 9.0],
    ),
    (
        Method::MedianUnbiased,
        [
            1.0,
            1.0666666666666667,
            2.1666666666666665,
            2.7753333333333328,
            4.0,
            7.499999999999999,
            9.0,
            9.0,
        ],
    ),
    (
        Method::NormalUnbiased,
        [1.0, 1.1, 2.1875, 2.7892499999999996, 4.0, 7.4375, 9.0, 9.0],
    ),
    (Method::Lower, [1.0, 1.0, 2.0, 2.0, 4.0, 5.0, 8.0, 9.0]),
    (Method::Higher, [1.0, 2.0, 3.0, 3.0, 4.0, 8.0, 9.0, 9.0]),
    (Method::Midpoint, [1.0, 1.5, 2.5, 2.5, 4.0, 6.5, 8.5, 9.0]),
    (Method::Nearest, [1.0, 2.0, 3.0, 3.0, 4.0, 5.0, 9.0, 9.0]),
];

#[test]
fn cada_metodo_da_lo_de_numpy_hasta_el_ultimo_bit() {
    let options = Options::default();
    for (method, expected) in NUMPY {
        let together = percentiles(&[&GUIDE_DATA], &PERCENTILES, method, &options).unwrap();
        assert_eq!(together, expected, "{method}");
        for (p, expected) in PERCENTILES.into_iter().zip(expected) {
            let alone = percentile(&[&GUIDE_DATA], p, method, &options).unwrap();
            assert_eq!(alone.to_bits(), expected.to_bits(), "{method} {p}");
        }
    }
}

#[test]
fn los_nombres_son_los_de_numpy_y_cada_uno_es_el_suyo() {
    for (method, (other, _)) in Method::ALL.into_iter().zip(NUMPY) {
        assert_eq!(method, other);
        assert_eq!(method.to_string().parse(), Ok(method));
    }
}

#[test]
fn los_percentiles_salen_en_el_orden_en_que_se_piden() {
    let options = Options::default();
    let shuffled = percentiles(
        &[&GUIDE_DATA],
        &[100.0, 0.0, 50.0, 0.0],
        Method::Linear,
        &options,
    );
    assert_eq!(shuffled.unwrap(), [9.0, 1.0, 4.0, 1.0]);
    let none = percentiles(&[&GUIDE_DATA], &[], Method::Linear, &options);
    assert_eq!(none.unwrap(), []);
}

proptest! {
    #[test]
    fn todos_estan_entre_el_menor_y_el_mayor_y_crecen_con_el_percentil(
        data in prop::collection::vec(-1e300..1e300_f64, 1..60),
        mut ps in prop::collection::vec(0.0..=100.0_f64, 2..6),
        index in 0..13_usize,
    ) {
        ps.sort_unstable_by(f64::total_cmp);
        let method = Method::ALL[index];
        let values = percentiles(&[&data], &ps, method, &Options::default()).unwrap();
        let smallest = data.iter().copied().fold(f64::INFINITY, f64::min);
        let largest = data.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        // Interpolating rounds, so two that are equal on paper may differ in their last bits.
        let slack = (largest - smallest) * 1e-15;
        for pair in values.windows(2) {
            prop_assert!(pair[0] <= pair[1] + slack, "{method} {values:?}");
        }
        for x in values {
            prop_assert!((smallest - slack..=largest + slack).contains(&x), "{method} {x}");
        }
    }

    #[test]
    fn los_que_no_interpolan_dan_valores_que_estan_en_los_datos(
        data in prop::collection::vec(any::<i16>().prop_map(f64::from), 1..40),
        p in 0.0..=100.0_f64,
    ) {
        let options = Options::default();
        let of = |method| percentile(&[&data], p, method, &options).unwrap();
        for method in [Method::InvertedCdf, Method::ClosestObservation, Method::Lower, Method::Higher, Method::Nearest] {
            prop_assert!(data.contains(&of(method)), "{method}");
        }
        let (below, above) = (of(Method::Lower), of(Method::Higher));
        prop_assert!((below..=above).contains(&of(Method::Linear)));
        prop_assert_eq!(of(Method::Midpoint), (below + above) / 2.0);
    }
}
