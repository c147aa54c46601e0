//! The data: whole, proven, and refused where it is not a tree.

use crate::{guia, raiz};
use ej_16_7_1_decision_tree::{DecisionTree, Missing, TreeError};
use std::fs;

#[test]
fn la_evidencia_de_cada_paso_y_de_cada_hoja_existe_y_las_cifras_son_las_de_su_corrida() {
    assert_eq!(guia().missing(&raiz()), []);
}

/// The page shows the tables that the program prints, to the letter.
#[test]
fn la_pagina_trae_las_tablas_de_los_datos() {
    let pagina = include_str!("../../README.md");
    for tabla in [guia().questions_table(), guia().leaves_table()] {
        assert!(pagina.contains(&tabla), "{tabla}");
    }
}

const PREGUNTA: &str = "\
[[pregunta]]\nid = \"P\"\ntexto = \"t\"\ncorta = \"c\"\n\
si = { porque = \"x\", evidencia = [{ test = \"a.rs::f\" }] }\n\
no = { porque = \"y\", evidencia = [{ pagina = \"p.md\", dice = \"d\" }] }\n";
const HOJA: &str = "\
[[hoja]]\nid = \"H\"\nlenguaje = \"rust\"\nguia = \"g\"\nveredicto = \"matizada\"\ncorto = \"s\"\nhoy = \"h\"\n\
evidencia = [{ fuente = \"https://x.org/y\", dice = \"z\" }]\n";

/// Questions p and q; the nodes as given; leaves h and i.
fn texto(nodos: &[[&str; 4]]) -> String {
    let mut texto = "raiz = \"a\"\n".to_owned();
    for pregunta in ["p", "q"] {
        texto += &PREGUNTA.replace("\"P\"", &format!("\"{pregunta}\""));
    }
    for [id, pregunta, si, no] in nodos {
        texto += &format!(
            "[[nodo]]\nid = \"{id}\"\npregunta = \"{pregunta}\"\nsi = \"{si}\"\nno = \"{no}\"\n"
        );
    }
    for hoja in ["h", "i"] {
        texto += &HOJA.replace("\"H\"", &format!("\"{hoja}\""));
    }
    texto
}

const BIEN: [[&str; 4]; 2] = [["a", "p", "b", "h"], ["b", "q", "h", "i"]];

fn error(texto: &str) -> String {
    match DecisionTree::parse(texto).unwrap_err() {
        TreeError::Toml(_) => "toml".to_owned(),
        otro => otro.to_string(),
    }
}

#[test]
fn un_arbol_cuyos_caminos_no_acaban_o_no_existen_se_rechaza() {
    assert!(DecisionTree::parse(&texto(&BIEN)).is_ok());
    for (nodos, esperado) in [
        (
            vec![["a", "p", "b", "h"], ["b", "q", "z", "i"]],
            "`b` leads to `z`, which does not exist",
        ),
        (
            vec![["b", "p", "h", "i"]],
            "`raiz` leads to `a`, which does not exist",
        ),
        (
            vec![["a", "r", "h", "i"]],
            "`a` asks `r`, which does not exist",
        ),
        (
            vec![["a", "p", "b", "h"], ["b", "q", "a", "i"]],
            "there is no way out of a → b → a",
        ),
        (vec![["a", "p", "a", "h"]], "there is no way out of a → a"),
        (
            vec![["a", "p", "b", "h"], ["b", "p", "h", "i"]],
            "`p` is asked twice on the way a → b",
        ),
        (
            vec![BIEN[0], BIEN[1], ["c", "q", "h", "i"]],
            "nothing leads to `c`",
        ),
        // A ring that nothing leads to is out of reach before it is a ring.
        (
            vec![BIEN[0], BIEN[1], ["c", "p", "d", "h"], ["d", "q", "c", "h"]],
            "nothing leads to `c`",
        ),
        (
            vec![["a", "p", "b", "h"], ["b", "q", "h", "h"]],
            "nothing leads to `i`",
        ),
        (vec![["a", "p", "h", "i"]], "nothing leads to `q`"),
        (
            vec![BIEN[0], BIEN[1], ["b", "q", "h", "i"]],
            "two have the name `b`",
        ),
        (
            vec![BIEN[0], ["b", "q", "h", "i"], ["h", "q", "h", "i"]],
            "two have the name `h`",
        ),
    ] {
        assert_eq!(error(&texto(&nodos)), esperado);
    }
}

