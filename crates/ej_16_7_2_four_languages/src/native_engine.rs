//! The work in the native engine, and what arrow-rs takes only to decode the columns that the work needs.

use crate::engine::Engine;
use crate::work::{MOST, mean};
use crate::{Input, Key, WorkError};
use arrow::array::{ArrayRef, AsArray as _, Int64Array, RecordBatch};
use arrow::datatypes::{Float64Type, Int64Type};
use ecommerce_native::{ByteRanges, NativeError, Predicate, Query, Source, Wanted};
use object_store::ObjectStore;
use object_store::ObjectStoreExt as _;
use object_store::aws::AmazonS3;
use object_store::path::Path as ObjectPath;
use parquet::arrow::ProjectionMask;
use parquet::arrow::arrow_reader::{ArrowReaderMetadata, ParquetRecordBatchReaderBuilder};
use std::fs::File;
use std::io;
use std::num::NonZeroUsize;
use std::ops::Bound;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use tokio::runtime::Runtime;

/// The native engine with its question.
#[derive(Debug)]
pub struct Native {
    input: Input,
    key: Key,
    threads: NonZeroUsize,
    /// Where requests to a store are made.
    runtime: Option<Arc<Runtime>>,
}

impl Native {
    /// The engine on as many threads as there are processors.
    ///
    /// # Errors
    /// [`WorkError::Store`] if a store is to be read and its threads cannot be started.
    pub fn new(input: Input, key: Key) -> Result<Self, WorkError> {
        let runtime = match &input {
            Input::File { .. } => None,
            Input::Object { .. } => {
                let built = tokio::runtime::Builder::new_multi_thread()
                    .enable_all()
                    .build();
                Some(Arc::new(built.map_err(|e| store_error(&input, &e))?))
            }
        };
        Ok(Self {
            input,
            key,
            threads: thread::available_parallelism().unwrap_or(NonZeroUsize::MIN),
            runtime,
        })
    }

    /// The question: sums are exact, so that their cents are.
    pub fn query(&self) -> Query {
        let query = Query::new()
            .filter(Predicate::number(
                "monto",
                (Bound::Excluded(0.0), Bound::Included(MOST)),
            ))
            .key(self.key.column())
            .sum("monto", "monto")
            .count("ventas");
        match self.key {
            Key::Region => query.distinct("user_id", "usuarios"),
            Key::User => query,
        }
    }

    fn source(&self) -> Result<Source, WorkError> {
        let opened = match (&self.input, &self.runtime) {
            (Input::Object { url, store }, Some(runtime)) => {
                let object = Object::open(url, store, runtime);
                let object = object.map_err(|e| store_error(&self.input, &e))?;
                Source::of([Box::new(object) as Box<dyn ByteRanges>])
            }
            (Input::File { path, .. }, _) => Source::open(path),
            (Input::Object { .. }, None) => Source::of([]),
        };
        opened.map_err(|error| self.failed(error))
    }

    fn failed(&self, source: NativeError) -> WorkError {
        WorkError::Native {
            input: self.input.name(),
            source,
        }
    }

    /// The engine's columns as the work's: cents of the total, and the mean.
    fn finished(&self, found: &RecordBatch) -> Result<RecordBatch, NativeError> {
        let number = |name: &str| found.column_by_name(name);
        let missing = || {
            let what = "a column of the answer is missing".to_owned();
            NativeError::Result(arrow::error::ArrowError::SchemaError(what))
        };
        let totals = number("monto").and_then(|c| c.as_primitive_opt::<Float64Type>());
        let sales = number("ventas").and_then(|c| c.as_primitive_opt::<Int64Type>());
        let (totals, sales) = totals.zip(sales).ok_or_else(missing)?;
        let cents = Int64Array::from_iter_values(
            totals
                .iter()
                .map(|total| (total.unwrap_or(0.0) * 100.0).round_ties_even() as i64),
        );
        let pairs = cents.values().iter().zip(sales.values());
        let means = Int64Array::from_iter_values(pairs.map(|(c, n)| mean(*c, *n)));
        let columns = self.key.answer().iter().map(|name| {
            let column = match *name {
                "centavos" => Arc::new(cents.clone()) as ArrayRef,
                "media" => Arc::new(means.clone()),
                other => number(other).ok_or_else(missing)?.clone(),
            };
            Ok((*name, column, *name == self.key.column()))
        });
        let columns = columns.collect::<Result<Vec<_>, NativeError>>()?;
        Ok(RecordBatch::try_from_iter_with_nullable(columns)?)
    }
}

