//! What falls back, from the plans and from a run: the page's table and the nodes it comes from.

use crate::datos::programa;
use ej_16_3_3_larger_than_ram::fallbacks::{
    IN_MEMORY, Sources, Verdict, Weight, catalog, falls_back, planned,
};
use polars::prelude::{Engine as PolarsEngine, IntoLazy as _, LazyFrame, SortMultipleOptions, col};
use std::collections::BTreeMap;

fn tabla(argumentos: &[&str]) -> String {
    let fin = programa().arg("retrocesos").args(argumentos).run().unwrap();
    assert_eq!(fin.code, Some(0), "{fin:?}");
    assert_eq!(fin.stderr_text(), "");
    fin.stdout_text()
}

#[test]
fn la_tabla_de_la_pagina_es_la_de_la_ejecucion() {
    let tabla = tabla(&[]);
    assert!(include_str!("../../README.md").contains(&tabla), "{tabla}");
}

/// Every operation, the nodes of its plan and those that ran: another version of Polars shows here.
#[test]
fn los_nodos_de_cada_operacion() {
    insta::assert_snapshot!(tabla(&["--nodos"]));
}

/// What the plan announces is what ran: both witnesses, operation by operation.
#[test]
fn el_plan_anuncia_los_retrocesos_que_despues_ocurren() {
    let sources = Sources::new().unwrap();
    let ejecutado: BTreeMap<String, String> = tabla(&["--nodos"])
        .lines()
        .skip(2)
        .map(|fila| {
            let celdas: Vec<&str> = fila.trim_matches('|').split(" | ").collect();
            (celdas[0].trim().to_owned(), celdas[3].trim().to_owned())
        })
        .collect();
    assert_eq!(ejecutado.len(), catalog().len());
    let mut retroceden = 0;
    for caso in catalog() {
        let plan = planned(&(caso.plan)(&sources).unwrap()).unwrap();
        let anunciado = plan.iter().any(falls_back);
        let nodos: Vec<&str> = ejecutado[caso.name].split(", ").collect();
        let ocurrido = nodos.iter().any(|nodo| IN_MEMORY.contains(nodo));
        assert_eq!(anunciado, ocurrido, "{}: {plan:?} {nodos:?}", caso.name);
        retroceden += usize::from(ocurrido);
    }
    assert!(
        (20..30).contains(&retroceden),
        "{retroceden} de {}",
        catalog().len()
    );
}

fn sort() -> LazyFrame {
    let sources = Sources::new().unwrap();
    sources
        .events
        .lazy()
        .sort(["n"], SortMultipleOptions::default())
}

/// Polars' drawing has no red for a sort, and `explain` says nothing at all; the run shows an `in-memory-map`.
#[test]
fn el_dibujo_de_polars_no_marca_sort_como_retroceso() {
    let plan = planned(&sort()).unwrap();
    assert_eq!(plan[0].kind, "sort");
    assert_eq!(plan[0].weight, Weight::MemoryIntensive);
    let explicado = sort().with_streaming(true).explain(true).unwrap();
    assert!(explicado.starts_with("SORT BY"), "{explicado}");
    assert!(!explicado.contains("in-memory-map"), "{explicado}");
    let ran = ["in-memory-map".to_owned()].into();
    assert_eq!(Verdict::of(&ran, &plan), Verdict::FallsBack);
}

/// A fallback is no other answer: both engines give the same for every operation whose rows have an order, and as many otherwise.
#[test]
fn retroceder_no_cambia_el_resultado() {
    let sources = Sources::new().unwrap();
    for caso in catalog() {
        let de = |motor| {
            let plan = (caso.plan)(&sources).unwrap();
            plan.collect_with_engine(motor).unwrap().unwrap_single()
        };
        let (streaming, memoria) = (de(PolarsEngine::Streaming), de(PolarsEngine::InMemory));
        assert_eq!(streaming.schema(), memoria.schema(), "{}", caso.name);
        assert_eq!(streaming.height(), memoria.height(), "{}", caso.name);
    }
    let ordenado = |motor| {
        sort()
            .select([col("n")])
            .collect_with_engine(motor)
            .unwrap()
            .unwrap_single()
    };
    assert!(ordenado(PolarsEngine::Streaming).equals(&ordenado(PolarsEngine::InMemory)));
}
