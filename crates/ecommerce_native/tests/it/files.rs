//! Sources, errors and results by example.

use crate::reference::{Cell, rows};
use arrow::array::{ArrayRef, Date32Array, Float64Array, Int64Array, RecordBatch, StringArray};
use arrow::datatypes::DataType;
use ecommerce_native::{
    ByteRanges, NativeError, Output, Predicate, Query, Source, Wanted, run, write_parquet,
};
use parquet::arrow::ArrowWriter;
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use parquet::file::properties::WriterProperties;
use std::fs::{self, File};
use std::io;
use std::num::NonZeroUsize;
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};

/// Offsets and lengths.
type Request = Vec<(u64, usize)>;

/// A file that is in memory, as bytes fetched from a store are; it remembers what was asked.
pub(crate) struct Memory {
    bytes: Vec<u8>,
    requests: Arc<Mutex<Vec<Request>>>,
    total: Arc<AtomicU64>,
}

impl Memory {
    pub(crate) fn boxed(bytes: &[u8]) -> Box<dyn ByteRanges> {
        Box::new(Self::new(bytes))
    }

    fn new(bytes: &[u8]) -> Self {
        Self {
            bytes: bytes.to_vec(),
            requests: Arc::default(),
            total: Arc::default(),
        }
    }
}

impl ByteRanges for Memory {
    fn name(&self) -> &str {
        "memoria.parquet"
    }

    fn size(&self) -> u64 {
        self.bytes.len() as u64
    }

