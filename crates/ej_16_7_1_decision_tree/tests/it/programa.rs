//! `decide` from outside.

use crate::guia;
use ecommerce_testkit::process::{Child, Finished};
use ej_16_7_1_decision_tree::draw::svg;
use std::fs;

fn decide(opciones: &[&str]) -> Child {
    Child::new(env!("CARGO_BIN_EXE_decide")).args(opciones)
}

fn corrida(opciones: &[&str], entrada: &str) -> Finished {
    decide(opciones).stdin(entrada).run().unwrap()
}

#[track_caller]
fn acaba(corrida: &Finished, codigo: i32, error: &str) {
    let texto = corrida.stderr_text();
    assert_eq!(corrida.code, Some(codigo), "{texto}");
    let ultima = texto.lines().last().unwrap_or_default();
    assert_eq!(ultima, error);
}

#[test]
fn con_opciones_no_pregunta_y_dice_lo_de_la_guia_y_lo_de_hoy() {
    let corrida = corrida(
        &["--motor", "no", "--maquina=sí", "--polars-basta", "S"],
        "",
    );
    acaba(&corrida, 0, "");
    assert_eq!(
        corrida.stdout_text(),
        "¿Construir un motor de datos? no → ¿Máxima eficiencia en una sola máquina? sí → ¿Polars Python\n\
         es suficiente? sí\n\n\
         La guía dice: usa Polars Python (sin aprender Rust)\n\
         Hoy: confirmada. Y no se pierde nada: la rueda trae el motor mejor compilado que un «cargo\n       \
         build» corriente. De Python solo es el arranque.\n"
    );
}

#[test]
fn preguntando_se_llega_a_lo_mismo_y_se_da_la_orden_que_no_pregunta() {
    let hablada = corrida(&[], "no\nsí\nno\natrás\nsí\n");
    acaba(
        &hablada,
        0,
        "Sin preguntas: decide --motor no --maquina si --polars-basta si",
    );
    let con_opciones = corrida(
        &["--motor", "no", "--maquina", "si", "--polars-basta", "si"],
        "",
    );
    assert_eq!(hablada.stdout_text(), con_opciones.stdout_text());
}

#[test]
fn explicar_da_la_razon_y_la_evidencia_de_cada_paso() {
    let todas: Vec<String> = guia()
        .questions()
        .iter()
        .map(|pregunta| format!("--{}=no", pregunta.id))
        .collect();
    let mut opciones: Vec<&str> = todas.iter().map(String::as_str).collect();
    opciones.push("--explicar");
    let corrida = corrida(&opciones, "");
    acaba(&corrida, 0, "");
    let texto = corrida.stdout_text();
    let decision = guia()
        .decide(|_| Some(ej_16_7_1_decision_tree::Answer::No))
        .unwrap();
    assert_eq!(decision.leaf.id, "python");
    let de_los_pasos = decision
        .steps
        .iter()
        .flat_map(|paso| &paso.question.reason(paso.answer).evidence);
    for prueba in de_los_pasos.chain(&decision.leaf.evidence) {
        let linea = format!("\n       {}\n", prueba.place());
        assert!(texto.contains(&linea), "{}:\n{texto}", prueba.place());
    }
}

#[test]
fn json_da_los_pasos_y_la_hoja() {
    let corrida = corrida(&["--motor", "si", "--equipo", "no", "--json"], "");
    acaba(&corrida, 0, "");
    let json: serde_json::Value = serde_json::from_slice(&corrida.stdout).unwrap();
    assert_eq!(json["hoja"], "mantener");
    assert_eq!(json["veredicto"], "confirmada");
    assert_eq!(json["pasos"][0]["pregunta"], "motor");
    assert_eq!(json["pasos"][0]["respuesta"], "sí");
    assert_eq!(json["pasos"][1]["respuesta"], "no");
    assert_eq!(json["pasos"].as_array().unwrap().len(), 2);
}

