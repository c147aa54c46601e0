//! Exercise 16.7.4: no row without verdict and evidence, no evidence that is not there, and the same rows everywhere.
#![allow(clippy::unwrap_used, missing_docs, reason = "tests")]

use ej_16_7_4_reflection::{List, Missing, Reflection, ReflectionError, Verdict, reflection};
use std::fs;
use std::path::{Path, PathBuf};

fn raiz() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

#[test]
fn ninguna_fila_esta_sin_veredicto_ni_evidencia_y_la_evidencia_existe() {
    let filas = reflection().unwrap();
    assert_eq!(filas.missing(&raiz()), []);
    // Four ✓, the last of which claims two things; four ✗; four predictions; three questions.
    assert_eq!(List::ALL.map(|lista| filas.of(lista).count()), [5, 4, 4, 3]);
}

/// The page shows the tables that the example prints, to the letter, each below its heading.
#[test]
fn la_pagina_trae_las_tablas_de_los_datos() {
    let pagina = include_str!("../../README.md");
    let filas = reflection().unwrap();
    for lista in List::ALL {
        let tabla = format!("### {}\n\n{}", lista.title(), filas.table(lista));
        assert!(pagina.contains(&tabla), "{tabla}");
    }
}

#[test]
fn la_pagina_dice_cuantas_filas_tiene_cada_veredicto() {
    let filas = reflection().unwrap();
    let cuentas = Verdict::ALL.map(|veredicto| filas.count(veredicto));
    assert_eq!(cuentas, [3, 5, 0, 2, 6]);
    let dicho = "De dieciséis afirmaciones, tres son como dice, cinco lo son con un límite, dos no lo son y seis no se pueden comprobar";
    assert!(include_str!("../../README.md").contains(dicho));
}

/// Where the ledger has a row of this exercise it has them all, with the same words and verdict.
#[test]
fn el_libro_de_afirmaciones_dice_lo_mismo() {
    let libro = fs::read_to_string(raiz().join("docs/afirmaciones.toml")).unwrap();
    let libro: toml::Table = toml::from_str(&libro).unwrap();
    let suyas = libro["afirmacion"].as_array().unwrap().iter();
    let suyas: Vec<_> = suyas
        .filter(|fila| fila["ejercicio"].as_str() == Some("16.7.4"))
        .map(|fila| {
            ["id", "afirmacion", "veredicto", "nota"]
                .map(|campo| fila[campo].as_str().unwrap().to_owned())
        })
        .collect();
    let nuestras = reflection().unwrap().claims.into_iter().map(|fila| {
        let veredicto = fila.verdict.to_string().replace(' ', "_");
        [fila.id, fila.text, veredicto, fila.note]
    });
    if !suyas.is_empty() {
        assert_eq!(suyas, nuestras.collect::<Vec<_>>());
    }
}

const FILA: &str = "[[afirmacion]]\nid = \"16.7.4-01\"\nlista = \"pendiente\"\ntexto = \"a\"\nveredicto = \"confirmada\"\nnota = \"b\"\n\
                    evidencia = [{ fuente = \"https://x.org/y\", dice = \"c\" }, { test = \"a.rs::f\" },\
                    { medida = \"m.md\", dice = \"tarda 1,5 s\", cifras = [[\"| uno |\", \"1,5 s\"]] }]\n";

#[test]
fn una_fila_incompleta_se_rechaza_y_se_nombra() {
    let evidencia = &FILA[FILA.find("evidencia").unwrap()..];
    let otra = FILA.replace("-01", "-02").replace("pendiente", "logro");
    let otra = format!("{FILA}{otra}");
    for (viejo, nuevo, esperado) in [
        ("\"confirmada\"", "\"quizá\"", "toml"),
        ("\"pendiente\"", "\"otra\"", "toml"),
        ("veredicto = \"confirmada\"\n", "", "toml"),
        ("nota = \"b\"", "nota = \"b\"\ncolor = 1", "toml"),
        ("dice = \"c\"", "dise = \"c\"", "toml"),
        (evidencia, "evidencia = []", "row 16.7.4-01 has no evidence"),
        (
            "nota = \"b\"",
            "nota = \" \"",
            "row 16.7.4-01: `nota` is blank",
        ),
        (
            "texto = \"a\"",
            "texto = \"\"",
            "row 16.7.4-01: `texto` is blank",
        ),
        (
            "dice = \"c\"",
            "dice = \"\"",
            "row 16.7.4-01: `dice` is blank",
        ),
        (
            "https://x.org/y",
            "un libro",
            "row 16.7.4-01: `un libro` is no address",
        ),
        (
            "https://x.org/y",
            "http://x.org",
            "row 16.7.4-01: `http://x.org` is no address",
        ),
        (
            "16.7.4-01",
            "16.7.4-02",
            "row 16.7.4-02: the ids must be 16.7.4-01, 16.7.4-02 …",
        ),
        (
            FILA,
            &otra,
            "row 16.7.4-02 stands behind a row of a later list",
        ),
    ] {
        assert!(FILA.contains(viejo), "{viejo}");
        let error = match Reflection::parse(&FILA.replacen(viejo, nuevo, 1)).unwrap_err() {
            ReflectionError::Toml(_) => "toml".to_owned(),
            otro => otro.to_string(),
        };
        assert_eq!(error, esperado, "{nuevo}");
    }
}

#[test]
fn solo_lo_no_comprobable_puede_ir_sin_evidencia() {
    let sin = format!(
        "{}evidencia = []\n",
        &FILA[..FILA.find("evidencia").unwrap()]
    );
    let filas = Reflection::parse(&sin.replace("\"confirmada\"", "\"no_comprobable\"")).unwrap();
    assert_eq!(filas.count(Verdict::NoComprobable), 1);
}

#[test]
fn la_evidencia_que_no_esta_se_encuentra() {
    let dir = tempfile::tempdir().unwrap();
    let filas = Reflection::parse(FILA).unwrap();
    let row = || "16.7.4-01".to_owned();
    let archivo = |file: &str| Missing::File {
        row: row(),
        file: file.to_owned(),
    };
    assert_eq!(
        filas.missing(dir.path()),
        [archivo("a.rs"), archivo("m.md")]
    );

    // A comment, another name that begins the same, a figure in another line: none is the thing.
    fs::write(dir.path().join("a.rs"), "// fn f() {}\nfn ff() {}\n").unwrap();
    fs::write(dir.path().join("m.md"), "| uno | 2 s |\n| dos | 1,5 s |\n").unwrap();
    let test = Missing::Test {
        row: row(),
        file: "a.rs".into(),
        test: "f".into(),
    };
    let cifra = Missing::Figure {
        row: row(),
        file: "m.md".into(),
        label: "| uno |".into(),
        figure: "1,5 s".into(),
    };
    assert_eq!(filas.missing(dir.path()), [test, cifra.clone()]);

    fs::write(dir.path().join("a.rs"), "    pub fn f() {}\n").unwrap();
    fs::write(dir.path().join("m.md"), "| uno | 1,5 s |\n").unwrap();
    assert_eq!(filas.missing(dir.path()), []);
    // The run has it, and the words do not say it.
    let callada = Reflection::parse(&FILA.replace("tarda 1,5 s", "tarda poco")).unwrap();
    assert_eq!(callada.missing(dir.path()), [cifra]);
}
