//! Random tables and the many ways to write them.

use arrow::array::{
    ArrayRef, Date32Array, Float64Array, Int32Array, Int64Array, RecordBatch, StringArray,
    TimestampMicrosecondArray, TimestampMillisecondArray, TimestampNanosecondArray,
};
use ecommerce_native::{Predicate, Query};
use parquet::arrow::ArrowWriter;
use parquet::basic::{Compression, Encoding, GzipLevel, ZstdLevel};
use parquet::file::properties::{EnabledStatistics, WriterProperties, WriterVersion};
use parquet::schema::types::ColumnPath;
use proptest::prelude::*;
use std::ops::Bound;
use std::sync::Arc;

/// How a table is written.
#[derive(Clone, Debug)]
pub(crate) struct Writing {
    pub(crate) compression: Compression,
    pub(crate) version2: bool,
    pub(crate) dictionary: bool,
    /// Small, so that writers fall back to values in the middle of a chunk.
    pub(crate) dictionary_bytes: usize,
    pub(crate) page_rows: usize,
    pub(crate) group_rows: usize,
    pub(crate) statistics: bool,
    /// Delta and byte-stream encodings instead of plain values.
    pub(crate) fancy: bool,
}

pub(crate) fn writing() -> impl Strategy<Value = Writing> {
    let compression = prop_oneof![
        Just(Compression::UNCOMPRESSED),
        Just(Compression::SNAPPY),
        Just(Compression::LZ4_RAW),
        Just(Compression::GZIP(GzipLevel::default())),
        Just(Compression::ZSTD(ZstdLevel::default())),
    ];
    (
        compression,
        any::<bool>(),
        any::<bool>(),
        prop_oneof![Just(40_usize), Just(400), Just(1 << 20)],
        prop_oneof![Just(7_usize), Just(64), Just(100_000)],
        prop_oneof![Just(50_usize), Just(333), Just(100_000)],
        any::<bool>(),
        any::<bool>(),
    )
        .prop_map(
            |(
                compression,
                version2,
                dictionary,
                dictionary_bytes,
                page_rows,
                group_rows,
                statistics,
                fancy,
            )| Writing {
                compression,
                version2,
                dictionary,
                dictionary_bytes,
                page_rows,
                group_rows,
                statistics,
                fancy,
            },
        )
}

/// `batch` as a Parquet file in memory.
pub(crate) fn parquet(batch: &RecordBatch, how: &Writing) -> Vec<u8> {
    let mut properties = WriterProperties::builder()
        .set_compression(how.compression)
        .set_writer_version(if how.version2 {
            WriterVersion::PARQUET_2_0
        } else {
            WriterVersion::PARQUET_1_0
        })
        .set_dictionary_enabled(how.dictionary)
        .set_dictionary_page_size_limit(how.dictionary_bytes)
        .set_data_page_row_count_limit(how.page_rows)
        .set_write_batch_size(how.page_rows.min(64))
        .set_max_row_group_row_count(Some(how.group_rows))
        .set_statistics_enabled(if how.statistics {
            EnabledStatistics::Chunk
        } else {
            EnabledStatistics::None
        });
    if how.fancy {
        let encodings = [
            ("texto", Encoding::DELTA_LENGTH_BYTE_ARRAY),
            ("usuario", Encoding::DELTA_BYTE_ARRAY),
            ("entero", Encoding::DELTA_BINARY_PACKED),
            ("corto", Encoding::DELTA_BINARY_PACKED),
            ("micros", Encoding::BYTE_STREAM_SPLIT),
            ("monto", Encoding::BYTE_STREAM_SPLIT),
        ];
        for (column, encoding) in encodings {
            properties = properties.set_column_encoding(ColumnPath::from(column), encoding);
        }
    }
    let mut bytes = Vec::new();
    let mut writer =
        ArrowWriter::try_new(&mut bytes, batch.schema(), Some(properties.build())).unwrap();
    writer.write(batch).unwrap();
    writer.close().unwrap();
    bytes
}

type Row = (
    Option<u8>,
    Option<String>,
    Option<i64>,
    Option<i32>,
    Option<i32>,
    Option<i64>,
    Option<f64>,
);

/// Amounts: mostly cents, and everything a double can be.
fn amount(special: bool) -> BoxedStrategy<f64> {
    let cents = (-50_000_i64..500_000).prop_map(|cents| cents as f64 / 100.0);
    if !special {
        return cents.boxed();
    }
    prop_oneof![
        6 => cents,
        1 => Just(-0.0),
        1 => any::<f64>().prop_map(|v| if v.abs() < 1e290 { v } else { 1e-310 }),
        1 => prop_oneof![Just(f64::NAN), Just(f64::INFINITY), Just(f64::MIN_POSITIVE), Just(1e280), Just(-1e280)],
    ]
    .boxed()
}

/// A table of up to `rows` rows.
pub(crate) fn table(rows: usize, special: bool) -> impl Strategy<Value = RecordBatch> {
    let user = prop_oneof![
        4 => "u[0-9]{2}",
        1 => "u[0-9]{7}",
        1 => "[a-c]{0,3}",
        1 => "usuario-muy-largo-[0-9]",
        1 => "ñandú[0-9]{0,6}",
    ];
    let integer = prop_oneof![
        5 => -5_i64..5,
        1 => any::<i64>(),
        1 => Just(i64::MIN),
        1 => Just(i64::MAX),
    ];
    let row = (
        proptest::option::weighted(0.9, 0_u8..6),
        proptest::option::weighted(0.9, user),
        proptest::option::weighted(0.9, integer),
        proptest::option::weighted(0.9, -3_i32..40),
        proptest::option::weighted(0.9, 19_000_i32..19_040),
        proptest::option::weighted(0.9, -2_000_000_i64..2_000_000),
        proptest::option::weighted(0.9, amount(special)),
    );
    proptest::collection::vec(row, 0..rows).prop_map(|rows| batch(&rows))
}