#[test]
fn lo_que_no_dice_o_no_prueba_nada_se_rechaza_y_se_nombra() {
    let bien = texto(&BIEN);
    for (viejo, nuevo, esperado) in [
        ("raiz = \"a\"\n", "", "toml"),
        ("\"matizada\"", "\"quizá\"", "toml"),
        ("texto = \"t\"\n", "texto = \"t\"\ncolor = 1\n", "toml"),
        ("test = \"a.rs::f\"", "tets = \"a.rs::f\"", "toml"),
        (
            "id = \"p\"",
            "id = \"P\"",
            "`a` asks `p`, which does not exist",
        ),
        (
            "id = \"q\"",
            "id = \"p\"",
            "`b` asks `q`, which does not exist",
        ),
        ("texto = \"t\"", "texto = \" \"", "`p`: `texto` is blank"),
        ("corta = \"c\"", "corta = \"\"", "`p`: `corta` is blank"),
        (
            "porque = \"x\"",
            "porque = \"\"",
            "`p: sí`: `porque` is blank",
        ),
        ("dice = \"d\"", "dice = \"\"", "`p: no`: `dice` is blank"),
        (
            "pagina = \"p.md\"",
            "pagina = \"\"",
            "`p: no`: `evidencia` is blank",
        ),
        ("[{ test = \"a.rs::f\" }]", "[]", "`p: sí` has no evidence"),
        ("guia = \"g\"", "guia = \"\"", "`h`: `guia` is blank"),
        ("corto = \"s\"", "corto = \"\"", "`h`: `corto` is blank"),
        ("hoy = \"h\"", "hoy = \"\"", "`h`: `hoy` is blank"),
        (
            "[{ fuente = \"https://x.org/y\", dice = \"z\" }]",
            "[]",
            "`h` has no evidence",
        ),
        (
            "https://x.org/y",
            "un libro",
            "`h`: `un libro` is no address",
        ),
        (
            "https://x.org/y",
            "https://local/y",
            "`h`: `https://local/y` is no address",
        ),
    ] {
        assert!(bien.contains(viejo), "{viejo}");
        assert_eq!(error(&bien.replacen(viejo, nuevo, 1)), esperado, "{nuevo}");
    }
}

/// As the guide writes it, both answers to its fourth question are leaves already, and its last stands behind them.
#[test]
fn el_arbol_tal_como_lo_escribe_la_guia_deja_fuera_su_ultima_pregunta() {
    let mut suyo = include_str!("../../src/arbol.toml").to_owned();
    for (nodo, hoja) in [
        ("motor-equipo", "rust-motor"),
        ("operacion-equipo", "pyo3"),
        ("nativo-equipo", "rust-nativo"),
        ("herramientas-equipo", "rust-cli"),
    ] {
        for respuesta in ["si", "no"] {
            let nuestro = format!("{respuesta} = \"{nodo}\"");
            suyo = suyo.replace(&nuestro, &format!("{respuesta} = \"{hoja}\""));
        }
    }
    assert_eq!(error(&suyo), "nothing leads to `motor-equipo`");
}

#[test]
fn un_nombre_que_no_puede_ser_una_opcion_se_rechaza() {
    for nombre in ["", "P", "año", "a b", "-p", "p-", "p--q", "=p"] {
        let malo = texto(&BIEN)
            .replace("id = \"p\"", &format!("id = \"{nombre}\""))
            .replace("pregunta = \"p\"", &format!("pregunta = \"{nombre}\""));
        assert_eq!(
            error(&malo),
            format!("`{nombre}` cannot be a name: lower-case letters, digits and hyphens")
        );
    }
}

#[test]
fn la_evidencia_que_no_esta_se_encuentra() {
    let dir = tempfile::tempdir().unwrap();
    let medida =
        "{ medida = \"m.md\", dice = \"tarda 1,5 s\", cifras = [[\"| uno |\", \"1,5 s\"]] }";
    let un_test = texto(&BIEN).replacen("{ test = \"a.rs::f\" }", medida, 1);
    let arbol = DecisionTree::parse(&un_test).unwrap();
    let archivo = |nombre: &str| Missing::File(nombre.to_owned());
    let todo = [
        archivo("m.md"),
        archivo("p.md"),
        archivo("a.rs"),
        archivo("p.md"),
    ];
    assert_eq!(arbol.missing(dir.path()), todo);

    // A comment, another name that begins the same, a figure in another line: none is the thing.
    fs::write(dir.path().join("p.md"), "").unwrap();
    fs::write(dir.path().join("a.rs"), "// fn f() {}\nfn ff() {}\n").unwrap();
    fs::write(dir.path().join("m.md"), "| uno | 2 s |\n| dos | 1,5 s |\n").unwrap();
    let cifra = Missing::Figure {
        file: "m.md".into(),
        label: "| uno |".into(),
        figure: "1,5 s".into(),
    };
    let test = Missing::Test {
        file: "a.rs".into(),
        test: "f".into(),
    };
    assert_eq!(arbol.missing(dir.path()), [cifra.clone(), test]);

    fs::write(dir.path().join("a.rs"), "    fn f() {}\n").unwrap();
    fs::write(dir.path().join("m.md"), "| uno | 1,5 s |\n").unwrap();
    assert_eq!(arbol.missing(dir.path()), []);
    // The run has it, and the words do not say it.
    let callada = un_test.replace("tarda 1,5 s", "tarda poco");
    let arbol = DecisionTree::parse(&callada).unwrap();
    assert_eq!(arbol.missing(dir.path()), [cifra]);
}
