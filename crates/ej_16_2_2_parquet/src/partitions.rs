//! Directories partitioned as Hive does it: `fecha=2024-01-15/region=norte/part-0.parquet`. Standard library and Parquet, no engine.

use crate::ParquetFileError;
use crate::write::{columns as columns_of, same_columns};
use arrow::array::{ArrayRef, RecordBatch, RecordBatchOptions, StringViewArray, new_null_array};
use arrow::datatypes::{DataType, Field, Schema};
use ecommerce_arrow::{Limits, SafeBatches, SafeParquet};
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::vec::IntoIter;

/// What Hive calls a directory whose value is null.
const NULL: &str = "__HIVE_DEFAULT_PARTITION__";

/// A file and the values that its directories give all its rows.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Part {
    /// The file.
    pub path: PathBuf,
    /// Key and value of every directory on the way to it; a value of null is `None`.
    pub values: Vec<(String, Option<String>)>,
}

impl Part {
    /// The value of a key, or `None` if it is null or there is no such key.
    pub fn value(&self, key: &str) -> Option<&str> {
        let (_, value) = self.values.iter().find(|(k, _)| k == key)?;
        value.as_deref()
    }
}

/// The files of a partitioned data set. Finding them opens none.
#[derive(Clone, Debug)]
pub struct Partitioned {
    parts: Vec<Part>,
}

impl Partitioned {
    /// All `*.parquet` files below `root`, ordered by path; names that start with `.` or `_` are passed over, as Spark and Hive do.
    ///
    /// # Errors
    /// * [`ParquetFileError::Io`] if a directory cannot be listed.
    /// * [`ParquetFileError::NotAPartition`] if a directory below `root` is not `key=value`, or files have different keys.
    pub fn find(root: &Path) -> Result<Self, ParquetFileError> {
        let mut parts = Vec::new();
        walk(root, &[], &mut parts)?;
        parts.sort_by(|a, b| a.path.cmp(&b.path));
        for pair in parts.windows(2) {
            let keys = |part: &Part| {
                part.values
                    .iter()
                    .map(|(k, _)| k.clone())
                    .collect::<Vec<_>>()
            };
            if keys(&pair[0]) != keys(&pair[1]) {
                return Err(not_a_partition(
                    pair[1].path.parent().unwrap_or(root),
                    format!(
                        "its keys are {:?}, others' are {:?}",
                        keys(&pair[1]),
                        keys(&pair[0])
                    ),
                ));
            }
        }
        Ok(Self { parts })
    }

    /// The files, in order.
    pub fn parts(&self) -> &[Part] {
        &self.parts
    }

    /// Only the files for which `keep` holds. The others are never opened.
    #[must_use]
    pub fn keep(mut self, keep: impl FnMut(&Part) -> bool) -> Self {
        self.parts.retain(keep);
        self
    }

    /// The rows of all files, each with its partition's values as columns behind its own.
    ///
    /// A column of the file with the name of a key gives way to the directory, which Hive takes at its word.
    ///
    /// # Errors
    /// The batches give [`ParquetFileError::Read`] where a file is damaged, and [`ParquetFileError::OtherSchema`] where one has
    /// other columns than the first; they end after the first error.
    ///
    /// # Cost
    /// One open file at a time.
    pub fn batches(self, limits: &Limits) -> PartitionedBatches {
        PartitionedBatches {
            parts: self.parts.into_iter(),
            limits: *limits,
            schema: None,
            current: None,
        }
    }
}

fn walk(
    directory: &Path,
    values: &[(String, Option<String>)],
    parts: &mut Vec<Part>,
) -> Result<(), ParquetFileError> {
    let io = |source| ParquetFileError::Io {
        file: directory.to_owned(),
        source,
    };
    for entry in fs::read_dir(directory).map_err(io)? {
        let entry = entry.map_err(io)?;
        let (path, name) = (entry.path(), entry.file_name());
        let name = name.to_string_lossy();
        if name.starts_with(['.', '_']) {
            continue;
        }
        // Not followed: a link to a directory above would have no end.
        if entry.file_type().map_err(io)?.is_dir() {
            let mut below = values.to_vec();
            below.push(key_and_value(&path, &name)?);
            walk(&path, &below, parts)?;
        } else if path.extension().is_some_and(|e| e == "parquet") {
            parts.push(Part {
                path,
                values: values.to_vec(),
            });
        }
    }
    Ok(())
}

