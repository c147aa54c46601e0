//! The rows: whole, proven, and the same as in the page and in the ledger.

use crate::raiz;
use ej_16_1_5_why_rust::{Analisis, ErrorDeAnalisis, Falta, Grupo, Veredicto, analisis};
use std::fs;

#[test]
fn ninguna_fila_esta_sin_veredicto_ni_evidencia_y_la_evidencia_existe() {
    let analisis = analisis().unwrap();
    assert_eq!(analisis.faltas(&raiz()), []);
    // Seven lines of timeline, three of which claim two things; four reasons, two of them double; and so on.
    let de = |grupo| {
        let filas = analisis.afirmaciones.iter();
        filas.filter(|fila| fila.grupo == grupo).count()
    };
    assert_eq!(
        [
            Grupo::Cronologia,
            Grupo::PorQueRust,
            Grupo::PorQuePython,
            Grupo::Premisas
        ]
        .map(de),
        [10, 6, 3, 4]
    );
    assert_eq!(analisis.comparaciones.len(), 10);
}

/// The page shows the tables that the program prints, to the letter.
#[test]
fn la_pagina_trae_las_tablas_de_los_datos() {
    let pagina = include_str!("../../README.md");
    let analisis = analisis().unwrap();
    for grupo in [
        Grupo::Cronologia,
        Grupo::PorQueRust,
        Grupo::PorQuePython,
        Grupo::Premisas,
    ] {
        let tabla = analisis.tabla_de_afirmaciones(grupo);
        assert!(pagina.contains(&tabla), "{}:\n{tabla}", grupo.titulo());
    }
    let tabla = analisis.tabla_de_comparacion();
    assert!(pagina.contains(&tabla), "{tabla}");
}

/// Where the ledger has a row of this exercise, it is one of these, with the same verdict.
#[test]
fn el_libro_de_afirmaciones_dice_lo_mismo() {
    let libro = fs::read_to_string(raiz().join("docs/afirmaciones.toml")).unwrap();
    let libro: toml::Table = toml::from_str(&libro).unwrap();
    let analisis = analisis().unwrap();
    for fila in libro["afirmacion"].as_array().unwrap() {
        if fila["ejercicio"].as_str() != Some("16.1.5") {
            continue;
        }
        let id = fila["id"].as_str().unwrap();
        let nuestra = analisis.afirmaciones.iter().find(|a| a.id == id);
        let veredicto = nuestra.unwrap_or_else(|| panic!("{id}")).veredicto;
        let suyo = fila["veredicto"].as_str().unwrap().replace('_', " ");
        assert_eq!(veredicto.to_string(), suyo, "{id}");
    }
}

const FILA: &str = "[[afirmacion]]\nid = \"16.1.5-01\"\ngrupo = \"premisas\"\ntexto = \"a\"\nveredicto = \"confirmada\"\nnota = \"b\"\n\
                    evidencia = [{ fuente = \"https://x.org/y\", dice = \"c\" }]\n";
const PAR: &str = "[[comparacion]]\naspecto = \"q\"\nelegir = \"r\"\ndatafusion = { dice = \"s\", evidencia = [{ test = \"a.rs::f\" }] }\n\
                   duckdb = { dice = \"t\", evidencia = [{ bench = \"1/x\" }] }\n";

fn error(viejo: &str, nuevo: &str) -> String {
    let texto = format!("{FILA}{PAR}");
    assert!(Analisis::parse(&texto).is_ok());
    assert!(texto.contains(viejo), "{viejo}");
    match Analisis::parse(&texto.replacen(viejo, nuevo, 1)).unwrap_err() {
        ErrorDeAnalisis::Toml(_) => "toml".to_owned(),
        otro => otro.to_string(),
    }
}

