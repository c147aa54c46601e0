//! From a scale factor to eight Parquet files.

use super::data::{Dataset, MANIFEST, TableFile};
use super::table::Table;
use crate::EngineError;
use crate::write::{replace, save_text};
use arrow::array::RecordBatch;
use parquet::basic::Compression;
use parquet::file::properties::WriterProperties;
use std::fs;
use std::path::Path;
use std::sync::mpsc::sync_channel;
use std::thread;

/// A thousandth: six thousand lines of orders.
pub const LEAST_SCALE: f64 = 0.001;
/// A hundred: some 30 GB, six hundred million lines of orders.
pub const GREATEST_SCALE: f64 = 100.0;

const BATCH_ROWS: usize = 1 << 13;
/// Row groups are as large as this, or an eighth of the table if that is less.
const GROUP_ROWS: u64 = 1 << 18;
/// Batches made but not yet written.
const AHEAD: usize = 8;

/// How far the generation is.
#[derive(Clone, Copy, Debug)]
pub struct Progress {
    /// The table at work.
    pub table: Table,
    /// Rows of it that are written.
    pub rows: u64,
    /// About how many it will have.
    pub of: u64,
}

/// Writes the tables of a scale to `directory`, and last what they are, which makes the data valid.
///
/// Rows are made on a thread of their own while others are written: no table is ever held whole. Each file appears whole or not at
/// all; a run that is cut short leaves files but no manifest, and [`Dataset::open`] then says so.
///
/// # Errors
/// * [`EngineError::Scale`] if the scale is no number, or not between [`LEAST_SCALE`] and [`GREATEST_SCALE`].
/// * [`EngineError::Write`] if a file cannot be written.
///
/// # Cost
/// About 300 MB of disk and, optimized, ten seconds of one core for scale 1; memory for one row group of `lineitem`.
pub fn generate(
    scale: f64,
    directory: &Path,
    mut progress: impl FnMut(Progress),
) -> Result<Dataset, EngineError> {
    if !(LEAST_SCALE..=GREATEST_SCALE).contains(&scale) {
        return Err(EngineError::Scale {
            given: scale,
            least: LEAST_SCALE,
            greatest: GREATEST_SCALE,
        });
    }
    let manifest = directory.join(MANIFEST);
    match fs::remove_file(&manifest) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
            return Err(EngineError::write(&manifest, error));
        }
        _ => {}
    }
    let mut files = Vec::new();
    for table in Table::ALL {
        let file = write(table, scale, directory, &mut progress)?;
        files.push(file);
    }
    let dataset = Dataset::of(directory, scale, files);
    save_text(&manifest, &dataset.manifest())?;
    Ok(dataset)
}

fn write(
    table: Table,
    scale: f64,
    directory: &Path,
    progress: &mut impl FnMut(Progress),
) -> Result<TableFile, EngineError> {
    let of = table.about_rows(scale);
    let group = usize::try_from(GROUP_ROWS.min((of / 8).max(1 << 10))).unwrap_or(1 << 18);
    let properties = WriterProperties::builder()
        .set_compression(Compression::SNAPPY)
        .set_max_row_group_row_count(Some(group))
        .build();
    let rows = table.rows(scale, BATCH_ROWS);
    let schema = rows.schema().clone();
    let path = directory.join(format!("{}.parquet", table.name()));
    let (give, take) = sync_channel::<RecordBatch>(AHEAD);
    let written = thread::scope(|scope| {
        scope.spawn(move || {
            for batch in rows {
                // The writer failed and is gone: nobody needs the rest.
                if give.send(batch).is_err() {
                    break;
                }
            }
        });
        replace(&path, schema, properties, |writer| {
            let mut done = 0;
            for batch in take {
                writer.write(&batch)?;
                done += batch.num_rows() as u64;
                progress(Progress {
                    table,
                    rows: done,
                    of: of.max(done),
                });
            }
            Ok(())
        })
    })?;
    Ok(TableFile {
        name: table.name().to_owned(),
        rows: written.rows,
        groups: written.groups,
        bytes: written.bytes,
    })
}