    fn read(&self, wanted: &mut [Wanted<'_>]) -> io::Result<()> {
        let asked = wanted.iter().map(|w| (w.offset, w.buffer.len())).collect();
        self.requests.lock().unwrap().push(asked);
        for w in wanted {
            let start = usize::try_from(w.offset).unwrap();
            let bytes = self.bytes.get(start..start + w.buffer.len());
            w.buffer
                .copy_from_slice(bytes.ok_or(io::ErrorKind::UnexpectedEof)?);
            self.total
                .fetch_add(w.buffer.len() as u64, Ordering::Relaxed);
        }
        Ok(())
    }
}

fn two() -> NonZeroUsize {
    NonZeroUsize::new(2).unwrap()
}

/// Four sales, two of them in each row group.
fn sales() -> RecordBatch {
    let columns: Vec<(&str, ArrayRef)> = vec![
        (
            "region",
            Arc::new(StringArray::from(vec![
                Some("sur"),
                None,
                Some("norte"),
                Some("sur"),
            ])),
        ),
        (
            "monto",
            Arc::new(Float64Array::from(vec![
                Some(10.1),
                Some(20.2),
                None,
                Some(30.3),
            ])),
        ),
        (
            "user_id",
            Arc::new(StringArray::from(vec!["u1", "u2", "u1", "u1"])),
        ),
        ("unidades", Arc::new(Int64Array::from(vec![1, 2, 3, 4]))),
        (
            "fecha",
            Arc::new(Date32Array::from(vec![19_000, 19_000, 19_001, 19_001])),
        ),
    ];
    RecordBatch::try_from_iter(columns).unwrap()
}

fn parquet(batch: &RecordBatch) -> Vec<u8> {
    let properties = WriterProperties::builder()
        .set_max_row_group_row_count(Some(2))
        .build();
    let mut bytes = Vec::new();
    let mut writer = ArrowWriter::try_new(&mut bytes, batch.schema(), Some(properties)).unwrap();
    writer.write(batch).unwrap();
    writer.close().unwrap();
    bytes
}

fn answer(query: &Query) -> Output {
    let source = Source::of([Memory::boxed(&parquet(&sales()))]).unwrap();
    run(&source, query, two()).unwrap()
}

fn text(value: &str) -> Cell {
    Cell::Text(value.into())
}

#[test]
fn the_result_is_sorted_by_key_with_nulls_last() {
    let query = Query::new()
        .key("region")
        .count("ventas")
        .count_of("monto", "pagadas")
        .sum("monto", "revenue")
        .mean("monto", "ticket")
        .distinct("user_id", "usuarios")
        .sum("unidades", "unidades");
    let output = answer(&query);
    let int = Cell::Integer;
    let digits = |n: &str| Cell::Digits(n.into());
    assert_eq!(
        rows(&output.batch),
        [
            vec![
                text("norte"),
                int(1),
                int(0),
                Cell::Null,
                Cell::Null,
                int(1),
                digits("3")
            ],
            vec![
                text("sur"),
                int(2),
                int(2),
                Cell::Float(40.4),
                Cell::Float(20.2),
                int(1),
                digits("5")
            ],
            vec![
                Cell::Null,
                int(1),
                int(1),
                Cell::Float(20.2),
                Cell::Float(20.2),
                int(1),
                digits("2")
            ],
        ]
    );
    let schema = output.batch.schema();
    let types: Vec<_> = schema
        .fields()
        .iter()
        .map(|f| (f.name().as_str(), f.is_nullable()))
        .collect();
    assert_eq!(
        types,
        [
            ("region", true),
            ("ventas", false),
            ("pagadas", false),
            ("revenue", true),
            ("ticket", true),
            ("usuarios", false),
            ("unidades", true),
        ]
    );
    assert_eq!(schema.field(6).data_type(), &DataType::Decimal128(38, 0));
}

#[test]
fn nothing_selected_is_no_group_but_one_without_keys() {
    let none = Query::new()
        .filter(Predicate::above("monto", 1e9))
        .sum("monto", "suma")
        .count("n");
    assert_eq!(
        rows(&answer(&none).batch),
        [vec![Cell::Null, Cell::Integer(0)]]
    );
    assert_eq!(answer(&none.key("region")).batch.num_rows(), 0);
}

#[test]
fn a_query_of_nothing_but_rows_reads_no_column() {
    let output = answer(&Query::new().count("n"));
    assert_eq!(rows(&output.batch), [vec![Cell::Integer(4)]]);
    assert_eq!(output.scanned.bytes, 0);
}

#[test]
fn a_query_without_aggregates_gives_the_distinct_keys() {
    let output = answer(&Query::new().key("fecha").key("region"));
    let date = |d| Cell::Integer(d);
    assert_eq!(
        rows(&output.batch),
        [
            vec![date(19_000), text("sur")],
            vec![date(19_000), Cell::Null],
            vec![date(19_001), text("norte")],
            vec![date(19_001), text("sur")],
        ]
    );
    assert_eq!(
        output.batch.schema().field(0).data_type(),
        &DataType::Date32
    );
}

#[test]
fn only_the_chunks_of_the_columns_needed_are_asked_for_once_per_row_group() {
    let bytes = parquet(&sales());
    let memory = Memory::new(&bytes);
    let requests = Arc::clone(&memory.requests);
    let source = Source::of([Box::new(memory) as Box<dyn ByteRanges>]).unwrap();
    requests.lock().unwrap().clear();
    let query = Query::new()
        .key("region")
        .sum("monto", "suma")
        .mean("monto", "media");
    let output = run(&source, &query, two()).unwrap();
    let asked = requests.lock().unwrap().clone();
    assert_eq!(asked.iter().map(Vec::len).collect::<Vec<_>>(), [2, 2]);
    let total: usize = asked.iter().flatten().map(|(_, length)| length).sum();
    assert_eq!(output.scanned.bytes, total as u64);
    assert!(total < bytes.len() / 2);
}

#[test]
fn statistics_rule_row_groups_out_and_tests_away() {
    let by_date = |days: std::ops::RangeInclusive<i32>| {
        let query = Query::new()
            .filter(Predicate::date("fecha", days))
            .sum("unidades", "suma");
        let output = answer(&query);
        (output.scanned, rows(&output.batch)[0][0].clone())
    };
    let (scanned, sum) = by_date(19_001..=19_005);
    assert_eq!(
        (scanned.row_groups, scanned.skipped, scanned.selected),
        (1, 1, 2)
    );
    assert_eq!(sum, Cell::Digits("7".into()));
    // Every row passes: the column of the filter is not even read.
    let all = by_date(18_000..=20_000).0;
    let without = answer(&Query::new().sum("unidades", "suma")).scanned;
    assert_eq!((all.skipped, all.bytes), (0, without.bytes));
    assert_eq!(
        by_date(1..=2),
        (
            ecommerce_native::Scanned {
                skipped: 2,
                ..Default::default()
            },
            Cell::Null
        )
    );
}

#[test]
fn a_directory_is_all_its_files_in_any_depth() {
    let directory = tempfile::tempdir().unwrap();
    let day = directory.path().join("fecha=2024-01-15");
    fs::create_dir(&day).unwrap();
    fs::write(day.join("a.parquet"), parquet(&sales())).unwrap();
    fs::write(
        directory.path().join("b.parquet"),
        parquet(&sales().slice(0, 1)),
    )
    .unwrap();
    fs::write(directory.path().join("_SUCCESS"), "").unwrap();
    fs::write(directory.path().join("nota.txt"), "no").unwrap();
    let source = Source::open(directory.path()).unwrap();
    assert_eq!(source.rows(), 5);
    let output = run(&source, &Query::new().sum("unidades", "n"), two()).unwrap();
    assert_eq!(rows(&output.batch), [vec![Cell::Digits("11".into())]]);
}

#[test]
fn errors_name_the_file_and_the_column() {
    let source = Source::of([Memory::boxed(&parquet(&sales()))]).unwrap();
    let error = |query: Query| run(&source, &query, two()).unwrap_err().to_string();
    assert_eq!(
        error(Query::new().key("ciudad")),
        "memoria.parquet: no column 'ciudad'"
    );
    let texts = "memoria.parquet: column 'region' is BYTE_ARRAY (String), which cannot be";
    assert_eq!(
        error(Query::new().sum("region", "s")),
        format!("{texts} added up")
    );
    assert_eq!(
        error(Query::new().filter(Predicate::integer("region", 1..))),
        format!("{texts} compared with an integer")
    );
    assert_eq!(
        error(Query::new().key("monto")),
        "memoria.parquet: column 'monto' is DOUBLE, which cannot be a key"
    );
}

#[test]
fn a_source_that_cannot_be_read_says_why() {
    let directory = tempfile::tempdir().unwrap();
    let opened = |path: &Path| Source::open(path).unwrap_err();
    assert!(matches!(
        opened(&directory.path().join("no.parquet")),
        NativeError::Read { .. }
    ));
    assert!(matches!(opened(directory.path()), NativeError::NoFiles(_)));
    let bad = directory.path().join("mal.parquet");
    for bytes in [
        &b""[..],
        b"PAR1",
        b"PAR1 nothing PAR1",
        b"PAR1\xFF\xFF\xFF\x7FPAR1",
    ] {
        fs::write(&bad, bytes).unwrap();
        assert!(matches!(opened(&bad), NativeError::Footer { .. }));
    }
}

#[test]
fn files_that_disagree_about_a_column_are_refused() {
    let other: ArrayRef = Arc::new(StringArray::from(vec!["1"]));
    let other = RecordBatch::try_from_iter([("unidades", other)]).unwrap();
    let files = [parquet(&sales()), parquet(&other)];
    let source = Source::of(files.iter().map(|f| Memory::boxed(f))).unwrap();
    let error = run(&source, &Query::new().distinct("unidades", "n"), two()).unwrap_err();
    assert!(matches!(error, NativeError::ColumnType { .. }), "{error}");
}

#[test]
fn a_result_replaces_a_file_whole_and_leaves_nothing_beside_it() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("salida.parquet");
    fs::write(&path, "lo de antes").unwrap();
    let batch = answer(&Query::new().key("region").sum("monto", "revenue")).batch;
    write_parquet(&batch, &path).unwrap();
    let reader = ParquetRecordBatchReaderBuilder::try_new(File::open(&path).unwrap()).unwrap();
    let read: Vec<RecordBatch> = reader.build().unwrap().map(Result::unwrap).collect();
    assert_eq!(read, std::slice::from_ref(&batch));
    assert_eq!(fs::read_dir(directory.path()).unwrap().count(), 1);

    let taken = directory.path().join("ocupado");
    fs::create_dir_all(taken.join("dentro")).unwrap();
    let error = write_parquet(&batch, &taken).unwrap_err();
    assert!(matches!(error, NativeError::Write { .. }), "{error}");
    assert_eq!(fs::read_dir(directory.path()).unwrap().count(), 2);
}
