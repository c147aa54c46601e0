//! The sales of a day's files, on several threads, in memory that does not follow the rows.
//!
//! Few rows are sales. Of a Parquet file the other columns are therefore read only where there is an amount, by
//! [`ecommerce_native`]; what that does not read (CSV, the instants of Spark's INT96, row groups too large to hold) goes through
//! [`EventFile::scan`], with the same result.

use crate::contract::{Reglas, Venta, Veredicto};
use crate::transform::{Parcial, ventas_frame};
use arrow::array::{Array as _, AsArray as _, RecordBatch, StringViewArray, UInt32Array};
use arrow::compute::{cast, take};
use arrow::datatypes::{Float64Type, TimestampMicrosecondType};
use arrow::error::ArrowError;
use ecommerce_arrow::{
    Chunk, Columns, EventFile, Limits, ReadError, ReadProblem, events_view_schema,
};
use ecommerce_model::{Dia, Fecha, Motivo, Zona};
use ecommerce_native::{LocalFile, NativeError, Predicate, Scratch, Source};
use ecommerce_pipeline::{MemoryGuard, PipelineError, RejectedFile};
use std::collections::BTreeMap;
use std::io;
use std::ops::Range;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

/// What a sale is read from, and where these are in an event's schema.
const SALE: [(&str, usize); 4] = [
    ("user_id", 2),
    ("monto", 5),
    ("region", 6),
    ("timestamp", 9),
];
/// Of what decoding a batch may hold, the part that a row group's compressed columns may take; of larger ones, a page of each is held.
const HELD_PART: u64 = 8;
/// Fewer rows are not worth a thread of their own.
const PIECE_ROWS: usize = 1 << 16;

/// What became of the rows.
#[derive(Debug, Default)]
pub(crate) struct Counts {
    pub(crate) read: u64,
    pub(crate) filtered: u64,
    pub(crate) other_days: u64,
    pub(crate) valid: u64,
    pub(crate) reasons: BTreeMap<Motivo, u64>,
    /// Of the sales of another day than their directory's, how many belong to which.
    pub(crate) of_other_dates: BTreeMap<Fecha, u64>,
    /// In 128 bits: whether the sum fits in 64 is decided at the end.
    pub(crate) cents: i128,
}

impl Counts {
    fn add(&mut self, other: Self) {
        self.read += other.read;
        self.filtered += other.filtered;
        self.other_days += other.other_days;
        self.valid += other.valid;
        self.cents += other.cents;
        for (reason, n) in other.reasons {
            *self.reasons.entry(reason).or_default() += n;
        }
        for (fecha, n) in other.of_other_dates {
            *self.of_other_dates.entry(fecha).or_default() += n;
        }
    }
}

/// How a day's files are read.
pub(crate) struct Reading<'a> {
    pub(crate) files: &'a [EventFile],
    pub(crate) rules: Reglas,
    pub(crate) zona: &'a Zona,
    pub(crate) limits: Limits,
    pub(crate) threads: usize,
    pub(crate) memory: &'a MemoryGuard,
    /// Once set, nothing more is read, and what was read is nobody's.
    pub(crate) stop: &'a AtomicBool,
}

impl Reading<'_> {
    /// Judges every row; gives the counts and the mergeable sums of those that count.
    ///
    /// # Errors
    /// * [`PipelineError::Rejected`] with every file that turns out to be unreadable.
    /// * [`PipelineError::OutOfMemory`] under a memory limit, before it is reached.
    pub(crate) fn run(&self) -> Result<(Counts, Parcial), PipelineError> {
        let parts = self.parts();
        let next = AtomicUsize::new(0);
        let rejected: Mutex<BTreeMap<usize, ReadError>> = Mutex::default();
        let work = || -> Result<Hand<'_>, PipelineError> {
            let mut hand = Hand::new(self);
            while !self.stop.load(Ordering::Relaxed)
                && let Some(part) = parts.get(next.fetch_add(1, Ordering::Relaxed))
            {
                match hand.part(part) {
                    Ok(()) => {}
                    Err(Stop::Day(e)) => return Err(e),
                    Err(Stop::File(e)) => {
                        let mut rejected = rejected.lock().map_err(|_| poisoned())?;
                        rejected.entry(part.file).or_insert(e);
                    }
                }
            }
            Ok(hand)
        };
        let (counts, sums) = std::thread::scope(|scope| {
            let hands: Vec<_> = (0..self.threads.max(1))
                .map(|_| scope.spawn(work))
                .collect();
            let (mut counts, mut sums) = (Counts::default(), Parcial::default());
            for hand in hands {
                let hand = hand.join().map_err(|_| poisoned())??;
                counts.add(hand.counts);
                sums.unir(hand.sums)?;
            }
            Ok::<_, PipelineError>((counts, sums))
        })?;
        let rejected = rejected.into_inner().map_err(|_| poisoned())?;
        if rejected.is_empty() {
            return Ok((counts, sums));
        }
        Err(PipelineError::Rejected {
            rejected: rejected.into_values().map(RejectedFile::from).collect(),
            total: self.files.len(),
        })
    }

    /// What there is to read: the parts of all files, the last of them in pieces, so that no thread waits long for another.
    fn parts(&self) -> Vec<Part<'_>> {
        let mut left: usize = self.files.iter().map(|f| f.chunks().len()).sum();
        let mut parts = Vec::new();
        for (file, events) in self.files.iter().enumerate() {
            for (row_group, chunk) in events.chunks().iter().enumerate() {
                let rows = usize::try_from(chunk.rows).unwrap_or(usize::MAX);
                let wanted = if left <= self.threads {
                    self.threads
                } else {
                    1
                };
                left -= 1;
                let pieces = wanted.min(rows / PIECE_ROWS).max(1);
                let bound = |piece: usize| rows / pieces * piece;
                parts.extend((0..pieces).map(|piece| Part {
                    file,
                    chunk,
                    row_group,
                    rows: bound(piece)..if piece + 1 == pieces {
                        rows
                    } else {
                        bound(piece + 1)
                    },
                }));
            }
        }
        parts
    }
}

