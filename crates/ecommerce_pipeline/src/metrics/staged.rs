//! Accepted rows on disk, for an engine elsewhere to add up.

use super::tables::{product_sums_schema, regions_schema};
use super::{DayTables, SUMS, accepted_schema, metrics_table, products_table, total_fits};
use crate::error::PipelineError;
use crate::job::Progress;
use crate::quarantine::encode_error;
use arrow::array::{AsArray, RecordBatch};
use arrow::compute::{SortOptions, cast, concat_batches, lexsort_to_indices, take_record_batch};
use arrow::datatypes::{DataType, Field, Int64Type, Schema, SchemaRef};
use ecommerce_model::Dia;
use parquet::arrow::ArrowWriter;
use parquet::basic::Compression;
use parquet::file::properties::WriterProperties;
use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

/// Adds up a day's accepted rows outside of this process.
///
/// # Shape
/// The rows are Parquet files: `region`, `user_id` and `producto_id` (texts; a blank user is null), `clase` (Int32, the
/// discriminant of [`ecommerce_model::Clase`]), `centavos` (Int64, zero unless a purchase) and `premium` (Boolean).
pub trait MetricsEngine: Send + Sync {
    /// A directory that the engine can read too, where the rows are put; the system's temporary one if `None`.
    fn staging(&self) -> Option<&Path> {
        None
    }

    /// The sums over the Parquet files in `rows`. Called once, outside of any asynchronous task.
    ///
    /// `stop` says whether the day was given up meanwhile; an engine that waits asks it now and then, and ends with any error.
    ///
    /// # Errors
    /// Whatever the engine says; the day is then not published.
    fn sum(
        &self,
        rows: &Path,
        stop: &(dyn Fn() -> bool + Sync),
    ) -> Result<EngineSums, Box<dyn std::error::Error + Send + Sync + 'static>>;
}

/// What a [`MetricsEngine`] gives back: columns by name, in any order of rows.
///
/// # Shape
/// * `regions`, a row per region: `region`, and as integers `revenue` and `revenue_premium` in cents, `transacciones`,
///   `transacciones_premium`, `clicks`, `carritos`, `usuarios_unicos` (users that bought), `visitantes` (users that are not
///   null), `usuarios_unicos_dia` (users that bought anywhere, the same in every row).
/// * `products`, a row per product bought, or none: `producto_id`, `revenue` in cents, `transacciones`.
#[derive(Clone, Debug)]
pub struct EngineSums {
    /// Sums by region.
    pub regions: Vec<RecordBatch>,
    /// Sums by product.
    pub products: Vec<RecordBatch>,
}

/// The directory of a day's accepted rows.
pub(crate) struct Staging<'a> {
    engine: &'a dyn MetricsEngine,
    progress: &'a dyn Progress,
    directory: PathBuf,
    next: AtomicUsize,
}

impl<'a> Staging<'a> {
    /// A new directory below `work`, for `engine`.
    pub(crate) fn create(
        engine: &'a dyn MetricsEngine,
        progress: &'a dyn Progress,
        work: &Path,
    ) -> Result<Self, PipelineError> {
        // Not the work directory itself, which has the quarantine's file.
        let directory = work.join("aceptadas");
        if directory.exists() {
            // What an attempt before this one left: files that were then found to be unreadable.
            std::fs::remove_dir_all(&directory).map_err(PipelineError::io(&directory))?;
        }
        std::fs::create_dir(&directory).map_err(PipelineError::io(&directory))?;
        Ok(Self {
            engine,
            progress,
            directory,
            next: AtomicUsize::new(0),
        })
    }

    /// The next thread's writer.
    pub(crate) fn part(&self) -> Part<'_> {
        Part {
            staging: self,
            writer: None,
            centavos: 0,
        }
    }

    /// What the engine makes of the rows, in the shape of the tables.
    pub(crate) fn into_tables(
        self,
        centavos: i128,
        dia: Dia,
        now_micros: i64,
    ) -> Result<DayTables, PipelineError> {
        total_fits(centavos, dia)?;
        let sums = if self.next.load(Ordering::Relaxed) == 0 {
            // A day of error events alone: nothing to add up, and no file to give a schema.
            EngineSums {
                regions: Vec::new(),
                products: Vec::new(),
            }
        } else {
            let stop = || self.progress.is_cancelled();
            self.engine.sum(&self.directory, &stop).map_err(|e| {
                if stop() {
                    PipelineError::Cancelled
                } else {
                    PipelineError::Engine(e)
                }
            })?
        };
        let regions = in_shape(&sums.regions, &regions_schema(), "region")?;
        let products = in_shape(&sums.products, &product_sums_schema(), "producto_id")?;
        // Two ways to the same total: what was staged, and what came back.
        for (name, batch) in [("region", &regions), ("producto_id", &products)] {
            let found = cents_of(batch)?;
            if found != centavos {
                return Err(PipelineError::Engine(
                    format!("the sums by {name} add up to {found} cents, the rows to {centavos}")
                        .into(),
                ));
            }
        }
        Ok(DayTables {
            metrics: metrics_table(&regions, dia, now_micros)?,
            products: products_table(&products, dia, now_micros)?,
        })
    }
}

