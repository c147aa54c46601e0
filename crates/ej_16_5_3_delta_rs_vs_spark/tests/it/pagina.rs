//! The page and its parser.

use ej_16_5_3_delta_rs_vs_spark::{Cell, Matrix, Outcome, ParseError, Row, Who, catalogue};
use proptest::prelude::*;

fn fila(clave: &str, igual: Outcome) -> Row {
    Row {
        key: clave.to_owned(),
        made: std::array::from_fn(|_| igual.clone()),
        read: std::array::from_fn(|_| igual.clone()),
        written: std::array::from_fn(|_| igual.clone()),
    }
}

fn una(resultado: Outcome) -> Matrix {
    Matrix {
        versions: vec![("`deltalake`".into(), "1.2.3".into())],
        rows: vec![fila("append", resultado)],
    }
}

#[test]
fn un_error_repetido_es_una_sola_nota() {
    let pagina = una(Outcome::Failed("no sé".into())).page(catalogue());
    assert_eq!(pagina.matches("no (1)").count(), 15);
    assert!(pagina.ends_with("## Notas\n\n1. `no sé`\n"), "{pagina}");
}

#[test]
fn la_pagina_dice_que_se_probo_y_con_que() {
    let pagina = una(Outcome::Yes).page(catalogue());
    assert!(pagina.contains("| `deltalake` | 1.2.3 |"));
    assert!(pagina.contains("- `append`, añadir: tres filas y luego una; otro añade la suya\n"));
    assert!(pagina.contains("| función | Spark → Rust | Spark → Python | Rust → Spark | Python → Spark | Rust → Python | Python → Rust |"));
    // Groups without a row are left out.
    assert!(!pagina.contains("## Reglas"));
}

#[test]
fn una_pagina_que_no_es_una_matriz_dice_por_que() {
    let buena = una(Outcome::Wrong("otra cosa".into())).page(catalogue());
    assert_eq!(Matrix::parse(""), Err(ParseError::Empty));
    assert_eq!(
        Matrix::parse("# nada\n\n| `append` | sí |\n"),
        Err(ParseError::Missing("append".into()))
    );
    let sin_nota = buena.replace("1. `otra cosa`\n", "");
    assert!(matches!(
        Matrix::parse(&sin_nota),
        Err(ParseError::Note { note: 1, .. })
    ));
    let rara = buena.replacen("**mal** (1)", "quizá", 1);
    assert!(
        matches!(Matrix::parse(&rara), Err(ParseError::Outcome { cell, .. }) if cell == "quizá")
    );
    let sin_numero = buena.replacen("**mal** (1)", "no (uno)", 1);
    assert!(matches!(
        Matrix::parse(&sin_numero),
        Err(ParseError::Outcome { .. })
    ));
    let corta = buena.replacen("| `append` | **mal** (1) | ", "| `append` | ", 1);
    assert!(matches!(
        Matrix::parse(&corta),
        Err(ParseError::Cells {
            found: 3,
            wanted: 4,
            ..
        })
    ));
    let manca = buena.replace("### Quién lee lo que hizo otro", "### Otra cosa");
    assert_eq!(
        Matrix::parse(&manca),
        Err(ParseError::Missing("append".into()))
    );
}

#[test]
fn se_cuentan_las_celdas_que_se_pudieron_probar() {
    let mut matriz = una(Outcome::Yes);
    matriz.rows[0].made[2] = Outcome::Failed("x".into());
    matriz.rows[0].read[0] = Outcome::NoTable;
    matriz.rows[0].written = std::array::from_fn(|_| Outcome::Nothing);
    assert_eq!(matriz.count(|_| true), (7, 8));
    assert_eq!(matriz.count(|celda| matches!(celda, Cell::Made(_))), (2, 3));
    assert_eq!(
        matriz.count(|celda| celda == Cell::Read(Who::Spark, Who::Python)),
        (1, 1)
    );
    assert_eq!(
        matriz.rows[0].at(Cell::Made(Who::Spark)),
        &Outcome::Failed("x".into())
    );
    assert_eq!(
        matriz.rows[0].at(Cell::Read(Who::Rust, Who::Rust)),
        &Outcome::Nothing
    );
}

fn resultado() -> impl Strategy<Value = Outcome> {
    let texto = "[a-zA-Zñ0-9 .,:()\\[\\]<>|'\"_-]{1,40}";
    prop_oneof![
        Just(Outcome::Yes),
        Just(Outcome::Unused),
        Just(Outcome::NoTable),
        Just(Outcome::Nothing),
        texto.prop_map(Outcome::Failed),
        texto.prop_map(Outcome::Wrong),
    ]
}

fn celdas<const N: usize>() -> impl Strategy<Value = [Outcome; N]> {
    prop::collection::vec(resultado(), N).prop_map(|celdas| celdas.try_into().unwrap())
}

proptest! {
    #[test]
    fn lo_que_se_escribe_se_lee_igual(filas in prop::collection::vec((celdas(), celdas(), celdas()), 1..6)) {
        let rows = catalogue().iter().step_by(8).zip(filas).map(|(funcion, (made, read, written))| Row {
            key: funcion.key.to_owned(),
            made,
            read,
            written,
        });
        let matriz = Matrix { versions: vec![("Java".into(), "17".into())], rows: rows.collect() };
        prop_assert_eq!(Matrix::parse(&matriz.page(catalogue())), Ok(matriz));
    }

    #[test]
    fn ninguna_pagina_hace_entrar_en_panico(pagina in "([#|`a-z0-9íó()* .–·-]{0,30}\n){0,20}") {
        let _ = Matrix::parse(&pagina);
    }
}
