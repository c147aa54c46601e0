//! The common denominator: a table read from one file and written to another, in another encoding, with the same content.

use arrow::array::RecordBatch;
use arrow::compute::cast;
use arrow::datatypes::{DataType, Field, Schema};
use arrow::error::ArrowError;
use arrow_ipc::reader::FileReader;
use arrow_ipc::writer::FileWriter;
use ecommerce_pipeline::{PipelineError, content_hash_of};
use parquet::arrow::ArrowWriter;
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use parquet::basic::{Compression, ZstdLevel};
use parquet::errors::ParquetError;
use parquet::file::properties::{WriterProperties, WriterVersion};
use std::fs::{self, File};
use std::io::{self, BufReader, Read as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Why a table did not pass.
#[derive(Debug, thiserror::Error)]
pub enum StepError {
    /// The system said no.
    #[error("{path}")]
    Io {
        /// The file or directory.
        path: PathBuf,
        /// What it said.
        source: io::Error,
    },
    /// No Parquet file where one should be.
    #[error("{path}: there is no Parquet or Arrow file")]
    Nothing {
        /// The directory.
        path: PathBuf,
    },
    /// The file is not what its beginning says.
    #[error("{path}")]
    Parquet {
        /// The file.
        path: PathBuf,
        /// What the library said.
        source: ParquetError,
    },
    /// The same of an Arrow file.
    #[error("{path}")]
    Arrow {
        /// The file.
        path: PathBuf,
        /// What the library said.
        source: ArrowError,
    },
    /// A column has a type without a canonical form.
    #[error(transparent)]
    Content(#[from] Box<PipelineError>),
}

/// What a table is written as.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// Parquet with pages of version 2, zstd and delta encodings: as far from what pyarrow and Spark write as it goes.
    Parquet,
    /// An Arrow file with texts as dictionaries.
    Arrow,
}

/// The rows of a Parquet file, of an Arrow file, or of the Parquet files in a directory, as Spark leaves them.
///
/// # Errors
/// * [`StepError`] names the file that cannot be read.
pub fn read(path: &Path) -> Result<Vec<RecordBatch>, StepError> {
    let io = |source| StepError::Io {
        path: path.to_owned(),
        source,
    };
    if fs::metadata(path).map_err(io)?.is_dir() {
        let mut files = Vec::new();
        for entry in fs::read_dir(path).map_err(io)? {
            let file = entry.map_err(io)?.path();
            if file.extension().is_some_and(|ending| ending == "parquet") {
                files.push(file);
            }
        }
        if files.is_empty() {
            return Err(StepError::Nothing {
                path: path.to_owned(),
            });
        }
        files.sort();
        let read: Result<Vec<_>, StepError> = files.iter().map(|file| read_file(file)).collect();
        return Ok(read?.concat());
    }
    read_file(path)
}

fn read_file(path: &Path) -> Result<Vec<RecordBatch>, StepError> {
    let io = |source| StepError::Io {
        path: path.to_owned(),
        source,
    };
    let arrow = |source| StepError::Arrow {
        path: path.to_owned(),
        source,
    };
    let parquet = |source| StepError::Parquet {
        path: path.to_owned(),
        source,
    };
    let mut magic = [0; 6];
    let is_arrow = File::open(path)
        .map_err(io)?
        .read_exact(&mut magic)
        .is_ok_and(|()| &magic == b"ARROW1");
    let file = File::open(path).map_err(io)?;
    let batches: Result<Vec<_>, ArrowError> = if is_arrow {
        FileReader::try_new(BufReader::new(file), None)
            .map_err(arrow)?
            .collect()
    } else {
        ParquetRecordBatchReaderBuilder::try_new(file)
            .and_then(ParquetRecordBatchReaderBuilder::build)
            .map_err(parquet)?
            .collect()
    };
    batches.map_err(arrow)
}

/// Writes the table at `from` to the file `to` as `form`, and returns the content hash of what was read.
///
/// # Errors
/// * As [`read`], [`hash`] and [`write()`].
pub fn pass(from: &Path, to: &Path, form: Form) -> Result<String, StepError> {
    let batches = read(from)?;
    let hash = hash(&batches)?;
    write(to, form, &batches)?;
    Ok(hash)
}

/// Writes rows to the file `to` as `form`.
///
/// # Errors
/// * [`StepError::Nothing`] without a batch: there is no schema to write.
/// * [`StepError`] names the file if it cannot be written.
pub fn write(to: &Path, form: Form, batches: &[RecordBatch]) -> Result<(), StepError> {
    let arrow = |source| StepError::Arrow {
        path: to.to_owned(),
        source,
    };
    let parquet = |source| StepError::Parquet {
        path: to.to_owned(),
        source,
    };
    let Some(first) = batches.first() else {
        return Err(StepError::Nothing {
            path: to.to_owned(),
        });
    };
    let file = File::create(to).map_err(|source| StepError::Io {
        path: to.to_owned(),
        source,
    })?;
    match form {
        Form::Parquet => {
            let properties = WriterProperties::builder()
                .set_writer_version(WriterVersion::PARQUET_2_0)
                .set_dictionary_enabled(false)
                .set_compression(Compression::ZSTD(ZstdLevel::default()))
                .build();
            // pyarrow does not read a dictionary of Arrow's from delta-encoded pages.
            let plain: Result<Vec<_>, _> = batches.iter().map(without_dictionaries).collect();
            let plain = plain.map_err(arrow)?;
            let schema = plain
                .first()
                .map_or_else(|| first.schema(), RecordBatch::schema);
            let mut writer =
                ArrowWriter::try_new(file, schema, Some(properties)).map_err(parquet)?;
            for batch in &plain {
                writer.write(batch).map_err(parquet)?;
            }
            writer.close().map_err(parquet)?;
        }
        Form::Arrow => {
            let whole = arrow::compute::concat_batches(&first.schema(), batches).map_err(arrow)?;
            let coded = with_dictionaries(&whole).map_err(arrow)?;
            let mut writer = FileWriter::try_new(file, &coded.schema()).map_err(arrow)?;
            writer.write(&coded).map_err(arrow)?;
            writer.finish().map_err(arrow)?;
        }
    }
    Ok(())
}

/// The content hash of rows, by the definition that the Python side implements on its own.
///
/// # Errors
/// * [`StepError::Content`] for a type without a canonical form.
pub fn hash(batches: &[RecordBatch]) -> Result<String, StepError> {
    Ok(content_hash_of(batches).map_err(Box::new)?)
}

fn with_dictionaries(batch: &RecordBatch) -> Result<RecordBatch, ArrowError> {
    recast(batch, |kind| match kind {
        DataType::Utf8 | DataType::LargeUtf8 | DataType::Utf8View => {
            DataType::Dictionary(Box::new(DataType::Int32), Box::new(DataType::Utf8))
        }
        other => other.clone(),
    })
}

fn without_dictionaries(batch: &RecordBatch) -> Result<RecordBatch, ArrowError> {
    recast(batch, |kind| match kind {
        DataType::Dictionary(_, values) => (**values).clone(),
        other => other.clone(),
    })
}

fn recast(
    batch: &RecordBatch,
    kind: impl Fn(&DataType) -> DataType,
) -> Result<RecordBatch, ArrowError> {
    let schema = batch.schema();
    let mut fields = Vec::new();
    let mut columns = Vec::new();
    for (field, column) in schema.fields().iter().zip(batch.columns()) {
        let kind = kind(field.data_type());
        columns.push(cast(column, &kind)?);
        fields.push(Field::new(field.name(), kind, field.is_nullable()));
    }
    RecordBatch::try_new(Arc::new(Schema::new(fields)), columns)
}
