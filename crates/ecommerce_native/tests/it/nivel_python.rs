//! The engine against DuckDB, over random tables, ways of writing them and queries.

use crate::reference::{Cell, rows};
use crate::tables::{Writing, parquet, query, table, writing};
use arrow::array::RecordBatch;
use ecommerce_native::{Condition, Function, Limits, Query, Source, run};
use ecommerce_testkit::process::Child;
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use proptest::strategy::{Strategy as _, ValueTree as _};
use proptest::test_runner::TestRunner;
use std::fmt::Display;
use std::fs::{self, File};
use std::num::NonZeroUsize;
use std::ops::Bound;
use std::path::Path;
use std::time::Duration;

const PROGRAM: &str = "
import sys, duckdb
with open(sys.argv[1]) as queries:
    for line in queries:
        duckdb.sql(line)
";

/// A key as the integer that the engine's is compared by.
fn key(column: &str) -> String {
    match column {
        "dia" => "dia - DATE '1970-01-01'".into(),
        "micros" => "epoch_us(micros)".into(),
        other => other.into(),
    }
}

fn bounds<T: Display + Copy>(value: &str, limits: Limits<T>, times: &str) -> String {
    let low = match limits.low {
        Bound::Included(v) => format!("{value} >= {v}{times}"),
        Bound::Excluded(v) => format!("{value} > {v}{times}"),
        Bound::Unbounded => "true".into(),
    };
    let high = match limits.high {
        Bound::Included(v) => format!("{value} <= {v}{times}"),
        Bound::Excluded(v) => format!("{value} < {v}{times}"),
        Bound::Unbounded => "true".into(),
    };
    format!("{value} IS NOT NULL AND {low} AND {high}")
}

fn sql(query: &Query, path: &Path) -> String {
    let mut columns: Vec<String> = query
        .keys
        .iter()
        .map(|k| {
            format!(
                "CAST({} AS {})",
                key(k),
                if matches!(k.as_str(), "texto" | "usuario") {
                    "VARCHAR"
                } else {
                    "BIGINT"
                }
            )
        })
        .collect();
    for aggregate in &query.aggregates {
        let column = aggregate.column.as_deref().unwrap_or_default();
        columns.push(match aggregate.function {
            Function::Rows => "count(*)".into(),
            Function::Count => format!("count({column})"),
            // Its own writer would store 128 bits as a double.
            Function::Sum if column != "monto" => format!("CAST(sum({column}) AS VARCHAR)"),
            Function::Sum => format!("sum({column})"),
            Function::Mean => format!("avg({column})"),
            Function::Distinct => format!("count(DISTINCT {column})"),
        });
    }
    if columns.is_empty() {
        columns.push("1".into());
    }
    let columns: Vec<String> = columns
        .iter()
        .enumerate()
        .map(|(i, c)| format!("{c} AS c{i}"))
        .collect();
    let filter: Vec<String> = query
        .filter
        .iter()
        .map(|p| match &p.condition {
            Condition::Number(limits) => bounds(&p.column, *limits, "::DOUBLE"),
            Condition::Integer(limits) => bounds(&p.column, *limits, "::BIGINT"),
            Condition::Date(limits) => bounds("dia - DATE '1970-01-01'", *limits, ""),
            Condition::Timestamp(limits) if p.column == "nanos" => {
                bounds("epoch_ns(nanos)", *limits, " * 1000::BIGINT")
            }
            Condition::Timestamp(limits) => {
                bounds(&format!("epoch_us({})", p.column), *limits, "::BIGINT")
            }
            Condition::NotNull => format!("{} IS NOT NULL", p.column),
            Condition::Text(values) => {
                let values: Vec<String> = values.iter().map(|v| format!("'{v}'")).collect();
                if values.is_empty() {
                    "false".into()
                } else {
                    format!("texto IN ({})", values.join(", "))
                }
            }
        })
        .map(|test| format!("({test})"))
        .chain(["true".into()])
        .collect();
    let keys: Vec<String> = (1..=query.keys.len()).map(|n| n.to_string()).collect();
    let by = if keys.is_empty() {
        String::new()
    } else {
        let order: Vec<String> = keys.iter().map(|k| format!("{k} NULLS LAST")).collect();
        format!("GROUP BY {} ORDER BY {}", keys.join(", "), order.join(", "))
    };
    format!(
        "SELECT {} FROM '{}' WHERE {} {by}",
        columns.join(", "),
        path.display(),
        filter.join(" AND ")
    )
}

struct Case {
    batch: RecordBatch,
    how: Writing,
    query: Query,
}

#[test]
#[ignore = "tier python: cargo xtask test"]
fn duckdb_gives_the_same_answers() {
    let directory = tempfile::tempdir().unwrap();
    let mut runner = TestRunner::deterministic();
    let strategy = (table(500, false), writing(), query());
    let cases: Vec<Case> = (0..150)
        .map(|_| {
            let (batch, how, mut query) = strategy.new_tree(&mut runner).unwrap().current();
            if query.keys.is_empty() && query.aggregates.is_empty() {
                query = query.count("n");
            }
            Case { batch, how, query }
        })
        .collect();
    let mut queries = String::new();
    for (index, case) in cases.iter().enumerate() {
        let input = directory.path().join(format!("{index}.parquet"));
        fs::write(&input, parquet(&case.batch, &case.how)).unwrap();
        let output = directory.path().join(format!("{index}.duckdb"));
        queries += &format!(
            "COPY ({}) TO '{}' (FORMAT parquet)\n",
            sql(&case.query, &input),
            output.display()
        );
    }
    let list = directory.path().join("consultas.sql");
    fs::write(&list, &queries).unwrap();
    let python =
        std::env::var_os("ECOMMERCE_PYTHON").expect("cargo xtask test sets ECOMMERCE_PYTHON");
    let done = Child::new(python)
        .args(["-c", PROGRAM])
        .arg(&list)
        .timeout(Duration::from_secs(300))
        .run()
        .unwrap();
    assert!(done.success(), "{}", done.stderr_text());

    for (index, case) in cases.iter().enumerate() {
        let source = Source::open(directory.path().join(format!("{index}.parquet"))).unwrap();
        let threads = NonZeroUsize::new(1 + index % 3).unwrap();
        let found = rows(&run(&source, &case.query, threads).unwrap().batch);
        let expected = File::open(directory.path().join(format!("{index}.duckdb"))).unwrap();
        let expected = ParquetRecordBatchReaderBuilder::try_new(expected)
            .unwrap()
            .build()
            .unwrap();
        let expected: Vec<Vec<Cell>> = expected.flat_map(|b| rows(&b.unwrap())).collect();
        let line = queries.lines().nth(index).unwrap();
        assert_eq!(found.len(), expected.len(), "{line}");
        for (found, expected) in found.iter().flatten().zip(expected.iter().flatten()) {
            let equal = match (found, expected) {
                // DuckDB adds doubles from left to right; at most 500 amounts below 5000.
                (Cell::Float(a), Cell::Float(b)) => (a - b).abs() <= 1e-7,
                (Cell::Digits(a), Cell::Text(b)) => a == b,
                (a, b) => a == b,
            };
            assert!(equal, "{found:?} and {expected:?}: {line}");
        }
    }
}