#[test]
fn la_respuesta_que_falta_se_nombra() {
    let falta = "error: falta --equipo: ¿El equipo tiene o puede adquirir experiencia en Rust?";
    acaba(&corrida(&["--motor", "si"], "s\n"), 2, falta);
    let falta = "error: falta --motor: ¿Necesitas construir un motor de datos (query engine, storage engine, format parser)?";
    acaba(&corrida(&["--equipo", "si"], ""), 2, falta);
}

#[test]
fn lo_que_no_es_si_ni_no_y_lo_que_no_se_puede_combinar_es_un_error_de_uso() {
    for (opciones, error) in [
        (
            &["--motor", "quizá"][..],
            "error: valor no válido en --motor <sí|no>: se espera sí o no (ver --help)",
        ),
        (
            &["--motor"],
            "error: falta el valor de --motor <sí|no> (ver --help)",
        ),
        (
            &["--mermaid", "--motor", "si"],
            "error: --mermaid no se puede combinar con --motor <sí|no> (ver --help)",
        ),
        (
            &["--mermaid", "--svg", "a.svg"],
            "error: --mermaid no se puede combinar con --svg <ARCHIVO> (ver --help)",
        ),
        (
            &["--json", "--explicar"],
            "error: --json no se puede combinar con --explicar (ver --help)",
        ),
        (
            &["--motro", "si"],
            "error: la opción '--motro' no existe; ¿quería decir '--motor'? (ver --help)",
        ),
    ] {
        acaba(&corrida(opciones, ""), 2, error);
    }
}

#[test]
fn si_la_entrada_se_acaba_o_no_se_entiende_sale_con_3() {
    let fin = "error: la entrada se acabó antes de llegar a una respuesta; con opciones no se pregunta nada (ver --help)";
    for entrada in ["", "no\n", "no\nno\nno\nquizá\n"] {
        let corrida = corrida(&[], entrada);
        acaba(&corrida, 3, fin);
        assert_eq!(corrida.stdout_text(), "");
    }
    let corrida = corrida(&["--explicar"], &"y\n".repeat(9));
    acaba(
        &corrida,
        3,
        "error: no se entiende nada de lo que llega por la entrada",
    );
}

#[test]
fn los_dibujos_salen_y_si_no_se_puede_escribir_se_dice() {
    let dir = tempfile::tempdir().unwrap();
    let archivo = dir.path().join("arbol.svg");
    acaba(&corrida(&["--svg", archivo.to_str().unwrap()], ""), 0, "");
    assert_eq!(fs::read_to_string(&archivo).unwrap(), svg(guia()));
    assert!(
        corrida(&["--mermaid"], "")
            .stdout_text()
            .starts_with("flowchart TD\n")
    );

    let dentro = archivo.join("x.svg");
    let corrida = corrida(&["--svg", dentro.to_str().unwrap()], "");
    assert_eq!(corrida.code, Some(5));
    assert!(
        corrida
            .stderr_text()
            .starts_with("error: no se puede escribir "),
        "{}",
        corrida.stderr_text()
    );
}

#[test]
fn la_ayuda_tiene_cada_pregunta_con_su_opcion_y_ejemplos_que_corren() {
    let ayuda = corrida(&["--help"], "").stdout_text();
    for pregunta in guia().questions() {
        assert!(
            ayuda.contains(&format!("--{} <sí|no>", pregunta.id)),
            "{ayuda}"
        );
    }
    let ejemplos = ayuda
        .lines()
        .filter_map(|linea| linea.strip_prefix("  decide"));
    let ejemplos: Vec<_> = ejemplos.collect();
    assert_eq!(ejemplos.len(), 7, "{ayuda}");
    let dir = tempfile::tempdir().unwrap();
    for ejemplo in ejemplos {
        let opciones: Vec<_> = ejemplo.split_whitespace().collect();
        let corrida = decide(&opciones)
            .stdin("s\nn\n")
            .current_dir(dir.path())
            .run()
            .unwrap();
        assert_eq!(
            corrida.code,
            Some(0),
            "{ejemplo}: {}",
            corrida.stderr_text()
        );
    }
}
