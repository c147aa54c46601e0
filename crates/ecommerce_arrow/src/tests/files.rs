use super::*;
use crate::{
    Columns, EventColumns, ReadProblem, events_schema, events_view_schema, generate_batch,
    write_batches,
};
use arrow::array::{ArrayRef, Float64Array, RecordBatchOptions, StringArray};
use arrow::compute::{cast, concat_batches};
use arrow::datatypes::{DataType, Field, Schema, TimeUnit};
use ecommerce_model::FilaGenerada;
use parquet::arrow::ArrowWriter;
use std::sync::Arc;

/// What the generator says, as the reader should give it back.
fn expected(rows: std::ops::Range<u64>, filas: u64) -> RecordBatch {
    let batch = generate_batch(&generador(filas), rows).unwrap();
    let schema = events_view_schema();
    let columns = batch
        .columns()
        .iter()
        .zip(schema.fields())
        .map(|(c, f)| cast(c, f.data_type()).unwrap())
        .collect();
    RecordBatch::try_new(schema, columns).unwrap()
}

#[test]
fn parquet_gives_back_every_row() {
    let dir = tempfile::tempdir().unwrap();
    let mut all = Vec::new();
    for file in day(dir.path(), Format::Parquet, 10_000) {
        all.extend(read(&file).unwrap());
    }
    let all = concat_batches(&events_view_schema(), &all).unwrap();
    assert_eq!(all, expected(0..10_000, 10_000));
}

#[test]
fn csv_gives_back_every_row_but_for_empty_texts_and_nan() {
    let dir = tempfile::tempdir().unwrap();
    let mut next = 0;
    let source = generador(10_000);
    let mut row = FilaGenerada::new();
    for file in day(dir.path(), Format::Csv, 10_000) {
        for batch in read(&file).unwrap() {
            let columns = EventColumns::new(&batch).unwrap();
            for i in 0..batch.num_rows() {
                source.fill(next, &mut row);
                next += 1;
                let (mut wanted, found) = (row.as_fila(), columns.row(i));
                wanted.region = wanted.region.filter(|r| !r.is_empty());
                assert_eq!(format!("{found:?}"), format!("{wanted:?}"));
            }
        }
    }
    assert_eq!(next, 10_000);
}

#[test]
fn bytes_do_not_depend_on_the_threads() {
    for format in [Format::Parquet, Format::Csv] {
        let (one, many) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let a = write_days(
            &generador(10_000),
            &layout(one.path(), format, 1),
            &|_, _| {},
        )
        .unwrap();
        let b = write_days(
            &generador(10_000),
            &layout(many.path(), format, 5),
            &|_, _| {},
        )
        .unwrap();
        assert_eq!((a, a.files), (b, 4));
        for part in 0..4 {
            let name = format!(
                "fecha=2024-01-15/part-{part:05}.{}",
                if format == Format::Csv {
                    "csv"
                } else {
                    "parquet"
                }
            );
            assert_eq!(
                std::fs::read(one.path().join(&name)).unwrap(),
                std::fs::read(many.path().join(&name)).unwrap()
            );
        }
    }
}

#[test]
fn a_failed_write_keeps_the_file_that_was_there() {
    let dir = tempfile::tempdir().unwrap();
    let files = day(dir.path(), Format::Parquet, 3_000);
    let before = std::fs::read(&files[0]).unwrap();
    let broken = [
        Ok(generate_batch(&generador(10), 0..10).unwrap()),
        Err(arrow::error::ArrowError::DivideByZero.into()),
    ];
    let fecha = "2024-01-15".parse().unwrap();
    write_batches(
        &layout(dir.path(), Format::Parquet, 1),
        fecha,
        0,
        broken.into_iter(),
        &|_, _| {},
    )
    .unwrap_err();
    assert_eq!(std::fs::read(&files[0]).unwrap(), before);
    assert_eq!(
        std::fs::read_dir(files[0].parent().unwrap())
            .unwrap()
            .count(),
        1
    );
}

#[test]
fn fewer_columns_are_those_of_the_same_rows() {
    let dir = tempfile::tempdir().unwrap();
    for format in [Format::Parquet, Format::Csv] {
        let root = dir.path().join(format!("{format:?}"));
        let path = &day(&root, format, 2_500)[0];
        let limits = Limits {
            batch_rows: 1_000,
            ..Limits::default()
        };
        let file = EventFile::open(path, "f", format, Columns::All, &limits).unwrap();
        let read = |columns| -> Vec<(u64, RecordBatch)> {
            let scan = file.scan(&file.chunks()[0], columns, &limits).unwrap();
            scan.map(Result::unwrap).collect()
        };
        let all = read(Columns::All);
        let sizes = all.iter().map(|(first, b)| (*first, b.num_rows()));
        assert!(sizes.eq([(0, 1000), (1000, 1000), (2000, 500)]));
        for (columns, positions) in [
            (Columns::Identity, &[0, 9][..]),
            (Columns::Sales, &[2, 5, 6, 9]),
        ] {
            let expected = all.iter().map(|(n, b)| (*n, b.project(positions).unwrap()));
            assert_eq!(read(columns), expected.collect::<Vec<_>>());
        }
    }
}