/// One thread's accepted rows on their way to the disk.
pub(crate) struct Part<'a> {
    staging: &'a Staging<'a>,
    writer: Option<(PathBuf, ArrowWriter<File>)>,
    centavos: i128,
}

impl Part<'_> {
    /// Adds accepted rows, a batch of [`accepted_schema`].
    pub(crate) fn add(&mut self, batch: &RecordBatch) -> Result<(), PipelineError> {
        self.centavos += cents_in(batch);
        let (path, writer) = match &mut self.writer {
            Some(begun) => begun,
            none => none.insert(self.staging.open()?),
        };
        let schema = staged_schema();
        let columns = batch.columns().iter().zip(schema.fields());
        let columns = columns.map(|(c, f)| cast(c, f.data_type()));
        let batch = RecordBatch::try_new(schema.clone(), columns.collect::<Result<_, _>>()?)?;
        writer.write(&batch).map_err(encode_error(path))
    }

    /// Completes the file; gives the cents in it.
    pub(crate) fn finish(self) -> Result<i128, PipelineError> {
        if let Some((path, writer)) = self.writer {
            writer.close().map_err(encode_error(&path))?;
        }
        Ok(self.centavos)
    }
}

impl Staging<'_> {
    fn open(&self) -> Result<(PathBuf, ArrowWriter<File>), PipelineError> {
        let number = self.next.fetch_add(1, Ordering::Relaxed);
        let path = self.directory.join(format!("parte-{number:05}.parquet"));
        let file = File::create_new(&path).map_err(PipelineError::io(&path))?;
        let properties = WriterProperties::builder()
            .set_compression(Compression::SNAPPY)
            .set_max_row_group_row_count(Some(262_144))
            .build();
        let writer = ArrowWriter::try_new(file, staged_schema(), Some(properties))
            .map_err(encode_error(&path))?;
        Ok((path, writer))
    }
}

/// [`accepted_schema`] with plain texts, which every engine reads.
fn staged_schema() -> SchemaRef {
    let plain = |f: &Arc<Field>| match f.data_type() {
        DataType::Utf8View => Arc::new(f.as_ref().clone().with_data_type(DataType::Utf8)),
        _ => f.clone(),
    };
    let fields: Vec<_> = accepted_schema().fields().iter().map(plain).collect();
    Arc::new(Schema::new(fields))
}

/// The cents of a batch of accepted rows, in 128 bits so that the 64 of an engine are known to suffice.
pub(super) fn cents_in(batch: &RecordBatch) -> i128 {
    let cents = batch.column(4).as_primitive::<Int64Type>();
    cents.values().iter().map(|c| i128::from(*c)).sum()
}

fn cents_of(sums: &RecordBatch) -> Result<i128, PipelineError> {
    let revenue = sums
        .column_by_name(SUMS[0])
        .and_then(|c| c.as_primitive_opt::<Int64Type>().cloned())
        .ok_or_else(|| PipelineError::Internal("sums without revenue".into()))?;
    Ok(revenue.iter().flatten().map(i128::from).sum())
}

/// Batches of an engine as one, with these columns, by `key`.
fn in_shape(
    batches: &[RecordBatch],
    schema: &SchemaRef,
    key: &str,
) -> Result<RecordBatch, PipelineError> {
    let shaped = batches.iter().map(|batch| {
        let columns = schema.fields().iter().map(|field| {
            let column = batch.column_by_name(field.name()).ok_or_else(|| {
                PipelineError::Engine(format!("its answer has no column {}", field.name()).into())
            })?;
            Ok(cast(column, field.data_type())?)
        });
        let columns = columns.collect::<Result<Vec<_>, PipelineError>>()?;
        Ok(RecordBatch::try_new(schema.clone(), columns)?)
    });
    let shaped = shaped.collect::<Result<Vec<_>, PipelineError>>()?;
    let whole = concat_batches(schema, &shaped)?;
    let by = arrow::compute::SortColumn {
        values: whole
            .column_by_name(key)
            .ok_or_else(|| PipelineError::Internal(format!("no column {key}")))?
            .clone(),
        options: Some(SortOptions::default()),
    };
    let order = lexsort_to_indices(&[by], None)?;
    Ok(take_record_batch(&whole, &order)?)
}
