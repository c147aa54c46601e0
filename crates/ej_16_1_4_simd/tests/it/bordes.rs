//! Empty, short, misaligned, and the values that are no numbers.

use super::*;
use ej_16_1_4_simd::{
    suma_y_cuenta_positivos, suma_y_cuenta_positivos_escalar, suma_y_cuenta_positivos_portatil,
};

const CON_FILTRO: [SumaYCuenta; 3] = [
    suma_y_cuenta_positivos_escalar,
    suma_y_cuenta_positivos_portatil,
    suma_y_cuenta_positivos,
];

/// Special values among ordinary ones, of which 400 do not overflow.
fn con_especiales() -> impl Strategy<Value = f64> {
    prop_oneof![
        60 => -1.0e300..1.0e300,
        20 => proptest::num::f64::SUBNORMAL,
        10 => prop_oneof![Just(0.0), Just(-0.0)],
        1 => Just(f64::INFINITY),
        1 => Just(f64::NEG_INFINITY),
        1 => Just(f64::NAN),
    ]
}

proptest! {
    #![proptest_config(config(256))]

    #[test]
    fn los_valores_especiales_deciden_lo_mismo_en_cualquier_sitio(
        datos in proptest::collection::vec(con_especiales(), 0..150), desfase in 0_usize..8,
    ) {
        let hay = |especial: fn(&f64) -> bool| datos.iter().any(especial);
        let (mas, menos) = (hay(|x| *x == f64::INFINITY), hay(|x| *x == f64::NEG_INFINITY));
        let es_nan = hay(|x| x.is_nan()) || (mas && menos);
        let cercado = Cercado::new(&datos, desfase);
        for variante in variantes() {
            let suma = variante.suma(cercado.datos()).unwrap();
            let esperado = match (es_nan, mas, menos) {
                (true, _, _) => suma.is_nan(),
                (_, true, _) => suma == f64::INFINITY,
                (_, _, true) => suma == f64::NEG_INFINITY,
                _ => suma.is_finite(),
            };
            prop_assert!(esperado, "{variante}: {suma}");
        }
        let cuantos = datos.iter().filter(|x| **x > 0.0).count() as u64;
        for forma in CON_FILTRO {
            let (suma, cuenta) = forma(cercado.datos());
            prop_assert_eq!((suma.is_finite(), cuenta), (!mas, cuantos));
        }
    }
}

#[test]
fn la_columna_vacia_suma_cero_positivo() {
    for variante in variantes() {
        assert_eq!(
            variante.suma(&[]).unwrap().to_bits(),
            0.0_f64.to_bits(),
            "{variante}"
        );
    }
    for forma in CON_FILTRO {
        let (suma, cuenta) = forma(&[]);
        assert_eq!((suma.to_bits(), cuenta), (0, 0));
    }
}

#[test]
fn las_colas_de_1_a_130_en_cada_desfase() {
    // Whole numbers: every order is exact.
    let datos: Vec<f64> = (1..=130).map(f64::from).collect();
    for longitud in 1..=datos.len() {
        let esperada = (longitud * (longitud + 1) / 2) as f64;
        for desfase in 0..8 {
            let cercado = Cercado::new(&datos[..longitud], desfase);
            for variante in variantes() {
                let vista = variante.suma(cercado.datos());
                assert_eq!(vista, Some(esperada), "{variante} {longitud} +{desfase}");
            }
            for forma in CON_FILTRO {
                assert_eq!(forma(cercado.datos()), (esperada, longitud as u64));
            }
        }
    }
}

#[test]
fn un_nan_en_cualquier_sitio_hace_nan_la_suma_y_no_cuenta_como_positivo() {
    for longitud in [1, 7, 40, 100] {
        for sitio in 0..longitud {
            let mut datos = vec![1.0; longitud];
            datos[sitio] = f64::NAN;
            for variante in variantes() {
                assert!(
                    variante.suma(&datos).unwrap().is_nan(),
                    "{variante} {longitud} {sitio}"
                );
            }
            for forma in CON_FILTRO {
                assert_eq!(forma(&datos), ((longitud - 1) as f64, longitud as u64 - 1));
            }
        }
    }
}

#[test]
fn los_infinitos_se_propagan_y_los_dos_juntos_son_nan() {
    for longitud in [2, 9, 100] {
        let con = |especiales: &[f64]| {
            let mut datos = vec![1.0; longitud];
            datos[..especiales.len()].copy_from_slice(especiales);
            datos
        };
        for variante in variantes() {
            let suma = |especiales: &[f64]| variante.suma(&con(especiales)).unwrap();
            assert_eq!(suma(&[f64::INFINITY]), f64::INFINITY);
            assert_eq!(suma(&[f64::NEG_INFINITY]), f64::NEG_INFINITY);
            assert!(suma(&[f64::INFINITY, f64::NEG_INFINITY]).is_nan());
        }
        for forma in CON_FILTRO {
            let (suma, cuenta) = forma(&con(&[f64::NEG_INFINITY, f64::INFINITY]));
            assert_eq!((suma, cuenta), (f64::INFINITY, longitud as u64 - 1));
        }
    }
}

#[test]
fn lo_que_no_cabe_desborda_a_infinito() {
    for longitud in [2, 9, 100] {
        for variante in variantes() {
            assert_eq!(
                variante.suma(&vec![f64::MAX; longitud]),
                Some(f64::INFINITY),
                "{variante}"
            );
            assert_eq!(
                variante.suma(&vec![f64::MIN; longitud]),
                Some(f64::NEG_INFINITY),
                "{variante}"
            );
        }
        for forma in CON_FILTRO {
            assert_eq!(
                forma(&vec![f64::MAX; longitud]),
                (f64::INFINITY, longitud as u64)
            );
            assert_eq!(forma(&vec![f64::MIN; longitud]), (0.0, 0));
        }
    }
}

#[test]
fn los_subnormales_se_suman_sin_error() {
    let minimo = f64::from_bits(1);
    for longitud in [1_u32, 9, 100] {
        let datos = vec![minimo; longitud as usize];
        for variante in variantes() {
            assert_eq!(
                variante.suma(&datos).unwrap().to_bits(),
                u64::from(longitud),
                "{variante}"
            );
        }
        for forma in CON_FILTRO {
            assert_eq!(
                forma(&datos),
                (f64::from_bits(u64::from(longitud)), u64::from(longitud))
            );
        }
    }
}

#[test]
fn los_ceros_de_cualquier_signo_suman_cero_positivo_y_no_son_positivos() {
    for longitud in [1, 9, 100] {
        for datos in [vec![-0.0; longitud], vec![0.0; longitud]] {
            for variante in variantes() {
                assert_eq!(
                    variante.suma(&datos).unwrap().to_bits(),
                    0,
                    "{variante} {longitud}"
                );
            }
            for forma in CON_FILTRO {
                let (suma, cuenta) = forma(&datos);
                assert_eq!((suma.to_bits(), cuenta), (0, 0));
            }
        }
    }
}

#[test]
fn las_variantes_de_otra_arquitectura_no_devuelven_nada() {
    let ajenas = Variante::TODAS
        .into_iter()
        .filter(|variante| !variante.es_de_esta_arquitectura());
    for variante in ajenas {
        assert_eq!(variante.suma(&[1.0]), None, "{variante}");
        assert!(!variante.esta_disponible());
    }
}
