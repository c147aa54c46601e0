//! The engine against a plain loop, over random tables, ways of writing them and queries.

use crate::files::Memory;
use crate::reference::{Cell, answer, rows, same};
use crate::tables::{Writing, parquet, query, table, writing};
use arrow::array::{ArrayRef, AsArray as _, Float64Array, RecordBatch, StringArray};
use arrow::datatypes::Float64Type;
use ecommerce_native::{Query, Source, run};
use parquet::basic::Compression;
use proptest::prelude::*;
use std::num::NonZeroUsize;
use std::sync::Arc;

fn engine(files: &[Vec<u8>], query: &Query, threads: usize) -> Vec<Vec<Cell>> {
    let source = Source::of(files.iter().map(|f| Memory::boxed(f))).unwrap();
    let output = run(&source, query, NonZeroUsize::new(threads).unwrap()).unwrap();
    rows(&output.batch)
}

/// Whether two tables are the same but for floats that differ by less than 10⁻¹³ of the sum of all magnitudes: what the vector
/// kernels promise, which add up what has no key.
fn nearly_same(a: &[Vec<Cell>], b: &[Vec<Cell>], batch: &RecordBatch) -> bool {
    let amounts = batch
        .column_by_name("monto")
        .unwrap()
        .as_primitive::<Float64Type>();
    let magnitude: f64 = amounts.iter().flatten().map(f64::abs).sum();
    let near = |a: &Cell, b: &Cell| match (a, b) {
        (Cell::Float(a), Cell::Float(b)) => {
            a == b || a.is_nan() && b.is_nan() || (a - b).abs() <= 1e-13 * magnitude
        }
        _ => a == b,
    };
    a.len() == b.len()
        && a.iter()
            .zip(b)
            .all(|(a, b)| a.len() == b.len() && a.iter().zip(b).all(|(a, b)| near(a, b)))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(150))]

    #[test]
    fn every_query_answers_what_a_loop_does(
        batch in table(400, true),
        how in writing(),
        other in writing(),
        query in query(),
    ) {
        let expected = answer(std::slice::from_ref(&batch), &query);
        let file = parquet(&batch, &how);
        // The same rows in two files written in two ways, more threads than row groups.
        let half = batch.num_rows() / 2;
        let two = [
            parquet(&batch.slice(0, half), &how),
            parquet(&batch.slice(half, batch.num_rows() - half), &other),
        ];
        for found in [engine(&[file], &query, 1), engine(&two, &query, 3)] {
            let equal = if query.keys.is_empty() {
                nearly_same(&found, &expected, &batch)
            } else {
                same(&found, &expected)
            };
            prop_assert!(equal, "{:?}\n{:#?}\nfound {:?}\nexpected {:?}", how, query, found, expected);
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(12))]

    #[test]
    fn many_groups_and_pairs_answer_what_a_loop_does(
        batch in table(6_000, false),
        how in writing(),
        threads in 1_usize..4,
    ) {
        let query = Query::new()
            .key("fila")
            .key("usuario")
            .sum("monto", "suma")
            .distinct("entero", "enteros")
            .distinct("usuario", "usuarios");
        let by_user = Query::new().key("usuario").distinct("fila", "filas").mean("monto", "media");
        let file = parquet(&batch, &how);
        for query in [query, by_user] {
            let expected = answer(std::slice::from_ref(&batch), &query);
            let found = engine(std::slice::from_ref(&file), &query, threads);
            prop_assert!(same(&found, &expected), "{:?}", how);
        }
    }
}

#[test]
fn so_many_rows_of_few_keys_that_every_buffer_fills() {
    const ROWS: usize = 120_000;
    let long = |i: usize| format!("{i} y un texto que no cabe en ocho bytes");
    let region: StringArray = (0..ROWS)
        .map(|i| (i % 11 != 0).then(|| ["sur", "norte", "una región de nombre largo"][i % 3]))
        .collect();
    let user: StringArray = (0..ROWS)
        .map(|i| match i % 3 {
            0 => None,
            1 => Some(format!("u{:07}", i * 31 % 5_003)),
            _ => Some(long(i * 17 % 7_001)),
        })
        .collect();
    let amount: Float64Array = (0..ROWS)
        .map(|i| (i % 9 != 0).then_some((i % 1_000) as f64 / 100.0))
        .collect();
    let columns: [(&str, ArrayRef); 3] = [
        ("region", Arc::new(region)),
        ("usuario", Arc::new(user)),
        ("monto", Arc::new(amount)),
    ];
    let batch = RecordBatch::try_from_iter(columns).unwrap();
    let how = Writing {
        compression: Compression::SNAPPY,
        version2: false,
        dictionary: false,
        dictionary_bytes: 1 << 20,
        page_rows: 20_000,
        group_rows: 40_000,
        statistics: true,
        fancy: false,
    };
    let file = parquet(&batch, &how);
    let sums = |query: Query| {
        query
            .count("filas")
            .sum("monto", "suma")
            .mean("monto", "media")
    };
    let queries = [
        sums(Query::new().key("region").distinct("usuario", "usuarios")),
        sums(Query::new().key("usuario").distinct("region", "regiones")),
        sums(Query::new().key("region").key("usuario")).distinct("usuario", "usuarios"),
        Query::new().key("usuario").count("filas"),
        Query::new().distinct("usuario", "usuarios"),
    ];
    for query in queries {
        let expected = answer(std::slice::from_ref(&batch), &query);
        for threads in [1, 2, 4] {
            let found = engine(std::slice::from_ref(&file), &query, threads);
            assert!(same(&found, &expected), "{query:#?}, {threads} threads");
        }
    }
}
