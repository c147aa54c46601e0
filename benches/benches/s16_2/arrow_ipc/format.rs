//! The formats, each with its way to write a column and to read it back.

use super::rows::{self, Column};
use arrow::array::{ArrayRef, RecordBatch};
use arrow::compute::{cast, concat_batches};
use arrow::datatypes::{DataType, Field, Schema, SchemaRef};
use bytes::Bytes;
use ej_16_2_3_arrow_ipc::json::{deserializar_json, serializar_json};
use ej_16_2_3_arrow_ipc::sample::Kind;
use ej_16_2_3_arrow_ipc::{Compression, WriteOptions, deserializar_arrow, write_stream};
use parquet::arrow::ArrowWriter;
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use parquet::basic::Compression as ParquetCompression;
use parquet::file::properties::WriterProperties;
use std::slice::from_ref;
use std::sync::Arc;

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Format {
    Ipc,
    IpcLz4,
    IpcZstd,
    /// Dictionary encoding and Snappy: what parquet writers do unless told otherwise.
    Parquet,
    ArrowJson,
    SerdeJson,
    Csv,
    /// A compact binary form of serde rows, maintained, as bincode was.
    Postcard,
}

/// What reading gave.
#[derive(Debug)]
pub(super) enum Read {
    Batches(Vec<RecordBatch>),
    Rows(Column),
}

impl Format {
    pub(super) const ALL: [Self; 8] = [
        Self::Ipc,
        Self::IpcLz4,
        Self::IpcZstd,
        Self::Parquet,
        Self::ArrowJson,
        Self::SerdeJson,
        Self::Csv,
        Self::Postcard,
    ];

    pub(super) fn as_str(self) -> &'static str {
        match self {
            Self::Ipc => "ipc",
            Self::IpcLz4 => "ipc_lz4",
            Self::IpcZstd => "ipc_zstd",
            Self::Parquet => "parquet",
            Self::ArrowJson => "arrow_json",
            Self::SerdeJson => "serde_json",
            Self::Csv => "csv",
            Self::Postcard => "postcard",
        }
    }

    pub(super) fn is_columnar(self) -> bool {
        matches!(
            self,
            Self::Ipc | Self::IpcLz4 | Self::IpcZstd | Self::Parquet
        )
    }

    /// CSV has no nested values.
    pub(super) fn can_hold(self, kind: Kind) -> bool {
        (self, kind) != (Self::Csv, Kind::Anidado)
    }

    pub(super) fn write(self, kind: Kind, batch: &RecordBatch) -> Vec<u8> {
        let mut out = Vec::new();
        self.write_into(kind, batch, &mut out);
        out
    }

    /// Writes the batch into a vector that has held it before: growing it is no part of any format.
    pub(super) fn write_into(self, kind: Kind, batch: &RecordBatch, out: &mut Vec<u8>) {
        const EXPECT: &str = "a column of the sample has this form";
        match self {
            Self::Ipc | Self::IpcLz4 | Self::IpcZstd => {
                let compression = match self {
                    Self::IpcLz4 => Compression::Lz4,
                    Self::IpcZstd => Compression::Zstd,
                    _ => Compression::None,
                };
                write_stream(
                    out,
                    from_ref(batch),
                    WriteOptions::default().compressed(compression),
                )
                .expect(EXPECT);
            }
            Self::Parquet => {
                let properties = WriterProperties::builder()
                    .set_compression(ParquetCompression::SNAPPY)
                    .build();
                let mut writer =
                    ArrowWriter::try_new(out, batch.schema(), Some(properties)).expect(EXPECT);
                writer.write(batch).expect(EXPECT);
                writer.close().expect(EXPECT);
            }
            Self::ArrowJson => out.extend(serializar_json(from_ref(batch)).expect(EXPECT)),
            Self::SerdeJson => serde_json::to_writer(out, &rows::of(kind, batch)).expect(EXPECT),
            Self::Csv => rows::write_csv(kind, batch, out).expect(EXPECT),
            Self::Postcard => {
                *out =
                    postcard::to_extend(&rows::of(kind, batch), std::mem::take(out)).expect(EXPECT);
            }
        }
    }

    pub(super) fn read(self, kind: Kind, bytes: &Bytes, schema: &SchemaRef) -> Read {
        const EXPECT: &str = "it was just written";
        match self {
            Self::Ipc | Self::IpcLz4 | Self::IpcZstd => {
                Read::Batches(deserializar_arrow(bytes).expect(EXPECT))
            }
            Self::Parquet => {
                let builder =
                    ParquetRecordBatchReaderBuilder::try_new(bytes.clone()).expect(EXPECT);
                let reader = builder.with_batch_size(65_536).build().expect(EXPECT);
                Read::Batches(reader.collect::<Result<_, _>>().expect(EXPECT))
            }
            Self::ArrowJson => {
                Read::Batches(deserializar_json(bytes, schema.clone(), 65_536).expect(EXPECT))
            }
            Self::SerdeJson => Read::Rows(rows::from_json(kind, bytes).expect(EXPECT)),
            Self::Csv => Read::Rows(rows::from_csv(kind, bytes).expect(EXPECT)),
            Self::Postcard => Read::Rows(rows::from_postcard(kind, bytes).expect(EXPECT)),
        }
    }

    /// Checks that what is read is what was written.
    pub(super) fn check(self, kind: Kind, batch: &RecordBatch) {
        let bytes = Bytes::from(self.write(kind, batch));
        let read: ArrayRef = match self.read(kind, &bytes, &schema_of_json(batch)) {
            Read::Batches(batches) => concat_batches(&batches[0].schema(), &batches)
                .expect("one schema")
                .column(0)
                .clone(),
            Read::Rows(rows) => rows.into_array(),
        };
        assert_eq!(read.len(), batch.num_rows(), "{self:?} {kind:?}");
        let wanted = plain(batch.column(0));
        assert_eq!(&plain(&read), &wanted, "{self:?} {kind:?}");
    }
}

/// A dictionary as the text it stands for: not every reader gives a dictionary back.
fn plain(column: &ArrayRef) -> ArrayRef {
    match column.data_type() {
        DataType::Dictionary(_, values) => cast(column, values).expect("a dictionary of text"),
        _ => column.clone(),
    }
}

/// The schema that arrow-json reads by; it makes no dictionaries.
pub(super) fn schema_of_json(batch: &RecordBatch) -> SchemaRef {
    let data_type = match batch.column(0).data_type() {
        DataType::Dictionary(_, values) => values.as_ref().clone(),
        other => other.clone(),
    };
    Arc::new(Schema::new(vec![Field::new("v", data_type, true)]))
}
