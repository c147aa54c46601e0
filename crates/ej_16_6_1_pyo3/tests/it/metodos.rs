//! The thirteen methods against what numpy gave for the same numbers.

use ej_16_6_1_pyo3::{Metodo, Opciones, percentil, percentiles};
use proptest::prelude::*;

use crate::DE_LA_GUIA;

const PERCENTILES: [f64; 8] = [0.0, 10.0, 25.0, 33.3, 50.0, 75.0, 95.0, 100.0];

/// `numpy.percentile` 2.4.6 of the guide's numbers. Wider, with random columns: `test_percentil.py`, in 16.6.2.
const NUMPY: [(Metodo, [f64; 8]); 13] = [
    (
        Metodo::InvertedCdf,
        [1.0, 1.0, 2.0, 3.0, 4.0, 8.0, 9.0, 9.0],
    ),
    (
        Metodo::AveragedInvertedCdf,
        [1.0, 1.0, 2.0, 3.0, 4.0, 8.0, 9.0, 9.0],
    ),
    (
        Metodo::ClosestObservation,
        [1.0, 1.0, 2.0, 2.0, 4.0, 5.0, 9.0, 9.0],
    ),
    (
        Metodo::InterpolatedInvertedCdf,
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
        Metodo::Hazen,
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
        Metodo::Weibull,
        [1.0, 1.0, 2.0, 2.6639999999999997, 4.0, 8.0, 9.0, 9.0],
    ),
    (
        Metodo::Linear,
        [1.0, 1.6, 2.5, 2.9979999999999998, 4.0, 6.5, 8.7, 9.0],
    ),
    (
        Metodo::MedianUnbiased,
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
        Metodo::NormalUnbiased,
        [1.0, 1.1, 2.1875, 2.7892499999999996, 4.0, 7.4375, 9.0, 9.0],
    ),
    (Metodo::Lower, [1.0, 1.0, 2.0, 2.0, 4.0, 5.0, 8.0, 9.0]),
    (Metodo::Higher, [1.0, 2.0, 3.0, 3.0, 4.0, 8.0, 9.0, 9.0]),
    (Metodo::Midpoint, [1.0, 1.5, 2.5, 2.5, 4.0, 6.5, 8.5, 9.0]),
    (Metodo::Nearest, [1.0, 2.0, 3.0, 3.0, 4.0, 5.0, 9.0, 9.0]),
];

#[test]
fn cada_metodo_da_lo_de_numpy_hasta_el_ultimo_bit() {
    let opciones = Opciones::default();
    for (metodo, esperados) in NUMPY {
        let juntos = percentiles(&[&DE_LA_GUIA], &PERCENTILES, metodo, &opciones).unwrap();
        assert_eq!(juntos, esperados, "{metodo}");
        for (p, esperado) in PERCENTILES.into_iter().zip(esperados) {
            let solo = percentil(&[&DE_LA_GUIA], p, metodo, &opciones).unwrap();
            assert_eq!(solo.to_bits(), esperado.to_bits(), "{metodo} {p}");
        }
    }
}

#[test]
fn los_nombres_son_los_de_numpy_y_cada_uno_es_el_suyo() {
    for (metodo, (otro, _)) in Metodo::TODOS.into_iter().zip(NUMPY) {
        assert_eq!(metodo, otro);
        assert_eq!(metodo.to_string().parse(), Ok(metodo));
    }
}

#[test]
fn los_percentiles_salen_en_el_orden_en_que_se_piden() {
    let opciones = Opciones::default();
    let revueltos = percentiles(
        &[&DE_LA_GUIA],
        &[100.0, 0.0, 50.0, 0.0],
        Metodo::Linear,
        &opciones,
    );
    assert_eq!(revueltos.unwrap(), [9.0, 1.0, 4.0, 1.0]);
    let ninguno = percentiles(&[&DE_LA_GUIA], &[], Metodo::Linear, &opciones);
    assert_eq!(ninguno.unwrap(), []);
}

proptest! {
    #[test]
    fn todos_estan_entre_el_menor_y_el_mayor_y_crecen_con_el_percentil(
        datos in prop::collection::vec(-1e300..1e300_f64, 1..60),
        mut ps in prop::collection::vec(0.0..=100.0_f64, 2..6),
        cual in 0..13_usize,
    ) {
        ps.sort_unstable_by(f64::total_cmp);
        let metodo = Metodo::TODOS[cual];
        let valores = percentiles(&[&datos], &ps, metodo, &Opciones::default()).unwrap();
        let menor = datos.iter().copied().fold(f64::INFINITY, f64::min);
        let mayor = datos.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        // Interpolating rounds, so two that are equal on paper may differ in their last bits.
        let holgura = (mayor - menor) * 1e-15;
        for par in valores.windows(2) {
            prop_assert!(par[0] <= par[1] + holgura, "{metodo} {valores:?}");
        }
        for x in valores {
            prop_assert!((menor - holgura..=mayor + holgura).contains(&x), "{metodo} {x}");
        }
    }

    #[test]
    fn los_que_no_interpolan_dan_valores_que_estan_en_los_datos(
        datos in prop::collection::vec(any::<i16>().prop_map(f64::from), 1..40),
        p in 0.0..=100.0_f64,
    ) {
        let opciones = Opciones::default();
        let de = |metodo| percentil(&[&datos], p, metodo, &opciones).unwrap();
        for metodo in [Metodo::InvertedCdf, Metodo::ClosestObservation, Metodo::Lower, Metodo::Higher, Metodo::Nearest] {
            prop_assert!(datos.contains(&de(metodo)), "{metodo}");
        }
        let (debajo, encima) = (de(Metodo::Lower), de(Metodo::Higher));
        prop_assert!((debajo..=encima).contains(&de(Metodo::Linear)));
        prop_assert_eq!(de(Metodo::Midpoint), (debajo + encima) / 2.0);
    }
}
