//! A native Parquet aggregation engine: filter, group by key, sum, count, mean and exact distinct, over encoded pages.
//!
//! ```
//! use arrow::array::{ArrayRef, AsArray, Float64Array, RecordBatch, StringArray};
//! use arrow::datatypes::{Float64Type, Int64Type};
//! use ecommerce_native::{Predicate, Query, Source, run, write_parquet};
//! use std::{num::NonZeroUsize, sync::Arc};
//!
//! let region: ArrayRef = Arc::new(StringArray::from(vec!["sur", "norte", "sur", "sur"]));
//! let user: ArrayRef = Arc::new(StringArray::from(vec!["u1", "u2", "u1", "u3"]));
//! let amount: ArrayRef = Arc::new(Float64Array::from(vec![10.1, 20.2, 30.3, -5.0]));
//! let sales = RecordBatch::try_from_iter([("region", region), ("user_id", user), ("monto", amount)])?;
//! let directory = tempfile::tempdir()?;
//! write_parquet(&sales, directory.path().join("ventas.parquet"))?;
//!
//! let query = Query::new()
//!     .filter(Predicate::above("monto", 0.0))
//!     .key("region")
//!     .sum("monto", "revenue")
//!     .distinct("user_id", "usuarios");
//! let answer = run(&Source::open(directory.path())?, &query, NonZeroUsize::MIN)?.batch;
//! assert_eq!(answer.column(0).as_string::<i32>().iter().flatten().collect::<Vec<_>>(), ["norte", "sur"]);
//! assert_eq!(answer.column(1).as_primitive::<Float64Type>().values(), &[20.2, 40.4]);
//! assert_eq!(answer.column(2).as_primitive::<Int64Type>().values(), &[1, 1]);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # From a file to an answer
//!
//! [`Source`] reads footers. [`Query`] becomes a plan: each column once, in every role that it has. Threads take row groups one by
//! one, and the last ones in pieces (`scan.rs`, `task.rs`). Statistics rule a group out, or a test away when every row must pass it.
//! The chunks of the columns that are left are fetched in one request ([`ByteRanges`]), which a store may overlap. Rows go through
//! in batches of 4096 that end where a page of any column does, so that a column is in one form in each: codes of a dictionary,
//! numbers, or places of texts (`rows.rs`, `column.rs`).
//!
//! A [`Selection`] goes the same way as far as the filter, and hands out the rows that pass as Arrow columns (`select.rs`): where few
//! do, no value is made of the others.
//!
//! * **Codes stay codes.** A test is decided, a double made addable and a value numbered once per dictionary entry; a row is a lookup
//!   in an array. No text is made before the result.
//! * **Few groups**, as the dictionaries of all keys are small: a row's group comes from the codes, and each thread adds up its own.
//! * **Many groups**: rows are dealt out by the hash of their key, some thousand of each 256th, and then looked up together in a table
//!   that is a 256th of the whole (`spread.rs`). Threads share the tables, so that their size is that of the distinct keys, not of
//!   threads times them, and nothing is merged in the end. Several keys are one text whose bytes are in their order (`order.rs`).
//! * **Distinct** of few groups is a bit per value where values are small numbers, or texts of one length that end in one, as
//!   identifiers do (`dense.rs`). Otherwise it is a set of (group, value) pairs, dealt out in the same way as rows; values of a
//!   dictionary are marked in a bitmap per group first, and become pairs once per chunk (`distinct.rs`).
//! * **Encodings** of our own: levels, dictionary codes (RLE and bit-packed), plain values. The rest (delta, byte streams) goes through the
//!   parquet crate's readers, page by page; pages are decompressed and their checksums checked by its page reader.
//!
//! # Sums
//!
//! The sum of a float column is the double nearest to the exact sum (`exact.rs`): the order of rows, files and threads cannot be seen
//! in it, and amounts in cents come out to the cent for as long as a double can hold them. Doubles are added as 128-bit fixed-point
//! numbers, which in a dictionary are made once; what does not fit goes to a 2240-bit integer. There is one exception: a
//! query without keys over one float column, unfiltered or `> 0.0`, adds up plain values by the vector kernels of `ecommerce_simd`, batch by
//! batch; each of those errs by less than 10⁻¹⁴ of what it adds up, in the same way every time. NaN is in no range of a filter; a sum with NaN is NaN;
//! −0.0 alone sums to 0.0.
//!
//! # Result
//!
//! One row per group: keys in the order asked, then aggregates. Sorted by the keys, texts by their bytes, nulls last; a null is a group
//! as SQL has it. Texts are Utf8, integers of any width Int64, dates Date32, timestamps as in the file. Without keys there
//! is one row, even of no rows.
//!
//! # Bounds
//!
//! Flat columns of DOUBLE, signed INT32 and INT64, DATE, TIMESTAMP and UTF-8 text; anything else is [`NativeError::ColumnType`]. Nothing a file
//! claims is allocated unseen: a page is at most what its chunk says that all of them are, 256 MiB, and what its codec can make of
//! its bytes; a footer at most 64 MiB. Decoders of other crates that panic over damaged bytes become a [`NativeError::Page`] (their message still
//! reaches the panic hook).
//!
//! # Cost
//!
//! A thread holds the compressed chunks of one row group, a page per column, and, where rows are dealt out, up to 16 MiB of them for
//! the groups and as much for each distinct column, or 8 MiB of bits. A group takes 16 bytes in a table at most three quarters full, and 32 per column
//! that is added up; a distinct value a bit, up to the largest number, or 16 bytes in each group that has it; texts of up to eight bytes lie in these. Batches allocate
//! nothing once their buffers have grown.
//!
//! A look-up in a table of a million values is a cache line that no cache has. What can be done about it is done here: one line per
//! look-up (buckets), asked for two dozen records ahead ([`ecommerce_simd::prefetch`]), in a part of the table small enough that
//! some of its lines are used twice. Only decoding the columns, which the bench `16.7.2/nativo` runs beside it, has none of that.
#![forbid(unsafe_code)]
#![cfg_attr(
    test,
    allow(clippy::unwrap_used, reason = "a failing test should panic")
)]

