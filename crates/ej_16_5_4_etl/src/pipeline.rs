//! `pipeline_etl_diario`: read the day, transform it, replace it in the table.

use crate::contract::Reglas;
use crate::metrics::Metricas;
use crate::reading::{Counts, Reading, poisoned};
use crate::table::{CHECKPOINT_CADA, cents_of, definition, rows_of};
use crate::transform::Parcial;
use arrow::array::RecordBatch;
use ecommerce_arrow::{Columns, EventFile, Limits};
use ecommerce_model::{Centavos, Dia, Fecha, Zona};
use ecommerce_pipeline::{
    DayInput, DayTable, Location, MemoryGuard, PipelineError, RejectedFile, StorageOptions,
};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Instant, SystemTime, UNIX_EPOCH};
use tokio::runtime::Handle;

/// The day's sales by region and segment, replaced in the table at `ruta_destino`; gives what became of the rows.
///
/// The texts become a date and two places before anything else happens: none of them reaches a path or a predicate as
/// it is. `ruta_origen` has `fecha=YYYY-MM-DD/` directories or flat files, Parquet or CSV; both may be local or `s3://`, `gs://`,
/// `az://`. Days are UTC. [`Etl`] has everything else that can be chosen.
///
/// # Errors
/// As [`Etl::run`].
///
/// # Source
/// Guide 16.5.4, `pipeline_etl_diario(fecha: str, ruta_origen: str, ruta_destino: str) -> dict`: the same three texts; the
/// dictionary is a type, an exception a `Result`, and waiting for the store an `await`, on a runtime of several threads.
pub async fn pipeline_etl_diario(
    fecha: &str,
    ruta_origen: &str,
    ruta_destino: &str,
) -> Result<Metricas, PipelineError> {
    let etl = Etl::new(
        fecha.parse()?,
        Location::parse(ruta_origen)?,
        Location::parse(ruta_destino)?,
    );
    etl.run().await
}

/// A run of the pipeline: what [`pipeline_etl_diario`] takes, and what it takes for granted.
#[derive(Clone)]
pub struct Etl {
    /// The day.
    pub fecha: Fecha,
    /// Whose midnight ends it.
    pub zona: Zona,
    /// Where the events are.
    pub origen: Location,
    /// Where the table is, or will be.
    pub destino: Location,
    /// Settings of remote stores.
    pub options: StorageOptions,
    /// Whether the commit survives a power cut (local tables).
    pub durable: bool,
    /// Threads that read; at least one.
    pub threads: usize,
    /// Bounds on files.
    pub limits: Limits,
    /// Commits between two checkpoints, if this run creates the table.
    pub checkpoint_cada: u32,
}

impl Etl {
    /// The day `fecha` in UTC from `origen` to `destino`, on all processors.
    pub fn new(fecha: Fecha, origen: Location, destino: Location) -> Self {
        Self {
            fecha,
            zona: Zona::utc(),
            origen,
            destino,
            options: StorageOptions::default(),
            durable: false,
            threads: std::thread::available_parallelism().map_or(1, std::num::NonZero::get),
            limits: Limits::default(),
            checkpoint_cada: CHECKPOINT_CADA,
        }
    }

    /// The table that [`run`](Self::run) would open, for running several days on one.
    ///
    /// # Errors
    /// * [`PipelineError::Location`] if the store cannot be set up.
    pub fn table(&self) -> Result<DayTable, PipelineError> {
        let definition = definition(self.checkpoint_cada);
        DayTable::new(&self.destino, &self.options, self.durable, definition)
    }

    /// Runs the day.
    ///
    /// First run and every later one take the same path: the day's rows are replaced in one commit, which also creates the table.
    ///
    /// # Errors
    /// One variant of [`PipelineError`] each. Unless it is [`PipelineError::Conflict`] or a failure of the store while
    /// committing, nothing was written; and whatever it is, the table is the old one or the new one.
    ///
    /// # Cost
    /// Four columns of every file are read once. Memory: a batch and 262,144 sales per thread, and a row per (region,
    /// segment, user).
    pub async fn run(&self) -> Result<Metricas, PipelineError> {
        self.run_on(&self.table()?).await
    }