/// Some rows of a part of a file.
struct Part<'a> {
    file: usize,
    chunk: &'a Chunk,
    /// Number of the chunk in its file.
    row_group: usize,
    rows: Range<usize>,
}

/// Why a thread does not go on: with this file, or with the day.
enum Stop {
    File(ReadError),
    Day(PipelineError),
}

impl From<ReadError> for Stop {
    fn from(e: ReadError) -> Self {
        Self::File(e)
    }
}

impl From<PipelineError> for Stop {
    fn from(e: PipelineError) -> Self {
        Self::Day(e)
    }
}

/// One thread's part of the work.
struct Hand<'a> {
    reading: &'a Reading<'a>,
    counts: Counts,
    sums: Parcial,
    scratch: Scratch,
    /// The day that the last sale of another date belonged to: they come in runs.
    other: Option<Dia>,
}

impl<'a> Hand<'a> {
    fn new(reading: &'a Reading<'a>) -> Self {
        Self {
            reading,
            counts: Counts::default(),
            sums: Parcial::default(),
            scratch: Scratch::default(),
            other: None,
        }
    }

    fn part(&mut self, part: &Part<'_>) -> Result<(), Stop> {
        let Reading {
            files,
            memory,
            limits,
            ..
        } = self.reading;
        memory.check()?;
        let file = &files[part.file];
        // Where a part cannot be read in pieces, the first of them is all of it.
        if self.selected(file, part)? || part.rows.start > 0 {
            return Ok(());
        }
        for item in file.scan(part.chunk, Columns::Sales, limits)? {
            memory.check()?;
            let (_, batch) = item?;
            self.counts.read += batch.num_rows() as u64;
            self.batch(&batch)?;
        }
        Ok(())
    }

    /// Reads the rows that have an amount, and passes over the others; false if the part is not for this way of reading.
    fn selected(&mut self, file: &EventFile, part: &Part<'_>) -> Result<bool, Stop> {
        let Some(parquet) = file.parquet() else {
            return Ok(false);
        };
        let unreadable = |e| unreadable(file, e);
        let bytes = LocalFile::of(parquet.reopen()?, file.name())
            .map_err(|e| problem(file, ReadProblem::Io(e)))?;
        let source =
            Source::with_footer(bytes, Arc::clone(parquet.metadata())).map_err(unreadable)?;
        let Ok(sales) = source.select(
            &[Predicate::not_null("monto")],
            &SALE.map(|(column, _)| column),
        ) else {
            return Ok(false);
        };
        let held = sales.row_group_bytes(0, part.row_group);
        if held > self.reading.limits.batch_bytes / HELD_PART {
            return Ok(false);
        }
        let mut found = 0;
        // Taken, as what is read is counted in between.
        let mut scratch = std::mem::take(&mut self.scratch);
        for batch in sales
            .rows(&mut scratch, 0, part.row_group, part.rows.clone())
            .map_err(unreadable)?
        {
            self.reading.memory.check()?;
            let batch = batch.map_err(unreadable)?;
            found += batch.num_rows();
            self.batch(&as_scanned(&batch).map_err(PipelineError::from)?)?;
        }
        self.scratch = scratch;
        self.counts.read += part.rows.len() as u64;
        self.counts.filtered += part.rows.len().saturating_sub(found) as u64;
        Ok(true)
    }

