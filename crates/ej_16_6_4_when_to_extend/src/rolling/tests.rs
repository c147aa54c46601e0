use std::num::NonZero;
use std::sync::atomic::AtomicBool;

use proptest::prelude::*;

use super::*;

/// The percentile of each window by sorting it: slow, and nothing else.
fn naive(one: &RollingPercentile, data: &[f64]) -> Vec<f64> {
    (0..data.len())
        .map(|at| {
            let first = (at + 1).saturating_sub(one.window);
            let mut window: Vec<f64> = data[first..=at]
                .iter()
                .copied()
                .filter(|x| x.is_finite())
                .collect();
            // Stable: equal values, and only zeros can be equal and different, stay as they came.
            window.sort_by(|a, b| a.partial_cmp(b).unwrap());
            if window.len() < one.min_periods {
                return f64::NAN;
            }
            if one.q == 0.0 {
                return *window.iter().rfind(|&&x| x == window[0]).unwrap();
            }
            let place = one.q * (window.len() - 1) as f64;
            let (low, high) = (
                window[place.floor() as usize],
                window[place.ceil() as usize],
            );
            let fraction = place.fract();
            match one.interpolation {
                _ if fraction == 0.0 => low,
                Interpolation::Linear => low + (high - low) * fraction,
                Interpolation::Lower => low,
                Interpolation::Higher => high,
                Interpolation::Nearest if fraction == 0.5 => {
                    if (place.floor() as usize).is_multiple_of(2) {
                        low
                    } else {
                        high
                    }
                }
                Interpolation::Nearest => {
                    if fraction < 0.5 {
                        low
                    } else {
                        high
                    }
                }
                Interpolation::Midpoint => (low + high) / 2.0,
            }
        })
        .collect()
}

fn bits(values: &[f64]) -> Vec<u64> {
    values
        .iter()
        .map(|x| if x.is_nan() { u64::MAX } else { x.to_bits() })
        .collect()
}

fn value() -> impl Strategy<Value = f64> {
    prop_oneof![
        4 => -10.0..10.0,
        2 => (-3i32..3).prop_map(f64::from),
        1 => prop::sample::select(vec![0.0, -0.0, f64::NAN, f64::INFINITY, f64::NEG_INFINITY, f64::MIN_POSITIVE, 5e-324, -5e-324, f64::MAX, f64::MIN]),
        // Values that agree in all but the last bits, which the packed keys do not hold.
        1 => (0u64..8).prop_map(|low| f64::from_bits(1.0f64.to_bits() + low)),
        1 => (0u64..8).prop_map(|low| -f64::from_bits(1.0f64.to_bits() + low)),
    ]
}

proptest! {
    #[test]
    fn los_dos_metodos_dan_lo_que_da_ordenar_cada_ventana(
        data in prop::collection::vec(value(), 0..120),
        window in 1usize..50,
        min_periods in prop::option::of(0usize..50),
        q in prop_oneof![Just(0.0), Just(1.0), Just(0.5), Just(0.25), 0.0..1.0],
        interpolation in prop::sample::select(Interpolation::ALL.to_vec()),
    ) {
        let one = RollingPercentile::new(window, q, interpolation, min_periods.map(|min_periods| min_periods.min(window))).unwrap();
        let expected = bits(&naive(&one, &data));
        for method in [Method::Sorted, Method::Ranked] {
            prop_assert_eq!(&bits(&one.compute_with(&data, method, Execution::default()).unwrap()), &expected, "{:?}", method);
        }
    }
}

/// Numbers from a seed, some of them missing, many of them equal.
fn series(length: usize) -> Vec<f64> {
    let mut state = 7u64;
    (0..length)
        .map(|_| {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            match state % 100 {
                0 => f64::NAN,
                1 => -0.0,
                2..20 => f64::from((state >> 40) as u32 % 50),
                _ => (state >> 11) as f64 / (1u64 << 53) as f64,
            }
        })
        .collect()
}

#[test]
fn varios_tramos_dan_lo_mismo_que_uno_y_que_el_otro_metodo() {
    let data = series(60_000);
    for window in [1, 2, 31, 32, 500, 6_000] {
        let one = RollingPercentile::new(window, 0.9, Interpolation::Linear, Some(1)).unwrap();
        let with = |method, threads| {
            let execution = Execution::default().with_threads(NonZero::new(threads).unwrap());
            bits(&one.compute_with(&data, method, execution).unwrap())
        };
        let ordered = with(Method::Sorted, 1);
        for (method, threads) in [
            (Method::Sorted, 3),
            (Method::Ranked, 1),
            (Method::Ranked, 3),
        ] {
            assert_eq!(
                with(method, threads),
                ordered,
                "{window} {method:?} {threads}"
            );
        }
        assert_eq!(bits(&one.compute(&data)), ordered, "{window}");
    }
}

#[test]
fn una_ventana_mayor_que_la_serie_ve_toda_la_serie() {
    let one = RollingPercentile::new(usize::MAX, 1.0, Interpolation::Midpoint, Some(1)).unwrap();
    assert_eq!(one.compute(&[2.0, 1.0, 3.0]), [2.0, 2.0, 3.0]);
    assert_eq!(one.compute(&[]), []);
}

#[test]
fn lo_que_no_es_un_percentil_movil_es_un_error_con_su_argumento() {
    let new = |window, q, min_periods| {
        RollingPercentile::new(window, q, Interpolation::Linear, min_periods)
            .unwrap_err()
            .to_string()
    };
    assert_eq!(
        new(0, 0.5, None),
        "ventana: tiene que ser de 1 valor o más, y es 0"
    );
    assert_eq!(
        new(3, 1.5, None),
        "q: tiene que estar entre 0 y 1, y es 1.5"
    );
    assert_eq!(
        new(3, f64::NAN, None),
        "q: tiene que estar entre 0 y 1, y es NaN"
    );
    assert_eq!(
        new(3, 0.5, Some(4)),
        "minimo: 4 valores no caben en una ventana de 3"
    );
    let unknown = "lineal".parse::<Interpolation>().unwrap_err().to_string();
    assert_eq!(
        unknown,
        "interpolacion: «lineal» no es ninguna de linear, lower, higher, nearest y midpoint"
    );
}

#[test]
fn quien_llama_puede_interrumpirlo() {
    let one = RollingPercentile::new(10, 0.5, Interpolation::Linear, None).unwrap();
    let stop = AtomicBool::new(true);
    let stopped = one.compute_with(
        &series(100),
        one.method(),
        Execution::default().until(&stop),
    );
    assert_eq!(stopped, Err(RollingPercentileError::Interrupted));
}
