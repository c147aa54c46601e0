//! Selected rows against a plain loop, over random tables, ways of writing them, filters and cuts.

use crate::files::Memory;
use crate::reference::{Cell, rows, same, selected};
use crate::tables::{Writing, parquet, predicate, table, writing};
use arrow::array::{ArrayRef, Float64Array, RecordBatch, StringArray};
use arrow::datatypes::DataType;
use ecommerce_native::{LocalFile, NativeError, Predicate, Scratch, Source};
use parquet::arrow::arrow_reader::ArrowReaderMetadata;
use parquet::basic::Compression;
use proptest::prelude::*;
use std::fs::File;
use std::sync::Arc;

const COLUMNS: [&str; 10] = [
    "texto", "usuario", "entero", "corto", "dia", "millis", "micros", "nanos", "monto", "fila",
];

/// All selected rows of a file, each row group in two pieces, in one scratch.
fn engine(
    source: &Source,
    filter: &[Predicate],
    columns: &[&str],
    groups: &[usize],
    cut: usize,
) -> Result<Vec<Vec<Cell>>, NativeError> {
    let selection = source.select(filter, columns)?;
    let mut scratch = Scratch::default();
    let mut found = Vec::new();
    for (group, of) in groups.iter().enumerate() {
        let cut = cut % (of + 1);
        for piece in [0..cut, cut..*of] {
            for batch in selection.rows(&mut scratch, 0, group, piece)? {
                let batch = batch?;
                assert!(batch.num_rows() > 0);
                found.extend(rows(&batch));
            }
        }
    }
    Ok(found)
}

/// Rows of each row group that [`parquet`] writes.
fn groups(rows: usize, how: &Writing) -> Vec<usize> {
    let starts = (0..rows).step_by(how.group_rows);
    starts.map(|s| how.group_rows.min(rows - s)).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(150))]

    #[test]
    fn selected_rows_are_those_of_a_loop(
        batch in table(400, true),
        how in writing(),
        filter in prop::collection::vec(predicate(), 0..3),
        columns in prop::sample::subsequence(COLUMNS.to_vec(), 0..=10).prop_shuffle(),
        cut in any::<usize>(),
    ) {
        let file = parquet(&batch, &how);
        let source = Source::of([Memory::boxed(&file)]).unwrap();
        let groups = groups(batch.num_rows(), &how);
        let found = engine(&source, &filter, &columns, &groups, cut).unwrap();
        let expected = selected(&batch, &filter, &columns);
        prop_assert!(same(&found, &expected), "{:?}\nfound {:?}\nexpected {:?}", how, found, expected);
    }
}

#[test]
fn more_rows_than_a_batch_come_in_several_and_in_order() {
    const ROWS: usize = 50_000;
    let text = |i: usize| (!i.is_multiple_of(7)).then(|| format!("usuario número {i}"));
    let columns: [(&str, ArrayRef); 2] = [
        (
            "usuario",
            Arc::new((0..ROWS).map(text).collect::<StringArray>()),
        ),
        (
            "monto",
            Arc::new(
                (0..ROWS)
                    .map(|i| (i.is_multiple_of(3)).then_some(i as f64))
                    .collect::<Float64Array>(),
            ),
        ),
    ];
    let batch = RecordBatch::try_from_iter(columns).unwrap();
    let how = Writing {
        compression: Compression::SNAPPY,
        version2: false,
        dictionary: true,
        dictionary_bytes: 100_000,
        page_rows: 3_000,
        group_rows: ROWS,
        statistics: true,
        fancy: false,
    };
    let file = parquet(&batch, &how);
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("ventas.parquet");
    std::fs::write(&path, &file).unwrap();
    // As a caller does who has read the footer already.
    let open = Arc::new(File::open(&path).unwrap());
    let footer = ArrowReaderMetadata::load(&*open, Default::default()).unwrap();
    let local = LocalFile::of(open, "ventas.parquet").unwrap();
    let source = Source::with_footer(local, footer.metadata().clone()).unwrap();

    let filter = [Predicate::not_null("monto")];
    let sales = source.select(&filter, &["usuario", "monto"]).unwrap();
    assert_eq!(sales.row_group_bytes(0, 1), 0);
    let held = sales.row_group_bytes(0, 0);
    assert!(held > 100_000 && held < file.len() as u64, "{held}");
    let mut scratch = Scratch::default();
    let batches: Vec<RecordBatch> = sales
        .rows(&mut scratch, 0, 0, 0..usize::MAX)
        .unwrap()
        .map(Result::unwrap)
        .collect();
    assert!(batches.len() > 1);
    assert_eq!(batches[0].schema().field(0).data_type(), &DataType::Utf8);
    let found: Vec<_> = batches.iter().flat_map(rows).collect();
    assert!(same(
        &found,
        &selected(&batch, &filter, &["usuario", "monto"])
    ));
    // Half read and dropped, the scratch serves elsewhere.
    drop(sales.rows(&mut scratch, 0, 0, 0..ROWS).unwrap().next());
    let rest = sales.rows(&mut scratch, 0, 0, ROWS - 3..ROWS).unwrap();
    assert_eq!(rest.map(|b| b.unwrap().num_rows()).sum::<usize>(), 1);
    assert_eq!(sales.rows(&mut scratch, 0, 9, 0..1).unwrap().count(), 0);
    assert_eq!(sales.rows(&mut scratch, 9, 0, 0..1).unwrap().count(), 0);
}

#[test]
fn what_the_engine_does_not_know_is_said_before_anything_is_read() {
    let columns: [(&str, ArrayRef); 2] = [
        ("a", Arc::new(StringArray::from(vec!["x"]))),
        ("b", Arc::new(arrow::array::BooleanArray::from(vec![true]))),
    ];
    let batch = RecordBatch::try_from_iter(columns).unwrap();
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("b.parquet");
    ecommerce_native::write_parquet(&batch, &path).unwrap();
    let source = Source::open(&path).unwrap();
    let error = |filter: &[Predicate], column| source.select(filter, &[column]).unwrap_err();
    assert!(matches!(error(&[], "b"), NativeError::ColumnType { .. }));
    assert!(matches!(error(&[], "c"), NativeError::MissingColumn { .. }));
    let filter = [Predicate::integer("a", 0..)];
    assert!(matches!(
        error(&filter, "a"),
        NativeError::ColumnType { .. }
    ));

    // The footer of another file.
    let open = Arc::new(File::open(&path).unwrap());
    let footer = ArrowReaderMetadata::load(&*open, Default::default()).unwrap();
    let short = directory.path().join("corto.parquet");
    std::fs::write(&short, "PAR1").unwrap();
    let short = LocalFile::of(Arc::new(File::open(&short).unwrap()), "corto").unwrap();
    let error = Source::with_footer(short, footer.metadata().clone()).unwrap_err();
    assert!(matches!(error, NativeError::Footer { .. }), "{error}");
}