fn key_and_value(path: &Path, name: &str) -> Result<(String, Option<String>), ParquetFileError> {
    let (key, value) = name
        .split_once('=')
        .filter(|(key, _)| !key.is_empty())
        .ok_or_else(|| not_a_partition(path, "no key=value".into()))?;
    let decode = |text: &str| {
        unescape(text).ok_or_else(|| not_a_partition(path, format!("'{text}' is not UTF-8")))
    };
    let value = if value == NULL {
        None
    } else {
        Some(decode(value)?)
    };
    Ok((decode(key)?, value))
}

/// Undoes `%2F` and the like; `None` if the bytes are no UTF-8. A `%` without two digits stands for itself.
fn unescape(text: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((first, after)) = rest.split_first() {
        let digit = |i: usize| after.get(i).and_then(|b| char::from(*b).to_digit(16));
        match digit(0).zip(digit(1)) {
            Some((high, low)) if *first == b'%' => {
                bytes.push((high * 16 + low) as u8);
                rest = &after[2..];
            }
            _ => {
                bytes.push(*first);
                rest = after;
            }
        }
    }
    String::from_utf8(bytes).ok()
}

fn not_a_partition(directory: &Path, detail: String) -> ParquetFileError {
    ParquetFileError::NotAPartition {
        directory: directory.to_owned(),
        detail,
    }
}

/// The batches of a partitioned data set, file after file.
pub struct PartitionedBatches {
    parts: IntoIter<Part>,
    limits: Limits,
    /// That of the first file, with the keys.
    schema: Option<Arc<Schema>>,
    current: Option<(Part, SafeBatches)>,
}

impl PartitionedBatches {
    fn step(&mut self) -> Result<Option<RecordBatch>, ParquetFileError> {
        loop {
            let next = self.current.as_mut().and_then(|(part, batches)| {
                let batch = batches.next()?;
                Some((part, batch))
            });
            if let Some((part, batch)) = next {
                let batch = with_values(&batch?, part, self.schema.as_ref())?;
                self.schema.get_or_insert_with(|| batch.schema());
                return Ok(Some(batch));
            }
            let Some(part) = self.parts.next() else {
                return Ok(None);
            };
            let name = part.path.to_string_lossy();
            let batches = SafeParquet::open(&part.path, &name, &self.limits)?
                .scan()
                .batches()?;
            self.current = Some((part, batches));
        }
    }
}

impl Iterator for PartitionedBatches {
    type Item = Result<RecordBatch, ParquetFileError>;

    fn next(&mut self) -> Option<Self::Item> {
        let step = self.step().transpose();
        if matches!(step, None | Some(Err(_))) {
            self.current = None;
            self.parts = Vec::new().into_iter();
        }
        step
    }
}

/// The batch with a column for each key behind its own.
fn with_values(
    batch: &RecordBatch,
    part: &Part,
    expected: Option<&Arc<Schema>>,
) -> Result<RecordBatch, ParquetFileError> {
    let is_key = |name: &str| part.values.iter().any(|(key, _)| key == name);
    let rows = batch.num_rows();
    let (mut fields, mut columns): (Vec<_>, Vec<ArrayRef>) = batch
        .schema()
        .fields()
        .iter()
        .zip(batch.columns())
        .filter(|(field, _)| !is_key(field.name()))
        .map(|(field, column)| (Arc::clone(field), Arc::clone(column)))
        .unzip();
    for (key, value) in &part.values {
        fields.push(Arc::new(Field::new(key, DataType::Utf8View, true)));
        columns.push(match value {
            Some(value) => Arc::new(StringViewArray::from_iter_values(std::iter::repeat_n(
                value, rows,
            ))),
            None => new_null_array(&DataType::Utf8View, rows),
        });
    }
    let schema = Arc::new(Schema::new(fields));
    let other = |expected: String| ParquetFileError::OtherSchema {
        file: part.path.clone(),
        batch: 0,
        found: columns_of(&schema),
        expected,
    };
    if let Some(expected) = expected.filter(|expected| !same_columns(expected, &schema)) {
        return Err(other(columns_of(expected)));
    }
    let options = RecordBatchOptions::new().with_row_count(Some(rows));
    RecordBatch::try_new_with_options(Arc::clone(&schema), columns, &options)
        .map_err(|e| other(e.to_string()))
}
