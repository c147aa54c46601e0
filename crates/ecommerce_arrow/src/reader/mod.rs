//! The one reader of files: [`SafeParquet`] for any Parquet file, and on it [`EventFile`] for events, in Parquet or CSV.
//! arrow-rs with page checksums, checked before it is trusted, bounded in memory.
//!
//! A malformed file is a [`ReadError`] that names the file and the place, never a panic and never an allocation
//! whose size only the file vouches for.

mod csv;
mod error;
mod events;
mod limits;
mod parquet;
mod spanish;

pub use error::{ReadError, ReadProblem};
pub use limits::Limits;
pub use parquet::{SafeBatches, SafeParquet, SafeScan};

use arrow::array::RecordBatch;
use std::fs::File;
use std::path::{Path, PathBuf};

/// How a file is written.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Format {
    /// Apache Parquet.
    Parquet,
    /// Comma-separated values with a header line.
    Csv,
}

impl Format {
    /// The format its extension says, or `None`.
    pub fn of(path: &Path) -> Option<Self> {
        let extension = path.extension()?.to_str()?;
        if extension.eq_ignore_ascii_case("parquet") {
            Some(Self::Parquet)
        } else if extension.eq_ignore_ascii_case("csv") {
            Some(Self::Csv)
        } else {
            None
        }
    }
}

/// Which columns a scan hands out.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Columns {
    /// All twelve, in the order of [`events_view_schema`](crate::events_view_schema).
    All,
    /// `evento_id` and `timestamp` alone: what finding duplicates takes.
    Identity,
    /// `user_id`, `monto`, `region` and `timestamp`: what the revenue of a day takes.
    Sales,
}

impl Columns {
    /// Their positions in the schema, in the order of the batches.
    const fn positions(self) -> &'static [usize] {
        match self {
            Self::All => &[0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11],
            Self::Identity => &[0, 9],
            Self::Sales => &[2, 5, 6, 9],
        }
    }
}

/// A part of a file that can be read on its own: a Parquet row group, or a whole CSV file.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Chunk {
    index: usize,
    /// Position in the file of its first row, from 0.
    pub first_row: u64,
    /// Rows it holds; for CSV unknown before reading, and 0 here.
    pub rows: u64,
    /// Compressed bytes it takes.
    pub bytes: u64,
}

/// An event file whose header and schema are known to be good.
#[derive(Debug)]
pub struct EventFile {
    path: PathBuf,
    name: String,
    bytes: u64,
    extra_columns: Vec<String>,
    chunks: Vec<Chunk>,
    kind: Kind,
}

#[derive(Debug)]
enum Kind {
    Parquet(events::ParquetEvents),
    Csv(csv::Header),
}

impl EventFile {
    /// Opens the file and checks everything that can be checked without reading rows: that it is a regular file,
    /// footer and page headers (Parquet) or the header line (CSV), names and types of the columns.
    ///
    /// `name` is what errors and the quarantine call it; `columns` are those that will be read: pages of others are not looked at.
    ///
    /// # Errors
    /// * [`ReadProblem::Io`] if it cannot be opened or is no regular file.
    /// * [`ReadProblem::Damaged`] if it is no Parquet file or its sizes contradict each other.
    /// * [`ReadProblem::TooLarge`] beyond a bound of `limits`.
    /// * [`ReadProblem::MissingColumn`], [`ReadProblem::RetypedColumn`] if the schema has drifted.
    ///
    /// # Cost
    /// One read of the footer and one of a few bytes per page.
    pub fn open(
        path: &Path,
        name: &str,
        format: Format,
        columns: Columns,
        limits: &Limits,
    ) -> Result<Self, ReadError> {
        let fail = |problem| ReadError::new(name, problem);
        // Checked before opening: opening a FIFO would wait for a writer.
        let meta = std::fs::metadata(path).map_err(|e| fail(e.into()))?;
        if !meta.is_file() {
            return Err(fail(ReadProblem::NotRegular));
        }
        let (kind, chunks, extra_columns) = match format {
            Format::Parquet => {
                let (events, chunks, extra) =
                    events::inspect(path, name, meta.len(), columns, limits)?;
                (Kind::Parquet(events), chunks, extra)
            }
            Format::Csv => {
                let file = File::open(path).map_err(|e| fail(e.into()))?;
                let (header, extra) = csv::inspect(file, limits).map_err(fail)?;
                let whole = Chunk {
                    index: 0,
                    first_row: 0,
                    rows: 0,
                    bytes: meta.len(),
                };
                (Kind::Csv(header), vec![whole], extra)
            }
        };
        Ok(Self {
            path: path.to_owned(),
            name: name.to_owned(),
            bytes: meta.len(),
            extra_columns,
            chunks,
            kind,
        })
    }

    /// What errors and the quarantine call it.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Its size.
    pub fn bytes(&self) -> u64 {
        self.bytes
    }

    /// Columns of the file that the schema does not know; they are not read.
    pub fn extra_columns(&self) -> &[String] {
        &self.extra_columns
    }

    /// The file under the events, if it is Parquet: its row groups are [`chunks`](Self::chunks).
    pub fn parquet(&self) -> Option<&SafeParquet> {
        match &self.kind {
            Kind::Parquet(events) => Some(events.file()),
            Kind::Csv(_) => None,
        }
    }

    /// The parts it can be read in, in order.
    pub fn chunks(&self) -> &[Chunk] {
        &self.chunks
    }

    /// Reads a part.
    ///
    /// # Shape
    /// Batches of at most `limits.batch_rows` rows, in file order.
    ///
    /// # Errors
    /// As [`open`](Self::open); batches give [`ReadProblem::Damaged`] or [`ReadProblem::BadRecord`] where the file
    /// is broken, and end after the first error.
    pub fn scan(
        &self,
        chunk: &Chunk,
        columns: Columns,
        limits: &Limits,
    ) -> Result<Scan, ReadError> {
        let fail = |problem| ReadError::new(&self.name, problem);
        let batches: Batches = match &self.kind {
            Kind::Parquet(events) => Box::new(events.scan(chunk, columns, limits)?),
            Kind::Csv(header) => {
                let file = File::open(&self.path).map_err(|e| fail(e.into()))?;
                let name = self.name.clone();
                let batches = csv::scan(file, header, columns, limits).map_err(fail)?;
                Box::new(batches.map(move |b| b.map_err(|p| ReadError::new(&name, p))))
            }
        };
        Ok(Scan {
            next_row: chunk.first_row,
            batches: Some(batches),
        })
    }
}

type Batches = Box<dyn Iterator<Item = Result<RecordBatch, ReadError>> + Send>;

/// The batches of a part, each with the position in the file of its first row, from 0.
pub struct Scan {
    next_row: u64,
    batches: Option<Batches>,
}

impl Iterator for Scan {
    type Item = Result<(u64, RecordBatch), ReadError>;

    fn next(&mut self) -> Option<Self::Item> {
        match self.batches.as_mut()?.next() {
            Some(Ok(batch)) => {
                let first = self.next_row;
                self.next_row += batch.num_rows() as u64;
                Some(Ok((first, batch)))
            }
            Some(Err(e)) => {
                self.batches = None;
                Some(Err(e))
            }
            None => {
                self.batches = None;
                None
            }
        }
    }
}
