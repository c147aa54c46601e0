//! Rejected rows, kept whole: collected from every thread into one temporary Parquet file, then published.

use crate::VERSION_PIPELINE;
use crate::error::PipelineError;
use arrow::array::{
    ArrayRef, Date32Array, Int64Array, RecordBatch, StringArray, TimestampMicrosecondArray,
};
use arrow::compute::{cast, take_record_batch};
use arrow::datatypes::{DataType, Field, Schema, SchemaRef, TimeUnit};
use ecommerce_arrow::events_schema;
use ecommerce_model::{Dia, Motivo};
use parquet::arrow::ArrowWriter;
use parquet::basic::Compression;
use parquet::file::properties::WriterProperties;
use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

/// The columns of the quarantine table: where the row stood and why it is here, the row, and who put it here.
pub(crate) fn quarantine_schema() -> SchemaRef {
    let mut fields = vec![
        Field::new("fecha", DataType::Date32, false),
        Field::new("archivo", DataType::Utf8, false),
        Field::new("fila", DataType::Int64, false),
        Field::new("motivo", DataType::Utf8, false),
    ];
    fields.extend(
        events_schema()
            .fields()
            .iter()
            .map(|f| f.as_ref().clone().with_nullable(true)),
    );
    fields.extend(provenance_fields());
    Arc::new(Schema::new(fields))
}

/// When and by which version a row was written; left out of "same content".
pub(crate) fn provenance_fields() -> [Field; 2] {
    [
        Field::new(
            "_procesado_en",
            DataType::Timestamp(TimeUnit::Microsecond, Some("UTC".into())),
            false,
        ),
        Field::new("_version_pipeline", DataType::Utf8, false),
    ]
}

/// The columns of [`provenance_fields`] for `rows` rows.
pub(crate) fn provenance_columns(rows: usize, now_micros: i64) -> [ArrayRef; 2] {
    [
        Arc::new(TimestampMicrosecondArray::from(vec![now_micros; rows]).with_timezone("UTC")),
        Arc::new(StringArray::from(vec![VERSION_PIPELINE; rows])),
    ]
}

/// A rejected row of a batch: its index there, and why.
pub(crate) type Rejection = (u32, Motivo);

/// Collects rejected rows on disk, so that a day of nothing else does not fill the memory.
pub(crate) struct Quarantine {
    dia: Dia,
    now_micros: i64,
    path: PathBuf,
    writer: Mutex<Option<ArrowWriter<File>>>,
}

impl Quarantine {
    /// A quarantine that collects in a new file of `directory`.
    pub(crate) fn create(
        directory: &Path,
        dia: Dia,
        now_micros: i64,
    ) -> Result<Self, PipelineError> {
        let path = directory.join("cuarentena.parquet");
        let file = File::create(&path).map_err(PipelineError::io(&path))?;
        let properties = WriterProperties::builder()
            .set_compression(Compression::SNAPPY)
            .set_max_row_group_row_count(Some(65_536))
            .build();
        let writer = ArrowWriter::try_new(file, quarantine_schema(), Some(properties))
            .map_err(encode_error(&path))?;
        Ok(Self {
            dia,
            now_micros,
            path,
            writer: Mutex::new(Some(writer)),
        })
    }

    /// Keeps the rejected rows of a batch whose first row stands at `first_row` (from 0) of `file`.
    pub(crate) fn add(
        &self,
        file: &str,
        first_row: u64,
        batch: &RecordBatch,
        rejected: &[Rejection],
    ) -> Result<(), PipelineError> {
        if rejected.is_empty() {
            return Ok(());
        }
        let indices = arrow::array::UInt32Array::from_iter_values(rejected.iter().map(|(i, _)| *i));
        let rows = take_record_batch(batch, &indices)?;
        let n = rejected.len();
        let position = |i: u32| i64::try_from(first_row + u64::from(i) + 1).unwrap_or(i64::MAX);
        let mut columns: Vec<ArrayRef> = vec![
            Arc::new(Date32Array::from(vec![
                self.dia.fecha().days_since_epoch();
                n
            ])),
            Arc::new(StringArray::from(vec![file; n])),
            Arc::new(Int64Array::from_iter_values(
                rejected.iter().map(|(i, _)| position(*i)),
            )),
            Arc::new(StringArray::from_iter_values(
                rejected.iter().map(|(_, m)| m.as_str()),
            )),
        ];
        for (column, field) in rows.columns().iter().zip(events_schema().fields()) {
            columns.push(cast(column, field.data_type())?);
        }
        columns.extend(provenance_columns(n, self.now_micros));
        let batch = RecordBatch::try_new(quarantine_schema(), columns)?;
        let mut writer = self.writer.lock().map_err(|_| poisoned())?;
        writer
            .as_mut()
            .ok_or_else(poisoned)?
            .write(&batch)
            .map_err(encode_error(&self.path))
    }

    /// The complete file.
    pub(crate) fn finish(&self) -> Result<&Path, PipelineError> {
        let writer = self
            .writer
            .lock()
            .map_err(|_| poisoned())?
            .take()
            .ok_or_else(poisoned)?;
        writer.close().map_err(encode_error(&self.path))?;
        Ok(&self.path)
    }
}

pub(crate) fn encode_error(
    path: &Path,
) -> impl FnOnce(parquet::errors::ParquetError) -> PipelineError {
    let path = path.to_owned();
    move |e| match e {
        parquet::errors::ParquetError::External(inner) => {
            match inner.downcast::<std::io::Error>() {
                Ok(source) => PipelineError::Io {
                    path,
                    source: *source,
                },
                Err(other) => PipelineError::Internal(other.to_string()),
            }
        }
        other => PipelineError::Internal(other.to_string()),
    }
}

fn poisoned() -> PipelineError {
    PipelineError::Internal("the quarantine was closed early".into())
}
