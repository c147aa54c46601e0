//! The fetched parts of a Parquet file, decoded as if they were the file.

use arrow::array::RecordBatch;
use bytes::{Buf, Bytes};
use parquet::arrow::ProjectionMask;
use parquet::arrow::arrow_reader::{
    ArrowReaderMetadata, ArrowReaderOptions, ParquetRecordBatchReaderBuilder,
};
use parquet::errors::{ParquetError, Result as ParquetResult};
use parquet::file::metadata::ParquetMetaData;
use parquet::file::reader::{ChunkReader, Length};
use std::sync::Arc;

/// The columns `leaves` of the row groups `groups`, which must have been fetched.
pub(crate) fn decode(
    fetched: Fetched,
    metadata: Arc<ParquetMetaData>,
    leaves: &[usize],
    groups: Vec<usize>,
) -> ParquetResult<Vec<RecordBatch>> {
    let expected: i64 = groups
        .iter()
        .map(|&g| metadata.row_group(g).num_rows())
        .sum();
    let metadata = ArrowReaderMetadata::try_new(metadata, ArrowReaderOptions::new())?;
    let mask = ProjectionMask::leaves(metadata.parquet_schema(), leaves.iter().copied());
    let reader = ParquetRecordBatchReaderBuilder::new_with_metadata(fetched, metadata)
        .with_projection(mask)
        .with_row_groups(groups)
        .with_batch_size(16_384)
        .build()?;
    let batches = reader.collect::<Result<Vec<_>, _>>()?;
    let rows: usize = batches.iter().map(RecordBatch::num_rows).sum();
    // The decoder takes a row group that ends early for a short one.
    if i64::try_from(rows) != Ok(expected) {
        let detail = format!("{rows} rows where the footer says {expected}");
        return Err(ParquetError::General(detail));
    }
    Ok(batches)
}

/// The parts of a file that were fetched, to be read as if they were the file.
pub(crate) struct Fetched {
    pub(crate) bytes: u64,
    pub(crate) pieces: Vec<(u64, Bytes)>,
}

impl Fetched {
    /// What was fetched from there on.
    fn from(&self, start: u64) -> ParquetResult<Bytes> {
        let piece = self.pieces.iter().find_map(|(first, bytes)| {
            let skipped = usize::try_from(start.checked_sub(*first)?).ok()?;
            (skipped < bytes.len()).then(|| bytes.slice(skipped..))
        });
        piece.ok_or_else(|| ParquetError::EOF(format!("byte {start} is in none of the columns")))
    }
}

impl Length for Fetched {
    fn len(&self) -> u64 {
        self.bytes
    }
}

impl ChunkReader for Fetched {
    type T = bytes::buf::Reader<Bytes>;

    fn get_read(&self, start: u64) -> ParquetResult<Self::T> {
        Ok(self.from(start)?.reader())
    }

    fn get_bytes(&self, start: u64, length: usize) -> ParquetResult<Bytes> {
        let bytes = self.from(start)?;
        if length > bytes.len() {
            return Err(ParquetError::EOF("a page reaches out of its column".into()));
        }
        Ok(bytes.slice(..length))
    }
}
