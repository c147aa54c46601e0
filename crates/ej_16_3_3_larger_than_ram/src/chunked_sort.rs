//! A sort of more than fits in memory: rows are dealt to ranges of the key, and the ranges sorted one by one.
//!
//! Polars' streaming engine sorts in memory (`fallbacks` shows it). Its streams are enough to do without: one pass looks at the
//! keys and chooses where ranges end, a second deals the rows to a file per range, and each range is then sorted as a frame and
//! added to the result.

use crate::error::RunError;
use crate::input::Input;
use crate::process::{Engine, collect, scan};
use polars::io::ipc::BatchedWriter as IpcParts;
use polars::io::parquet::write::BatchedWriter;
use polars::prelude::{
    CompatLevel, DataFrame, IpcCompression, IpcReader, IpcWriter, ParquetCompression,
    ParquetWriter, PlRefPath, PlanCallback, PolarsError, PolarsResult, SerReader as _,
    SerWriter as _, SortMultipleOptions, StringChunked, col, polars_err,
};
use std::fs::File;
use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

/// Sorts a file by a text column without nulls into another, in ranges of about `bytes` decoded bytes each; returns how
/// many ranges.
///
/// Rows of one key stand in one range, in any order among themselves.
///
/// # Errors
/// * [`RunError::Polars`] if the column is no text or has nulls, and as Polars says, also of files that cannot be written.
///   `scratch` and the output are then left incomplete, for the caller to remove.
///
/// # Cost
/// Two reads of the input, a write and a read of as much again in `scratch`. Memory: two to three times `bytes`, and 256 keys
/// per range; a key that fills more than a range takes more. Ranges are at most 512, one open file each: a larger input has
/// larger ranges.
pub fn ordenar_por_tramos(
    input: &Input,
    key: &str,
    bytes: u64,
    scratch: &Path,
    output: &Path,
) -> Result<usize, RunError> {
    let run = || -> PolarsResult<usize> {
        let ranges = input.decoded_bytes.div_ceil(bytes.max(1));
        let ranges = ranges.clamp(1, MOST_RANGES);
        let ends = ends_of_ranges(input, key, ranges)?;
        let parts = deal(input, key, ends, bytes, scratch)?;
        let mut result = None;
        for part in &parts {
            sort_into(&mut result, part, key, input, output)?;
        }
        if let Some(writer) = result {
            writer.finish()?;
        }
        Ok(parts.len())
    };
    run().map_err(|source| RunError::Polars {
        file: input.path.clone(),
        source,
    })
}

/// Files open at a time; systems give a process 1,024.
const MOST_RANGES: u64 = 512;

/// Keys looked at per range when its end is chosen.
const SAMPLE: u64 = 256;

/// The last key of every range but the last, from keys at equal distances in the file.
fn ends_of_ranges(input: &Input, key: &str, ranges: u64) -> PolarsResult<Vec<String>> {
    let every = usize::try_from(input.rows / (ranges * SAMPLE))
        .unwrap_or(1)
        .max(1);
    let keys =
        scan(PlRefPath::try_from_path(&input.path)?)?.select([col(key).gather_every(every, 0)]);
    let keys = collect(keys, Engine::Streaming)?;
    let keys = keys
        .column(key)?
        .as_materialized_series()
        .sort(Default::default())?;
    let keys = keys.str()?;
    (1..ranges)
        .map(|range| range as usize * keys.len() / ranges as usize)
        .filter_map(|at| keys.get(at).map(|key| Ok(key.to_owned())))
        .collect()
}

type Part = IpcParts<File>;

/// Deals the rows to one file per range, in the order of the ranges.
fn deal(
    input: &Input,
    key: &str,
    ends: Vec<String>,
    bytes: u64,
    scratch: &Path,
) -> PolarsResult<Vec<PathBuf>> {
    let mut rows = scan(PlRefPath::try_from_path(&input.path)?)?;
    let schema = rows.collect_schema()?;
    let paths: Vec<PathBuf> = (0..=ends.len())
        .map(|range| scratch.join(format!("tramo-{range:05}.arrow")))
        .collect();
    let open = |path: &PathBuf| -> PolarsResult<Part> {
        IpcWriter::new(File::create(path)?)
            .with_compression(Some(IpcCompression::LZ4))
            // Texts by value: as views, each part would drag along the whole batch that it was dealt from.
            .with_compat_level(CompatLevel::oldest())
            .batched(&schema, vec![Default::default(); schema.len()])
    };
    let parts: Vec<Part> = paths.iter().map(open).collect::<PolarsResult<_>>()?;
    let parts = Arc::new(Mutex::new(parts));
    let (dealt, key) = (Arc::clone(&parts), key.to_owned());
    let batch_rows = input.rows.saturating_mul(bytes) / input.decoded_bytes.max(1);
    let batch_rows = usize::try_from(batch_rows / 2).unwrap_or(1).max(1);
    let plan = rows.sink_batches(
        PlanCallback::new(move |batch: DataFrame| {
            let mut parts = dealt.lock().map_err(|_| poisoned())?;
            deal_batch(&batch, &key, &ends, &mut parts)?;
            Ok(false)
        }),
        false,
        NonZeroUsize::new(batch_rows),
    )?;
    collect(plan, Engine::Streaming)?;
    for part in parts.lock().map_err(|_| poisoned())?.iter_mut() {
        part.finish()?;
    }
    Ok(paths)
}

/// A sorted batch is its ranges one after another: each is a slice of it.
fn deal_batch(
    batch: &DataFrame,
    key: &str,
    ends: &[String],
    parts: &mut [Part],
) -> PolarsResult<()> {
    let mut batch = batch.sort([key], SortMultipleOptions::default())?;
    batch.rechunk_mut();
    let keys = batch.column(key)?.str()?;
    if keys.null_count() > 0 {
        return Err(polars_err!(ComputeError: "the sort key has a null"));
    }
    let mut start = 0;
    for (range, part) in parts.iter_mut().enumerate() {
        let end = match ends.get(range) {
            Some(end) => first_not_below(keys, end, start),
            None => batch.height(),
        };
        if end > start {
            part.write_batch(&batch.slice(start as i64, end - start))?;
        }
        start = end;
    }
    Ok(())
}

/// The first row from `start` whose key is not below `end`, among sorted keys.
fn first_not_below(keys: &StringChunked, end: &str, start: usize) -> usize {
    let (mut low, mut high) = (start, keys.len());
    while low < high {
        let middle = low.midpoint(high);
        if keys.get(middle).is_some_and(|key| key < end) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    low
}

/// Sorts a part and adds it to the result, which the first part opens; the part is then removed.
fn sort_into(
    result: &mut Option<BatchedWriter<File>>,
    part: &Path,
    key: &str,
    input: &Input,
    output: &Path,
) -> PolarsResult<()> {
    let rows = IpcReader::new(File::open(part)?).finish()?;
    std::fs::remove_file(part)?;
    let rows = rows.sort([key], SortMultipleOptions::default())?;
    let writer = match result {
        Some(writer) => writer,
        None => result.insert(
            ParquetWriter::new(File::create(output)?)
                .with_compression(ParquetCompression::Snappy)
                .batched(rows.schema())?,
        ),
    };
    let step = usize::try_from(input.rows_per_group)
        .unwrap_or(usize::MAX)
        .max(1);
    for start in (0..rows.height()).step_by(step) {
        let mut group = rows.slice(start as i64, step);
        group.rechunk_mut();
        writer.write_batch(&group)?;
    }
    Ok(())
}

fn poisoned() -> PolarsError {
    polars_err!(ComputeError: "another thread panicked while it dealt rows")
}
