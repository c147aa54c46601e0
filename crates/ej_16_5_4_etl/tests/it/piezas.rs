//! A day in pieces adds up to the guide's plan over the whole day, however it is cut.

use arrow::array::{ArrayRef, StringViewArray};
use ecommerce_model::{Centavos, Contrato, Dia, Motivo, Zona};
use ej_16_5_4_etl::{Parcial, Reglas, Venta, Veredicto, transformar, ventas_frame};
use polars::prelude::{DataFrame, IntoLazy as _};
use proptest::prelude::*;
use std::sync::Arc;

type Fila = (String, String, i64);

fn frame(filas: &[Fila]) -> DataFrame {
    let texts = |pick: fn(&Fila) -> &str| -> ArrayRef {
        Arc::new(StringViewArray::from_iter_values(filas.iter().map(pick)))
    };
    ventas_frame(
        texts(|f| &f.0),
        texts(|f| &f.1),
        filas.iter().map(|f| f.2 as f64 / 100.0).collect(),
        filas.iter().map(|f| f.2).collect(),
    )
    .unwrap()
}

/// The rows of a result as tuples.
fn rows(frame: &DataFrame) -> Vec<(String, String, i64, i64, i64)> {
    let text = |name: &str, i: usize| {
        frame
            .column(name)
            .unwrap()
            .str()
            .unwrap()
            .get(i)
            .unwrap()
            .to_owned()
    };
    let int = |name: &str, i: usize| frame.column(name).unwrap().i64().unwrap().get(i).unwrap();
    (0..frame.height())
        .map(|i| {
            (
                text("region", i),
                text("segmento", i),
                int("revenue", i),
                int("usuarios", i),
                int("transacciones", i),
            )
        })
        .collect()
}

fn fila() -> impl Strategy<Value = Fila> {
    // Long names too: those of more than twelve bytes are stored apart from the column.
    let user = prop_oneof!["u[0-9]", "usuario-de-nombre-largo-[0-9]"];
    ("[a-c]|una región de nombre largo", user, 1i64..300_000)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(40))]
    #[test]
    fn las_piezas_suman_lo_mismo_que_el_plan_de_la_guia(
        filas in prop::collection::vec(fila(), 1..120),
        cortes in prop::collection::vec(0usize..120, 0..5),
        al_reves in any::<bool>(),
    ) {
        let whole = transformar(frame(&filas).lazy()).collect().unwrap();
        let mut cuts: Vec<usize> = cortes.into_iter().map(|c| c.min(filas.len())).collect();
        cuts.extend([0, filas.len()]);
        cuts.sort_unstable();
        let mut pieces: Vec<Parcial> = cuts
            .windows(2)
            .map(|w| {
                let mut piece = Parcial::default();
                if w[0] < w[1] {
                    piece.agregar(frame(&filas[w[0]..w[1]])).unwrap();
                }
                piece
            })
            .collect();
        if al_reves {
            pieces.reverse();
        }
        let mut total = Parcial::default();
        for piece in pieces {
            total.unir(piece).unwrap();
        }
        prop_assert_eq!(rows(&total.terminar().unwrap().unwrap()), rows(&whole));
    }
}

#[test]
fn sin_ventas_no_hay_resultado() {
    assert!(Parcial::default().terminar().unwrap().is_none());
}

#[test]
fn mil_no_es_mas_de_mil() {
    let filas = |cents| vec![("r".to_owned(), "u".to_owned(), cents)];
    for (cents, segmento) in [(100_000, "standard"), (100_001, "premium")] {
        let found = transformar(frame(&filas(cents)).lazy()).collect().unwrap();
        assert_eq!(rows(&found), [("r".into(), segmento.into(), cents, 1, 1)]);
    }
}

#[test]
fn lo_que_el_filtro_de_la_guia_deja_pasar_y_estropea_una_suma_se_rechaza_por_su_motivo() {
    let dia = Dia::new("2024-01-15".parse().unwrap(), &Zona::utc()).unwrap();
    let (reglas, planas) = (Reglas::new(dia, false), Reglas::new(dia, true));
    let buena = Venta {
        user_id: Some("u"),
        monto: Some(10.0),
        region: Some("norte"),
        timestamp: Some(dia.start_micros()),
    };
    let largo = "x".repeat(Contrato::MAX_TEXT + 1);
    let no = Veredicto::Rechazada;
    let casos: [(Venta<'_>, Veredicto); 14] = [
        (buena, Veredicto::Vale(Centavos::new(1_000).unwrap())),
        (
            Venta {
                monto: None,
                ..buena
            },
            Veredicto::Filtrada,
        ),
        (
            Venta {
                monto: Some(0.0),
                ..buena
            },
            Veredicto::Filtrada,
        ),
        (
            Venta {
                monto: Some(f64::NEG_INFINITY),
                ..buena
            },
            Veredicto::Filtrada,
        ),
        (
            Venta {
                monto: Some(f64::NAN),
                ..buena
            },
            no(Motivo::MontoNoFinito),
        ),
        (
            Venta {
                monto: Some(f64::INFINITY),
                ..buena
            },
            no(Motivo::MontoNoFinito),
        ),
        (
            Venta {
                monto: Some(1e9 + 0.01),
                ..buena
            },
            no(Motivo::MontoFueraDeRango),
        ),
        (
            Venta {
                monto: Some(0.005),
                ..buena
            },
            no(Motivo::MontoNoPositivo),
        ),
        (
            Venta {
                region: Some(" \t"),
                ..buena
            },
            no(Motivo::FaltaRegion),
        ),
        (
            Venta {
                user_id: None,
                ..buena
            },
            no(Motivo::FaltaUserId),
        ),
        (
            Venta {
                region: Some(&largo),
                ..buena
            },
            no(Motivo::TextoDemasiadoLargo),
        ),
        (
            Venta {
                timestamp: None,
                ..buena
            },
            no(Motivo::TimestampImposible),
        ),
        (
            Venta {
                timestamp: Some(-1),
                ..buena
            },
            no(Motivo::TimestampImposible),
        ),
        (
            Venta {
                timestamp: Some(dia.end_micros()),
                ..buena
            },
            no(Motivo::FechaFueraDeLaParticion),
        ),
    ];
    for (venta, esperado) in casos {
        assert_eq!(reglas.juzgar(&venta), esperado, "{venta:?}");
    }
    let manana = Venta {
        timestamp: Some(dia.end_micros()),
        ..buena
    };
    assert_eq!(planas.juzgar(&manana), Veredicto::DeOtroDia);
    // An instant that names no day is everybody's: a flat file must not hide it.
    let nunca = Venta {
        timestamp: Some(-1),
        ..buena
    };
    assert_eq!(planas.juzgar(&nunca), no(Motivo::TimestampImposible));
}
