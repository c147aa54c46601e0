//! Batches for the tests: one with every type of Arrow, and small ones with known values.

use arrow::array::builder::*;
use arrow::array::*;
use arrow::buffer::ScalarBuffer;
use arrow::datatypes::*;
use std::sync::Arc;

/// Five rows of every type that IPC has a form for, with nulls in most.
pub(crate) fn todos_los_tipos() -> RecordBatch {
    let enteros = || Int32Array::from(vec![Some(1), None, Some(3), Some(-4), Some(5)]);
    let columns: Vec<(&str, ArrayRef)> = vec![
        ("nulo", Arc::new(NullArray::new(5))),
        (
            "logico",
            Arc::new(BooleanArray::from(vec![
                Some(true),
                None,
                Some(false),
                Some(true),
                None,
            ])),
        ),
        (
            "i8",
            Arc::new(Int8Array::from(vec![
                Some(i8::MIN),
                None,
                Some(0),
                Some(1),
                Some(i8::MAX),
            ])),
        ),
        (
            "u64",
            Arc::new(UInt64Array::from(vec![0, 1, 2, 3, u64::MAX])),
        ),
        ("i32", Arc::new(enteros())),
        (
            "f32",
            Arc::new(Float32Array::from(vec![
                Some(0.5),
                None,
                Some(-0.0),
                Some(f32::INFINITY),
                Some(1e-40),
            ])),
        ),
        (
            "f64",
            Arc::new(Float64Array::from(vec![
                1.5,
                -0.0,
                f64::MAX,
                f64::MIN_POSITIVE,
                0.1,
            ])),
        ),
        (
            "texto",
            Arc::new(StringArray::from(vec![
                Some("á"),
                None,
                Some(""),
                Some("norte"),
                Some("sur"),
            ])),
        ),
        (
            "texto_grande",
            Arc::new(LargeStringArray::from(vec!["a", "", "ñandú", "c", "d"])),
        ),
        (
            "vista",
            Arc::new(StringViewArray::from(vec![
                Some("corto"),
                None,
                Some("un texto de más de doce bytes"),
                Some(""),
                Some("otro que no cabe en la vista"),
            ])),
        ),
        (
            "bytes",
            Arc::new(BinaryArray::from(vec![
                Some(&b"\x00\xff"[..]),
                None,
                Some(b""),
                Some(b"x"),
                Some(b"yz"),
            ])),
        ),
        (
            "fijo",
            Arc::new(FixedSizeBinaryArray::try_from_iter([[1_u8, 2, 3]; 5].iter()).unwrap()),
        ),
        (
            "decimal",
            Arc::new(
                Decimal128Array::from(vec![Some(12_345), None, Some(-1), Some(0), Some(99)])
                    .with_precision_and_scale(18, 2)
                    .unwrap(),
            ),
        ),
        (
            "decimal256",
            Arc::new(
                Decimal256Array::from(vec![i256::from(7); 5])
                    .with_precision_and_scale(50, 3)
                    .unwrap(),
            ),
        ),
        (
            "fecha",
            Arc::new(Date32Array::from(vec![
                Some(19_737),
                None,
                Some(0),
                Some(-1),
                Some(1),
            ])),
        ),
        (
            "instante",
            Arc::new(
                TimestampMicrosecondArray::from(vec![
                    Some(1_705_312_800_000_000),
                    None,
                    Some(0),
                    Some(1),
                    Some(2),
                ])
                .with_timezone("UTC"),
            ),
        ),
        (
            "duracion",
            Arc::new(DurationMillisecondArray::from(vec![1, 2, 3, 4, 5])),
        ),
        (
            "intervalo",
            Arc::new(IntervalMonthDayNanoArray::from(
                vec![IntervalMonthDayNano::new(1, 2, 3); 5],
            )),
        ),
        (
            "lista",
            Arc::new(ListArray::from_iter_primitive::<Int32Type, _, _>([
                Some(vec![Some(1), None]),
                None,
                Some(vec![]),
                Some(vec![Some(2)]),
                Some(vec![Some(3), Some(4)]),
            ])),
        ),
        (
            "lista_grande",
            Arc::new(LargeListArray::from_iter_primitive::<Int64Type, _, _>([
                Some(vec![Some(1)]),
                None,
                Some(vec![]),
                Some(vec![None]),
                Some(vec![Some(9)]),
            ])),
        ),
        ("lista_vista", lista_vista()),
        (
            "lista_fija",
            Arc::new(FixedSizeListArray::from_iter_primitive::<Int16Type, _, _>(
                [
                    Some(vec![Some(1), Some(2)]),
                    None,
                    Some(vec![None, Some(3)]),
                    Some(vec![Some(4), Some(5)]),
                    Some(vec![Some(6), Some(7)]),
                ],
                2,
            )),
        ),
        ("registro", registro()),
        ("mapa", mapa()),
        ("union_densa", union(true)),
        ("union_dispersa", union(false)),
        (
            "corridas",
            Arc::new(
                RunArray::try_new(
                    &Int32Array::from(vec![2, 5]),
                    &StringArray::from(vec![Some("x"), None]),
                )
                .unwrap(),
            ),
        ),
        (
            "diccionario",
            Arc::new(
                vec![
                    Some("norte"),
                    None,
                    Some("sur"),
                    Some("norte"),
                    Some("este"),
                ]
                .into_iter()
                .collect::<DictionaryArray<Int8Type>>(),
            ),
        ),
    ];
    let fields: Vec<_> = columns
        .iter()
        .map(|(name, column)| Field::new(*name, column.data_type().clone(), true))
        .collect();
    let columns = columns.into_iter().map(|(_, column)| column).collect();
    RecordBatch::try_new(Arc::new(Schema::new(fields)), columns).unwrap()
}

