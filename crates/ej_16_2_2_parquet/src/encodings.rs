//! Encodings × codecs on the model's events: what each costs in bytes, and in time to write and to read.

use crate::ParquetFileError;
use crate::write::encode;
use arrow::array::RecordBatch;
use arrow::datatypes::DataType;
use ecommerce_arrow::{Limits, SafeParquet};
use parquet::basic::{Compression, Encoding, ZstdLevel};
use parquet::errors::ParquetError;
use parquet::file::properties::{EnabledStatistics, WriterProperties};
use parquet::schema::types::ColumnPath;
use std::path::Path;
use std::time::Instant;
use std::{fmt, fs};

/// How values become bytes before they are compressed. Columns that an encoding does not apply to are plain.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Scheme {
    /// As they are.
    Plain,
    /// Every distinct value once, and indices to it; the writer gives up on a column whose dictionary exceeds 1 MiB.
    Dictionary,
    /// Instants as differences of neighbours, in as few bits as a block of them takes.
    DeltaBinaryPacked,
    /// Texts as what they do not share with the one before.
    DeltaByteArray,
    /// The bytes of numbers and instants by place: all first bytes, all second bytes, …
    ByteStreamSplit,
    /// What suits each column: dictionaries for what repeats, differences for instants and names, bytes by place for coordinates.
    ByColumn,
}

impl Scheme {
    /// All, in the order of the table.
    pub const ALL: [Self; 6] = [
        Self::Plain,
        Self::Dictionary,
        Self::DeltaBinaryPacked,
        Self::DeltaByteArray,
        Self::ByteStreamSplit,
        Self::ByColumn,
    ];

    /// The encoding of a column, or `None` for a dictionary.
    fn of(self, column: &str, data_type: &DataType) -> Option<Encoding> {
        let text = matches!(data_type, DataType::Utf8 | DataType::Utf8View);
        let instant = matches!(data_type, DataType::Timestamp(..));
        match self {
            Self::Dictionary => None,
            Self::DeltaBinaryPacked if instant => Some(Encoding::DELTA_BINARY_PACKED),
            Self::DeltaByteArray if text => Some(Encoding::DELTA_BYTE_ARRAY),
            Self::ByteStreamSplit if !text => Some(Encoding::BYTE_STREAM_SPLIT),
            Self::ByColumn => match column {
                "timestamp" => Some(Encoding::DELTA_BINARY_PACKED),
                "evento_id" => Some(Encoding::DELTA_BYTE_ARRAY),
                "lat" | "lon" => Some(Encoding::BYTE_STREAM_SPLIT),
                _ => None,
            },
            _ => Some(Encoding::PLAIN),
        }
    }
}

impl fmt::Display for Scheme {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Plain => "plain",
            Self::Dictionary => "diccionario",
            Self::DeltaBinaryPacked => "delta binary packed",
            Self::DeltaByteArray => "delta byte array",
            Self::ByteStreamSplit => "byte stream split",
            Self::ByColumn => "por columna",
        })
    }
}

/// How the encoded bytes are compressed.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Codec {
    /// Not at all.
    None,
    /// Snappy.
    Snappy,
    /// LZ4, as the format defines it since 2.9 (`LZ4_RAW`).
    Lz4,
    /// Zstandard at this level.
    Zstd(i32),
}

impl Codec {
    /// All, in the order of the table.
    pub const ALL: [Self; 6] = [
        Self::None,
        Self::Snappy,
        Self::Lz4,
        Self::Zstd(1),
        Self::Zstd(3),
        Self::Zstd(9),
    ];

    fn compression(self) -> Result<Compression, ParquetError> {
        Ok(match self {
            Self::None => Compression::UNCOMPRESSED,
            Self::Snappy => Compression::SNAPPY,
            Self::Lz4 => Compression::LZ4_RAW,
            Self::Zstd(level) => Compression::ZSTD(ZstdLevel::try_new(level)?),
        })
    }
}

impl fmt::Display for Codec {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::None => f.pad("ninguno"),
            Self::Snappy => f.pad("snappy"),
            Self::Lz4 => f.pad("lz4"),
            Self::Zstd(level) => f.pad(&format!("zstd {level}")),
        }
    }
}

/// Writer properties for batches of this schema. No statistics, so that what is timed is the encoding.
///
/// # Errors
/// * [`ParquetError::General`] for a level that Zstandard does not have.
pub fn properties(
    schema: &arrow::datatypes::Schema,
    scheme: Scheme,
    codec: Codec,
) -> Result<WriterProperties, ParquetError> {
    let mut properties = WriterProperties::builder()
        .set_compression(codec.compression()?)
        .set_statistics_enabled(EnabledStatistics::None);
    for field in schema.fields() {
        let column = ColumnPath::from(field.name().as_str());
        if let Some(encoding) = scheme.of(field.name(), field.data_type()) {
            properties = properties
                .set_column_dictionary_enabled(column.clone(), false)
                .set_column_encoding(column, encoding);
        }
    }
    Ok(properties.build())
}

/// One row of the table.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Measurement {
    /// The encoding.
    pub scheme: Scheme,
    /// The codec.
    pub codec: Codec,
    /// Bytes of the file.
    pub bytes: u64,
    /// Seconds to write it, the best of the repetitions.
    pub write_s: f64,
    /// Seconds to read it whole, the best of the repetitions.
    pub read_s: f64,
}

/// Bytes of the batches in memory: what speeds are counted in, so that a small file is not a slow one.
pub fn memory(batches: &[RecordBatch]) -> u64 {
    batches
        .iter()
        .flat_map(RecordBatch::columns)
        .map(|column| column.to_data().get_slice_memory_size().unwrap_or(0) as u64)
        .sum()
}

/// Encodes the batches and reads them back from a file in `directory`, `repetitions` times.
///
/// They are encoded into memory, and the file is in the page cache: what is timed is encoding and decoding, not the disk.
///
/// # Errors
/// * [`ParquetFileError::NoBatches`] without batches; otherwise as writing and reading.
pub fn measure(
    batches: &[RecordBatch],
    scheme: Scheme,
    codec: Codec,
    repetitions: u32,
    directory: &Path,
) -> Result<Measurement, ParquetFileError> {
    let path = directory.join("medida.parquet");
    let schema = batches
        .first()
        .ok_or_else(|| ParquetFileError::NoBatches { file: path.clone() })?
        .schema();
    let mut measured = Measurement {
        scheme,
        codec,
        bytes: 0,
        write_s: f64::INFINITY,
        read_s: f64::INFINITY,
    };
    for _ in 0..repetitions {
        let properties =
            properties(&schema, scheme, codec).map_err(|source| ParquetFileError::Encode {
                file: path.clone(),
                source,
            })?;
        let out = Vec::with_capacity(usize::try_from(measured.bytes).unwrap_or(0));
        let start = Instant::now();
        let stream = batches.iter().cloned().map(Ok::<_, ParquetFileError>);
        let (_, _, out) = encode(schema.clone(), stream, out, &path, properties)?;
        measured.write_s = measured.write_s.min(start.elapsed().as_secs_f64());
        measured.bytes = out.len() as u64;
        fs::write(&path, out).map_err(|source| ParquetFileError::Io {
            file: path.clone(),
            source,
        })?;

        let start = Instant::now();
        let file = SafeParquet::open(&path, "medida.parquet", &Limits::default())?;
        for batch in file.scan().batches()? {
            std::hint::black_box(batch?);
        }
        measured.read_s = measured.read_s.min(start.elapsed().as_secs_f64());
    }
    Ok(measured)
}