mod array;
mod chunk;
mod column;
mod dense;
mod distinct;
mod error;
mod exact;
mod groups;
mod hybrid;
mod intern;
mod kind;
mod order;
mod output;
mod plan;
mod query;
mod rows;
mod scan;
mod select;
mod source;
mod spread;
mod sums;
mod table;
mod task;
#[cfg(test)]
mod tests;
mod write;

pub use error::NativeError;
pub use query::{Aggregate, Condition, Function, Limits, Predicate, Query};
pub use select::{Scratch, Selected, Selection};
pub use source::{ByteRanges, LocalFile, Source, Wanted};
pub use write::write_parquet;

use arrow::array::RecordBatch;
use plan::Plan;
use rayon::ThreadPoolBuilder;
use scan::{Shared, Worker};
use std::num::NonZeroUsize;
use std::time::{Duration, Instant};

/// The answer of a query.
#[derive(Clone, Debug)]
pub struct Output {
    /// The keys' columns, then the aggregates', one row per group; sorted by the keys, nulls last.
    pub batch: RecordBatch,
    /// Where the time went.
    pub phases: Phases,
    /// What was read.
    pub scanned: Scanned,
}

/// Where the time of a query went. All threads read and process at the same time: the elapsed time is divided as their work was.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Phases {
    /// Bytes fetched from the source.
    pub read: Duration,
    /// All the rest: decompressed, decoded, filtered, aggregated, put together.
    pub process: Duration,
}

/// What a query touched.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Scanned {
    /// Row groups read.
    pub row_groups: usize,
    /// Row groups that their statistics ruled out.
    pub skipped: usize,
    /// Rows of the groups read.
    pub rows: u64,
    /// Rows that passed the filter.
    pub selected: u64,
    /// Bytes read of the columns.
    pub bytes: u64,
}

/// The answer of `query` over `source`, computed by `threads` threads.
///
/// # Errors
/// See [`NativeError`].
pub fn run(source: &Source, query: &Query, threads: NonZeroUsize) -> Result<Output, NativeError> {
    run_in_pieces(source, query, threads, task::PIECE_ROWS)
}

/// The same, with pieces of row groups of `piece` rows at least.
fn run_in_pieces(
    source: &Source,
    query: &Query,
    threads: NonZeroUsize,
    piece: usize,
) -> Result<Output, NativeError> {
    let start = Instant::now();
    let plan = Plan::new(source, query)?;
    let shared = Shared::new(source, &plan, threads.get(), piece);
    let pool = ThreadPoolBuilder::new()
        .num_threads(threads.get())
        .build()
        .map_err(|e| NativeError::Threads(e.to_string()))?;
    let workers = pool.broadcast(|_| Worker::run(&shared));
    let workers = workers.into_iter().collect::<Result<Vec<_>, _>>()?;

    let mut scanned = Scanned::default();
    let (mut reading, mut busy) = (Duration::ZERO, Duration::ZERO);
    for worker in &workers {
        scanned.add(&worker.scanned);
        reading += worker.reading;
        busy += worker.busy;
    }
    let scan = start.elapsed();
    let share = reading.as_secs_f64() / busy.as_secs_f64().max(f64::MIN_POSITIVE);
    let read = scan.mul_f64(share.min(1.0));
    let batch = pool.install(|| output::batch(&plan, shared, workers))?;
    Ok(Output {
        batch,
        phases: Phases {
            read,
            process: start.elapsed().saturating_sub(read),
        },
        scanned,
    })
}

impl Scanned {
    fn add(&mut self, other: &Self) {
        self.row_groups += other.row_groups;
        self.skipped += other.skipped;
        self.rows += other.rows;
        self.selected += other.selected;
        self.bytes += other.bytes;
    }
}
