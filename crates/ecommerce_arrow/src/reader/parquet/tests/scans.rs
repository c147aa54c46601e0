//! Scans: the rows they give, whatever is selected, filtered or planned.

use super::super::SafeParquet;
use super::{open, plain, texts, write};
use crate::reader::Limits;
use arrow::array::{
    ArrayRef, AsArray, BooleanArray, Int32Array, Int32Builder, ListBuilder, RecordBatch,
};
use arrow::compute::{concat_batches, filter_record_batch};
use arrow::datatypes::Int32Type;
use parquet::arrow::ProjectionMask;
use parquet::arrow::arrow_reader::{ArrowPredicateFn, RowSelection, RowSelector};
use parquet::file::properties::WriterProperties;
use std::sync::Arc;

#[test]
fn a_text_whose_rows_are_large_is_read_in_smaller_batches() {
    let dir = tempfile::tempdir().unwrap();
    let words: Vec<String> = (0..200).map(|i| format!("{i:03}").repeat(20_000)).collect();
    let properties = plain()
        .set_data_page_row_count_limit(1)
        .set_write_batch_size(1);
    let path = write(dir.path(), &texts(&words), properties.build());
    let limits = Limits {
        batch_rows: 100,
        batch_bytes: 1 << 20,
        ..Limits::default()
    };
    let file = SafeParquet::open(&path, "x", &limits).unwrap();
    let batches: Vec<RecordBatch> = file.scan().batches().unwrap().map(Result::unwrap).collect();
    // Sixty thousand bytes a row, a megabyte a batch: 16 would leave no room for the page being read; 12 is what halving gives.
    let rows: Vec<usize> = batches.iter().map(RecordBatch::num_rows).collect();
    assert!(
        rows.iter().all(|n| *n <= 16) && rows.iter().sum::<usize>() == 200,
        "{rows:?}"
    );
    let found = batches.iter().flat_map(|b| {
        b.column(0)
            .as_string_view()
            .iter()
            .flatten()
            .map(str::to_owned)
    });
    assert!(found.eq(words));
}

fn lists(rows: i32) -> RecordBatch {
    let mut lists = ListBuilder::new(Int32Builder::new());
    for row in 0..rows {
        for n in 0..row % 4 {
            lists.values().append_value(row * 10 + n);
        }
        lists.append(row % 5 != 0);
    }
    let lists: ArrayRef = Arc::new(lists.finish());
    let numbers: ArrayRef = Arc::new(Int32Array::from_iter_values(0..rows));
    RecordBatch::try_from_iter_with_nullable([("l", lists, true), ("n", numbers, false)]).unwrap()
}

/// Selections and predicates, with and without a page index, over flat and nested columns: the rows that filtering all gives.
#[test]
fn selected_and_filtered_rows_are_those_of_a_full_read() {
    let dir = tempfile::tempdir().unwrap();
    let batch = lists(3_000);
    for index in [true, false] {
        let properties = WriterProperties::builder()
            .set_max_row_group_row_count(Some(1_100))
            .set_data_page_row_count_limit(100)
            .set_write_batch_size(50)
            .set_offset_index_disabled(!index);
        let path = write(dir.path(), &batch, properties.build());
        let file = open(&path);
        let file = file.with_page_index().unwrap();
        assert_eq!(file.metadata().offset_index().is_some(), index);
        for (step, kept) in [(100, 3), (7, 1), (1_500, 20), (2, 1)] {
            let selectors: Vec<RowSelector> = (0..3_000 / step)
                .flat_map(|_| [RowSelector::select(kept), RowSelector::skip(step - kept)])
                .collect();
            let selected: BooleanArray = (0..3_000)
                .map(|row| Some(row % step < kept && row / step < 3_000 / step))
                .collect();
            let found: Vec<RecordBatch> = file
                .scan()
                .rows(RowSelection::from(selectors))
                .batch_rows(64)
                .batches()
                .unwrap()
                .map(Result::unwrap)
                .collect();
            let expected = filter_record_batch(&batch, &selected).unwrap();
            assert_eq!(
                concat_batches(&batch.schema(), &found).unwrap(),
                expected,
                "{index} {step}"
            );
        }
        let mask = ProjectionMask::leaves(file.metadata().file_metadata().schema_descr(), [1]);
        let odd = ArrowPredicateFn::new(mask.clone(), |batch: RecordBatch| {
            let numbers = batch.column(0).as_primitive::<Int32Type>();
            Ok(numbers.iter().map(|n| n.map(|n| n % 40 == 7)).collect())
        });
        let late = ArrowPredicateFn::new(mask, |batch: RecordBatch| {
            let numbers = batch.column(0).as_primitive::<Int32Type>();
            Ok(numbers
                .iter()
                .map(|n| (n != Some(47)).then_some(n >= Some(1_500)))
                .collect())
        });
        let found: Vec<RecordBatch> = file
            .scan()
            .filter(odd)
            .filter(late)
            .batches()
            .unwrap()
            .map(Result::unwrap)
            .collect();
        let numbers = batch.column(1).as_primitive::<Int32Type>();
        let holds: BooleanArray = numbers
            .iter()
            .map(|n| n.map(|n| n % 40 == 7 && n >= 1_500))
            .collect();
        let expected = filter_record_batch(&batch, &holds).unwrap();
        assert_eq!(
            concat_batches(&batch.schema(), &found).unwrap(),
            expected,
            "{index}"
        );
    }
}

#[test]
fn what_a_scan_asks_for_must_be_there() {
    let dir = tempfile::tempdir().unwrap();
    let path = write(dir.path(), &lists(10), WriterProperties::default());
    let file = open(&path);
    let Err(error) = file.scan().row_groups(vec![0, 3]).batches() else {
        panic!("there is a row group 3");
    };
    assert_eq!(error.to_string(), "x: damaged: there is no row group 3");
    assert_eq!(
        file.bloom_filter(0, 9).unwrap_err().to_string(),
        "x: damaged: no column 9 in row group 0"
    );
    assert!(file.bloom_filter(0, 0).unwrap().is_none());
    assert!(file.check_pages(&[0, 1]).is_ok());
}

/// Scans of one file on several threads do not disturb each other.
#[test]
fn scans_of_one_file_run_side_by_side() {
    let dir = tempfile::tempdir().unwrap();
    let words: Vec<String> = (0..20_000).map(|i| format!("texto {i}")).collect();
    let properties = plain()
        .set_max_row_group_row_count(Some(5_000))
        .set_data_page_row_count_limit(500);
    let path = write(dir.path(), &texts(&words), properties.build());
    let file = open(&path);
    std::thread::scope(|scope| {
        for group in 0..4 {
            let (file, words) = (&file, &words);
            scope.spawn(move || {
                for _ in 0..5 {
                    let batches = file.scan().row_groups(vec![group]).batches().unwrap();
                    let found: Vec<String> = batches
                        .flat_map(|b| {
                            let b = b.unwrap();
                            b.column(0)
                                .as_string_view()
                                .iter()
                                .flatten()
                                .map(str::to_owned)
                                .collect::<Vec<_>>()
                        })
                        .collect();
                    assert_eq!(found, words[group * 5_000..(group + 1) * 5_000]);
                }
            });
        }
    });
}
