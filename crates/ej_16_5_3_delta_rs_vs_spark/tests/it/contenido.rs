//! Contents compared: order does not count, repetition does, and the first difference is said.

use ej_16_5_3_delta_rs_vs_spark::Content;
use ej_16_5_3_delta_rs_vs_spark::engine::first_line;
use proptest::prelude::*;
use std::path::Path;

#[test]
fn el_orden_de_filas_y_columnas_no_cuenta() {
    let uno = Content::of("id region | 1 norte | 2 sur");
    let otro = Content::of("region id | sur 2 | norte 1");
    assert_eq!(uno.difference(&otro), None);
    assert_eq!(uno, otro);
}

#[test]
fn se_dice_la_primera_diferencia() {
    let bien = Content::of("id region | 1 norte | 2 sur");
    let casos = [
        ("id region | 1 norte", "falta la fila (2, sur)"),
        (
            "id region | 1 norte | 2 sur | 2 sur",
            "sobra la fila (2, sur)",
        ),
        (
            "id region | 1 norte | 2 -",
            "esperaba la fila (2, sur), hay (2, nulo)",
        ),
        (
            "id zona | 1 norte | 2 sur",
            "esperaba las columnas id region, hay id zona",
        ),
    ];
    for (hay, dicho) in casos {
        assert_eq!(bien.difference(&Content::of(hay)).as_deref(), Some(dicho));
    }
}

#[test]
fn un_contenido_sin_filas_conserva_sus_columnas() {
    let vacio = Content::of("id region");
    assert_eq!((vacio.columns().len(), vacio.rows().len()), (2, 0));
    assert_eq!(
        Content::of("id region | 1 norte")
            .difference(&vacio)
            .as_deref(),
        Some("falta la fila (1, norte)")
    );
}

#[test]
fn de_un_error_queda_la_primera_linea_sin_lo_que_cambia_cada_vez() {
    let tabla = Path::new("/tmp/.tmpAb/check/Rust/t");
    let casos = [
        ("\n\n  uno  \ndos", "uno"),
        ("", "(sin palabras)"),
        (
            "no está /tmp/.tmpAb/check/Rust/t/a.parquet",
            "no está <tabla>/a.parquet",
        ),
        (
            "no está /tmp/.tmpAb/check/Rust/origen",
            "no está <tablas>/origen",
        ),
        ("versión 12 de 1700000000123", "versión 12 de <número>"),
        ("8EAFA330-3be9-4a39-ad78-fd13c2027c7e!", "<uuid>!"),
        ("8eafa330-3be9-4a39-ad78", "8eafa330-3be9-4a39-ad78"),
        ("un `nombre`", "un 'nombre'"),
        ("faltan [B, A] y [[C, D], x", "faltan [A, B] y [[C, D], x"),
    ];
    for (dicho, queda) in casos {
        assert_eq!(first_line(dicho, tabla), queda);
    }
    let largo = first_line(&"á".repeat(500), tabla);
    assert_eq!(largo.chars().count(), 301);
    assert!(largo.ends_with('…'));
}

proptest! {
    #[test]
    fn ningun_error_hace_entrar_en_panico(dicho in ".{0,400}", tabla in "/[a-z/]{0,20}") {
        let linea = first_line(&dicho, Path::new(&tabla));
        prop_assert!(!linea.contains('\n') && !linea.contains('`'));
    }

    #[test]
    fn quitar_una_fila_se_nota_siempre(filas in prop::collection::vec((0..4_u8, 0..3_u8), 1..8), cual in 0..8_usize) {
        let entera = |filas: &[(u8, u8)]| {
            let celdas = filas.iter().map(|(a, b)| vec![Some(a.to_string()), (*b > 0).then(|| b.to_string())]);
            Content::new(["a", "b"], celdas)
        };
        let mut menos = filas.clone();
        menos.remove(cual % filas.len());
        let dicho = entera(&filas).difference(&entera(&menos));
        prop_assert!(dicho.is_some_and(|texto| texto.starts_with("falta la fila")));
    }
}
