//! The conversation, without a terminal.

use crate::guia;
use ej_16_7_1_decision_tree::{Answer, DialogueError, ask};
use proptest::prelude::*;
use std::io::{self, BufReader, Read, Write};

fn hablar(entrada: &str) -> (Result<String, DialogueError>, String) {
    let mut dicho = Vec::new();
    let decision = ask(guia(), &mut entrada.as_bytes(), &mut dicho);
    let hoja = decision.map(|decision| decision.leaf.id.clone());
    (hoja, String::from_utf8(dicho).unwrap())
}

fn hoja(entrada: &str) -> String {
    hablar(entrada).0.unwrap()
}

#[test]
fn cada_palabra_se_entiende_en_cualquier_caja() {
    for (si, no) in [
        ("sí", "no"),
        ("si", "n"),
        ("s", "N"),
        ("SÍ", "NO"),
        ("  Si  ", "\tNo "),
    ] {
        assert_eq!(hoja(&format!("{no}\n{si}\n{si}\n")), "polars-python");
        assert_eq!(hoja(&format!("{no}\r\n{no}\r\n{si}\r\n")), "jvm");
    }
    // The last line may lack its end.
    assert_eq!(hoja("s\ns"), "rust-motor");
}

#[test]
fn atras_deshace_la_ultima_respuesta_y_al_principio_no_hay_nada_que_deshacer() {
    assert_eq!(hoja("n\ns\natrás\nn\ns\n"), "jvm");
    assert_eq!(hoja("n\ns\nATRAS\na\ns\ns\n"), "rust-motor");
    let (decidido, dicho) = hablar("atrás\ns\nn\n");
    assert_eq!(decidido.unwrap(), "mantener");
    assert!(dicho.contains("   Se espera sí o no.\n"), "{dicho}");
}

#[test]
fn las_preguntas_van_numeradas_y_lo_que_no_se_entiende_se_vuelve_a_preguntar() {
    let (decidido, dicho) = hablar("quizá\ns\n\nn\n");
    assert_eq!(decidido.unwrap(), "mantener");
    assert_eq!(
        dicho,
        "1. ¿Necesitas construir un motor de datos (query engine, storage engine, format parser)?\n   \
         sí o no >    Se espera sí o no.\n   sí o no > \
         2. ¿El equipo tiene o puede adquirir experiencia en Rust?\n   \
         sí, no o atrás >    Se espera sí, no o atrás.\n   sí, no o atrás > "
    );
}

#[test]
fn si_la_entrada_se_acaba_hay_un_error_y_no_una_decision() {
    for entrada in ["", "n\n", "n\nn\nn", "quizá", "n\natrás\n"] {
        let (decidido, dicho) = hablar(entrada);
        assert!(
            matches!(decidido, Err(DialogueError::EndOfInput)),
            "{entrada}"
        );
        assert!(dicho.ends_with("> \n"), "{dicho}");
    }
}

#[test]
fn quien_solo_dice_disparates_no_es_escuchado_para_siempre() {
    assert!(matches!(
        hablar(&"y\n".repeat(6)).0,
        Err(DialogueError::NotUnderstood)
    ));
    // Four times is still a person.
    assert_eq!(hoja(&format!("{}s\nn\n", "y\n".repeat(4))), "mantener");
    // A line without an end is not read to its end.
    let mut sin_fin = BufReader::new(io::repeat(0));
    let error = ask(guia(), &mut sin_fin, &mut Vec::new()).unwrap_err();
    assert!(matches!(error, DialogueError::NotUnderstood));
    // What is no UTF-8 is nonsense like any other.
    let mut raro = &b"\xff\xfe\ns\nn\n"[..];
    assert_eq!(
        ask(guia(), &mut raro, &mut Vec::new()).unwrap().leaf.id,
        "mantener"
    );
}

struct Roto;

impl Read for Roto {
    fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
        Err(io::Error::other("roto"))
    }
}

impl Write for Roto {
    fn write(&mut self, _: &[u8]) -> io::Result<usize> {
        Err(io::Error::other("roto"))
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[test]
fn una_entrada_o_una_salida_rotas_se_dicen() {
    let error = ask(guia(), &mut BufReader::new(Roto), &mut Vec::new()).unwrap_err();
    assert!(matches!(error, DialogueError::Read(_)));
    let error = ask(guia(), &mut &b"s\n"[..], &mut Roto).unwrap_err();
    assert!(matches!(error, DialogueError::Write(_)));
}

proptest! {
    /// Asked or told at once, in any order of going back, the decision is the same.
    #[test]
    fn preguntando_se_decide_lo_mismo_que_con_opciones(hoja in 0_u32..128, dudas in prop::collection::vec(any::<bool>(), 7)) {
        let respuesta = |id: &str| {
            let n = guia().questions().iter().position(|pregunta| pregunta.id == id).unwrap();
            if hoja >> n & 1 == 1 { Answer::Yes } else { Answer::No }
        };
        let decision = guia().decide(|pregunta| Some(respuesta(&pregunta.id))).unwrap();
        let mut entrada = String::new();
        for (paso, duda) in decision.steps.iter().zip(dudas) {
            let ultimo = decision.steps.last() == Some(paso);
            if duda && !ultimo {
                entrada += &format!("{}\natrás\n", paso.answer);
            }
            entrada += &format!("{}\n", paso.answer);
        }
        let hablada = ask(guia(), &mut entrada.as_bytes(), &mut Vec::new()).unwrap();
        prop_assert_eq!(hablada, decision);
    }
}
