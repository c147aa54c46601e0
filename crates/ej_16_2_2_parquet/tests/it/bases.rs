//! Small good files of every kind the reader has code for: types, encodings, codecs, page versions, indexes.

use crate::azar::Azar;
use arrow::array::{
    ArrayRef, BinaryArray, BooleanArray, Date32Array, Decimal128Array, FixedSizeBinaryArray,
    Float32Array, Float64Array, Int32Array, Int64Array, ListBuilder, MapBuilder, RecordBatch,
    StringArray, StringBuilder, StructArray, TimestampMicrosecondArray, UInt16Array,
};
use arrow::array::{Int32Builder, Int64Builder};
use arrow::compute::cast;
use arrow::datatypes::{DataType, Field, Fields};
use ecommerce_arrow::generate_batch;
use ecommerce_model::{ConfigGenerador, Generador};
use parquet::arrow::ArrowWriter;
use parquet::basic::{Compression, Encoding, GzipLevel, ZstdLevel};
use parquet::file::properties::{EnabledStatistics, WriterProperties, WriterVersion};
use std::sync::Arc;

/// A name and the bytes of a file.
pub(crate) type Base = (&'static str, Vec<u8>);

/// Events of one day of the model.
pub(crate) fn eventos(filas: u64) -> RecordBatch {
    let config = ConfigGenerador::new(42, "2024-01-15".parse().unwrap(), 1, filas);
    generate_batch(&Generador::new(config).unwrap(), 0..filas).unwrap()
}

/// Rows with lists, structs, maps and nulls at every level.
pub(crate) fn anidados(filas: usize) -> RecordBatch {
    let mut azar = Azar::new(7);
    let mut numeros = ListBuilder::new(Int32Builder::new());
    let mut textos = ListBuilder::new(StringBuilder::new());
    let mut dobles = ListBuilder::new(ListBuilder::new(Int64Builder::new()));
    let mut mapa = MapBuilder::new(None, StringBuilder::new(), Int64Builder::new());
    for fila in 0..filas {
        for _ in 0..azar.menor_que(4) {
            numeros
                .values()
                .append_option((azar.menor_que(5) > 0).then_some(fila as i32));
            textos
                .values()
                .append_value(format!("texto número {}", azar.menor_que(9)));
            for _ in 0..azar.menor_que(3) {
                dobles.values().values().append_value(azar.u64() as i64);
            }
            dobles.values().append(azar.menor_que(6) > 0);
        }
        numeros.append(azar.menor_que(5) > 0);
        textos.append(azar.menor_que(5) > 0);
        dobles.append(azar.menor_que(5) > 0);
        for clave in 0..azar.menor_que(3) {
            mapa.keys().append_value(format!("k{clave}"));
            mapa.values().append_value(fila as i64);
        }
        mapa.append(azar.menor_que(5) > 0).unwrap();
    }
    let campos = Fields::from(vec![
        Field::new("a", DataType::Int32, true),
        Field::new("b", DataType::Utf8, true),
    ]);
    let a: ArrayRef = Arc::new(Int32Array::from_iter(
        (0..filas as i32).map(|i| (i % 7 != 0).then_some(i)),
    ));
    let b: ArrayRef = Arc::new(StringArray::from_iter(
        (0..filas).map(|i| (i % 5 != 0).then_some("valor")),
    ));
    let nulos = (0..filas).map(|i| i % 11 != 0).collect::<Vec<_>>();
    let registro = StructArray::new(campos, vec![a, b], Some(nulos.into()));
    RecordBatch::try_from_iter_with_nullable([
        ("numeros", Arc::new(numeros.finish()) as ArrayRef, true),
        ("textos", Arc::new(textos.finish()), true),
        ("dobles", Arc::new(dobles.finish()), true),
        ("mapa", Arc::new(mapa.finish()), true),
        ("registro", Arc::new(registro), true),
        (
            "orden",
            Arc::new(Int64Array::from_iter_values(0..filas as i64)),
            false,
        ),
    ])
    .unwrap()
}

/// One column of every flat type.
pub(crate) fn tipos(filas: usize) -> RecordBatch {
    let mut azar = Azar::new(11);
    let n: Vec<i64> = (0..filas)
        .map(|_| azar.menor_que(1_000) as i64 - 500)
        .collect();
    let nulo = |i: usize| i % 9 != 4;
    let textos: Vec<String> = n
        .iter()
        .map(|n| format!("cliente-{:04}-ñandú", n.abs()))
        .collect();
    let fijos: Vec<[u8; 16]> = n.iter().map(|n| (*n as i128 % 20).to_be_bytes()).collect();
    let dicc = cast(
        &StringArray::from_iter_values(n.iter().map(|n| format!("región {}", n.rem_euclid(5)))),
        &DataType::Dictionary(Box::new(DataType::Int16), Box::new(DataType::Utf8)),
    )
    .unwrap();
    let opcional = |i: usize| nulo(i).then(|| n[i]);
    RecordBatch::try_from_iter_with_nullable([
        (
            "bool",
            Arc::new(BooleanArray::from_iter(
                (0..filas).map(|i| nulo(i).then_some(n[i] > 0)),
            )) as ArrayRef,
            true,
        ),
        (
            "i32",
            Arc::new(Int32Array::from_iter(
                (0..filas).map(|i| opcional(i).map(|n| n as i32)),
            )),
            true,
        ),
        (
            "u16",
            Arc::new(UInt16Array::from_iter_values(n.iter().map(|n| *n as u16))),
            false,
        ),
        (
            "i64",
            Arc::new(Int64Array::from_iter((0..filas).map(opcional))),
            true,
        ),
        (
            "f32",
            Arc::new(Float32Array::from_iter_values(
                n.iter().map(|n| *n as f32 / 8.0),
            )),
            false,
        ),
        (
            "f64",
            Arc::new(Float64Array::from_iter(
                (0..filas).map(|i| opcional(i).map(|n| n as f64 / 3.0)),
            )),
            true,
        ),
        (
            "texto",
            Arc::new(StringArray::from_iter(
                (0..filas).map(|i| nulo(i).then(|| textos[i].as_str())),
            )),
            true,
        ),
        (
            "binario",
            Arc::new(BinaryArray::from_iter_values(
                textos.iter().map(|t| &t.as_bytes()[3..]),
            )),
            false,
        ),
        (
            "fijo",
            Arc::new(FixedSizeBinaryArray::try_from_iter(fijos.iter()).unwrap()),
            false,
        ),
        (
            "decimal",
            Arc::new(
                Decimal128Array::from_iter((0..filas).map(|i| opcional(i).map(i128::from)))
                    .with_precision_and_scale(25, 2)
                    .unwrap(),
            ),
            true,
        ),
        (
            "fecha",
            Arc::new(Date32Array::from_iter_values(n.iter().map(|n| *n as i32))),
            false,
        ),
        (
            "instante",
            Arc::new(
                TimestampMicrosecondArray::from_iter_values(n.iter().map(|n| n * 1_000_003))
                    .with_timezone("UTC"),
            ),
            false,
        ),
        ("categoria", dicc, false),
    ])
    .unwrap()
}

/// A Parquet file of one batch.
pub(crate) fn archivo(lote: &RecordBatch, propiedades: WriterProperties) -> Vec<u8> {
    let mut escritor = ArrowWriter::try_new(Vec::new(), lote.schema(), Some(propiedades)).unwrap();
    escritor.write(lote).unwrap();
    escritor.into_inner().unwrap()
}

/// The files that the mutator starts from.
pub(crate) fn todas() -> Vec<Base> {
    let zstd = Compression::ZSTD(ZstdLevel::try_new(3).unwrap());
    let gzip = Compression::GZIP(GzipLevel::try_new(6).unwrap());
    let con = || {
        WriterProperties::builder()
            .set_statistics_enabled(EnabledStatistics::Page)
            .set_data_page_row_count_limit(120)
            .set_write_batch_size(60)
            .set_max_row_group_row_count(Some(700))
    };
    let v2 = WriterVersion::PARQUET_2_0;
    vec![
        (
            "eventos_snappy",
            archivo(
                &eventos(900),
                con().set_compression(Compression::SNAPPY).build(),
            ),
        ),
        (
            "eventos_gzip_v2_bloom",
            archivo(
                &eventos(700),
                con()
                    .set_compression(gzip)
                    .set_writer_version(v2)
                    .set_bloom_filter_enabled(true)
                    .set_bloom_filter_max_ndv(700)
                    .build(),
            ),
        ),
        ("eventos_delta", {
            let mut p = con().set_dictionary_enabled(false).set_compression(zstd);
            for (i, c) in ["evento_id", "user_id", "session_id", "region", "pagina"]
                .into_iter()
                .enumerate()
            {
                let e = if i % 2 == 0 {
                    Encoding::DELTA_BYTE_ARRAY
                } else {
                    Encoding::DELTA_LENGTH_BYTE_ARRAY
                };
                p = p.set_column_encoding(c.into(), e);
            }
            p = p.set_column_encoding("timestamp".into(), Encoding::DELTA_BINARY_PACKED);
            archivo(&eventos(700), p.build())
        }),
        (
            "tipos_lz4",
            archivo(
                &tipos(900),
                con().set_compression(Compression::LZ4_RAW).build(),
            ),
        ),
        (
            "tipos_lz4_antiguo_v2",
            archivo(
                &tipos(700),
                con()
                    .set_compression(Compression::LZ4)
                    .set_writer_version(v2)
                    .build(),
            ),
        ),
        ("tipos_flujos_de_bytes", {
            let mut p = con().set_dictionary_enabled(false);
            for c in ["f32", "f64", "i32", "i64", "fijo", "decimal"] {
                p = p.set_column_encoding(c.into(), Encoding::BYTE_STREAM_SPLIT);
            }
            for c in ["texto", "binario"] {
                p = p.set_column_encoding(c.into(), Encoding::DELTA_BYTE_ARRAY);
            }
            p = p.set_column_encoding("bool".into(), Encoding::RLE);
            archivo(&tipos(700), p.build())
        }),
        (
            "anidados_snappy",
            archivo(
                &anidados(700),
                con().set_compression(Compression::SNAPPY).build(),
            ),
        ),
        (
            "anidados_v2",
            archivo(
                &anidados(500),
                con().set_writer_version(v2).set_compression(zstd).build(),
            ),
        ),
    ]
}
