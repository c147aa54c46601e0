//! What Rust writes, Rust reads: nulls, emptiness, versions, and what is no table of sales.

use crate::espera;
use ej_16_5_2_delta_from_python::{
    Sale, SalesError, append, batch, column_types, contents, contents_at, latest, overwrite, sales,
    sales_of,
};
use proptest::prelude::*;
use std::path::Path;

fn nula() -> Sale {
    Sale {
        user_id: None,
        monto: None,
        region: None,
    }
}

#[test]
fn cada_version_conserva_lo_suyo() {
    let dir = tempfile::tempdir().unwrap();
    let (uno, dos) = (sales(1, 5), sales(2, 3));
    assert_eq!(espera(append(dir.path(), &uno)).unwrap(), 0);
    assert_eq!(espera(append(dir.path(), &[nula()])).unwrap(), 1);
    assert_eq!(espera(overwrite(dir.path(), &dos)).unwrap(), 2);
    let mut ordenadas = uno;
    ordenadas.sort_by(|a, b| a.partial_cmp(b).unwrap());
    assert_eq!(espera(contents_at(dir.path(), 0)).unwrap(), ordenadas);
    assert_eq!(espera(contents_at(dir.path(), 1)).unwrap()[0], nula());
    assert_eq!(espera(contents(dir.path())).unwrap().len(), 3);
    assert_eq!(espera(latest(dir.path())).unwrap(), 2);
}

#[test]
fn las_columnas_tienen_los_tipos_de_delta() {
    let dir = tempfile::tempdir().unwrap();
    espera(append(dir.path(), &sales(0, 1))).unwrap();
    let tipos = espera(column_types(dir.path())).unwrap();
    let esperados = [
        ("user_id", "string"),
        ("monto", "double"),
        ("region", "string"),
    ];
    assert_eq!(tipos, esperados.map(|(a, b)| (a.to_owned(), b.to_owned())));
}

#[test]
fn dos_marcas_no_comparten_ningun_monto() {
    let montos = |marca| {
        sales(marca, 2000)
            .into_iter()
            .map(|v| v.monto.unwrap().to_bits())
    };
    let uno: std::collections::BTreeSet<_> = montos(1).collect();
    assert_eq!(uno.len(), 2000);
    assert!(montos(2).all(|monto| !uno.contains(&monto)));
}

#[test]
fn lo_que_no_es_una_tabla_de_ventas_se_dice() {
    let dir = tempfile::tempdir().unwrap();
    assert!(matches!(
        espera(contents(dir.path())),
        Err(SalesError::Delta { .. })
    ));
    assert!(matches!(
        espera(contents(Path::new("relativa"))),
        Err(SalesError::Path(_))
    ));
    espera(append(dir.path(), &sales(0, 1))).unwrap();
    assert!(matches!(
        espera(contents_at(dir.path(), 7)),
        Err(SalesError::Delta { .. })
    ));
    let archivo = dir.path().join("archivo");
    std::fs::write(&archivo, "").unwrap();
    assert!(matches!(
        espera(append(&archivo.join("t"), &[])),
        Err(SalesError::Directory { .. })
    ));
    let otra = batch(&sales(0, 1)).unwrap().project(&[0, 1]).unwrap();
    let error = sales_of(&otra, dir.path()).unwrap_err();
    assert!(
        matches!(
            error,
            SalesError::Column {
                column: "region",
                ..
            }
        ),
        "{error:?}"
    );
}

proptest! {
    #[test]
    fn de_ventas_a_lote_y_de_lote_a_ventas_no_se_pierde_nada(
        filas in prop::collection::vec((any::<Option<String>>(), prop::option::of(-1e12..1e12_f64), any::<Option<String>>()), 0..20)
    ) {
        let ventas: Vec<Sale> = filas.into_iter().map(|(user_id, monto, region)| Sale { user_id, monto, region }).collect();
        prop_assert_eq!(sales_of(&batch(&ventas).unwrap(), Path::new("t")).unwrap(), ventas);
    }
}