impl Engine for Native {
    type Answer = RecordBatch;

    fn version(&self) -> String {
        format!("nativo {}", env!("CARGO_PKG_VERSION"))
    }

    /// Not the engine's doing: arrow-rs, one row group per thread at a time, every batch dropped as it comes.
    fn decode(&self) -> Result<Option<u64>, WorkError> {
        let Some(path) = self.input.path() else {
            return Ok(None);
        };
        decode_with_arrow(path, self.key.needed(), self.threads)
            .map(Some)
            .map_err(|what| WorkError::Decode {
                input: self.input.name(),
                what,
            })
    }

    fn aggregate(&self) -> Result<RecordBatch, WorkError> {
        let source = self.source()?;
        ecommerce_native::run(&source, &self.query(), self.threads)
            .and_then(|output| self.finished(&output.batch))
            .map_err(|error| self.failed(error))
    }

    fn write(&self, answer: RecordBatch, path: &Path) -> Result<(), WorkError> {
        ecommerce_native::write_parquet(&answer, path)
            .map_err(|error| WorkError::output(path, io::Error::other(error.to_string())))
    }
}

/// Decodes `columns` of the file at `path` by arrow-rs on `threads` threads; gives the rows.
fn decode_with_arrow(path: &Path, columns: &[&str], threads: NonZeroUsize) -> Result<u64, String> {
    let file = File::open(path).map_err(|e| e.to_string())?;
    let metadata =
        ArrowReaderMetadata::load(&file, Default::default()).map_err(|e| e.to_string())?;
    let groups = metadata.metadata().num_row_groups();
    let next = AtomicUsize::new(0);
    let worker = || -> Result<u64, String> {
        let mut rows = 0;
        loop {
            let group = next.fetch_add(1, Ordering::Relaxed);
            if group >= groups {
                return Ok(rows);
            }
            let file = File::open(path).map_err(|e| e.to_string())?;
            let mask = ProjectionMask::columns(
                metadata.metadata().file_metadata().schema_descr(),
                columns.iter().copied(),
            );
            let reader = ParquetRecordBatchReaderBuilder::new_with_metadata(file, metadata.clone())
                .with_row_groups(vec![group])
                .with_projection(mask)
                .build()
                .map_err(|e| e.to_string())?;
            for batch in reader {
                rows += batch.map_err(|e| e.to_string())?.num_rows() as u64;
            }
        }
    };
    thread::scope(|scope| {
        let workers: Vec<_> = (0..threads.get().min(groups.max(1)))
            .map(|_| scope.spawn(worker))
            .collect();
        let ended = workers.into_iter().map(|w| {
            w.join()
                .unwrap_or_else(|_| Err("the decoder gave up".to_owned()))
        });
        ended.sum()
    })
}

/// An object of a store, by ranges.
struct Object {
    name: String,
    path: ObjectPath,
    size: u64,
    store: Arc<AmazonS3>,
    runtime: Arc<Runtime>,
}

impl Object {
    fn open(
        url: &url::Url,
        store: &Arc<AmazonS3>,
        runtime: &Arc<Runtime>,
    ) -> object_store::Result<Self> {
        let path = ObjectPath::from_url_path(url.path())?;
        let size = runtime.block_on(store.head(&path))?.size;
        Ok(Self {
            name: url.to_string(),
            path,
            size,
            store: store.clone(),
            runtime: runtime.clone(),
        })
    }
}

impl ByteRanges for Object {
    fn name(&self) -> &str {
        &self.name
    }

    fn size(&self) -> u64 {
        self.size
    }

    fn read(&self, wanted: &mut [Wanted<'_>]) -> io::Result<()> {
        let ranges: Vec<_> = wanted
            .iter()
            .map(|w| w.offset..w.offset + w.buffer.len() as u64)
            .collect();
        // Neighbours in one request, the rest at the same time.
        let fetched = self
            .runtime
            .block_on(self.store.get_ranges(&self.path, &ranges))
            .map_err(io::Error::other)?;
        for (w, bytes) in wanted.iter_mut().zip(fetched) {
            if bytes.len() != w.buffer.len() {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
            w.buffer.copy_from_slice(&bytes);
        }
        Ok(())
    }
}

fn store_error(input: &Input, error: &dyn std::fmt::Display) -> WorkError {
    WorkError::Store {
        address: input.name(),
        what: error.to_string(),
    }
}
