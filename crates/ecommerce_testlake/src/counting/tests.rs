#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use super::*;
use parquet::data_type::Int64Type;
use parquet::file::properties::WriterProperties;
use parquet::file::reader::FileReader;
use parquet::file::serialized_reader::SerializedFileReader;
use parquet::file::writer::SerializedFileWriter;
use parquet::schema::parser::parse_message_type;
use std::io::{Cursor, ErrorKind};

#[test]
fn reads_that_touch_are_one_range_and_rereads_count_again() {
    let mut reader = CountingReader::new(Cursor::new((0..100u8).collect::<Vec<_>>()));
    let reads = reader.reads();
    let mut ten = [0; 10];
    reader.read_exact(&mut ten).unwrap();
    reader.read_exact(&mut ten).unwrap();
    reader.seek(SeekFrom::Start(5)).unwrap();
    reader.read_exact(&mut ten).unwrap();
    assert_eq!((ten[0], reads.ranges()), (5, vec![0..20, 5..15]));
    assert_eq!((reads.bytes(), reads.distinct_bytes()), (30, 20));
}

#[test]
fn the_end_of_the_file_counts_nothing() {
    let mut reader = CountingReader::new(Cursor::new(b"abc".to_vec()));
    let reads = reader.reads();
    assert_eq!(
        reader.read_exact(&mut [0; 10]).unwrap_err().kind(),
        ErrorKind::UnexpectedEof
    );
    assert_eq!(
        (reader.read(&mut [0; 10]).unwrap(), reads.ranges()),
        (0, Vec::from_iter([Range { start: 0, end: 3 }]))
    );
}

#[test]
fn touched_and_clear_speak_of_ranges() {
    let mut reader = CountingReader::new(Cursor::new(vec![0; 50]));
    let reads = reader.reads();
    reader.seek(SeekFrom::Start(10)).unwrap();
    reader.read_exact(&mut [0; 10]).unwrap();
    assert!(reads.touched(&(19..30)) && !reads.touched(&(20..30)) && !reads.touched(&(0..10)));
    reads.clear();
    assert_eq!(reads.bytes(), 0);
}

/// Two columns of 10,000 uncompressed numbers.
fn two_columns() -> Vec<u8> {
    let schema =
        Arc::new(parse_message_type("message m { required int64 a; required int64 b; }").unwrap());
    let properties = WriterProperties::builder()
        .set_dictionary_enabled(false)
        .build();
    let mut writer = SerializedFileWriter::new(Vec::new(), schema, Arc::new(properties)).unwrap();
    let mut group = writer.next_row_group().unwrap();
    while let Some(mut column) = group.next_column().unwrap() {
        let values: Vec<i64> = (0..10_000).collect();
        column
            .typed::<Int64Type>()
            .write_batch(&values, None, None)
            .unwrap();
        column.close().unwrap();
    }
    group.close().unwrap();
    writer.into_inner().unwrap()
}

#[test]
fn one_column_of_a_parquet_file_is_read_without_the_other() {
    let file = two_columns();
    let len = file.len() as u64;
    let source = CountingReader::new(hyper::body::Bytes::from(file));
    let reads = source.reads();
    let parquet = SerializedFileReader::new(source).unwrap();
    let footer = reads.bytes();
    assert!(footer > 0 && footer < 1000, "{:?}", reads.ranges());
    reads.clear();
    let group = parquet.get_row_group(0).unwrap();
    let mut pages = group.get_column_page_reader(0).unwrap();
    while pages.get_next_page().unwrap().is_some() {}
    let columns: Vec<_> = (0..2)
        .map(|i| parquet.metadata().row_group(0).column(i).byte_range())
        .collect();
    let [first, second] = [0, 1].map(|i: usize| columns[i].0..columns[i].0 + columns[i].1);
    assert!(
        reads.touched(&first) && !reads.touched(&second),
        "{:?} of {len}",
        reads.ranges()
    );
    assert!(reads.distinct_bytes() <= first.end - first.start);
}
