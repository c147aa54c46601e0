//! Rows from and to Parquet files.

use arrow_array::RecordBatch;
use linea::{Failure, Problem};
use parquet::arrow::ArrowWriter;
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use std::fs::File;
use std::path::{Path, PathBuf};

/// The rows of these files, file after file.
pub fn read(format: &'static str, files: &[PathBuf]) -> Result<Vec<RecordBatch>, Failure> {
    let mut batches = Vec::new();
    for path in files {
        let failed = |e: &dyn std::fmt::Display| {
            Failure::of(format, Problem::Other, format!("{}: {e}", path.display()))
        };
        let file = File::open(path).map_err(|e| failed(&e))?;
        let reader = ParquetRecordBatchReaderBuilder::try_new(file)
            .and_then(|builder| builder.build())
            .map_err(|e| failed(&e))?;
        for batch in reader {
            batches.push(batch.map_err(|e| failed(&e))?);
        }
    }
    Ok(batches)
}

/// Writes the batches as one file, which exists only when all of them are in it; returns the rows.
pub fn write(format: &'static str, path: &Path, batches: &[RecordBatch]) -> Result<u64, Failure> {
    let failed = |e: &dyn std::fmt::Display| {
        Failure::of(format, Problem::Other, format!("{}: {e}", path.display()))
    };
    let Some(first) = batches.first() else {
        return Err(failed(&"la tabla no tiene filas"));
    };
    let file = File::create(path).map_err(|e| failed(&e))?;
    let mut writer = ArrowWriter::try_new(file, first.schema(), None).map_err(|e| failed(&e))?;
    for batch in batches {
        writer.write(batch).map_err(|e| failed(&e))?;
    }
    writer.close().map_err(|e| failed(&e))?;
    Ok(count(batches))
}

/// How many rows.
pub fn count(batches: &[RecordBatch]) -> u64 {
    batches.iter().map(|batch| batch.num_rows() as u64).sum()
}
