//! Parquet in an object store: a few columns of a few row groups, and no more of the file than they take.

use crate::error::StoreError;
use crate::fetched::{Fetched, decode};
use crate::objects::Object;
use crate::place::Place;
use arrow::array::RecordBatch;
use object_store::coalesce_ranges;
use parquet::errors::ParquetError;
use parquet::file::metadata::{ColumnChunkMetaData, ParquetMetaData, ParquetMetaDataReader};
use std::ops::Range;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

/// Bounds that no file may exceed, whatever it claims.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Limits {
    /// Read at the end of the file first; a footer that fits costs no second read.
    pub tail: u64,
    /// The longest footer.
    pub footer: u64,
    /// The most compressed bytes of a query.
    pub fetched: u64,
    /// The most bytes that they may claim to become.
    pub decoded: u64,
    /// Gaps up to this length are read rather than asked around.
    pub gap: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            tail: 64 << 10,
            footer: 16 << 20,
            fetched: 256 << 20,
            decoded: 1 << 30,
            gap: 16 << 10,
        }
    }
}

/// Why columns could not be read.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ColumnsError {
    /// The store did not give the bytes.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// No Parquet file, or one that contradicts itself.
    #[error("{place}: damaged: {detail}")]
    Damaged {
        /// The file.
        place: Place,
        /// What is wrong.
        detail: String,
    },
    /// More than a bound allows.
    #[error("{place}: {what} takes {bytes} bytes, more than the {limit} allowed")]
    TooLarge {
        /// The file.
        place: Place,
        /// Which part of it.
        what: &'static str,
        /// What it takes, or claims.
        bytes: u64,
        /// What is allowed.
        limit: u64,
    },
    /// No column of that name.
    #[error("{place}: there is no column '{column}'")]
    NoColumn {
        /// The file.
        place: Place,
        /// The name.
        column: String,
    },
    /// No row group of that number.
    #[error("{place}: there is no row group {group}, it has {groups}")]
    NoRowGroup {
        /// The file.
        place: Place,
        /// The number, from 0.
        group: usize,
        /// How many there are.
        groups: usize,
    },
    /// The runtime is being shut down.
    #[error("{place}: the runtime is being shut down")]
    ShutDown {
        /// The file.
        place: Place,
    },
}

/// A Parquet file whose footer has been read and whose numbers fit together.
#[derive(Clone)]
pub struct ParquetObject {
    object: Object,
    bytes: u64,
    version: Option<String>,
    metadata: Arc<ParquetMetaData>,
    limits: Limits,
}

impl ParquetObject {
    /// Reads the footer.
    ///
    /// Files that may be hostile rather than damaged belong on disk first, before `ecommerce_arrow::EventFile`, which also
    /// reads every page header: a page may claim to become larger than the footer says.
    ///
    /// # Errors
    /// * [`ColumnsError::Store`] if it cannot be read.
    /// * [`ColumnsError::TooLarge`] for a footer beyond `limits.footer`.
    /// * [`ColumnsError::Damaged`] if it is no Parquet file, or a column lies outside of it.
    ///
    /// # Cost
    /// A HEAD and one GET where the footer fits into `limits.tail`, else two.
    pub async fn open(object: &Object, limits: Limits) -> Result<Self, ColumnsError> {
        let place = object.place();
        let damaged = |detail: &str| ColumnsError::Damaged {
            place: place.clone(),
            detail: detail.to_owned(),
        };
        let head = object.head().await?;
        let (bytes, version) = (head.size, head.e_tag.as_deref());
        // Not by a range that counts from the end: Azure has none, and not every server cuts one that is too long.
        let tail = bytes.saturating_sub(limits.tail.max(8))..bytes;
        let tail = object.get_range_of(tail, version).await?;
        let [.., a, b, c, d, b'P', b'A', b'R', b'1'] = tail[..] else {
            return Err(damaged("no Parquet footer at the end"));
        };
        let footer = u64::from(u32::from_le_bytes([a, b, c, d]));
        // `PAR1` at the beginning, and the footer's length and `PAR1` at the end.
        if footer + 12 > bytes {
            return Err(damaged("the footer claims to be longer than the file"));
        }
        if footer > limits.footer {
            return Err(too_large(place, "the footer", footer, limits.footer));
        }
        let text = match (tail.len() as u64).checked_sub(footer + 8) {
            // The tail is in memory, so its length is a usize.
            Some(start) => tail.slice(start as usize..tail.len() - 8),
            None => {
                let range = bytes - 8 - footer..bytes - 8;
                object.get_range_of(range, version).await?
            }
        };
        let metadata = catch_unwind(|| ParquetMetaDataReader::decode_metadata(&text))
            .unwrap_or_else(|_| Err(ParquetError::General("the footer is unreadable".into())))
            .map_err(|e| damaged(&first_line(&e)))?;
        let parquet = Self {
            object: object.clone(),
            bytes,
            version: head.e_tag,
            metadata: Arc::new(metadata),
            limits,
        };
        parquet.check_columns()?;
        Ok(parquet)
    }

    /// The size of the file.
    pub fn bytes(&self) -> u64 {
        self.bytes
    }

    /// What the footer says.
    pub fn metadata(&self) -> &ParquetMetaData {
        &self.metadata
    }

