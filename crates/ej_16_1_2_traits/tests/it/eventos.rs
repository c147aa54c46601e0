//! The model's events: what `procesar` gives, and what `Option` and the enum cost.

use ecommerce_model::{Clase, ConfigGenerador, Contrato, FilaEvento, FilaGenerada, Generador};
use ej_16_1_2_traits::{Centavos, SumaCentavos, TipoEvento, procesar, reduce_all};
use std::num::NonZeroU64;

/// The event of a row, if it has what its kind needs.
fn evento(fila: &FilaEvento<'_>) -> Option<TipoEvento> {
    Some(match Clase::parse(fila.tipo?)? {
        Clase::Compra => TipoEvento::Compra {
            monto: fila.monto?,
            region: fila.region?.to_owned(),
        },
        Clase::Click => TipoEvento::Click {
            pagina: fila.pagina?.to_owned(),
        },
        Clase::AgregarCarrito => TipoEvento::AgregarCarrito {
            producto_id: fila.producto_id?.to_owned(),
        },
        Clase::Error => TipoEvento::Error {
            mensaje: fila.mensaje?.to_owned(),
        },
    })
}

#[test]
fn solo_una_compra_por_encima_de_cero_tiene_monto() {
    let compra = |monto| TipoEvento::Compra {
        monto,
        region: "norte".to_owned(),
    };
    assert_eq!(procesar(compra(150.5)), Some(150.5));
    for nada in [0.0, -0.0, -1.0, f64::NAN, f64::NEG_INFINITY] {
        assert_eq!(procesar(compra(nada)), None, "{nada}");
    }
    // Infinity is above zero: a finite amount is the contract's business, not this function's.
    assert_eq!(procesar(compra(f64::INFINITY)), Some(f64::INFINITY));
    let texto = || "x".to_owned();
    assert_eq!(procesar(TipoEvento::Click { pagina: texto() }), None);
    assert_eq!(
        procesar(TipoEvento::AgregarCarrito {
            producto_id: texto()
        }),
        None
    );
    assert_eq!(procesar(TipoEvento::Error { mensaje: texto() }), None);
}

/// Over good rows of the generator, `procesar` and the contract agree to the cent.
#[test]
fn sobre_las_filas_buenas_procesar_y_el_contrato_dan_los_mismos_centavos() {
    const ROWS: u64 = 5_000;
    let config = ConfigGenerador::new(42, "2024-01-15".parse().unwrap(), 1, ROWS);
    let generator = Generador::new(config).unwrap();
    let day =
        ecommerce_model::Dia::new("2024-01-15".parse().unwrap(), &ecommerce_model::Zona::utc());
    let contract = Contrato::new(day.unwrap());
    let mut row = FilaGenerada::new();
    let (mut eventos, mut by_contract, mut kinds) = (Vec::new(), Vec::new(), [0; 4]);
    for index in 0..ROWS {
        generator.fill(index, &mut row);
        let fila = row.as_fila();
        if row.defect().is_some() {
            continue;
        }
        by_contract.push(SumaCentavos::from(contract.check(&fila).unwrap().centavos));
        let kind = Clase::ALL
            .iter()
            .position(|kind| Some(kind.as_str()) == fila.tipo);
        kinds[kind.unwrap()] += 1;
        eventos.extend(evento(&fila));
    }
    assert!(kinds.iter().all(|rows| *rows > 0), "{kinds:?}");
    let amounts = eventos.into_iter().filter_map(procesar);
    let cents = amounts.map(|monto| SumaCentavos::from(Centavos::from_monto(monto).unwrap()));
    assert_eq!(reduce_all(cents), reduce_all(by_contract));
}

/// `None` hides in a value that the type never takes, where there is one; an f64 has none, so it pays a tag.
#[test]
fn option_no_ocupa_nada_donde_el_tipo_deja_un_hueco() {
    assert_eq!(size_of::<Option<&TipoEvento>>(), size_of::<&TipoEvento>());
    assert_eq!(
        size_of::<Option<Box<TipoEvento>>>(),
        size_of::<Box<TipoEvento>>()
    );
    assert_eq!(size_of::<Option<NonZeroU64>>(), size_of::<u64>());
    assert_eq!(size_of::<Option<TipoEvento>>(), size_of::<TipoEvento>());
    assert_eq!((size_of::<f64>(), size_of::<Option<f64>>()), (8, 16));
}
