//! Each check against what real writers make, and against bytes that nobody wrote.

mod bytes;
mod plans;
mod scans;

use super::SafeParquet;
use crate::reader::Limits;
use arrow::array::{ArrayRef, RecordBatch, StringArray};
use parquet::arrow::ArrowWriter;
use parquet::file::properties::{WriterProperties, WriterPropertiesBuilder};
use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::Arc;

fn write(dir: &Path, batch: &RecordBatch, properties: WriterProperties) -> PathBuf {
    let path = dir.join("x.parquet");
    let file = File::create(&path).unwrap();
    let mut writer = ArrowWriter::try_new(file, batch.schema(), Some(properties)).unwrap();
    writer.write(batch).unwrap();
    writer.close().unwrap();
    path
}

fn texts(values: &[String]) -> RecordBatch {
    let column: ArrayRef = Arc::new(StringArray::from_iter_values(values));
    RecordBatch::try_from_iter([("t", column)]).unwrap()
}

fn plain() -> WriterPropertiesBuilder {
    WriterProperties::builder().set_dictionary_enabled(false)
}

fn open(path: &Path) -> SafeParquet {
    SafeParquet::open(path, "x", &Limits::default()).unwrap()
}