    fn batch(&mut self, batch: &RecordBatch) -> Result<(), PipelineError> {
        let (users, regions) = (
            batch.column(0).as_string_view(),
            batch.column(2).as_string_view(),
        );
        let amounts = batch.column(1).as_primitive::<Float64Type>();
        let instants = batch.column(3).as_primitive::<TimestampMicrosecondType>();
        let n = batch.num_rows();
        let (mut rows, mut montos, mut cents) = (Vec::new(), Vec::new(), Vec::new());
        // Most rows are no purchase: only those with an amount are looked at.
        let with_amount = amounts.nulls().map_or(n, |nulls| n - nulls.null_count());
        self.counts.filtered += (n - with_amount) as u64;
        let mut judge = |i: usize| {
            let venta = Venta {
                user_id: users.is_valid(i).then(|| users.value(i)),
                monto: Some(amounts.value(i)),
                region: regions.is_valid(i).then(|| regions.value(i)),
                timestamp: instants.is_valid(i).then(|| instants.value(i)),
            };
            match self.reading.rules.juzgar(&venta) {
                Veredicto::Filtrada => self.counts.filtered += 1,
                Veredicto::DeOtroDia => self.counts.other_days += 1,
                Veredicto::Vale(centavos) => {
                    rows.push(i as u32);
                    montos.push(amounts.value(i));
                    cents.push(centavos.get());
                }
                Veredicto::Rechazada(reason) => {
                    *self.counts.reasons.entry(reason).or_default() += 1;
                    if reason == Motivo::FechaFueraDeLaParticion {
                        let fecha = day_of(
                            instants.value(i),
                            self.reading.rules.dia(),
                            self.reading.zona,
                            &mut self.other,
                        );
                        if let Some(fecha) = fecha {
                            *self.counts.of_other_dates.entry(fecha).or_default() += 1;
                        }
                    }
                }
            }
        };
        match amounts.nulls() {
            Some(nulls) => nulls.valid_indices().for_each(&mut judge),
            None => (0..n).for_each(&mut judge),
        }
        if rows.is_empty() {
            return Ok(());
        }
        self.counts.valid += rows.len() as u64;
        self.counts.cents += cents.iter().map(|c| i128::from(*c)).sum::<i128>();
        let rows = UInt32Array::from(rows);
        // Out of the decoder's buffers, which the few texts taken would otherwise keep alive.
        let pick = |texts: &StringViewArray| -> Result<StringViewArray, PipelineError> {
            Ok(take(texts, &rows, None)?.as_string_view().gc())
        };
        let frame = ventas_frame(
            Arc::new(pick(regions)?),
            Arc::new(pick(users)?),
            montos,
            cents,
        )?;
        self.sums.agregar(frame)
    }
}

/// The columns as [`EventFile::scan`] gives them.
fn as_scanned(batch: &RecordBatch) -> Result<RecordBatch, ArrowError> {
    let schema = Arc::new(events_view_schema().project(&SALE.map(|(_, place)| place))?);
    let columns = batch.columns().iter().zip(schema.fields());
    let columns: Result<_, _> = columns
        .map(|(array, field)| cast(array, field.data_type()))
        .collect();
    RecordBatch::try_new(schema, columns?)
}

fn unreadable(file: &EventFile, e: NativeError) -> ReadError {
    let found = match e {
        NativeError::Read { source, .. } if source.kind() == io::ErrorKind::UnexpectedEof => {
            ReadProblem::Damaged("truncated".into())
        }
        NativeError::Read { source, .. } => ReadProblem::Io(source),
        NativeError::Page {
            row_group,
            column,
            detail,
            ..
        } => ReadProblem::Damaged(format!(
            "row group {row_group}, column '{column}': {detail}"
        )),
        other => ReadProblem::Damaged(other.to_string()),
    };
    problem(file, found)
}

fn problem(file: &EventFile, problem: ReadProblem) -> ReadError {
    ReadError {
        file: file.name().to_owned(),
        problem,
    }
}

const DAY_MICROS: i64 = 86_400_000_000;

/// The civil day of an instant in the zone: days have 23 to 25 hours, so the guess is off by one at most.
fn day_of(micros: i64, today: Dia, zona: &Zona, last: &mut Option<Dia>) -> Option<Fecha> {
    if let Some(dia) = last.filter(|d| d.contains(micros)) {
        return Some(dia.fecha());
    }
    let apart = (micros - today.start_micros()).div_euclid(DAY_MICROS);
    let guess = i64::from(today.fecha().days_since_epoch()) + apart;
    let found = (guess - 1..=guess + 1)
        .filter_map(|days| Fecha::from_days_since_epoch(i32::try_from(days).ok()?))
        .filter_map(|fecha| Dia::new(fecha, zona).ok())
        .find(|dia| dia.contains(micros))?;
    *last = Some(found);
    Some(found.fecha())
}

pub(crate) fn poisoned() -> PipelineError {
    PipelineError::Internal("a reading thread panicked".into())
}