fn lista_vista() -> ArrayRef {
    let item = Arc::new(Field::new_list_field(DataType::Int32, true));
    let (offsets, sizes) = (vec![0, 2, 0, 1, 3], vec![2, 1, 0, 1, 0]);
    let values = Arc::new(Int32Array::from(vec![10, 20, 30]));
    Arc::new(
        ListViewArray::try_new(
            item,
            ScalarBuffer::from(offsets),
            ScalarBuffer::from(sizes),
            values,
            None,
        )
        .unwrap(),
    )
}

fn registro() -> ArrayRef {
    let fields = Fields::from(vec![
        Field::new("lat", DataType::Float64, true),
        Field::new("region", DataType::Utf8, true),
    ]);
    let lat = Float64Array::from(vec![Some(40.4), None, Some(-34.6), Some(0.0), None]);
    let region = StringArray::from(vec![Some("norte"), None, None, Some("sur"), Some("este")]);
    let valid = arrow::buffer::NullBuffer::from(vec![true, false, true, true, true]);
    Arc::new(
        StructArray::try_new(fields, vec![Arc::new(lat), Arc::new(region)], Some(valid)).unwrap(),
    )
}

fn mapa() -> ArrayRef {
    let mut builder = MapBuilder::new(None, StringBuilder::new(), Int64Builder::new());
    for row in 0..5_i64 {
        for key in 0..row % 3 {
            builder.keys().append_value(format!("k{key}"));
            builder.values().append_option((key != 1).then_some(row));
        }
        builder.append(row != 3).unwrap();
    }
    Arc::new(builder.finish())
}

fn union(dense: bool) -> ArrayRef {
    let mut builder = if dense {
        UnionBuilder::new_dense()
    } else {
        UnionBuilder::new_sparse()
    };
    builder.append::<Int32Type>("a", 1).unwrap();
    builder.append::<Float64Type>("b", 2.5).unwrap();
    builder.append_null::<Int32Type>("a").unwrap();
    builder.append::<Float64Type>("b", -3.5).unwrap();
    builder.append::<Int32Type>("a", 7).unwrap();
    Arc::new(builder.build().unwrap())
}

/// Batches of a schema with number, text and dictionary: row `i` has `i`, `"u{i}"` and one of two regions; every third text is null.
pub(crate) fn pequenos(lotes: i64, filas: i64) -> Vec<RecordBatch> {
    (0..lotes)
        .map(|lote| {
            let rows = lote * filas..(lote + 1) * filas;
            let numbers: Int64Array = rows.clone().map(Some).collect();
            let texts: StringArray = rows
                .clone()
                .map(|i| (i % 3 != 0).then(|| format!("u{i}")))
                .collect();
            let regions: DictionaryArray<Int32Type> = ["norte", "sur"]
                .into_iter()
                .cycle()
                .take(filas as usize)
                .collect();
            RecordBatch::try_from_iter_with_nullable([
                ("numero", Arc::new(numbers) as ArrayRef, false),
                ("texto", Arc::new(texts), true),
                ("region", Arc::new(regions), false),
            ])
            .unwrap()
        })
        .collect()
}

/// A batch of one column.
pub(crate) fn columna(name: &str, column: ArrayRef) -> RecordBatch {
    RecordBatch::try_from_iter_with_nullable([(name, column, true)]).unwrap()
}
