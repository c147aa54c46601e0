//! Every engine against a loop.

use crate::archivos::{FORMAS, Fila, RARAS, a_mano, consultar, escribir};
use ecommerce_testkit::temp;
use ej_16_7_2_four_languages::{DataFusion, Engine as _, Input, Key, Native, Polars, Sum, mean};
use proptest::prelude::*;

const CLAVES: [Key; 2] = [Key::Region, Key::User];

fn texto() -> impl Strategy<Value = Option<&'static str>> {
    const TEXTOS: [&str; 9] = [
        "norte",
        "sur",
        "este",
        "",
        " ",
        "ñandú 🏝",
        "a'b\\c",
        "u1",
        "u2",
    ];
    prop_oneof![1 => Just(None), 8 => proptest::sample::select(&TEXTOS[..]).prop_map(Some)]
}

/// Amounts of whole cents, and what is no amount at all.
fn monto() -> impl Strategy<Value = Option<f64>> {
    const RAROS: [f64; 8] = [
        f64::NAN,
        -f64::NAN,
        f64::INFINITY,
        f64::NEG_INFINITY,
        0.0,
        -0.0,
        1e9,
        1_000_000_000.01,
    ];
    prop_oneof![
        1 => Just(None),
        2 => proptest::sample::select(&RAROS[..]).prop_map(Some),
        8 => (-100_000_i64..100_000_000).prop_map(|c| Some(c as f64 / 100.0)),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn los_tres_motores_dan_lo_que_un_bucle_por_las_dos_claves(
        filas in proptest::collection::vec((monto(), texto(), texto()), 0..60)
    ) {
        let dir = temp::dir().unwrap();
        let (entrada, salida) = (dir.path().join("v.parquet"), dir.path().join("r.parquet"));
        escribir(&entrada, &filas);
        for key in CLAVES {
            for forma in FORMAS {
                let dada = consultar(forma, &entrada, &salida, key).unwrap();
                prop_assert_eq!(dada, a_mano(&filas, key), "{}, {:?}", forma, key);
            }
        }
    }
}

#[test]
fn las_ventas_raras_dan_lo_que_un_bucle() {
    let dir = temp::dir().unwrap();
    let (entrada, salida) = (dir.path().join("v.parquet"), dir.path().join("r.parquet"));
    escribir(&entrada, &RARAS);
    for key in CLAVES {
        let esperada = a_mano(&RARAS, key);
        for forma in FORMAS {
            let dada = consultar(forma, &entrada, &salida, key).unwrap();
            assert_eq!(dada, esperada, "{forma}, {key:?}");
        }
    }
    // Worked out by hand: the user that is null counts for nobody, and the mean of 700 and 701 goes up.
    let por_region = a_mano(&RARAS, Key::Region);
    assert_eq!(
        por_region[&Some("ñandú 🏝".into())],
        [100_000_000_000, 1, 0, 100_000_000_000]
    );
    assert_eq!(por_region[&Some(String::new())], [1401, 2, 2, 701]);
    assert_eq!(por_region[&Some("norte".into())], [3, 2, 1, 2]);
    assert_eq!(por_region[&None], [250, 1, 1, 250]);
}

#[test]
fn sin_ventas_que_pasen_hay_un_archivo_sin_filas() {
    let dir = temp::dir().unwrap();
    let (entrada, salida) = (dir.path().join("v.parquet"), dir.path().join("r.parquet"));
    let ninguna: [Fila; 1] = [(Some(-1.0), Some("sur"), Some("u1"))];
    for filas in [&ninguna[..], &[]] {
        escribir(&entrada, filas);
        for key in CLAVES {
            for forma in FORMAS {
                let dada = consultar(forma, &entrada, &salida, key).unwrap();
                assert!(dada.is_empty(), "{forma}, {key:?}: {dada:?}");
            }
        }
    }
}

#[test]
fn descodificar_ve_todas_las_filas_en_los_tres() {
    let dir = temp::dir().unwrap();
    let entrada = dir.path().join("v.parquet");
    escribir(&entrada, &RARAS);
    for key in CLAVES {
        let input = || Input::open(&entrada, key).unwrap();
        let polars = Polars {
            input: input(),
            key,
            sum: Sum::Cents,
        };
        let datafusion = DataFusion::new(input(), key, Sum::Cents).unwrap();
        let nativo = Native::new(input(), key).unwrap();
        for vistas in [polars.decode(), datafusion.decode(), nativo.decode()] {
            assert_eq!(vistas.unwrap(), Some(18));
        }
    }
}

#[test]
fn con_fracciones_de_centavo_cada_venta_se_redondea_y_el_nativo_redondea_el_total() {
    // What the contract keeps out.
    let dir = temp::dir().unwrap();
    let (entrada, salida) = (dir.path().join("v.parquet"), dir.path().join("r.parquet"));
    let mitad: [Fila; 2] = [
        (Some(0.125), Some("sur"), None),
        (Some(0.625), Some("sur"), None),
    ];
    escribir(&entrada, &mitad);
    let centavos = |forma| {
        let dada = consultar(forma, &entrada, &salida, Key::Region).unwrap();
        dada[&Some("sur".to_owned())][0]
    };
    // 12 + 62 one by one; 75 together.
    assert_eq!([centavos("polars"), centavos("datafusion")], [74, 74]);
    assert_eq!([centavos("nativo"), centavos("polars, flotante")], [75, 75]);
}

#[test]
fn la_media_sube_en_la_mitad_y_no_desborda() {
    assert_eq!(mean(3, 2), 2);
    assert_eq!(mean(i64::MAX, 1), i64::MAX);
    assert_eq!(mean(i64::MAX, 2), (i64::MAX - 1) / 2 + 1);
}