#[test]
fn una_fila_incompleta_se_rechaza_y_se_nombra() {
    let evidencia = "evidencia = [{ fuente = \"https://x.org/y\", dice = \"c\" }]";
    for (viejo, nuevo, esperado) in [
        ("\"confirmada\"", "\"quizá\"", "toml"),
        ("veredicto = \"confirmada\"\n", "", "toml"),
        ("nota = \"b\"", "nota = \"b\"\ncolor = 1", "toml"),
        ("dice = \"c\"", "dise = \"c\"", "toml"),
        (evidencia, "evidencia = []", "row 16.1.5-01 has no evidence"),
        (
            "evidencia = [{ test = \"a.rs::f\" }]",
            "evidencia = []",
            "row q has no evidence",
        ),
        (
            "nota = \"b\"",
            "nota = \" \"",
            "row 16.1.5-01: `nota` is blank",
        ),
        (
            "texto = \"a\"",
            "texto = \"\"",
            "row 16.1.5-01: `texto` is blank",
        ),
        (
            "dice = \"c\"",
            "dice = \"\"",
            "row 16.1.5-01: `dice` is blank",
        ),
        (
            "elegir = \"r\"",
            "elegir = \"\"",
            "row q: `elegir` is blank",
        ),
        ("dice = \"t\"", "dice = \"\"", "row q: `dice` is blank"),
        (
            "https://x.org/y",
            "un libro",
            "row 16.1.5-01: `un libro` is no address",
        ),
        (
            "https://x.org/y",
            "http://x.org",
            "row 16.1.5-01: `http://x.org` is no address",
        ),
        (
            "https://x.org/y",
            "https://local/y",
            "row 16.1.5-01: `https://local/y` is no address",
        ),
        (
            "16.1.5-01",
            "16.1.5-02",
            "row 16.1.5-02: the ids must be 16.1.5-01, 16.1.5-02 …",
        ),
    ] {
        assert_eq!(error(viejo, nuevo), esperado, "{nuevo}");
    }
}

#[test]
fn solo_lo_no_comprobable_puede_ir_sin_evidencia() {
    let texto = format!("{FILA}{PAR}")
        .replace("\"confirmada\"", "\"no_comprobable\"")
        .replace("[{ fuente = \"https://x.org/y\", dice = \"c\" }]", "[]");
    let analisis = Analisis::parse(&texto).unwrap();
    assert_eq!(analisis.cuantas(Veredicto::NoComprobable), 1);
}

#[test]
fn la_evidencia_que_no_esta_se_encuentra() {
    let dir = tempfile::tempdir().unwrap();
    let bancos = dir.path().join("benches/benches/s1");
    fs::create_dir_all(&bancos).unwrap();
    let analisis = Analisis::parse(&format!("{FILA}{PAR}")).unwrap();
    let fila = || "q".to_owned();
    let sin_banco = Falta::Banco {
        fila: fila(),
        id: "1/x".into(),
    };
    let archivo = || "a.rs".to_owned();
    assert_eq!(
        analisis.faltas(dir.path()),
        [
            Falta::Archivo {
                fila: fila(),
                archivo: archivo()
            },
            sin_banco.clone()
        ]
    );
    // A comment, another name that begins the same, an id that goes on: none is the thing.
    fs::write(dir.path().join("a.rs"), "// fn f() {}\nfn ff() {}\n").unwrap();
    fs::write(bancos.join("m.rs"), "group(\"1/xy\")").unwrap();
    assert_eq!(
        analisis.faltas(dir.path()),
        [
            Falta::Nombre {
                fila: fila(),
                archivo: archivo(),
                nombre: "f".into()
            },
            sin_banco
        ]
    );
    fs::write(dir.path().join("a.rs"), "    pub fn f() {}\n").unwrap();
    fs::write(bancos.join("m.rs"), "group(\"1/x\")").unwrap();
    assert_eq!(analisis.faltas(dir.path()), []);

    let torcido = Analisis::parse(&format!("{FILA}{PAR}").replace("a.rs::f", "a.rs")).unwrap();
    assert_eq!(
        torcido.faltas(dir.path()),
        [Falta::Forma {
            fila: fila(),
            test: "a.rs".into()
        }]
    );
}
