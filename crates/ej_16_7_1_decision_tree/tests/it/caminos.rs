//! All the ways through the guide's tree: with seven questions there are 128 ways to answer, and all are tried.

use crate::guia;
use ej_16_7_1_decision_tree::{Answer, Decision, Language, Question, Verdict};
use proptest::prelude::*;
use std::collections::{BTreeMap, BTreeSet};

/// What each answer sheet says to a question: bit n is the answer to the n-th.
fn hoja_de_respuestas(hoja: u32) -> impl Fn(&Question) -> Option<Answer> {
    move |pregunta| {
        let preguntas = guia().questions();
        let n = preguntas.iter().position(|otra| otra.id == pregunta.id)?;
        Some(if hoja >> n & 1 == 1 {
            Answer::Yes
        } else {
            Answer::No
        })
    }
}

fn todas() -> impl Iterator<Item = (u32, Decision<'static>)> {
    let cuantas = 1 << guia().questions().len();
    (0..cuantas).map(|hoja| (hoja, guia().decide(hoja_de_respuestas(hoja)).unwrap()))
}

/// The guide's leaves, as its text has them.
const HOJAS_DE_LA_GUIA: [&str; 8] = [
    "Rust (DataFusion, Arrow como base)",
    "usa Polars Python (sin aprender Rust)",
    "extensión PyO3 para esa operación",
    "Polars Rust o DataFusion nativo",
    "PySpark / Flink / Beam (Rust no tiene alternativa madura aquí)",
    "Rust + Polars/DataFusion/Delta-rs (binarios portables, sin dependencias)",
    "Python es suficiente",
    "mantén Python/Java/Scala, usa librerías Rust via Python",
];

#[test]
fn las_ciento_veintiocho_maneras_de_responder_llegan_y_juntas_a_las_ocho_hojas() {
    let llegadas: BTreeSet<_> = todas().map(|(_, d)| d.leaf.guide.as_str()).collect();
    assert_eq!(todas().count(), 128);
    assert_eq!(llegadas, BTreeSet::from(HOJAS_DE_LA_GUIA));
    let escritas: Vec<_> = guia()
        .leaves()
        .iter()
        .map(|hoja| hoja.guide.as_str())
        .collect();
    assert_eq!(escritas, HOJAS_DE_LA_GUIA);
}

/// Read from the guide's text, line by line, with the last question where it has an effect: before writing Rust.
fn como_lo_dice_la_guia(si: impl Fn(&str) -> bool) -> &'static str {
    let rust = |hoja: usize| HOJAS_DE_LA_GUIA[if si("equipo") { hoja } else { 7 }];
    if si("motor") {
        rust(0)
    } else if si("maquina") {
        match (si("polars-basta"), si("operacion")) {
            (true, _) => HOJAS_DE_LA_GUIA[1],
            (false, true) => rust(2),
            (false, false) => rust(3),
        }
    } else if si("distribuido") {
        HOJAS_DE_LA_GUIA[4]
    } else if si("herramientas") {
        rust(5)
    } else {
        HOJAS_DE_LA_GUIA[6]
    }
}

#[test]
fn cada_manera_de_responder_llega_a_donde_dice_la_guia() {
    for (hoja, decision) in todas() {
        let respuesta = hoja_de_respuestas(hoja);
        let si = |id: &str| {
            let pregunta = guia().questions().iter().find(|pregunta| pregunta.id == id);
            respuesta(pregunta.unwrap()) == Some(Answer::Yes)
        };
        assert_eq!(decision.leaf.guide, como_lo_dice_la_guia(si), "{hoja:07b}");
    }
}

#[test]
fn nadie_que_no_sepa_rust_acaba_escribiendolo() {
    for (_, decision) in todas() {
        let equipo = decision
            .steps
            .iter()
            .find(|paso| paso.question.id == "equipo");
        let se_escribe = decision.leaf.language == Language::Rust;
        assert_eq!(
            se_escribe,
            equipo.is_some_and(|paso| paso.answer == Answer::Yes)
        );
    }
}