/// A file with our columns in another order, other writers' types, and one column more.
#[test]
fn other_writers_types_and_orders_read_the_same() {
    let dir = tempfile::tempdir().unwrap();
    let batch = generate_batch(&generador(100), 0..100).unwrap();
    let mut fields = vec![Arc::new(Field::new("extra", DataType::Float64, true))];
    let mut columns: Vec<ArrayRef> = vec![Arc::new(Float64Array::from(vec![1.0; 100]))];
    for (i, column) in batch.columns().iter().enumerate().rev() {
        let dtype = match (i, column.data_type()) {
            (1, _) => DataType::Dictionary(Box::new(DataType::Int32), Box::new(DataType::Utf8)),
            (_, DataType::Utf8) => DataType::LargeUtf8,
            (_, DataType::Timestamp(..)) => {
                DataType::Timestamp(TimeUnit::Nanosecond, Some("Europe/Madrid".into()))
            }
            (_, other) => other.clone(),
        };
        // Nanoseconds do not reach the impossible instants that the generator plants.
        let column = if i == 9 {
            arrow::compute::cast_with_options(column, &dtype, &Default::default()).unwrap()
        } else {
            cast(column, &dtype).unwrap()
        };
        fields.push(Arc::new(Field::new(
            batch.schema().field(i).name(),
            dtype,
            true,
        )));
        columns.push(column);
    }
    let odd = RecordBatch::try_new(Arc::new(Schema::new(fields)), columns).unwrap();
    let path = dir.path().join("odd.parquet");
    write(&path, &odd);
    let file = EventFile::open(
        &path,
        "odd",
        Format::Parquet,
        Columns::All,
        &Limits::default(),
    )
    .unwrap();
    assert_eq!(file.extra_columns(), ["extra"]);
    let found = concat_batches(&events_view_schema(), &read(&path).unwrap()).unwrap();
    assert_eq!(found.column(0), expected(0..100, 100).column(0));
    assert_eq!(found.column(1), expected(0..100, 100).column(1));
    assert_eq!(
        found.column(9).data_type(),
        expected(0..100, 100).column(9).data_type()
    );
}

pub(super) fn write(path: &std::path::Path, batch: &RecordBatch) {
    let mut writer =
        ArrowWriter::try_new(std::fs::File::create(path).unwrap(), batch.schema(), None).unwrap();
    writer.write(batch).unwrap();
    writer.close().unwrap();
}

#[test]
fn drift_names_the_column() {
    let dir = tempfile::tempdir().unwrap();
    let batch = generate_batch(&generador(10), 0..10).unwrap();
    let problem = |schema: Schema, columns: Vec<ArrayRef>| {
        let path = dir.path().join("drift.parquet");
        let options = RecordBatchOptions::new().with_row_count(Some(10));
        write(
            &path,
            &RecordBatch::try_new_with_options(Arc::new(schema), columns, &options).unwrap(),
        );
        read(&path).unwrap_err()
    };
    let with = |i: usize, field: Field, column: ArrayRef| {
        let mut fields: Vec<_> = events_schema().fields().iter().cloned().collect();
        let mut columns = batch.columns().to_vec();
        (fields[i], columns[i]) = (Arc::new(field), column);
        (Schema::new(fields), columns)
    };
    let (schema, columns) = with(
        5,
        Field::new("importe_monto", DataType::Float64, true),
        batch.column(5).clone(),
    );
    assert_eq!(
        problem(schema, columns).to_string(),
        "drift.parquet: column 'monto' is missing"
    );
    let (schema, columns) = with(
        5,
        Field::new("Monto", DataType::Float64, true),
        batch.column(5).clone(),
    );
    assert_eq!(
        problem(schema, columns).to_string(),
        "drift.parquet: column 'monto' is missing (there is 'Monto')"
    );
    let text: ArrayRef = Arc::new(StringArray::from(vec!["1,5"; 10]));
    let (schema, columns) = with(5, Field::new("monto", DataType::Utf8, true), text);
    assert_eq!(
        problem(schema, columns).to_string(),
        "drift.parquet: column 'monto' is Utf8, not Float64"
    );
    let naive = cast(
        batch.column(9),
        &DataType::Timestamp(TimeUnit::Microsecond, None),
    )
    .unwrap();
    let (schema, columns) = with(
        9,
        Field::new("timestamp", naive.data_type().clone(), true),
        naive,
    );
    assert!(matches!(
        problem(schema, columns).problem,
        ReadProblem::RetypedColumn {
            column: "timestamp",
            ..
        }
    ));
}

/// Row groups of no rows, which writers leave behind in more than one shape.
#[test]
fn a_file_without_rows_is_a_good_file() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("empty.parquet");
    write(&path, &RecordBatch::new_empty(events_schema()));
    assert_eq!(
        read(&path)
            .unwrap()
            .iter()
            .map(RecordBatch::num_rows)
            .sum::<usize>(),
        0
    );
}
