//! Public files, good and malformed: what arrow-rs reads in them is what the engine counts and adds up, or it says why not.

use crate::reference::{Cell, cells, exact_sum, rows};
use arrow::array::RecordBatch;
use arrow::datatypes::DataType;
use ecommerce_native::{NativeError, Query, Source, run};
use parquet::arrow::ProjectionMask;
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use std::fs::{self, File};
use std::num::NonZeroUsize;
use std::panic::catch_unwind;
use std::path::{Path, PathBuf};

fn files() -> Vec<PathBuf> {
    let mut pending = vec![PathBuf::from(
        std::env::var_os("CORPUS_DIR").expect("CORPUS_DIR"),
    )];
    let mut found = Vec::new();
    while let Some(directory) = pending.pop() {
        for entry in fs::read_dir(directory).unwrap().flatten() {
            let path = entry.path();
            let fuzz = path
                .parent()
                .is_some_and(|p| p.ends_with("data/parquet/fuzzing"));
            if path.is_dir() {
                pending.push(path);
            } else if fuzz || path.extension().is_some_and(|e| e == "parquet") {
                found.push(path);
            }
        }
    }
    found.sort();
    found
}

/// The columns of the first level, with their types.
fn columns(path: &Path) -> Option<Vec<(String, DataType)>> {
    let builder = ParquetRecordBatchReaderBuilder::try_new(File::open(path).ok()?).ok()?;
    let fields = builder.schema().fields().iter();
    Some(
        fields
            .map(|f| (f.name().clone(), f.data_type().clone()))
            .collect(),
    )
}

/// What arrow-rs reads in one column, if it does.
fn read(path: &Path, root: usize) -> Option<Vec<Cell>> {
    let builder = ParquetRecordBatchReaderBuilder::try_new(File::open(path).ok()?).ok()?;
    let mask = ProjectionMask::roots(builder.parquet_schema(), [root]);
    let reader = builder.with_projection(mask).build().ok()?;
    let batches: Vec<RecordBatch> = reader.collect::<Result<_, _>>().ok()?;
    Some(batches.iter().flat_map(|b| cells(b.column(0))).collect())
}

fn engine(path: &Path, query: &Query) -> Result<Vec<Cell>, NativeError> {
    let source = Source::open(path)?;
    let output = run(&source, query, NonZeroUsize::MIN)?;
    Ok(rows(&output.batch).remove(0))
}

#[test]
#[ignore = "tier corpus: cargo xtask test"]
fn every_file_gives_what_arrow_reads_or_an_error() {
    let (mut equal, mut refused, mut unread) = (0, 0, 0);
    for path in files() {
        let name = path.display();
        let Ok(Some(columns)) = catch_unwind(|| columns(&path)) else {
            // Opened all the same: it must not panic.
            let _ = Source::open(&path);
            unread += 1;
            continue;
        };
        for (root, (column, data_type)) in columns.iter().enumerate() {
            let number = matches!(
                data_type,
                DataType::Float64
                    | DataType::Int8
                    | DataType::Int16
                    | DataType::Int32
                    | DataType::Int64
            );
            let other = matches!(
                data_type,
                DataType::Utf8 | DataType::Date32 | DataType::Timestamp(..)
            );
            let mut query = Query::new().count("filas").count_of(column, "valores");
            if number {
                query = query.sum(column, "suma");
            } else if other {
                query = query.distinct(column, "distintos");
            }
            let found = engine(&path, &query);
            if !number && !other {
                refused += usize::from(found.is_err());
                continue;
            }
            let Ok(Some(cells)) = catch_unwind(|| read(&path, root)) else {
                unread += 1;
                continue;
            };
            let found = match found {
                Ok(found) => found,
                Err(error) => {
                    println!("{name} {column}: {error}");
                    refused += 1;
                    continue;
                }
            };
            let values: Vec<&Cell> = cells.iter().filter(|c| **c != Cell::Null).collect();
            assert_eq!(
                found[0],
                Cell::Integer(cells.len() as i64),
                "{name} {column}"
            );
            assert_eq!(
                found[1],
                Cell::Integer(values.len() as i64),
                "{name} {column}"
            );
            let integers = || {
                values.iter().map(|v| match v {
                    Cell::Integer(v) => i128::from(*v),
                    other => panic!("{other:?}"),
                })
            };
            match &found[2] {
                Cell::Null => assert!(values.is_empty(), "{name} {column}"),
                Cell::Digits(sum) => assert_eq!(
                    *sum,
                    integers().sum::<i128>().to_string(),
                    "{name} {column}"
                ),
                Cell::Float(sum) => {
                    let floats: Vec<f64> = values
                        .iter()
                        .map(|v| match v {
                            Cell::Float(v) => *v,
                            other => panic!("{other:?}"),
                        })
                        .collect();
                    let exact = exact_sum(&floats);
                    let magnitude: f64 = floats.iter().map(|v| v.abs()).sum();
                    assert!(
                        (sum - exact).abs() <= 1e-13 * magnitude || sum.is_nan() && exact.is_nan(),
                        "{name} {column}: {sum} and {exact}"
                    );
                }
                Cell::Integer(distinct) => {
                    let mut keys: Vec<String> = values.iter().map(|v| format!("{v:?}")).collect();
                    keys.sort();
                    keys.dedup();
                    assert_eq!(*distinct, keys.len() as i64, "{name} {column}");
                }
                other => panic!("{other:?}"),
            }
            equal += 1;
        }
    }
    println!("{equal} columns equal, {refused} refused, {unread} not read by arrow-rs");
    assert!(equal >= 150, "only {equal} columns");
}
