//! Two passes over the day's files: the first finds repeated names, the second judges every row.

mod judge;

use crate::duplicates::{DuplicateFinder, Duplicates};
use crate::error::{PipelineError, RejectedFile};
use crate::job::{Phase, Progress};
use crate::memory::MemoryGuard;
use crate::metrics::{Partial, Sink};
use crate::quarantine::Quarantine;
use arrow::array::{Array, AsArray, RecordBatch};
use arrow::datatypes::TimestampMicrosecondType;
use ecommerce_arrow::{Chunk, Columns, EventFile, Limits, ReadError};
use ecommerce_model::{Contrato, Dia, Motivo};
use judge::Judge;
use std::collections::BTreeMap;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

/// What became of the rows.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Counts {
    pub(crate) rows_in: u64,
    pub(crate) rows_ok: u64,
    pub(crate) motivos: BTreeMap<Motivo, u64>,
    /// Rows of a flat file that belong to other days: not part of this one's input.
    pub(crate) other_days: u64,
}

impl Counts {
    fn add(&mut self, other: Self) {
        self.rows_in += other.rows_in;
        self.rows_ok += other.rows_ok;
        self.other_days += other.other_days;
        for (motivo, n) in other.motivos {
            *self.motivos.entry(motivo).or_default() += n;
        }
    }
}

/// How a day's files are read.
pub(crate) struct DayScan<'a> {
    pub(crate) files: &'a [EventFile],
    pub(crate) flat: bool,
    pub(crate) dia: Dia,
    pub(crate) limits: Limits,
    pub(crate) threads: usize,
    pub(crate) progress: &'a dyn Progress,
    pub(crate) memory: &'a MemoryGuard,
}

/// Either every row was judged, or these files were in the way.
pub(crate) enum Outcome<T> {
    Done(T),
    Rejected(Vec<RejectedFile>),
}

