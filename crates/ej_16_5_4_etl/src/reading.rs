//! The sales of a day's files, on several threads, in memory that does not follow the rows.

use crate::contract::{Reglas, Venta, Veredicto};
use crate::transform::{Parcial, ventas_frame};
use arrow::array::{Array as _, AsArray as _, RecordBatch, StringViewArray, UInt32Array};
use arrow::compute::take;
use arrow::datatypes::{Float64Type, TimestampMicrosecondType};
use ecommerce_arrow::{Chunk, Columns, EventFile, Limits, ReadError};
use ecommerce_model::{Dia, Fecha, Motivo, Zona};
use ecommerce_pipeline::{MemoryGuard, PipelineError, RejectedFile};
use std::collections::BTreeMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

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
}

impl Reading<'_> {
    /// Judges every row; gives the counts and the mergeable sums of those that count.
    ///
    /// # Errors
    /// * [`PipelineError::Rejected`] with every file that turns out to be unreadable.
    /// * [`PipelineError::OutOfMemory`] under a memory limit, before it is reached.
    pub(crate) fn run(&self) -> Result<(Counts, Parcial), PipelineError> {
        let parts: Vec<(usize, &Chunk)> = self
            .files
            .iter()
            .enumerate()
            .flat_map(|(i, f)| f.chunks().iter().map(move |c| (i, c)))
            .collect();
        let next = AtomicUsize::new(0);
        let rejected: Mutex<BTreeMap<usize, ReadError>> = Mutex::default();
        let work = || -> Result<Hand<'_>, PipelineError> {
            let mut hand = Hand::new(self);
            while let Some((file, chunk)) = parts.get(next.fetch_add(1, Ordering::Relaxed)) {
                if let Err(e) = hand.part(&self.files[*file], chunk)? {
                    rejected
                        .lock()
                        .map_err(|_| poisoned())?
                        .entry(*file)
                        .or_insert(e);
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
}

/// One thread's part of the work.
struct Hand<'a> {
    reading: &'a Reading<'a>,
    counts: Counts,
    sums: Parcial,
    /// The day that the last sale of another date belonged to: they come in runs.
    other: Option<Dia>,
}

impl<'a> Hand<'a> {
    fn new(reading: &'a Reading<'a>) -> Self {
        Self {
            reading,
            counts: Counts::default(),
            sums: Parcial::default(),
            other: None,
        }
    }

    /// The inner error is the file's, the outer one the day's.
    fn part(
        &mut self,
        file: &EventFile,
        chunk: &Chunk,
    ) -> Result<Result<(), ReadError>, PipelineError> {
        let batches = match file.scan(chunk, Columns::Sales, &self.reading.limits) {
            Ok(batches) => batches,
            Err(e) => return Ok(Err(e)),
        };
        for item in batches {
            self.reading.memory.check()?;
            match item {
                Ok((_, batch)) => self.batch(&batch)?,
                Err(e) => return Ok(Err(e)),
            }
        }
        Ok(Ok(()))
    }

    fn batch(&mut self, batch: &RecordBatch) -> Result<(), PipelineError> {
        let (users, regions) = (
            batch.column(0).as_string_view(),
            batch.column(2).as_string_view(),
        );
        let amounts = batch.column(1).as_primitive::<Float64Type>();
        let instants = batch.column(3).as_primitive::<TimestampMicrosecondType>();
        let n = batch.num_rows();
        self.counts.read += n as u64;
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

fn poisoned() -> PipelineError {
    PipelineError::Internal("a reading thread panicked".into())
}
