//! One day from files to tables.

use crate::delta::{DayRows, Run, TableKind, Target, replace_day};
use crate::error::{PipelineError, RejectedFile};
use crate::input::DayInput;
use crate::job::{DayJob, DaySummary, Phase, Progress, TableCommit};
use crate::location::{Location, StorageOptions};
use crate::memory::{MemoryGuard, threads_with_files};
use crate::metrics::{DayTables, Sink, Staging};
use crate::quarantine::Quarantine;
use crate::scan::{Counts, DayScan, Outcome};
use ecommerce_arrow::{Columns, EventFile};
use ecommerce_model::Dia;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

/// Processes a day and replaces it in the three tables, the metrics last.
///
/// # Errors
/// One variant of [`PipelineError`] each. Unless it is [`PipelineError::Conflict`] or a failure of the store
/// while publishing, no table was touched; and whatever it is, the metrics table is exactly as before.
///
/// # Cost
/// Every file is read twice, first only for two columns. Memory: a batch and a slice of 262,144 rows per thread,
/// 64 MiB for event names (the rest of them spills to the temporary directory), one row per (region, user), and
/// 8 bytes per repeated row; with an engine elsewhere no row per user, but every accepted row on disk. Rejected rows go
/// through a temporary file. Under a memory limit the day stops with
/// [`PipelineError::OutOfMemory`] while 128 MiB of it are left.
pub async fn run_day(job: &DayJob, progress: &dyn Progress) -> Result<DaySummary, PipelineError> {
    let tables = Tables::new(&job.salida, &job.options, job.durable)?;
    run_day_on(&tables, job, progress).await
}

/// The three tables at an output, for running many days on: each day then reads only the log's latest commits.
pub struct Tables(Vec<(TableKind, Target)>);

impl Tables {
    /// The tables at and beside `salida`, which need not exist yet.
    ///
    /// # Errors
    /// * [`PipelineError::Location`] if the store cannot be set up.
    pub fn new(
        salida: &Location,
        options: &StorageOptions,
        durable: bool,
    ) -> Result<Self, PipelineError> {
        let target = |kind: TableKind| {
            Ok((
                kind,
                Target::new(&kind.location(salida)?, options, durable)?,
            ))
        };
        TableKind::ALL
            .into_iter()
            .map(target)
            .collect::<Result<_, _>>()
            .map(Self)
    }
}

/// As [`run_day`], on tables that several days share; `job.salida`, `job.options` and `job.durable` do not count.
///
/// # Errors
/// As [`run_day`].
pub async fn run_day_on(
    tables: &Tables,
    job: &DayJob,
    progress: &dyn Progress,
) -> Result<DaySummary, PipelineError> {
    let dia = Dia::new(job.fecha, &job.zona)?;
    let run = Run {
        id: uuid::Uuid::new_v4(),
        started_micros: now_micros(),
    };
    let start = Instant::now();
    let memory = MemoryGuard::of_this_process();
    memory.check()?;
    // As many as there are descriptors for: an engine that is refused one may panic.
    let job = &DayJob {
        threads: threads_with_files(job.threads.max(1))?,
        ..job.clone()
    };
    // The output is looked at first: an hour's work for a table that cannot be written helps nobody.
    for (kind, target) in &tables.0 {
        if let Some(table) = target.open().await? {
            target.check_writable(&table, &kind.schema())?;
        }
    }
    progress.begin(Phase::Open, 0);
    let input = DayInput::find(&job.entrada, job.fecha, &job.options).await?;
    let opened = start.elapsed();

    let shared = job.engine.as_ref().and_then(|e| e.staging());
    let place = shared.map_or_else(std::env::temp_dir, std::path::Path::to_owned);
    let work = tempfile::tempdir_in(&place).map_err(PipelineError::io(&place))?;
    let read = tokio::task::block_in_place(|| {
        read_day(job, &input, dia, &run, work.path(), progress, &memory)
    })?;
    if read.counts.rows_ok == 0 {
        let Counts {
            rows_in, motivos, ..
        } = read.counts;
        return Err(PipelineError::NoValidRow {
            fecha: job.fecha,
            rows_in,
            motivos,
        });
    }
    if progress.is_cancelled() {
        return Err(PipelineError::Cancelled);
    }
    progress.begin(Phase::Publish, 0);
    let publishing = Instant::now();
    let mut commits = Vec::new();
    for (kind, target) in &tables.0 {
        let rows = match kind {
            TableKind::Quarantine => DayRows::File(read.quarantine.finish()?),
            TableKind::Products => DayRows::Batch(read.tables.products.clone()),
            TableKind::Metrics => DayRows::Batch(read.tables.metrics.clone()),
        };
        let done = replace_day(target, &kind.definition(), job.fecha, &rows, &run).await?;
        commits.push(TableCommit {
            table: *kind,
            version: done.version,
            attempts: done.attempts,
        });
    }
    Ok(DaySummary {
        fecha: job.fecha,
        rows_in: read.counts.rows_in,
        rows_ok: read.counts.rows_ok,
        motivos: read.counts.motivos,
        other_days: read.counts.other_days,
        files: read.files,
        bytes: read.bytes,
        rejected: read.rejected,
        ignored: input.ignored.clone(),
        extra_columns: read.extra_columns,
        metrics: read.tables.metrics,
        commits,
        run_id: run.id.to_string(),
        times: [
            opened + read.times[0],
            read.times[1],
            read.times[2],
            publishing.elapsed(),
        ],
    })
}