/// Question 1 of the guide: with everything else equal, what changes if the team knows Rust.
#[test]
fn saber_rust_cambia_las_cuatro_hojas_en_las_que_se_escribe_y_ninguna_otra() {
    let equipo = guia()
        .questions()
        .iter()
        .position(|pregunta| pregunta.id == "equipo");
    let bit = 1 << equipo.unwrap();
    let hojas: BTreeMap<u32, &str> = todas()
        .map(|(hoja, d)| (hoja, d.leaf.id.as_str()))
        .collect();
    let sin = hojas.iter().filter(|(hoja, _)| **hoja & bit == 0);
    let cambios: BTreeSet<_> = sin
        .map(|(hoja, id)| (*id, hojas[&(hoja | bit)]))
        .filter(|(antes, despues)| antes != despues)
        .collect();
    let a_rust = ["pyo3", "rust-cli", "rust-motor", "rust-nativo"];
    assert_eq!(cambios, a_rust.map(|despues| ("mantener", despues)).into());
    let con = hojas.iter().filter(|(hoja, _)| **hoja & bit != 0);
    let con: BTreeSet<_> = con.map(|(_, id)| *id).collect();
    assert_eq!(con.len(), 7);
}

/// What the guide's text leaves open: whoever answers its last question has an answer already.
#[test]
fn solo_se_pregunta_lo_que_esta_en_el_camino_y_nunca_dos_veces() {
    for (_, decision) in todas() {
        let preguntadas: Vec<_> = decision
            .steps
            .iter()
            .map(|paso| &paso.question.id)
            .collect();
        assert!((2..=5).contains(&preguntadas.len()), "{preguntadas:?}");
        assert_eq!(BTreeSet::from_iter(&preguntadas).len(), preguntadas.len());
    }
}

#[test]
fn las_hojas_que_las_mediciones_matizan_son_cinco_y_lo_dicen() {
    let de = |veredicto| {
        let hojas = guia()
            .leaves()
            .iter()
            .filter(move |hoja| hoja.verdict == veredicto);
        hojas.map(|hoja| hoja.id.as_str()).collect::<Vec<_>>()
    };
    assert_eq!(
        de(Verdict::Matizada),
        ["rust-motor", "pyo3", "rust-nativo", "jvm", "rust-cli"]
    );
    assert_eq!(
        de(Verdict::Confirmada),
        ["polars-python", "python", "mantener"]
    );
    for (_, decision) in todas() {
        let texto = decision.told(false);
        // Lines are wrapped: words, not their spaces, are compared.
        let palabras = |texto: &str| texto.split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(
            palabras(&texto).contains(&palabras(&decision.leaf.guide)),
            "{texto}"
        );
        assert!(
            palabras(&texto).contains(&palabras(&decision.leaf.today)),
            "{texto}"
        );
    }
}

proptest! {
    /// Answers on the way decide; all the others may be given or not, and be anything.
    #[test]
    fn lo_que_no_esta_en_el_camino_no_cambia_nada(hoja in 0_u32..128, otra in 0_u32..128, dadas in 0_u32..128) {
        let decision = guia().decide(hoja_de_respuestas(hoja)).unwrap();
        let en_el_camino = |pregunta: &Question| decision.steps.iter().any(|paso| paso.question == pregunta);
        let de_nuevo = guia().decide(|pregunta| {
            let n = guia().questions().iter().position(|p| p == pregunta).unwrap();
            if en_el_camino(pregunta) {
                hoja_de_respuestas(hoja)(pregunta)
            } else if dadas >> n & 1 == 1 {
                hoja_de_respuestas(otra)(pregunta)
            } else {
                None
            }
        });
        prop_assert_eq!(de_nuevo.unwrap(), decision);
    }

    /// And without one of those on the way there is no decision, but the name of what is missing.
    #[test]
    fn sin_una_respuesta_del_camino_se_dice_cual_falta(hoja in 0_u32..128, cual in any::<prop::sample::Index>()) {
        let decision = guia().decide(hoja_de_respuestas(hoja)).unwrap();
        let falta = decision.steps[cual.index(decision.steps.len())].question;
        let error = guia().decide(|pregunta| (pregunta != falta).then(|| hoja_de_respuestas(hoja)(pregunta)).flatten());
        prop_assert_eq!(error.unwrap_err().0, falta);
    }
}
