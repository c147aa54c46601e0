//! Pages and how many rows of them fit in a batch.

use super::super::pages::{Chunk, Pages};
use super::super::payload::Shape;
use super::super::plan::{self, Wanted};
use super::{open, plain, texts, write};
use crate::reader::Limits;
use parquet::file::properties::WriterProperties;
use proptest::prelude::*;
use std::fs::File;

proptest! {
    #![proptest_config(ProptestConfig { cases: 2_000, ..ProptestConfig::default() })]

    /// The most that any batch touches, against every batch there is.
    #[test]
    fn the_plan_knows_the_worst_batch(
        pages in prop::collection::vec((1u64..6, 0u64..50), 1..12),
        rows in 1u64..20,
    ) {
        let of_row: Vec<usize> = pages
            .iter()
            .enumerate()
            .flat_map(|(page, (rows, _))| std::iter::repeat_n(page, *rows as usize))
            .collect();
        let worst = of_row
            .windows((rows as usize).min(of_row.len()))
            .map(|batch| (batch[0]..=batch[batch.len() - 1]).map(|p| pages[p].1).sum::<u64>())
            .max()
            .unwrap();
        prop_assert_eq!(plan::worst_stretch(&pages, rows), worst);
    }
}

#[test]
fn the_walk_finds_every_page_of_a_real_file() {
    let dir = tempfile::tempdir().unwrap();
    let words: Vec<String> = (0..1_000).map(|i| format!("{}", i % 50)).collect();
    let properties = WriterProperties::builder()
        .set_data_page_row_count_limit(100)
        .set_write_batch_size(100);
    let path = write(dir.path(), &texts(&words), properties.build());
    let file = open(&path).with_page_index().unwrap();
    let locations = file.metadata().offset_index().unwrap()[0][0].page_locations();
    let chunk = Chunk {
        column: file.metadata().row_group(0).column(0),
        rows: 1_000,
        locations: Some(locations),
    };
    let pages = Pages::walk(&File::open(&path).unwrap(), &chunk, &Limits::default()).unwrap();
    assert_eq!(pages.dictionary.unwrap().values, 50);
    assert_eq!(
        pages
            .data
            .iter()
            .map(|p| (p.values, p.rows))
            .collect::<Vec<_>>(),
        [(100, Some(100)); 10]
    );

    let mut wrong = locations.clone();
    wrong[3].first_row_index += 1;
    let chunk = Chunk {
        locations: Some(&wrong),
        ..chunk
    };
    let error = Pages::walk(&File::open(&path).unwrap(), &chunk, &Limits::default()).unwrap_err();
    assert_eq!(
        error.to_string(),
        "damaged: the page index contradicts the pages"
    );
}

#[test]
fn a_plan_counts_rows_that_lie_close_together_with_their_gaps() {
    let dir = tempfile::tempdir().unwrap();
    let words: Vec<String> = (0..1_000).map(|i| format!("{i:08}").repeat(100)).collect();
    let properties = plain()
        .set_data_page_row_count_limit(10)
        .set_write_batch_size(10);
    let path = write(dir.path(), &texts(&words), properties.build());
    let file = open(&path);
    let chunk = Chunk {
        column: file.metadata().row_group(0).column(0),
        rows: 1_000,
        locations: None,
    };
    let pages = Pages::walk(&File::open(&path).unwrap(), &chunk, &Limits::default()).unwrap();
    let shape = Shape::of(file.metadata().row_group(0).column(0).column_descr());
    let limits = Limits {
        batch_rows: 512,
        batch_bytes: 200_000,
        ..Limits::default()
    };
    let rows = |count: &dyn Fn(u64, u64) -> u64, scattered| {
        let wanted = Wanted { count, scattered };
        plan::batch_rows(&[(shape.clone(), &pages)], &wanted, &limits).unwrap()
    };
    // Pages of 8 KB: two dozen of them fit. All rows: 128; one row of each page: 16, since each of them keeps its page.
    assert_eq!(rows(&|_, n| n, false), 128);
    assert_eq!(rows(&|_, n| n / 10, false), 16);
    assert_eq!(rows(&|first, n| u64::from(first < 10) * n, false), 512);
    let tight = Limits {
        batch_bytes: 10_000,
        ..limits
    };
    let wanted = Wanted {
        count: &|_, n| n,
        scattered: false,
    };
    let error = plan::batch_rows(&[(shape.clone(), &pages)], &wanted, &tight).unwrap_err();
    assert!(
        error
            .to_string()
            .starts_with("a row with the pages it is in takes "),
        "{error}"
    );
}