    /// Those columns of those row groups.
    ///
    /// # Shape
    /// Columns in the order of the file, row groups in the order given.
    ///
    /// # Errors
    /// * [`ColumnsError::NoColumn`], [`ColumnsError::NoRowGroup`] if the file has none such.
    /// * [`ColumnsError::TooLarge`] beyond `limits.fetched` or `limits.decoded`, before anything is fetched.
    /// * [`ColumnsError::Damaged`] if a page cannot be decoded, a checksum is wrong or rows are missing.
    /// * [`ColumnsError::Store`] if the bytes cannot be read, or are no longer those of the footer ([`StoreError::Changed`]).
    ///
    /// # Cost
    /// One request per stretch of neighbouring columns, ten at once. Decoding is work for a CPU and runs on a thread that may
    /// block, not on the runtime's.
    pub async fn read(
        &self,
        columns: &[&str],
        groups: &[usize],
    ) -> Result<Vec<RecordBatch>, ColumnsError> {
        let place = self.object.place();
        let leaves = self.leaves(columns)?;
        let ranges = self.ranges(&leaves, groups)?;
        let read = |range| self.object.get_range_of(range, self.version.as_deref());
        let fetched = coalesce_ranges(&ranges, read, self.limits.gap).await?;
        let fetched = Fetched {
            bytes: self.bytes,
            pieces: ranges
                .iter()
                .map(|range| range.start)
                .zip(fetched)
                .collect(),
        };
        let (metadata, groups) = (Arc::clone(&self.metadata), groups.to_vec());
        let decoding = tokio::task::spawn_blocking(move || {
            catch_unwind(AssertUnwindSafe(|| {
                decode(fetched, metadata, &leaves, groups)
            }))
            .unwrap_or_else(|_| Err(ParquetError::General("the decoder gave up".into())))
        });
        let decoded = decoding.await.map_err(|_| ColumnsError::ShutDown {
            place: place.clone(),
        })?;
        decoded.map_err(|e| ColumnsError::Damaged {
            place: place.clone(),
            detail: first_line(&e),
        })
    }

    /// The places of those columns among the leaves, sorted.
    fn leaves(&self, columns: &[&str]) -> Result<Vec<usize>, ColumnsError> {
        let schema = self.metadata.file_metadata().schema_descr();
        let leaf = |column: &&str| {
            schema
                .columns()
                .iter()
                .position(|leaf| leaf.path().parts() == [*column])
                .ok_or_else(|| ColumnsError::NoColumn {
                    place: self.object.place().clone(),
                    column: (*column).to_owned(),
                })
        };
        let mut leaves = columns.iter().map(leaf).collect::<Result<Vec<_>, _>>()?;
        leaves.sort_unstable();
        Ok(leaves)
    }

    /// Where they lie in the file.
    fn ranges(&self, leaves: &[usize], groups: &[usize]) -> Result<Vec<Range<u64>>, ColumnsError> {
        let place = self.object.place();
        let (mut ranges, mut fetched, mut decoded) = (Vec::new(), 0, 0u64);
        for &group in groups {
            if group >= self.metadata.num_row_groups() {
                return Err(ColumnsError::NoRowGroup {
                    place: place.clone(),
                    group,
                    groups: self.metadata.num_row_groups(),
                });
            }
            for &leaf in leaves {
                let column = self.metadata.row_group(group).column(leaf);
                // Checked when the file was opened.
                let range = self.span(column).unwrap_or_default();
                fetched += range.end - range.start;
                decoded = decoded
                    .saturating_add(u64::try_from(column.uncompressed_size()).unwrap_or(u64::MAX));
                ranges.push(range);
            }
        }
        if fetched > self.limits.fetched {
            return Err(too_large(place, "the query", fetched, self.limits.fetched));
        }
        if decoded > self.limits.decoded {
            return Err(too_large(place, "the result", decoded, self.limits.decoded));
        }
        Ok(ranges)
    }

    /// Checks that every column chunk lies within the file: everything later trusts that.
    fn check_columns(&self) -> Result<(), ColumnsError> {
        for (number, group) in self.metadata.row_groups().iter().enumerate() {
            let lies_within = |column| self.span(column).is_some();
            if group.num_rows() < 0 || !group.columns().iter().all(lies_within) {
                return Err(ColumnsError::Damaged {
                    place: self.object.place().clone(),
                    detail: format!("row group {number} reaches out of the file"),
                });
            }
        }
        Ok(())
    }

    /// Where a column chunk lies, if that is between the first `PAR1` and the footer. `ColumnChunkMetaData::byte_range` says
    /// the same of sound files, and panics on negative numbers.
    fn span(&self, column: &ColumnChunkMetaData) -> Option<Range<u64>> {
        let start = column
            .dictionary_page_offset()
            .unwrap_or(column.data_page_offset());
        let start = u64::try_from(start).ok()?;
        let end = start.checked_add(u64::try_from(column.compressed_size()).ok()?)?;
        (start >= 4 && end <= self.bytes - 8).then_some(start..end)
    }
}

fn too_large(place: &Place, what: &'static str, bytes: u64, limit: u64) -> ColumnsError {
    ColumnsError::TooLarge {
        place: place.clone(),
        what,
        bytes,
        limit,
    }
}

fn first_line(error: &ParquetError) -> String {
    error
        .to_string()
        .lines()
        .next()
        .unwrap_or_default()
        .to_owned()
}
