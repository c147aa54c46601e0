//! Equal answers first: what counts as the same, and what a session file may be.

use crate::{corrida, sesion};
use ej_16_4_3_comet::{CometError, Difference, Motor, Session, same_answer};
use proptest::prelude::*;

#[test]
fn el_orden_de_las_sumas_cambia_las_ultimas_cifras_y_no_la_respuesta() {
    let una = corrida(
        "revenue",
        "completa",
        &[1.0],
        &[&[Some("sur"), Some("281318235227.1234")]],
    );
    let otra = corrida(
        "revenue",
        "completa",
        &[1.0],
        &[&[Some("sur"), Some("281318235227.1236")]],
    );
    assert_eq!(same_answer(&una, &otra), Ok(()));
    let lejos = corrida(
        "revenue",
        "completa",
        &[1.0],
        &[&[Some("sur"), Some("281318236227.1234")]],
    );
    assert!(matches!(
        same_answer(&una, &lejos),
        Err(Difference::Cell { row: 1, .. })
    ));
}

#[test]
fn lo_que_no_es_un_float_se_compara_exactamente() {
    let filas: &[&[Option<&str>]] = &[&[Some("sur"), Some("1.0")], &[None, Some("2.0")]];
    let una = corrida("revenue", "completa", &[1.0], filas);
    let mut texto = una.clone();
    texto.filas[0][0] = Some("Sur".into());
    let dicho = same_answer(&una, &texto).unwrap_err();
    assert_eq!(
        dicho.to_string(),
        r#"row 1, column region: Some("sur") against Some("Sur")"#
    );
    let mut nulo = una.clone();
    nulo.filas[1][1] = None;
    assert!(same_answer(&una, &nulo).is_err());
    // A decimal differs by its scale alone; a float does not.
    let mut escala = una.clone();
    escala.filas[0][1] = Some("1.00".into());
    assert_eq!(same_answer(&una, &escala), Ok(()));
    let decimales = |mut corrida: ej_16_4_3_comet::QueryRun| {
        corrida.columnas[1].tipo = "decimal(18,2)".into();
        corrida
    };
    assert!(same_answer(&decimales(una.clone()), &decimales(escala)).is_err());
}

#[test]
fn otras_columnas_u_otras_filas_son_otra_respuesta() {
    let una = corrida(
        "revenue",
        "completa",
        &[1.0],
        &[&[Some("sur"), Some("1.0")]],
    );
    let mut tipo = una.clone();
    tipo.columnas[1].tipo = "decimal(18,2)".into();
    assert!(matches!(
        same_answer(&una, &tipo),
        Err(Difference::Columns { .. })
    ));
    let mut corta = una.clone();
    corta.filas.clear();
    assert_eq!(
        same_answer(&una, &corta),
        Err(Difference::Rows { left: 1, right: 0 })
    );
}

#[test]
fn un_nan_solo_es_igual_a_otro_nan() {
    let con = |celda| {
        corrida(
            "revenue",
            "completa",
            &[1.0],
            &[&[Some("sur"), Some(celda)]],
        )
    };
    assert_eq!(same_answer(&con("nan"), &con("nan")), Ok(()));
    assert!(same_answer(&con("nan"), &con("1.0")).is_err());
    assert!(same_answer(&con("inf"), &con("1.0")).is_err());
}

#[test]
fn una_sesion_que_no_lo_es_se_nombra() {
    let dir = tempfile::tempdir().unwrap();
    let ruta = dir.path().join("s.json");
    assert!(matches!(Session::read(&ruta), Err(CometError::Read { .. })));
    let entera = serde_json::to_string(&sesion(Motor::Comet, vec![])).unwrap();
    for texto in ["", "{}", &entera[..entera.len() - 2]] {
        std::fs::write(&ruta, texto).unwrap();
        assert!(
            matches!(Session::read(&ruta), Err(CometError::Session { .. })),
            "{texto}"
        );
    }
    std::fs::write(&ruta, &entera).unwrap();
    assert_eq!(Session::read(&ruta).unwrap(), sesion(Motor::Comet, vec![]));
}

proptest! {
    #[test]
    fn la_igualdad_de_respuestas_es_simetrica(a in -1e12_f64..1e12, b in -1e12_f64..1e12) {
        let con = |x: f64| corrida("revenue", "completa", &[1.0], &[&[Some("sur"), Some(&format!("{x:?}"))]]);
        prop_assert_eq!(same_answer(&con(a), &con(b)).is_ok(), same_answer(&con(b), &con(a)).is_ok());
        prop_assert!(same_answer(&con(a), &con(a)).is_ok());
    }
}
