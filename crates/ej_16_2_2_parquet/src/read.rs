//! Reading as a stream: what is in memory is one batch and the pages it came from, whatever the size of the file.

use crate::ParquetFileError;
use arrow::array::RecordBatch;
use arrow::datatypes::SchemaRef;
use ecommerce_arrow::{Limits, SafeBatches, SafeParquet};
use std::path::Path;

/// Rows per batch of the guide.
pub const FILAS_POR_LOTE: usize = 65_536;

/// The batches of a file, one after the other.
pub struct Lectura {
    filas: u64,
    lotes: SafeBatches,
}

impl Lectura {
    /// The schema of the batches: the file's, with texts as views.
    pub fn schema(&self) -> &SchemaRef {
        self.lotes.schema()
    }

    /// Rows of the file, as its footer says.
    pub fn filas(&self) -> u64 {
        self.filas
    }
}

impl Iterator for Lectura {
    type Item = Result<RecordBatch, ParquetFileError>;

    fn next(&mut self) -> Option<Self::Item> {
        Some(self.lotes.next()?.map_err(Into::into))
    }
}

/// Returns the batches of a Parquet file as a stream; the guide's vector is `.collect::<Result<Vec<_>, _>>()`.
///
/// # Shape
/// All columns in file order, texts as views, at most 65,536 rows per batch; no batch spans two row groups.
///
/// # Errors
/// * [`ParquetFileError::Read`] if the file is missing, damaged or larger than the default [`Limits`]; so do the batches, which
///   end after the first error.
///
/// # Cost
/// Reads the footer now, and the pages of one batch with each step.
///
/// # Source
/// Exercise 16.2.2 of the guide.
pub fn leer_parquet(ruta: &str) -> Result<Lectura, ParquetFileError> {
    leer_por_lotes(ruta, FILAS_POR_LOTE)
}

/// As [`leer_parquet`], with at most `filas` rows per batch.
///
/// # Errors
/// As [`leer_parquet`].
pub fn leer_por_lotes(ruta: &str, filas: usize) -> Result<Lectura, ParquetFileError> {
    let limits = Limits {
        batch_rows: filas,
        ..Limits::default()
    };
    let file = SafeParquet::open(Path::new(ruta), ruta, &limits)?;
    let filas = file.metadata().file_metadata().num_rows();
    Ok(Lectura {
        filas: u64::try_from(filas).unwrap_or(0),
        lotes: file.scan().batches()?,
    })
}
