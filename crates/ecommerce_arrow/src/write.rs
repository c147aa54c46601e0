//! Writing generated or imported events: one directory per day, one file per part, each complete or absent.

use crate::builder::generate_batch;
use crate::reader::Format;
use arrow::array::{Array, AsArray, RecordBatch};
use arrow::datatypes::{DataType, Float64Type, TimestampMicrosecondType};
use arrow::error::ArrowError;
use ecommerce_model::{Fecha, Generador, format_instant};
use parquet::arrow::ArrowWriter;
use parquet::basic::{Compression, Encoding};
use parquet::errors::ParquetError;
use parquet::file::properties::{EnabledStatistics, WriterProperties};
use parquet::schema::types::ColumnPath;
use std::fs::{self, File};
use std::io::{self, BufWriter, Write};
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

/// Where and how files are written.
#[derive(Clone, Debug)]
pub struct Layout {
    /// Directory that receives `fecha=YYYY-MM-DD/part-NNNNN.EXT`.
    pub root: PathBuf,
    /// Format of every file.
    pub format: Format,
    /// Rows per file; also the unit that threads share out.
    pub rows_per_file: u64,
    /// Threads that write, at least one.
    pub threads: usize,
}

/// What was written.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct WrittenDays {
    /// Files.
    pub files: u64,
    /// Rows.
    pub rows: u64,
    /// Bytes on disk.
    pub bytes: u64,
}

/// Told after every batch: rows and, at the end of a file, bytes that were added.
pub type Progress<'a> = &'a (dyn Fn(u64, u64) + Sync);

