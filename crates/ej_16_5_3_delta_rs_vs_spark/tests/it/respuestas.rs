//! The answers of the page, held against the matrix: its lists are those that a run found, and no other.

use crate::matriz_guardada;
use ej_16_5_3_delta_rs_vs_spark::{Cell, Outcome, PAIRS, Row, Who};
use std::collections::BTreeSet;
use std::path::Path;

fn pagina() -> String {
    let ruta = Path::new(env!("CARGO_MANIFEST_DIR")).join("README.md");
    std::fs::read_to_string(ruta).unwrap()
}

/// The keys that the page lists in the table's row with this beginning.
fn listadas(fila: &str) -> BTreeSet<String> {
    let inicio = format!("| {fila} |");
    let pagina = pagina();
    let texto = pagina.lines().find(|linea| linea.starts_with(&inicio));
    let texto = texto.unwrap_or_else(|| panic!("no hay fila {fila:?}"));
    let claves = texto[inicio.len()..].split('`').skip(1).step_by(2);
    claves.map(str::to_owned).collect()
}

/// The keys whose row is so.
fn de_la_matriz(es: impl Fn(&Row) -> bool) -> BTreeSet<String> {
    let filas = matriz_guardada().rows.into_iter().filter(|fila| es(fila));
    filas.map(|fila| fila.key).collect()
}

fn falla(fila: &Row, celda: Cell) -> bool {
    matches!(fila.at(celda), Outcome::Failed(_))
}

#[test]
fn las_listas_de_la_pagina_son_las_de_la_matriz() {
    use Who::{Python, Rust, Spark};
    let casos: [(&str, BTreeSet<String>); 8] = [
        (
            "delta-rs no las hace",
            de_la_matriz(|f| falla(f, Cell::Made(Rust))),
        ),
        (
            "Spark no las hace",
            de_la_matriz(|f| f.at(Cell::Made(Spark)) != &Outcome::Yes),
        ),
        (
            "delta-rs las acepta y las deja de lado",
            de_la_matriz(|f| f.at(Cell::Made(Rust)) == &Outcome::Unused),
        ),
        (
            "las hace Spark y delta-rs no las lee",
            de_la_matriz(|f| falla(f, Cell::Read(Spark, Rust))),
        ),
        (
            "las hace Spark y delta-rs no escribe en ellas",
            de_la_matriz(|f| falla(f, Cell::Written(Spark, Rust))),
        ),
        (
            "las hace delta-rs y Spark no las lee",
            de_la_matriz(|f| falla(f, Cell::Read(Rust, Spark))),
        ),
        (
            "las hace delta-rs y Spark no escribe en ellas",
            de_la_matriz(|f| falla(f, Cell::Written(Rust, Spark))),
        ),
        (
            "alguien da otro contenido sin dar un error",
            de_la_matriz(|f| {
                let celdas = f.made.iter().chain(&f.read).chain(&f.written);
                celdas
                    .into_iter()
                    .any(|celda| matches!(celda, Outcome::Wrong(_)))
            }),
        ),
    ];
    for (fila, claves) in casos {
        assert_eq!(listadas(fila), claves, "{fila}");
    }
    // What is said of delta-rs is said of both of its languages.
    let distintas = de_la_matriz(|f| {
        let igual = |uno: &Outcome, otro: &Outcome| {
            std::mem::discriminant(uno) == std::mem::discriminant(otro)
        };
        !igual(f.at(Cell::Made(Rust)), f.at(Cell::Made(Python)))
            || !igual(
                f.at(Cell::Read(Spark, Rust)),
                f.at(Cell::Read(Spark, Python)),
            )
            || !igual(
                f.at(Cell::Written(Spark, Rust)),
                f.at(Cell::Written(Spark, Python)),
            )
    });
    assert_eq!(distintas, listadas("Rust y Python no coinciden"));
}