impl DayScan<'_> {
    /// The rows whose name stood earlier.
    pub(crate) fn find_duplicates(&self) -> Result<Outcome<Duplicates>, PipelineError> {
        let bases = self.bases()?;
        let finder = DuplicateFinder::new();
        let rejected = self.each_batch(Columns::Identity, Phase::Duplicates, || {
            let mut hand = Some(finder.hand());
            let bases = &bases;
            move |step| {
                let (
                    Step::Batch {
                        file,
                        first_row,
                        batch,
                    },
                    Some(hand),
                ) = (&step, hand.as_mut())
                else {
                    return hand.take().map_or(Ok(()), |h| h.finish());
                };
                let names = batch.column(0).as_string_view();
                let instants = batch.column(1).as_primitive::<TimestampMicrosecondType>();
                for i in (0..batch.num_rows()).filter(|i| names.is_valid(*i)) {
                    let instant = instants.is_valid(i).then(|| instants.value(i));
                    let name = names.value(i);
                    if self.belongs(instant) && !Contrato::is_blank(name) {
                        hand.add(name, bases[*file] + first_row + i as u64)?;
                    }
                }
                Ok(())
            }
        })?;
        if !rejected.is_empty() {
            return Ok(Outcome::Rejected(rejected));
        }
        Ok(Outcome::Done(finder.finish(self.threads)?))
    }

    /// Judges every row: rejected ones go to the quarantine, accepted ones into `sink`.
    pub(crate) fn judge(
        &self,
        duplicates: &Duplicates,
        quarantine: &Quarantine,
        sink: &Sink<'_>,
    ) -> Result<Outcome<(Counts, Partial)>, PipelineError> {
        let bases = self.bases()?;
        let total = Mutex::new((Counts::default(), Partial::default()));
        let rejected = self.each_batch(Columns::All, Phase::Contract, || {
            let mut judge = Some(Judge::new(self, duplicates, quarantine, sink));
            let (bases, total) = (&bases, &total);
            move |step| match (step, judge.as_mut()) {
                (
                    Step::Batch {
                        file,
                        first_row,
                        batch,
                    },
                    Some(judge),
                ) => judge.batch(self.files[file].name(), bases[file], first_row, &batch),
                _ => {
                    let Some(judge) = judge.take() else {
                        return Ok(());
                    };
                    let (counts, partial) = judge.finish()?;
                    let mut total = total.lock().map_err(|_| poisoned())?;
                    total.0.add(counts);
                    total.1.merge(partial)
                }
            }
        })?;
        if !rejected.is_empty() {
            return Ok(Outcome::Rejected(rejected));
        }
        Ok(Outcome::Done(total.into_inner().map_err(|_| poisoned())?))
    }

    /// Whether a row with this instant is part of the input: in a flat file the other days' rows are not, while a
    /// row that names no possible day is everybody's and goes to quarantine.
    fn belongs(&self, instant: Option<i64>) -> bool {
        !self.flat || instant.is_none_or(|t| self.dia.contains(t) || !Contrato::is_possible(t))
    }

    /// Position in the day of each file's first row. A CSV row takes at least one byte, so its size bounds its rows.
    fn bases(&self) -> Result<Vec<u64>, PipelineError> {
        let mut next = 0u64;
        let mut bases = Vec::with_capacity(self.files.len());
        for file in self.files {
            bases.push(next);
            let rows: u64 = file
                .chunks()
                .iter()
                .map(|c| if c.rows == 0 { c.bytes } else { c.rows })
                .sum();
            next = next.saturating_add(rows);
        }
        if next >= 1 << 40 {
            Err(PipelineError::TooManyRows)
        } else {
            Ok(bases)
        }
    }

    /// Runs one consumer per thread over all batches; each is told of the end. Gives the files that cannot be read.
    fn each_batch<C>(
        &self,
        columns: Columns,
        phase: Phase,
        consumer: impl Fn() -> C + Sync,
    ) -> Result<Vec<RejectedFile>, PipelineError>
    where
        C: FnMut(Step) -> Result<(), PipelineError>,
    {
        let parts: Vec<(usize, &Chunk)> = self
            .files
            .iter()
            .enumerate()
            .flat_map(|(i, f)| f.chunks().iter().map(move |c| (i, c)))
            .collect();
        let next = AtomicUsize::new(0);
        let rejected: Mutex<BTreeMap<usize, ReadError>> = Mutex::default();
        let work = || -> Result<(), PipelineError> {
            let mut consume = consumer();
            while let Some((file, chunk)) = parts.get(next.fetch_add(1, Ordering::Relaxed)) {
                if let Err(e) = self.read_part(*file, chunk, columns, phase, &mut consume)? {
                    rejected
                        .lock()
                        .map_err(|_| poisoned())?
                        .entry(*file)
                        .or_insert(e);
                }
            }
            consume(Step::End)
        };
        std::thread::scope(|scope| {
            let hands: Vec<_> = (0..self.threads.max(1))
                .map(|_| scope.spawn(work))
                .collect();
            hands
                .into_iter()
                .try_for_each(|h| h.join().map_err(|_| self.died())?)
        })?;
        Ok(rejected
            .into_inner()
            .map_err(|_| poisoned())?
            .into_values()
            .map(RejectedFile::from)
            .collect())
    }

    /// The inner error is the file's, the outer one the day's.
    fn read_part(
        &self,
        file: usize,
        chunk: &Chunk,
        columns: Columns,
        phase: Phase,
        consume: &mut impl FnMut(Step) -> Result<(), PipelineError>,
    ) -> Result<Result<(), ReadError>, PipelineError> {
        let source = &self.files[file];
        let batches = match source.scan(chunk, columns, &self.limits) {
            Ok(batches) => batches,
            Err(e) => return Ok(Err(e)),
        };
        let mut rows = 0;
        for item in batches {
            if self.progress.is_cancelled() {
                return Err(PipelineError::Cancelled);
            }
            self.memory.check()?;
            match item {
                Ok((first_row, batch)) => {
                    rows += batch.num_rows() as u64;
                    self.progress.advance(
                        phase,
                        batch.num_rows() as u64,
                        share(chunk, rows, batch.num_rows() as u64),
                    );
                    consume(Step::Batch {
                        file,
                        first_row,
                        batch,
                    })?;
                }
                Err(e) => return Ok(Err(e)),
            }
        }
        Ok(Ok(()))
    }

    /// Why a reading thread panicked: libraries also do where an allocation or a thread is refused.
    fn died(&self) -> PipelineError {
        self.memory.check_now().err().unwrap_or_else(poisoned)
    }
}

/// The bytes that a batch stands for. A CSV's rows are not known beforehand: its bytes count with the first batch.
fn share(chunk: &Chunk, read: u64, batch: u64) -> u64 {
    match (chunk.bytes * batch).checked_div(chunk.rows) {
        Some(share) => share,
        None if read == batch => chunk.bytes,
        None => 0,
    }
}

enum Step {
    Batch {
        file: usize,
        first_row: u64,
        batch: RecordBatch,
    },
    End,
}

fn poisoned() -> PipelineError {
    PipelineError::Internal("a reading thread panicked".into())
}
