//! The line checker against a plain reading of the same text, and what Polars does without it.

use crate::bancada::Bancada;
use ej_16_3_5_yaml_cli::{CsvFault, Dialect, check_lines};
use proptest::prelude::*;
use std::sync::atomic::AtomicBool;

fn comprueba(texto: &[u8]) -> Result<Option<u64>, CsvFault> {
    let b = Bancada::nueva();
    let ruta = b.escribe("v.csv", texto);
    check_lines(&ruta, &Dialect::default(), &AtomicBool::new(false))
}

/// Line and fields of every record, one character at a time.
fn a_mano(texto: &str) -> Vec<(u64, usize)> {
    let (mut registros, mut linea, mut dentro, mut inicio) = (Vec::new(), 1, false, true);
    let (mut campos, mut donde, mut algo) = (1, 1, false);
    for c in texto.chars() {
        match c {
            '"' if dentro || inicio => {
                dentro = !dentro;
                (inicio, algo) = (false, true);
            }
            '\n' => {
                linea += 1;
                if !dentro {
                    registros.push((donde, if algo { campos } else { 0 }));
                    (campos, donde, inicio, algo) = (1, linea, true, false);
                }
            }
            ',' if !dentro => {
                campos += 1;
                (inicio, algo) = (true, true);
            }
            _ => (inicio, algo) = (false, true),
        }
    }
    if algo {
        registros.push((donde, campos));
    }
    registros
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]
    #[test]
    fn coincide_con_leer_el_texto_letra_a_letra(
        filas in prop::collection::vec(
            prop::collection::vec(prop_oneof!["[a-c]{0,3}", "\"[a,\n]{0,4}\"", Just("\"a\"\"b\"".to_owned())], 1..5),
            1..40,
        ),
        final_de_linea in any::<bool>(),
    ) {
        let mut texto = filas.iter().map(|f| f.join(",")).collect::<Vec<_>>().join("\n");
        if final_de_linea {
            texto.push('\n');
        }
        let registros = a_mano(&texto);
        let primero = registros.iter().position(|r| r.1 > 0);
        let esperado = primero.map(|i| (registros[i].1, &registros[i..]));
        let falta = esperado.and_then(|(campos, resto)| {
            resto.iter().find(|r| r.1.max(1) != campos).copied().map(|(linea, hay)| (linea, hay, campos))
        });
        match (comprueba(texto.as_bytes()), falta) {
            (Ok(Some(n)), None) => prop_assert_eq!(n as usize, esperado.map_or(0, |(_, r)| r.len())),
            (Err(CsvFault::Fields { line, found, expected }), Some(falta)) => {
                prop_assert_eq!((line, found, expected), falta, "{:?}", texto);
            }
            (otro, falta) => prop_assert!(false, "{:?}: {:?} y a mano {:?}", texto, otro, falta),
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(60))]
    #[test]
    fn con_la_marca_polars_lee_lo_mismo_que_sin_ella(
        filas in prop::collection::vec(
            prop::collection::vec(prop_oneof!["[a-c]{0,3}", "\"[a,\r\n]{0,4}\"", Just("\"a\"\"b\"".to_owned())], 3),
            1..40,
        ),
        fin in prop_oneof![Just("\n"), Just("\r\n")],
        veces in prop_oneof![Just(1_usize), Just(3_000)],
        final_de_linea in any::<bool>(),
    ) {
        let filas: Vec<_> = filas.iter().map(|f| f.join(",")).collect();
        let mut texto = format!("x,y,z{fin}") + &(filas.join(fin) + fin).repeat(veces);
        if !final_de_linea {
            texto.truncate(texto.len() - fin.len());
        }
        let b = Bancada::nueva();
        let ruta = b.escribe("v.csv", texto.as_bytes());
        let lee = |marca: Option<&str>| {
            use polars::prelude::{Engine, LazyCsvReader, LazyFileListReader as _, PlRefPath};
            LazyCsvReader::new(PlRefPath::try_from_path(&ruta).unwrap())
                .with_infer_schema_length(Some(0))
                .with_comment_prefix(marca.map(Into::into))
                .finish()
                .and_then(|lazy| lazy.collect_with_engine(Engine::Streaming))
                .map(|result| result.unwrap_single())
        };
        match (lee(Some(Dialect::NO_COMMENT)), lee(None)) {
            (Ok(con), Ok(sin)) => prop_assert!(con.equals_missing(&sin), "{:?}: {} y {}", texto, con, sin),
            (Err(con), Err(sin)) => prop_assert_eq!(con.to_string(), sin.to_string()),
            (con, sin) => prop_assert!(false, "{:?}: {:?} y {:?}", texto, con, sin),
        }
    }
}

