//! The one way into a Parquet file that nobody vouches for, whatever its schema.
//!
//! The parquet crate allocates what a file claims: a footer of 60 bytes may ask for 200 GB of row groups, a page of 100 for
//! 2 GB of dictionary, and a failed allocation ends the process. It also asserts where a file contradicts itself. So nothing
//! is parsed or decoded before what it claims has been checked, from the outside in:
//!
//! 1. [`footer`]: the frame, every count of the footer (walked over by [`thrift`] before the parser builds it), depth of the
//!    schema, rows, offsets;
//! 2. [`pages`]: all page headers of the columns to be read, what each page becomes under its codec ([`gzip`]), the page index
//!    against the pages; from that, [`plan`]: how many rows a batch may have;
//! 3. [`payload`]: levels, indices ([`hybrid`]) and lengths ([`delta`]) of each decompressed page, on its way to the decoder
//!    ([`groups`]), which also checks the page's checksum where it has one;
//! 4. [`rows`]: the rows of each row group against the footer's count.
//!
//! What is left may still panic in the libraries on contradictions that only they can find: the keys and values of a Map that
//! are not as many (parquet 59.3 unwraps), a damaged Arrow schema among the file's own metadata (arrow-ipc 59.3). [`guarded`]
//! turns that into [`ReadProblem::Damaged`]. It is the last resort, and it needs unwinding: with `panic = "abort"` such a file
//! ends the process.

mod delta;
mod footer;
mod groups;
mod gzip;
mod header;
mod hybrid;
mod index;
mod pages;
mod payload;
mod plan;
mod rows;
mod scan;
mod source;
mod tables;
#[cfg(test)]
mod tests;
mod thrift;
mod views;

pub use scan::{SafeBatches, SafeScan};

use super::{Limits, ReadError, ReadProblem};
use arrow::datatypes::SchemaRef;
use pages::{Chunk, Pages};
use parquet::arrow::arrow_reader::{ArrowReaderMetadata, ArrowReaderOptions};
use parquet::bloom_filter::Sbbf;
use parquet::file::metadata::ParquetMetaData;
use parquet::file::reader::ChunkReader;
use source::{Source, Stamp};
use std::fs::File;
use std::path::Path;
use std::sync::Arc;

/// A Parquet file whose footer is known to be good, and the limits it is read under.
///
/// ```
/// use arrow::array::{ArrayRef, Int64Array, RecordBatch};
/// use ecommerce_arrow::{Limits, SafeParquet};
/// use parquet::arrow::ArrowWriter;
/// use std::sync::Arc;
///
/// let dir = tempfile::tempdir()?;
/// let path = dir.path().join("numbers.parquet");
/// let batch = RecordBatch::try_from_iter([("n", Arc::new(Int64Array::from(vec![1, 2, 3])) as ArrayRef)])?;
/// let mut writer = ArrowWriter::try_new(std::fs::File::create(&path)?, batch.schema(), None)?;
/// writer.write(&batch)?;
/// writer.close()?;
///
/// let file = SafeParquet::open(&path, "numbers.parquet", &Limits::default())?;
/// assert_eq!(file.scan().batches()?.collect::<Result<Vec<_>, _>>()?, [batch]);
///
/// // Half a file is an error that says which.
/// let half = std::fs::read(&path)?;
/// std::fs::write(&path, &half[..half.len() / 2])?;
/// let error = SafeParquet::open(&path, "numbers.parquet", &Limits::default()).unwrap_err();
/// assert_eq!(error.to_string(), "numbers.parquet: damaged: no Parquet footer at the end: truncated, or not Parquet");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct SafeParquet<R = File> {
    name: String,
    source: Source<R>,
    metadata: Arc<ParquetMetaData>,
    file_schema: SchemaRef,
    schema: SchemaRef,
    limits: Limits,
}

impl SafeParquet<File> {
    /// Opens a file and checks its footer; errors call the file `name`.
    ///
    /// Scans of the value are independent of each other, also on several threads.
    ///
    /// # Errors
    /// * [`ReadProblem::Io`] if it cannot be opened, [`ReadProblem::NotRegular`] if it is a directory, pipe or device.
    /// * [`ReadProblem::Damaged`] if it is no Parquet file, is encrypted, or its footer contradicts itself.
    /// * [`ReadProblem::TooLarge`] if the footer exceeds `limits`.
    pub fn open(path: &Path, name: &str, limits: &Limits) -> Result<Self, ReadError> {
        let fail = |problem| ReadError::new(name, problem);
        let open = || {
            // Checked before opening: opening a FIFO would wait for a writer.
            if !std::fs::metadata(path)?.is_file() {
                return Err(ReadProblem::NotRegular);
            }
            let file = File::open(path)?;
            let source = Source::Path {
                path: path.to_owned(),
                stamp: Stamp::of(&file)?,
                reader: std::convert::identity,
            };
            Ok((file, source))
        };
        let (file, source) = open().map_err(fail)?;
        Self::checked(&file, source, name, limits)
    }
}

impl<R: ChunkReader> SafeParquet<R> {
    /// As [`open`](SafeParquet::open), over anything that Parquet can be read from: bytes, a reader that counts.
    ///
    /// # Errors
    /// As [`open`](SafeParquet::open).
    pub fn over(source: R, name: &str, limits: &Limits) -> Result<Self, ReadError> {
        let source = Arc::new(source);
        Self::checked(&*source, Source::Shared(Arc::clone(&source)), name, limits)
    }

