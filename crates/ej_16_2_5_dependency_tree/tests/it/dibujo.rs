//! The drawings: exact on the reduced graph, by their facts on this workspace.

use crate::{este_workspace, reducido, reducido_con};
use ej_16_2_5_dependency_tree::draw::{mermaid, observations_text, svg, svg_facts, tree_text};
use ej_16_2_5_dependency_tree::{Family, Graph, Kind, Tree, observations};
use std::collections::BTreeSet;

/// The picture that the page shows.
const COMITEADO: &str = include_str!("../../arbol.svg");

#[test]
fn el_arbol_en_texto() {
    insta::assert_snapshot!(tree_text(&Tree::of(&reducido())));
}

#[test]
fn el_arbol_en_mermaid() {
    insta::assert_snapshot!(mermaid(&Tree::of(&reducido())));
}

#[test]
fn el_arbol_en_svg() {
    insta::assert_snapshot!(svg(&Tree::of(&reducido())));
}

#[test]
fn las_observaciones_en_texto() {
    insta::assert_snapshot!(observations_text(&observations(&reducido())));
}

#[test]
fn el_svg_de_la_pagina_dice_lo_que_el_workspace_es_hoy() {
    let hoy = svg_facts(&svg(&Tree::of(este_workspace())));
    assert_eq!(
        svg_facts(COMITEADO),
        hoy,
        "boxes, compatible versions or arrows changed: cargo run -p ej_16_2_5_dependency_tree -- --svg crates/ej_16_2_5_dependency_tree/arbol.svg"
    );
    assert_eq!(hoy.boxes.len(), Family::ALL.len());
}

#[test]
fn el_svg_se_lee_de_vuelta_con_lo_que_se_dibujo() {
    let arbol = Tree::of(&reducido());
    let hechos = svg_facts(&svg(&arbol));
    let cajas: BTreeSet<String> = arbol.boxes.iter().map(|b| b.label()).collect();
    assert_eq!(hechos.boxes, cajas);
    let flechas = arbol
        .drawn()
        .map(|a| [a.from.name(), a.to.name(), "compilada"].map(String::from));
    assert_eq!(hechos.arrows, flechas.collect());
    let opcional = svg_facts(&svg(&Tree::of(este_workspace())));
    assert!(
        opcional
            .arrows
            .contains(&["Polars", "object_store", "opcional"].map(String::from))
    );
}

#[test]
fn las_flechas_que_se_omiten_estan_implicadas_y_las_dibujadas_no() {
    for grafo in [&reducido(), este_workspace()] {
        let arbol = Tree::of(grafo);
        // Everything below a box, by the needed arrows alone.
        let abajo = |desde: Family| {
            let mut vistas = vec![desde];
            let mut n = 0;
            while n < vistas.len() {
                let de_aqui = arbol
                    .arrows
                    .iter()
                    .filter(|a| a.from == vistas[n] && a.kind == Kind::Needed);
                vistas.extend(de_aqui.map(|a| a.to).collect::<Vec<_>>());
                n += 1;
            }
            vistas
        };
        let cuantas = |clase| arbol.arrows.iter().filter(|a| a.kind == clase).count();
        assert!(cuantas(Kind::Implied) > 3 && cuantas(Kind::Needed) > 5);
        for flecha in &arbol.arrows {
            match flecha.kind {
                Kind::Implied => assert!(abajo(flecha.from).contains(&flecha.to), "{flecha:?}"),
                Kind::Needed => {
                    let rodeos = arbol.arrows.iter().filter(|a| {
                        a.from == flecha.from && a.to != flecha.to && a.kind != Kind::Optional
                    });
                    assert!(
                        rodeos.clone().all(|a| !abajo(a.to).contains(&flecha.to)),
                        "{flecha:?}"
                    );
                }
                Kind::Optional => assert!(!abajo(flecha.from).contains(&flecha.to), "{flecha:?}"),
            }
        }
    }
}

#[test]
fn ninguna_caja_pisa_a_otra_y_todo_cabe() {
    let dibujo = svg(&Tree::of(este_workspace()));
    let numero = |linea: &str, clave: &str| -> f64 {
        let (_, resto) = linea.split_once(&format!("{clave}=\"")).unwrap();
        resto.split_once('"').unwrap().0.parse().unwrap()
    };
    let (ancho, alto) = (numero(&dibujo, " width"), numero(&dibujo, " height"));
    let cajas: Vec<[f64; 4]> = dibujo
        .lines()
        .filter(|l| l.contains("class=\"caja\""))
        .map(|l| {
            let (_, rect) = l.split_once("<rect").unwrap();
            [
                numero(rect, " x"),
                numero(rect, " y"),
                numero(rect, " width"),
                numero(rect, " height"),
            ]
        })
        .collect();
    assert_eq!(cajas.len(), 10);
    for (n, [x, y, w, h]) in cajas.iter().enumerate() {
        assert!(*x >= 0.0 && x + w <= ancho && *y >= 0.0 && y + h <= alto);
        for [x2, y2, w2, h2] in &cajas[..n] {
            assert!(x + w <= *x2 || x2 + w2 <= *x || y + h <= *y2 || y2 + h2 <= *y);
        }
    }
}

#[test]
fn un_grafo_sin_nada_se_dibuja_vacio() {
    let arbol = Tree::of(&Graph::from_lock("package = []").unwrap());
    assert_eq!(tree_text(&arbol), "");
    assert_eq!(mermaid(&arbol), "flowchart TD\n");
    assert!(svg_facts(&svg(&arbol)).boxes.is_empty());
}

#[test]
fn un_ciclo_entre_cajas_se_dibuja_entero_y_no_cuelga() {
    let ciclo = reducido_con(
        "name = \"tokio\"\nversion = \"1.54.1\"\nsource = \"registry+https://github.com/rust-lang/crates.io-index\"\ndependencies = [\"bytes\"]",
        "name = \"tokio\"\nversion = \"1.54.1\"\nsource = \"registry+https://github.com/rust-lang/crates.io-index\"\ndependencies = [\"polars\"]",
    );
    let arbol = Tree::of(&ciclo);
    assert_eq!(svg_facts(&svg(&arbol)).boxes.len(), 10);
    let texto = tree_text(&arbol);
    for caja in &arbol.boxes {
        assert!(texto.contains(&caja.label()), "{texto}");
    }
}