/// Why a file could not be written.
#[derive(Debug, thiserror::Error)]
pub enum WriteError {
    /// The operating system said no.
    #[error("{path}: {source}")]
    Io {
        /// The file or directory.
        path: PathBuf,
        /// What it said.
        source: io::Error,
    },
    /// The encoder failed.
    #[error("{path}: {source}")]
    Parquet {
        /// The file.
        path: PathBuf,
        /// What it said.
        source: ParquetError,
    },
    /// A batch could not be built.
    #[error(transparent)]
    Arrow(#[from] ArrowError),
}

/// Rows encoded at a time; with the encoder's buffers this bounds a thread's memory.
const BATCH_ROWS: u64 = 16_384;
/// Rows per Parquet row group.
const ROW_GROUP: usize = 262_144;

/// Writes every row of the generator under `layout.root`.
///
/// # Errors
/// * [`WriteError::Io`] and [`WriteError::Parquet`] name the file; files already complete stay.
///
/// # Cost
/// Memory: one row group per thread, whatever the number of rows. The bytes do not depend on the threads.
pub fn write_days(
    generador: &Generador,
    layout: &Layout,
    progress: Progress<'_>,
) -> Result<WrittenDays, WriteError> {
    let rows_per_file = layout.rows_per_file.max(1);
    let mut parts: Vec<(Fecha, usize, Range<u64>)> = Vec::new();
    for (fecha, rows) in generador.dias() {
        let count = (rows.end - rows.start).div_ceil(rows_per_file).max(1);
        for part in 0..count {
            let start = rows.start + part * rows_per_file;
            parts.push((
                fecha,
                part as usize,
                start..(start + rows_per_file).min(rows.end),
            ));
        }
    }
    let (next, total) = (AtomicUsize::new(0), Mutex::new(WrittenDays::default()));
    let work = || -> Result<(), WriteError> {
        while let Some((fecha, part, rows)) = parts.get(next.fetch_add(1, Ordering::Relaxed)) {
            let batches = batches_of(rows.clone()).map(|r| Ok(generate_batch(generador, r)?));
            let written = write_part(layout, *fecha, *part, batches, progress)?;
            if let Ok(mut total) = total.lock() {
                total.add(&written);
            }
        }
        Ok(())
    };
    std::thread::scope(|scope| {
        let hands: Vec<_> = (0..layout.threads.max(1))
            .map(|_| scope.spawn(work))
            .collect();
        hands.into_iter().try_for_each(|h| {
            h.join()
                .unwrap_or_else(|panic| std::panic::resume_unwind(panic))
        })
    })?;
    Ok(total.into_inner().unwrap_or_default())
}

/// Writes the batches of one day as its part `part`, replacing that file.
///
/// # Errors
/// As [`write_days`]; on error the file that was there stays.
pub fn write_batches(
    layout: &Layout,
    fecha: Fecha,
    part: usize,
    batches: impl Iterator<Item = Result<RecordBatch, WriteError>>,
    progress: Progress<'_>,
) -> Result<WrittenDays, WriteError> {
    write_part(layout, fecha, part, batches, progress)
}

impl WrittenDays {
    /// Adds the counts of another piece of work.
    pub fn add(&mut self, other: &Self) {
        self.files += other.files;
        self.rows += other.rows;
        self.bytes += other.bytes;
    }
}

fn batches_of(rows: Range<u64>) -> impl Iterator<Item = Range<u64>> {
    (rows.start..rows.end)
        .step_by(BATCH_ROWS as usize)
        .map(move |s| s..(s + BATCH_ROWS).min(rows.end))
}

fn write_part(
    layout: &Layout,
    fecha: Fecha,
    part: usize,
    batches: impl Iterator<Item = Result<RecordBatch, WriteError>>,
    progress: Progress<'_>,
) -> Result<WrittenDays, WriteError> {
    let extension = match layout.format {
        Format::Parquet => "parquet",
        Format::Csv => "csv",
    };
    let directory = layout.root.join(format!("fecha={fecha}"));
    let path = directory.join(format!("part-{part:05}.{extension}"));
    let io = |source| WriteError::Io {
        path: path.clone(),
        source,
    };
    fs::create_dir_all(&directory).map_err(io)?;
    // Readers skip names that start with a dot, so a half-written file is never taken for a part.
    let partial = directory.join(format!(
        ".part-{part:05}.{extension}.{}",
        std::process::id()
    ));
    let written = encode(layout.format, &partial, batches, progress);
    let rows = match written {
        Ok(rows) => rows,
        Err(e) => {
            // The error that matters is the first one; a leftover is only untidy.
            let _ = fs::remove_file(&partial);
            return Err(e);
        }
    };
    let bytes = fs::metadata(&partial).map_err(io)?.len();
    fs::rename(&partial, &path).map_err(io)?;
    progress(0, bytes);
    Ok(WrittenDays {
        files: 1,
        rows,
        bytes,
    })
}

fn encode(
    format: Format,
    path: &Path,
    batches: impl Iterator<Item = Result<RecordBatch, WriteError>>,
    progress: Progress<'_>,
) -> Result<u64, WriteError> {
    let io = |source| WriteError::Io {
        path: path.to_owned(),
        source,
    };
    let parquet = |source| WriteError::Parquet {
        path: path.to_owned(),
        source,
    };
    let file = BufWriter::with_capacity(1 << 20, File::create(path).map_err(io)?);
    let mut rows = 0;
    let mut file = match format {
        Format::Parquet => {
            let schema = crate::events_schema();
            let mut writer =
                ArrowWriter::try_new(file, schema, Some(properties())).map_err(parquet)?;
            for batch in batches {
                let batch = batch?;
                writer.write(&batch).map_err(parquet)?;
                rows += batch.num_rows() as u64;
                progress(batch.num_rows() as u64, 0);
            }
            writer.into_inner().map_err(parquet)?
        }
        Format::Csv => {
            let mut file = file;
            let mut header = true;
            for batch in batches {
                let batch = batch?;
                batch_to_csv(&batch, &mut file, header).map_err(io)?;
                header = false;
                rows += batch.num_rows() as u64;
                progress(batch.num_rows() as u64, 0);
            }
            if header {
                batch_to_csv(
                    &RecordBatch::new_empty(crate::events_schema()),
                    &mut file,
                    true,
                )
                .map_err(io)?;
            }
            file
        }
    };
    file.flush().map_err(io)?;
    Ok(rows)
}

/// Encodings chosen by what each column is: names never repeat, instants nearly count up, the rest repeats a lot.
fn properties() -> WriterProperties {
    let column = |name: &str| ColumnPath::from(name);
    WriterProperties::builder()
        .set_compression(Compression::SNAPPY)
        .set_max_row_group_row_count(Some(ROW_GROUP))
        .set_statistics_enabled(EnabledStatistics::Chunk)
        .set_column_dictionary_enabled(column("evento_id"), false)
        .set_column_dictionary_enabled(column("timestamp"), false)
        .set_column_encoding(column("timestamp"), Encoding::DELTA_BINARY_PACKED)
        .set_column_dictionary_enabled(column("lat"), false)
        .set_column_dictionary_enabled(column("lon"), false)
        .build()
}

/// Writes a batch as CSV lines, with a header line first if asked. Nulls are empty, instants RFC 3339 in UTC.
///
/// # Errors
/// Those of `out`, and [`io::ErrorKind::InvalidInput`] for a column type that events do not have.
pub fn batch_to_csv(batch: &RecordBatch, out: impl Write, header: bool) -> io::Result<()> {
    let mut writer = csv::WriterBuilder::new().from_writer(out);
    if header {
        writer.write_record(batch.schema().fields().iter().map(|f| f.name()))?;
    }
    let mut cell = String::new();
    for row in 0..batch.num_rows() {
        for array in batch.columns() {
            cell.clear();
            if array.is_valid(row) {
                push_cell(&mut cell, array.as_ref(), row)?;
            }
            writer.write_field(&cell)?;
        }
        writer.write_record(None::<&[u8]>)?;
    }
    writer.flush()
}

fn push_cell(cell: &mut String, array: &dyn Array, row: usize) -> io::Result<()> {
    use std::fmt::Write as _;
    match array.data_type() {
        DataType::Utf8 => cell.push_str(array.as_string::<i32>().value(row)),
        DataType::Utf8View => cell.push_str(array.as_string_view().value(row)),
        // Writing to a String cannot fail.
        DataType::Float64 => drop(write!(
            cell,
            "{}",
            array.as_primitive::<Float64Type>().value(row)
        )),
        DataType::Timestamp(_, _) => {
            let micros = array.as_primitive::<TimestampMicrosecondType>().value(row);
            let text = format_instant(micros);
            cell.push_str(&text.ok_or_else(|| {
                io::Error::new(io::ErrorKind::InvalidInput, "instant out of range")
            })?);
        }
        other => {
            return Err(io::Error::new(
                io::ErrorKind::InvalidInput,
                format!("no CSV form for {other}"),
            ));
        }
    }
    Ok(())
}
