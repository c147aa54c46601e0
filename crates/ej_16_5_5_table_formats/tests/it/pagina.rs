//! The tables of the page, held against the runs that are kept.

use ej_16_5_5_table_formats::Format;
use ej_16_5_5_table_formats::conflict::{End, Outcome};
use ej_16_5_5_table_formats::matrix::{Capability, Trial, markdown};
use serde::de::DeserializeOwned;
use std::fs;
use std::path::Path;

fn raiz() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn pagina() -> String {
    fs::read_to_string(raiz().join("README.md")).unwrap()
}

fn guardado<T: DeserializeOwned>(archivo: &str) -> T {
    let carpeta = raiz().join("../../docs/resultados/2026-11-22-2c24g");
    serde_json::from_slice(&fs::read(carpeta.join(archivo)).unwrap()).unwrap()
}

/// The cells of a table's row; the first of them names it.
fn celdas(linea: &str) -> Vec<&str> {
    linea
        .trim()
        .trim_matches('|')
        .split('|')
        .map(str::trim)
        .collect()
}

/// The row of the page that begins with this cell.
fn fila<'a>(pagina: &'a str, nombre: &str) -> Vec<&'a str> {
    let mut filas = pagina.lines().filter(|l| l.starts_with('|')).map(celdas);
    let hallada = filas.find(|celdas| celdas[0] == nombre);
    hallada.unwrap_or_else(|| panic!("no hay fila «{nombre}»"))
}

#[test]
fn la_tabla_de_capacidades_de_la_pagina_es_la_de_la_ejecucion_guardada() {
    let pruebas: Vec<Trial> = guardado("formatos.json");
    for formato in [Format::Delta, Format::Iceberg, Format::Hudi] {
        let de = pruebas.iter().filter(|prueba| prueba.formato == formato);
        assert_eq!(de.count(), Capability::ALL.len(), "{formato}");
    }
    let (tabla, pagina) = (markdown(&pruebas, &[]), pagina());
    let filas: Vec<_> = tabla
        .lines()
        .filter(|l| l.starts_with("| "))
        .skip(1)
        .collect();
    assert_eq!(filas.len(), Capability::ALL.len());
    for linea in filas {
        let guardada = celdas(linea);
        let escrita = fila(&pagina, guardada[0]);
        assert_eq!(escrita.len(), 4, "{escrita:?}");
        for (guardada, escrita) in guardada.iter().zip(&escrita) {
            // The page may add what part it is.
            let igual = escrita.split(':').next().unwrap();
            assert_eq!(&igual, guardada, "{linea}");
        }
    }
}

#[test]
fn las_cuentas_del_experimento_en_la_pagina_son_las_de_la_ejecucion_guardada() {
    let pasadas: Vec<Outcome> = guardado("conflictos.json");
    let pagina = pagina();
    let nombres = [
        "en disco, sin intervenir",
        "en disco, con cada `rename` de Spark retenido 200 ms",
        "en S3, sin intervenir",
    ];
    assert_eq!(pasadas.len(), nombres.len());
    for (pasada, nombre) in pasadas.iter().zip(nombres) {
        let a = &pasada.agregados;
        let cuentas = [
            a.confirmados_rust,
            a.confirmados_spark,
            a.perdidos_rust.len(),
            a.perdidos_spark.len(),
            a.doblados.len(),
        ];
        let cuentas = cuentas.map(|cuenta| cuenta.to_string());
        assert_eq!(fila(&pagina, nombre)[1..], cuentas, "{nombre}");
    }
    // What the text says of the rounds, on disk and in S3.
    for pasada in [&pasadas[0], &pasadas[2]] {
        let de = |orden: &str, fin: &End| {
            let rondas = pasada.rondas.iter();
            rondas.filter(|r| r.orden == orden && r.fin == *fin).count()
        };
        assert_eq!(
            [de("reemplazar", &End::Rust), de("reemplazar", &End::Spark)],
            [8, 0]
        );
        let borrados = [&End::Ambos, &End::Rust, &End::Spark].map(|fin| de("borrar", fin));
        assert_eq!(borrados, [4, 4, 0]);
    }
}