    /// As [`run`](Self::run), on a table that several days share; `destino`, `options`, `durable` and `checkpoint_cada` do
    /// not count.
    ///
    /// # Errors
    /// As [`run`](Self::run).
    pub async fn run_on(&self, table: &DayTable) -> Result<Metricas, PipelineError> {
        let begun = Instant::now();
        let started_micros = now_micros();
        let dia = Dia::new(self.fecha, &self.zona)?;
        let memory = MemoryGuard::of_this_process();
        memory.check()?;
        // Work for a table that cannot be written helps nobody: before anything is fetched from afar the table is looked at, and what is
        // here is read meanwhile.
        let remote = self.origen.as_local().is_none();
        if remote {
            table.open().await?;
        }
        let input = DayInput::find(&self.origen, self.fecha, &self.options).await?;
        let stop = AtomicBool::new(false);
        let read = || self.read(&input, dia, started_micros, &memory, &stop);
        let day = tokio::task::block_in_place(|| {
            if remote {
                return read();
            }
            std::thread::scope(|scope| {
                let day = scope.spawn(read);
                let opened = Handle::current().block_on(table.open());
                stop.store(opened.is_err(), Ordering::Relaxed);
                let day = day.join().map_err(|_| poisoned())?;
                // The table's error is said first, as it was looked at first.
                opened.and(day)
            })
        })?;
        let run_id = uuid::Uuid::new_v4();
        let published = table
            .replace_day(self.fecha, &day.rows, run_id, started_micros)
            .await?;
        let Counts {
            read,
            filtered,
            other_days,
            valid,
            reasons,
            of_other_dates,
            ..
        } = day.counts;
        Ok(Metricas {
            fecha: self.fecha.to_string(),
            filas_procesadas: day.rows.num_rows() as u64,
            filas_leidas: read,
            filas_filtradas: filtered,
            filas_validas: valid,
            filas_otros_dias: other_days,
            motivos: reasons
                .into_iter()
                .map(|(m, n)| (m.to_string(), n))
                .collect(),
            de_otra_fecha: of_other_dates
                .into_iter()
                .map(|(f, n)| (f.to_string(), n))
                .collect(),
            revenue: day.revenue.to_string(),
            archivos: input.files.len(),
            bytes: input.bytes(),
            columnas_ignoradas: day.ignored.into_iter().collect(),
            version_tabla: published.version,
            intentos: published.attempts,
            ejecucion: run_id.to_string(),
            segundos: begun.elapsed().as_secs_f64(),
        })
    }

    /// Opens every file, so that all that cannot be read are named at once, and adds up what they hold.
    fn read(
        &self,
        input: &DayInput,
        dia: Dia,
        now_micros: i64,
        memory: &MemoryGuard,
        stop: &AtomicBool,
    ) -> Result<Day, PipelineError> {
        let (mut files, mut rejected) = (Vec::new(), Vec::new());
        for source in &input.files {
            match EventFile::open(
                &source.path,
                &source.name,
                source.format,
                Columns::Sales,
                &self.limits,
            ) {
                Ok(file) => files.push(file),
                Err(e) => rejected.push(RejectedFile::from(e)),
            }
        }
        if !rejected.is_empty() {
            return Err(PipelineError::Rejected {
                rejected,
                total: input.files.len(),
            });
        }
        let reading = Reading {
            files: &files,
            rules: Reglas::new(dia, input.flat),
            zona: &self.zona,
            limits: self.limits,
            threads: self.threads,
            memory,
            stop,
        };
        let (counts, sums): (Counts, Parcial) = reading.run()?;
        let overflow = || PipelineError::Overflow(self.fecha);
        let cents = i64::try_from(counts.cents).map_err(|_| overflow())?;
        let revenue = Centavos::new(cents).ok_or_else(overflow)?;
        let Some(result) = sums.terminar()? else {
            return Err(PipelineError::NoValidRow {
                fecha: self.fecha,
                rows_in: counts.read - counts.other_days,
                motivos: counts.reasons,
            });
        };
        let rows = rows_of(&result, self.fecha, now_micros)?;
        // Two ways to the same total: what was judged, and what the table will have.
        if cents_of(&rows) != counts.cents {
            return Err(PipelineError::Internal(
                "the rows of the table do not add up to the sales".into(),
            ));
        }
        let ignored = files
            .iter()
            .filter(|f| !f.extra_columns().is_empty())
            .map(|f| (f.name().to_owned(), f.extra_columns().to_vec()))
            .collect();
        Ok(Day {
            counts,
            rows,
            revenue,
            ignored,
        })
    }
}

/// A day before it is written.
struct Day {
    counts: Counts,
    rows: RecordBatch,
    revenue: Centavos,
    ignored: Vec<(String, Vec<String>)>,
}

fn now_micros() -> i64 {
    let since = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap_or_default();
    i64::try_from(since.as_micros()).unwrap_or(i64::MAX)
}