    fn checked(
        reader: &R,
        source: Source<R>,
        name: &str,
        limits: &Limits,
    ) -> Result<Self, ReadError> {
        let parse = || {
            let metadata = Arc::new(footer::read(reader, limits)?);
            let (file_schema, schema) = schemas(&metadata)?;
            Ok((metadata, file_schema, schema))
        };
        let (metadata, file_schema, schema) = parse().map_err(|p| ReadError::new(name, p))?;
        Ok(Self {
            name: name.to_owned(),
            source,
            metadata,
            file_schema,
            schema,
            limits: *limits,
        })
    }

    /// Reads the page index of all row groups as well: scans then read only the pages that hold wanted rows.
    ///
    /// A file without one is returned as it is.
    ///
    /// # Errors
    /// * [`ReadProblem::Damaged`] if the index is outside the file or unreadable.
    /// * [`ReadProblem::TooLarge`] if it exceeds `limits.footer_bytes`.
    pub fn with_page_index(mut self) -> Result<Self, ReadError> {
        let read = || {
            let source = self.source.open()?;
            let metadata = ParquetMetaData::clone(&self.metadata);
            index::page_index(&*source, metadata, &self.limits)
        };
        self.metadata = Arc::new(read().map_err(|p| ReadError::new(&self.name, p))?);
        Ok(self)
    }

    /// The Bloom filter of a leaf column in a row group, or `None` where it has none.
    ///
    /// # Errors
    /// * [`ReadProblem::Damaged`] if there is no such row group or column, or the filter is outside the file or unreadable.
    /// * [`ReadProblem::TooLarge`] if it exceeds `limits.footer_bytes`.
    pub fn bloom_filter(&self, group: usize, leaf: usize) -> Result<Option<Sbbf>, ReadError> {
        let read = || {
            let column = self
                .metadata
                .row_groups()
                .get(group)
                .and_then(|g| g.columns().get(leaf))
                .ok_or_else(|| {
                    ReadProblem::Damaged(format!("no column {leaf} in row group {group}"))
                })?;
            index::bloom_filter(&*self.source.open()?, column, &self.limits)
        };
        read().map_err(|p| ReadError::new(&self.name, p))
    }

    /// Checks the page headers of these leaf columns in all row groups, which a scan would otherwise do as it reaches them.
    ///
    /// # Errors
    /// * [`ReadProblem::Damaged`], [`ReadProblem::TooLarge`] as scans give them, before any page is decompressed.
    ///
    /// # Cost
    /// A read of a few bytes per page.
    pub fn check_pages(&self, leaves: &[usize]) -> Result<(), ReadError> {
        let check = || {
            let source = self.source.open()?;
            for group in self.metadata.row_groups() {
                for leaf in leaves {
                    let column = group
                        .columns()
                        .get(*leaf)
                        .ok_or_else(|| ReadProblem::Damaged(format!("no column {leaf}")))?;
                    let chunk = Chunk {
                        column,
                        rows: u64::try_from(group.num_rows()).unwrap_or(0),
                        locations: None,
                    };
                    if chunk.rows > 0 {
                        Pages::walk(&*source, &chunk, &self.limits)?;
                    }
                }
            }
            Ok(())
        };
        check().map_err(|p| ReadError::new(&self.name, p))
    }

    /// The file itself, opened again, for a decoder that checks pages on its own.
    ///
    /// # Errors
    /// * [`ReadProblem::Io`], [`ReadProblem::Damaged`] if it cannot be opened, or is another one by now.
    pub fn reopen(&self) -> Result<Arc<R>, ReadError> {
        self.source
            .open()
            .map_err(|p| ReadError::new(&self.name, p))
    }

    /// A scan of all rows and columns, to be narrowed.
    pub fn scan(&self) -> SafeScan<'_, R> {
        SafeScan::new(self)
    }

    /// What errors call it.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The footer, with the page index if that was read.
    pub fn metadata(&self) -> &Arc<ParquetMetaData> {
        &self.metadata
    }

    /// The schema of the batches: the file's, with texts and binaries as views.
    pub fn schema(&self) -> &SchemaRef {
        &self.schema
    }

    /// The schema as the file's writer declares it.
    pub fn file_schema(&self) -> &SchemaRef {
        &self.file_schema
    }

    /// The limits it is read under.
    pub fn limits(&self) -> &Limits {
        &self.limits
    }
}

/// The schema that the file declares, and the one its batches have.
fn schemas(metadata: &Arc<ParquetMetaData>) -> Result<(SchemaRef, SchemaRef), ReadProblem> {
    guarded("the schema", || {
        let natural =
            ArrowReaderMetadata::try_new(Arc::clone(metadata), ArrowReaderOptions::new())?;
        let views = Arc::new(views::with_views(natural.schema()));
        // Refuses what the library would decode to another type than asked for.
        let options = ArrowReaderOptions::new().with_schema(Arc::clone(&views));
        let read = ArrowReaderMetadata::try_new(Arc::clone(metadata), options)?;
        Ok((Arc::clone(natural.schema()), Arc::clone(read.schema())))
    })
}

/// Runs a parser or decoder of untrusted bytes; a panic in it is damage.
fn guarded<T>(what: &str, run: impl FnOnce() -> Result<T, ReadProblem>) -> Result<T, ReadProblem> {
    std::panic::catch_unwind(std::panic::AssertUnwindSafe(run)).unwrap_or_else(|_| {
        Err(ReadProblem::Damaged(format!(
            "the decoder gave up on {what}"
        )))
    })
}
