//! The sort by ranges: the same rows as Polars' own sort, whatever the size of a range.

use crate::datos::{bien, eventos, generacion, leer, procesar, una_linea};
use ecommerce_testkit::temp::Tree;
use ej_16_3_3_larger_than_ram::{Input, ordenar_por_tramos};
use polars::prelude::{DataFrame, ParquetWriter, SortMultipleOptions, df};
use std::fs::File;
use std::path::Path;

fn por_tramos(entrada: &Path, clave: &str, bytes: u64) -> Result<(usize, DataFrame), String> {
    let dir = tempfile::tempdir().unwrap();
    let salida = dir.path().join("s.parquet");
    let entrada = Input::open(entrada).unwrap();
    let tramos = ordenar_por_tramos(&entrada, clave, bytes, dir.path(), &salida)
        .map_err(|e| e.to_string())?;
    let restos: Vec<_> = std::fs::read_dir(dir.path()).unwrap().collect();
    assert_eq!(restos.len(), 1, "los tramos se borran: {restos:?}");
    Ok((tramos, leer(&salida)))
}

#[test]
fn da_las_filas_de_sort_con_uno_o_con_muchos_tramos() {
    let dir = tempfile::tempdir().unwrap();
    let ruta = dir.path().join("e.parquet");
    eventos(generacion(5_000, 300, 512), &ruta);
    let esperado = leer(&ruta)
        .sort(["evento_id"], SortMultipleOptions::default())
        .unwrap();
    for (bytes, minimo) in [(u64::MAX, 1), (1 << 20, 2), (50_000, 20)] {
        let (tramos, ordenado) = por_tramos(&ruta, "evento_id", bytes).unwrap();
        assert!(
            tramos >= minimo && (minimo > 1 || tramos == 1),
            "{bytes}: {tramos}"
        );
        assert!(ordenado.equals_missing(&esperado), "{bytes}");
    }
}

#[test]
fn claves_repetidas_quedan_juntas_y_ninguna_fila_se_pierde() {
    let dir = tempfile::tempdir().unwrap();
    let ruta = dir.path().join("e.parquet");
    let claves: Vec<String> = (0..2_000).map(|i| format!("k{}", i * 7_919 % 13)).collect();
    let n: Vec<i64> = (0..2_000).collect();
    let mut marco = df!["clave" => &claves, "n" => &n].unwrap();
    ParquetWriter::new(File::create(&ruta).unwrap())
        .with_row_group_size(Some(100))
        .finish(&mut marco)
        .unwrap();
    let (tramos, ordenado) = por_tramos(&ruta, "clave", 2_000).unwrap();
    assert!(tramos > 5, "{tramos}");
    let por = ["clave", "n"];
    let todo = |marco: &DataFrame| marco.sort(por, SortMultipleOptions::default()).unwrap();
    assert!(todo(&ordenado).equals(&todo(&marco)));
    let orden = ordenado
        .column("clave")
        .unwrap()
        .as_materialized_series()
        .clone();
    let orden: Vec<_> = orden.str().unwrap().iter().map(Option::unwrap).collect();
    assert!(orden.windows(2).all(|par| par[0] <= par[1]));
}

#[test]
fn una_clave_nula_o_que_no_es_texto_es_un_error() {
    let dir = tempfile::tempdir().unwrap();
    let ruta = dir.path().join("e.parquet");
    let mut marco = df!["clave" => [Some("a"), None, Some("b")], "n" => [1i64, 2, 3]].unwrap();
    ParquetWriter::new(File::create(&ruta).unwrap())
        .finish(&mut marco)
        .unwrap();
    let error = por_tramos(&ruta, "clave", 10).unwrap_err();
    assert!(error.ends_with("the sort key has a null"), "{error}");
    let error = por_tramos(&ruta, "n", 10).unwrap_err();
    assert!(error.contains("i64"), "{error}");
}

#[test]
fn un_archivo_sin_filas_da_otro_sin_filas() {
    let dir = tempfile::tempdir().unwrap();
    let (ruta, salida) = (dir.path().join("e.parquet"), dir.path().join("s.parquet"));
    let mut marco = df!["evento_id" => Vec::<String>::new()].unwrap();
    ParquetWriter::new(File::create(&ruta).unwrap())
        .finish(&mut marco)
        .unwrap();
    for operacion in ["ordenar", "ordenar-por-tramos"] {
        let fin = procesar(&format!("--operacion {operacion}"), &ruta, &salida)
            .run()
            .unwrap();
        assert_eq!(bien(&fin)["filas"], 0);
        assert_eq!(leer(&salida).shape(), (0, 1), "{operacion}");
    }
}

/// A damaged page in the middle of the work: nothing is left beside the output.
#[test]
fn una_pagina_danada_a_mitad_no_deja_tramos_ni_salida() {
    let dir = tempfile::tempdir().unwrap();
    let ruta = dir.path().join("e.parquet");
    eventos(generacion(20_000, 200, 1_000), &ruta);
    let mut bytes = std::fs::read(&ruta).unwrap();
    let (medio, parte) = (bytes.len() / 2, bytes.len() / 8);
    bytes[medio..medio + parte].fill(0xa5);
    std::fs::write(&ruta, bytes).unwrap();
    let antes = Tree::of(dir.path()).unwrap();
    for operacion in ["ordenar-por-tramos", "ordenar", "agregar"] {
        let salida = dir.path().join("s.parquet");
        let fin = procesar(&format!("--operacion {operacion}"), &ruta, &salida)
            .run()
            .unwrap();
        let linea = una_linea(&fin, 3);
        assert!(linea.contains(ruta.to_str().unwrap()), "{linea}");
        assert_eq!(
            antes.changes(&Tree::of(dir.path()).unwrap()),
            [],
            "{operacion}"
        );
    }
}