struct ReadDay {
    counts: Counts,
    tables: DayTables,
    quarantine: Quarantine,
    files: usize,
    bytes: u64,
    rejected: Vec<RejectedFile>,
    extra_columns: Vec<(String, Vec<String>)>,
    times: [Duration; 3],
}

/// Reads and judges every file; a file that turns out unreadable is left out and the rest judged anew, or stops it.
fn read_day(
    job: &DayJob,
    input: &DayInput,
    dia: Dia,
    run: &Run,
    work: &std::path::Path,
    progress: &dyn Progress,
    memory: &MemoryGuard,
) -> Result<ReadDay, PipelineError> {
    let start = Instant::now();
    let total = input.files.len();
    let (mut files, mut rejected) = (Vec::new(), Vec::new());
    for source in &input.files {
        match EventFile::open(
            &source.path,
            &source.name,
            source.format,
            Columns::All,
            &job.limits,
        ) {
            Ok(file) => files.push(file),
            Err(e) => rejected.push(RejectedFile::from(e)),
        }
    }
    let opened = start.elapsed();
    // A file that could not be opened for want of descriptors is not a bad file: nobody wants the day without it.
    let out_of_means = |rejected: &[RejectedFile]| rejected.iter().any(RejectedFile::is_exhausted);
    if files.is_empty() || out_of_means(&rejected) {
        return Err(PipelineError::Rejected { rejected, total });
    }
    loop {
        let scan = DayScan {
            files: &files,
            flat: input.flat,
            dia,
            limits: job.limits,
            threads: job.threads,
            progress,
            memory,
        };
        let bytes = files.iter().map(EventFile::bytes).sum();
        let begun = Instant::now();
        progress.begin(Phase::Duplicates, bytes);
        let (found, duplicates_took) = (scan.find_duplicates()?, begun.elapsed());
        let begun = Instant::now();
        let newly_rejected = match found {
            Outcome::Rejected(r) => r,
            Outcome::Done(duplicates) => {
                progress.begin(Phase::Contract, bytes);
                let quarantine = Quarantine::create(work, dia, run.started_micros)?;
                let sink = match job.engine.as_deref() {
                    Some(engine) => Sink::Staged(Staging::create(engine, progress, work)?),
                    None => Sink::Here,
                };
                match scan.judge(&duplicates, &quarantine, &sink)? {
                    Outcome::Rejected(r) => r,
                    // All that is left was only read to name every bad file at once.
                    Outcome::Done(_) if !rejected.is_empty() && !job.tolerant => Vec::new(),
                    Outcome::Done((counts, partial)) => {
                        let tables = sink.into_tables(partial, dia, run.started_micros)?;
                        let extra =
                            |f: &EventFile| (f.name().to_owned(), f.extra_columns().to_vec());
                        return Ok(ReadDay {
                            counts,
                            tables,
                            quarantine,
                            files: files.len(),
                            bytes,
                            rejected,
                            extra_columns: files
                                .iter()
                                .filter(|f| !f.extra_columns().is_empty())
                                .map(extra)
                                .collect(),
                            times: [opened, duplicates_took, begun.elapsed()],
                        });
                    }
                }
            }
        };
        files.retain(|f| !newly_rejected.iter().any(|r| r.file == f.name()));
        rejected.extend(newly_rejected);
        rejected.sort_by(|a, b| a.file.cmp(&b.file));
        if !job.tolerant || files.is_empty() || out_of_means(&rejected) {
            return Err(PipelineError::Rejected { rejected, total });
        }
    }
}

fn now_micros() -> i64 {
    let since = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap_or_default();
    i64::try_from(since.as_micros()).unwrap_or(i64::MAX)
}