/// What a daily batch needs: made, read and written by each on the tables of each.
#[test]
fn un_lote_diario_puede_ser_de_cualquiera_de_los_tres() {
    let matriz = matriz_guardada();
    for clave in listadas("lo que necesita un lote diario") {
        let fila = matriz.row(&clave).unwrap();
        let celdas = fila.made.iter().chain(&fila.read).chain(&fila.written);
        for celda in celdas {
            assert!(
                matches!(celda, Outcome::Yes | Outcome::Nothing),
                "{clave}: {celda:?}"
            );
        }
    }
}

#[test]
fn las_cuentas_de_la_pagina_son_las_de_la_matriz() {
    let (si, probadas) = matriz_guardada().count(|_| true);
    let (leidas, por_leer) = matriz_guardada().count(|celda| matches!(celda, Cell::Read(..)));
    let (escritas, por_escribir) =
        matriz_guardada().count(|celda| matches!(celda, Cell::Written(..)));
    for cuenta in [
        format!("{si} de {probadas}"),
        format!("{leidas} de {por_leer}"),
        format!("{escritas} de {por_escribir}"),
    ] {
        assert!(pagina().contains(&cuenta), "falta «{cuenta}» en la página");
    }
    assert_eq!(PAIRS.len(), 6);
}

/// The guide's claim against MERGE: the clauses, on each other's tables too.
#[test]
fn merge_funciona_entre_los_tres_en_todas_las_direcciones() {
    let matriz = matriz_guardada();
    for clave in ["merge", "merge_evolucion", "merge_ambiguo"] {
        let fila = matriz.row(clave).unwrap();
        let celdas = fila.made.iter().chain(&fila.read).chain(&fila.written);
        assert!(
            celdas.into_iter().all(|celda| celda == &Outcome::Yes),
            "{fila:?}"
        );
    }
}

/// What the guide counts among Spark's advantages and does not tell them apart.
#[test]
fn delete_update_merge_schema_y_manifiestos_los_hacen_los_tres() {
    let matriz = matriz_guardada();
    for clave in ["delete", "update", "evolucion", "manifiesto"] {
        let fila = matriz.row(clave).unwrap();
        let celdas = fila.made.iter().chain(&fila.read).chain(&fila.written);
        for celda in celdas {
            assert!(
                matches!(celda, Outcome::Yes | Outcome::Nothing),
                "{clave}: {celda:?}"
            );
        }
    }
}

#[test]
fn los_flujos_van_y_vienen_y_la_transaccion_repetida_solo_la_salta_spark() {
    let matriz = matriz_guardada();
    for clave in ["leer_flujo", "escribir_flujo"] {
        let fila = matriz.row(clave).unwrap();
        let mut celdas = fila.made.iter().chain(&fila.read).chain(&fila.written);
        assert!(celdas.all(|celda| celda == &Outcome::Yes), "{fila:?}");
    }
    let fila = matriz.row("transaccion").unwrap();
    assert_eq!(fila.at(Cell::Made(Who::Spark)), &Outcome::Yes);
    for quien in [Who::Rust, Who::Python] {
        assert!(matches!(fila.at(Cell::Made(quien)), Outcome::Wrong(_)));
    }
}

/// The kernel is in reading: of what Spark makes, one thing is not read, and several are not written.
#[test]
fn con_el_kernel_se_lee_casi_todo_y_lo_que_falta_esta_en_escribir() {
    let matriz = matriz_guardada();
    for clave in ["vectores", "checkpoint_v2", "mapeo_nombre", "mapeo_id"] {
        let fila = matriz.row(clave).unwrap();
        for quien in [Who::Rust, Who::Python] {
            let leida = fila.at(Cell::Read(Who::Spark, quien));
            assert_eq!(leida, &Outcome::Yes, "{clave}");
        }
    }
    let sin_leer = de_la_matriz(|f| falla(f, Cell::Read(Who::Spark, Who::Rust)));
    let sin_escribir = de_la_matriz(|f| falla(f, Cell::Written(Who::Spark, Who::Rust)));
    assert_eq!(sin_leer.len(), 1);
    assert!(sin_escribir.len() > sin_leer.len(), "{sin_escribir:?}");
}
