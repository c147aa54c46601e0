//! The pictures.

use crate::guia;
use ej_16_7_1_decision_tree::draw::{mermaid, svg};

const COMITEADO: &str = include_str!("../../arbol.svg");

#[test]
fn el_svg_de_la_pagina_es_el_de_los_datos() {
    assert!(
        svg(guia()) == COMITEADO,
        "cargo run -p ej_16_7_1_decision_tree --bin decide -- --svg crates/ej_16_7_1_decision_tree/arbol.svg"
    );
}

/// Numbers of an attribute, in order.
fn numeros(dibujo: &str, marca: &str, atributo: &str) -> Vec<f64> {
    let trozos = dibujo.split(marca).skip(1);
    let valor = |trozo: &str| {
        let (_, resto) = trozo.split_once(&format!(" {atributo}=\""))?;
        resto.split_once('"')?.0.parse().ok()
    };
    trozos.filter_map(valor).collect()
}

#[test]
fn las_cajas_no_se_pisan_y_caben_en_el_dibujo() {
    let dibujo = svg(guia());
    let [x, y, ancho, alto] =
        ["x", "y", "width", "height"].map(|a| numeros(&dibujo, "<g><rect", a));
    // Ten places where something is asked, eight leaves, and three times more the one that four ways lead to.
    assert_eq!(x.len(), 10 + 8 + 3);
    let cajas: Vec<_> = (0..x.len())
        .map(|n| (x[n], y[n], x[n] + ancho[n], y[n] + alto[n]))
        .collect();
    let lado = |atributo| numeros(&dibujo, "<svg", atributo)[0];
    let (ancho, alto) = (lado("width"), lado("height"));
    for (n, a) in cajas.iter().enumerate() {
        assert!(a.0 > 0.0 && a.1 > 0.0 && a.2 < ancho && a.3 < alto, "{a:?}");
        for b in &cajas[n + 1..] {
            let aparte = a.2 < b.0 || b.2 < a.0 || a.3 < b.1 || b.3 < a.1;
            assert!(aparte, "{a:?} {b:?}");
        }
    }
    assert_eq!(dibujo.matches(">sí</text>").count(), 10);
    assert_eq!(dibujo.matches(">no</text>").count(), 10);
}

#[test]
fn el_svg_dice_lo_de_la_guia_y_lo_de_hoy_de_cada_hoja() {
    let dibujo = svg(guia());
    let textos = dibujo
        .split("</text>")
        .filter_map(|trozo| Some(trozo.rsplit_once('>')?.1));
    // A line may be cut behind a slash, where there is no space.
    let junto: String = textos.flat_map(str::split_whitespace).collect();
    for hoja in guia().leaves() {
        for texto in [&hoja.guide, &hoja.short] {
            let apretado: String = texto.split_whitespace().collect();
            assert!(junto.contains(&apretado), "{texto}");
        }
        assert!(junto.contains(&format!("{}:", hoja.verdict)));
    }
    for pregunta in guia().questions() {
        let apretada: String = pregunta.short.split_whitespace().collect();
        assert!(junto.contains(&apretada), "{}", pregunta.short);
    }
}

#[test]
fn mermaid_tiene_cada_pregunta_cada_hoja_y_sus_flechas_una_vez() {
    let dibujo = mermaid(guia());
    assert!(dibujo.starts_with("flowchart TD\n"));
    let lineas = |marca: &str| dibujo.lines().filter(|linea| linea.contains(marca)).count();
    assert_eq!(lineas("{\""), 10);
    assert_eq!(lineas("[\"<b>"), 8);
    assert_eq!((lineas(" -- sí --> "), lineas(" -- no --> ")), (10, 10));
    // The leaf that four ways lead to is one box.
    assert_eq!(lineas("--> h7"), 4);
    let hoja = "    h4[\"<b>PySpark / Flink / Beam (Rust no tiene alternativa madura aquí)</b><br/>matizada: alternativa hay, y responde bien; \
                recuperarse de una muerte, no sabe\"]";
    assert!(dibujo.contains(hoja), "{dibujo}");
}
