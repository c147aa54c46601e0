use std::num::NonZero;
use std::sync::atomic::AtomicBool;

use proptest::prelude::*;

use super::*;

/// The percentile of each window by sorting it: slow, and nothing else.
fn naive(one: &PercentilMovil, datos: &[f64]) -> Vec<f64> {
    (0..datos.len())
        .map(|at| {
            let first = (at + 1).saturating_sub(one.ventana);
            let mut window: Vec<f64> = datos[first..=at]
                .iter()
                .copied()
                .filter(|x| x.is_finite())
                .collect();
            // Stable: equal values, and only zeros can be equal and different, stay as they came.
            window.sort_by(|a, b| a.partial_cmp(b).unwrap());
            if window.len() < one.minimo {
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
            match one.interpolacion {
                _ if fraction == 0.0 => low,
                Interpolacion::Lineal => low + (high - low) * fraction,
                Interpolacion::Inferior => low,
                Interpolacion::Superior => high,
                Interpolacion::Cercana if fraction == 0.5 => {
                    if (place.floor() as usize).is_multiple_of(2) {
                        low
                    } else {
                        high
                    }
                }
                Interpolacion::Cercana => {
                    if fraction < 0.5 {
                        low
                    } else {
                        high
                    }
                }
                Interpolacion::Media => (low + high) / 2.0,
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
        datos in prop::collection::vec(value(), 0..120),
        ventana in 1usize..50,
        minimo in prop::option::of(0usize..50),
        q in prop_oneof![Just(0.0), Just(1.0), Just(0.5), Just(0.25), 0.0..1.0],
        interpolacion in prop::sample::select(Interpolacion::TODAS.to_vec()),
    ) {
        let one = PercentilMovil::new(ventana, q, interpolacion, minimo.map(|minimo| minimo.min(ventana))).unwrap();
        let expected = bits(&naive(&one, &datos));
        for metodo in [Metodo::Ordenada, Metodo::PorRangos] {
            prop_assert_eq!(&bits(&one.calcula_con(&datos, metodo, Trabajo::default()).unwrap()), &expected, "{:?}", metodo);
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
    let datos = series(60_000);
    for ventana in [1, 2, 31, 32, 500, 6_000] {
        let one = PercentilMovil::new(ventana, 0.9, Interpolacion::Lineal, Some(1)).unwrap();
        let with = |metodo, hilos| {
            let trabajo = Trabajo::default().con_hilos(NonZero::new(hilos).unwrap());
            bits(&one.calcula_con(&datos, metodo, trabajo).unwrap())
        };
        let ordered = with(Metodo::Ordenada, 1);
        for (metodo, hilos) in [
            (Metodo::Ordenada, 3),
            (Metodo::PorRangos, 1),
            (Metodo::PorRangos, 3),
        ] {
            assert_eq!(with(metodo, hilos), ordered, "{ventana} {metodo:?} {hilos}");
        }
        assert_eq!(bits(&one.calcula(&datos)), ordered, "{ventana}");
    }
}

#[test]
fn una_ventana_mayor_que_la_serie_ve_toda_la_serie() {
    let one = PercentilMovil::new(usize::MAX, 1.0, Interpolacion::Media, Some(1)).unwrap();
    assert_eq!(one.calcula(&[2.0, 1.0, 3.0]), [2.0, 2.0, 3.0]);
    assert_eq!(one.calcula(&[]), []);
}

#[test]
fn lo_que_no_es_un_percentil_movil_es_un_error_con_su_argumento() {
    let new = |ventana, q, minimo| {
        PercentilMovil::new(ventana, q, Interpolacion::Lineal, minimo)
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
    let unknown = "lineal".parse::<Interpolacion>().unwrap_err().to_string();
    assert_eq!(
        unknown,
        "interpolacion: «lineal» no es ninguna de linear, lower, higher, nearest y midpoint"
    );
}

#[test]
fn quien_llama_puede_interrumpirlo() {
    let one = PercentilMovil::new(10, 0.5, Interpolacion::Lineal, None).unwrap();
    let parar = AtomicBool::new(true);
    let stopped = one.calcula_con(&series(100), one.metodo(), Trabajo::default().hasta(&parar));
    assert_eq!(stopped, Err(PercentilMovilError::Interrumpido));
}