fn batch(rows: &[Row]) -> RecordBatch {
    let texts: StringArray = rows
        .iter()
        .map(|r| {
            r.0.map(|n| ["norte", "sur", "este", "oeste", "", "centro-oriente"][usize::from(n)])
        })
        .collect();
    let users: StringArray = rows.iter().map(|r| r.1.as_deref()).collect();
    let whole: Int64Array = (0..rows.len() as i64).collect::<Vec<_>>().into();
    let columns: Vec<(&str, ArrayRef, bool)> = vec![
        ("texto", Arc::new(texts), true),
        ("usuario", Arc::new(users), true),
        (
            "entero",
            Arc::new(rows.iter().map(|r| r.2).collect::<Int64Array>()),
            true,
        ),
        (
            "corto",
            Arc::new(rows.iter().map(|r| r.3).collect::<Int32Array>()),
            true,
        ),
        (
            "dia",
            Arc::new(rows.iter().map(|r| r.4).collect::<Date32Array>()),
            true,
        ),
        (
            "millis",
            Arc::new(
                rows.iter()
                    .map(|r| r.5)
                    .collect::<TimestampMillisecondArray>(),
            ),
            true,
        ),
        (
            "micros",
            Arc::new(
                rows.iter()
                    .map(|r| r.5)
                    .collect::<TimestampMicrosecondArray>()
                    .with_timezone("UTC"),
            ),
            true,
        ),
        (
            "nanos",
            Arc::new(
                rows.iter()
                    .map(|r| r.5)
                    .collect::<TimestampNanosecondArray>(),
            ),
            true,
        ),
        (
            "monto",
            Arc::new(rows.iter().map(|r| r.6).collect::<Float64Array>()),
            true,
        ),
        ("fila", Arc::new(whole), false),
    ];
    RecordBatch::try_from_iter_with_nullable(columns).unwrap()
}

fn limits<T: Clone + std::fmt::Debug + 'static>(
    value: impl Strategy<Value = T> + Clone + 'static,
) -> impl Strategy<Value = (Bound<T>, Bound<T>)> {
    let bound = |value| {
        prop_oneof![
            Just(Bound::Unbounded).boxed(),
            Strategy::prop_map(value, Bound::Included).boxed(),
        ]
    };
    let open = value.clone().prop_map(Bound::Excluded);
    (
        prop_oneof![bound(value.clone().boxed()).boxed(), open.clone().boxed()],
        prop_oneof![bound(value.boxed()).boxed(), open.boxed()],
    )
}

pub(crate) fn predicate() -> impl Strategy<Value = Predicate> {
    let text = proptest::collection::vec(
        prop_oneof![Just("norte"), Just("sur"), Just(""), Just("nadie")],
        0..3,
    );
    prop_oneof![
        Just(Predicate::above("monto", 0.0)),
        limits(-100.0_f64..1_000.0).prop_map(|l| Predicate::number("monto", l)),
        limits(-4_i64..4).prop_map(|l| Predicate::integer("entero", l)),
        limits(-4_i64..30).prop_map(|l| Predicate::integer("corto", l)),
        limits(0_i64..400).prop_map(|l| Predicate::integer("fila", l)),
        limits(19_000_i32..19_040).prop_map(|l| Predicate::date("dia", l)),
        limits(-1_500_000_i64..1_500_000).prop_map(|l| Predicate::timestamp("micros", l)),
        limits(-2_000_i64..2_000).prop_map(|l| Predicate::timestamp("nanos", l)),
        limits(-1_500_000_500_i64..1_500_000_500).prop_map(|l| Predicate::timestamp("millis", l)),
        text.prop_map(|values| Predicate::text("texto", values)),
        prop_oneof![Just("monto"), Just("usuario"), Just("micros"), Just("fila")]
            .prop_map(Predicate::not_null),
    ]
}

/// A query over the columns of [`table`].
pub(crate) fn query() -> impl Strategy<Value = Query> {
    let keys = proptest::sample::subsequence(
        vec![
            "texto", "usuario", "entero", "corto", "dia", "micros", "fila",
        ],
        0..=3,
    )
    .prop_shuffle();
    let aggregates = proptest::sample::subsequence((0_usize..12).collect::<Vec<_>>(), 0..=5);
    (
        proptest::collection::vec(predicate(), 0..3),
        keys,
        aggregates,
    )
        .prop_map(|(filter, keys, aggregates)| {
            let mut query = Query::new();
            query.filter = filter;
            query.keys = keys.into_iter().map(str::to_owned).collect();
            for aggregate in aggregates {
                let name = format!("a{aggregate}");
                query = match aggregate {
                    0 => query.count(name),
                    1 => query.sum("monto", name),
                    2 => query.mean("monto", name),
                    3 => query.count_of("monto", name),
                    4 => query.sum("entero", name),
                    5 => query.mean("corto", name),
                    6 => query.count_of("usuario", name),
                    7 => query.distinct("usuario", name),
                    8 => query.distinct("entero", name),
                    9 => query.distinct("dia", name),
                    10 => query.distinct("texto", name),
                    _ => query.sum("fila", name),
                };
            }
            query
        })
}