#[test]
fn un_registro_que_cruza_el_mebibyte_se_cuenta_una_vez() {
    let campo = "x".repeat((1 << 20) - 7);
    let texto = format!("a,b\n1,\"{campo}\ny\"\n2,z\n3,\"{campo}\"\n");
    assert_eq!(comprueba(texto.as_bytes()).unwrap(), Some(4));
    let mut corta = texto.into_bytes();
    corta.extend_from_slice(b"4\n");
    assert!(matches!(
        comprueba(&corta),
        Err(CsvFault::Fields {
            line: 6,
            found: 1,
            expected: 2
        })
    ));
}

#[test]
fn los_fallos_se_encuentran_en_cualquier_lugar_entre_lineas_iguales() {
    // Lines of every length around the 64 bytes that are looked at together.
    for largo in [1, 2, 7, 30, 61, 62, 63, 64, 65, 200] {
        let linea = format!("{},{}\n", "x".repeat(largo), "y".repeat(largo % 5));
        for cual in [0, 1, 2, 9, 10, 63, 64, 65] {
            for (mala, campos) in [("1\n", 1), ("1,2,3\n", 3), ("\n", 0), ("\r\n", 0)] {
                let texto = format!("a,b\n{}{mala}{}", linea.repeat(cual), linea.repeat(70));
                let fallo = comprueba(texto.as_bytes());
                assert!(
                    matches!(fallo, Err(CsvFault::Fields { line, found, expected: 2 }) if line == cual as u64 + 2 && found == campos),
                    "{largo} {cual} {mala:?}: {fallo:?}"
                );
            }
            let buena = format!(
                "a,b\n{}\"1,\n\",2\n{}",
                linea.repeat(cual),
                linea.repeat(70)
            );
            assert_eq!(comprueba(buena.as_bytes()).unwrap(), Some(cual as u64 + 72));
        }
    }
}

#[test]
fn la_marca_de_que_no_hay_comentarios_no_se_lleva_ninguna_linea() {
    let marca = Dialect::NO_COMMENT;
    for antes in [0, 1, 2, 70] {
        let texto = |linea: &str| {
            format!(
                "a,b\n{}{linea}\n{}",
                "1,2\n".repeat(antes),
                "3,4\n".repeat(70)
            )
        };
        let mala = comprueba(texto(&format!("{marca}5,6")).as_bytes());
        assert!(matches!(mala, Err(CsvFault::Reserved { line }) if line == antes as u64 + 2));
        // Anywhere else it is text like any other, also where a quoted field goes on.
        for buena in [
            format!("5,{marca}"),
            format!("5,\"6\n{marca}\""),
            format!("\u{1},{}", &marca[1..]),
        ] {
            assert_eq!(
                comprueba(texto(&buena).as_bytes()).unwrap(),
                Some(antes as u64 + 72)
            );
        }
    }
}

#[test]
fn el_primer_fallo_desde_arriba_es_el_que_se_dice() {
    let mut texto = b"a,b\n".to_vec();
    texto.extend(b"1,2\n".repeat(1000));
    let lineas = 1001;
    let mut corta_antes = texto.clone();
    corta_antes.extend_from_slice(b"1\n1,\xff\n");
    assert!(
        matches!(comprueba(&corta_antes), Err(CsvFault::Fields { line, .. }) if line == lineas + 1)
    );
    texto.extend_from_slice(b"1,\xff\n1\n");
    assert!(matches!(comprueba(&texto), Err(CsvFault::NotUtf8 { line }) if line == lineas + 1));
}

#[test]
fn un_campo_de_diez_mebibytes_es_un_campo() {
    let texto = format!("a,b\n1,\"{}\"\n", "ñ,\n".repeat(10 << 18));
    assert_eq!(comprueba(texto.as_bytes()).unwrap(), Some(2));
}

#[test]
fn polars_rellena_las_cortas_y_recorta_las_largas_sin_decirlo() {
    use polars::prelude::{LazyCsvReader, LazyFileListReader as _, PlRefPath, col};
    let b = Bancada::nueva();
    let ruta = b.escribe("v.csv", "a,b,c\n1,2\n3,4,5,6\n");
    let lee = || {
        LazyCsvReader::new(PlRefPath::try_from_path(&ruta).unwrap())
            .finish()
            .unwrap()
    };
    // All columns: the long line is an error, the short one is not.
    assert!(lee().collect().is_err());
    // One column: neither is.
    let df = lee().select([col("a")]).collect().unwrap();
    assert_eq!(
        df.column("a")
            .unwrap()
            .i64()
            .unwrap()
            .iter()
            .collect::<Vec<_>>(),
        [Some(1), Some(3)]
    );
}
