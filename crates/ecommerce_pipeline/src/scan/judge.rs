//! A thread's judge: the contract over its batches, and where each row goes.

use super::{Counts, DayScan};
use crate::duplicates::Duplicates;
use crate::error::PipelineError;
use crate::metrics::{Accepted, Partial, Sink, accepted_batch};
use crate::quarantine::{Quarantine, Rejection};
use arrow::array::{ArrayRef, AsArray, RecordBatch, StringViewArray, UInt32Array};
use arrow::compute::take;
use ecommerce_arrow::EventColumns;
use ecommerce_model::{Clase, Contrato, Motivo};

pub(super) struct Judge<'a> {
    scan: &'a DayScan<'a>,
    duplicates: &'a Duplicates,
    quarantine: &'a Quarantine,
    counts: Counts,
    accepted: Accepted<'a>,
}

impl<'a> Judge<'a> {
    pub(super) fn new(
        scan: &'a DayScan<'a>,
        duplicates: &'a Duplicates,
        quarantine: &'a Quarantine,
        sink: &'a Sink<'a>,
    ) -> Self {
        Self {
            scan,
            duplicates,
            quarantine,
            counts: Counts::default(),
            accepted: sink.accepted(),
        }
    }

    /// What became of the rows judged, and their part in the metrics.
    pub(super) fn finish(self) -> Result<(Counts, Partial), PipelineError> {
        Ok((self.counts, self.accepted.finish()?))
    }

    /// Judges a batch of `file` whose rows stand at `base + first_row` in the day.
    pub(super) fn batch(
        &mut self,
        file: &str,
        base: u64,
        first_row: u64,
        batch: &RecordBatch,
    ) -> Result<(), PipelineError> {
        let contrato = Contrato::new(self.scan.dia);
        let columns = EventColumns::new(batch)?;
        let start = base + first_row;
        let mut repeats = self
            .duplicates
            .between(start, start + batch.num_rows() as u64)
            .iter()
            .peekable();
        let n = batch.num_rows();
        let (mut rejected, mut accepted): (Vec<Rejection>, Vec<u32>) =
            (Vec::new(), Vec::with_capacity(n));
        let (mut clases, mut centavos, mut premium) = (
            Vec::with_capacity(n),
            Vec::with_capacity(n),
            Vec::with_capacity(n),
        );
        let mut blank_user = false;
        for i in 0..n {
            let fila = columns.row(i);
            let repeat = repeats.next_if(|p| **p == start + i as u64).is_some();
            if !self.scan.belongs(fila.timestamp) {
                self.counts.other_days += 1;
                continue;
            }
            self.counts.rows_in += 1;
            let verdict = if repeat {
                Err(Motivo::Duplicado)
            } else {
                contrato.check(&fila)
            };
            match verdict {
                Ok(row) => {
                    self.counts.rows_ok += 1;
                    if row.clase != Clase::Error {
                        accepted.push(i as u32);
                        clases.push(row.clase as i32);
                        centavos.push(row.centavos.get());
                        premium.push(row.premium);
                        blank_user |= fila.user_id.is_some_and(Contrato::is_blank);
                    }
                }
                Err(motivo) => {
                    *self.counts.motivos.entry(motivo).or_default() += 1;
                    rejected.push((i as u32, motivo));
                }
            }
        }
        self.quarantine.add(file, first_row, batch, &rejected)?;
        if accepted.is_empty() {
            return Ok(());
        }
        let indices = UInt32Array::from(accepted);
        let pick = |column: usize| take(batch.column(column), &indices, None);
        let users = pick(2)?;
        let users = if blank_user {
            without_blanks(users.as_string_view())
        } else {
            users
        };
        self.accepted.add(accepted_batch(
            [pick(6)?, users, pick(4)?],
            clases,
            centavos,
            premium,
        )?)
    }
}

/// Blank users are nobody.
fn without_blanks(users: &StringViewArray) -> ArrayRef {
    std::sync::Arc::new(StringViewArray::from_iter(
        users.iter().map(|u| u.filter(|u| !Contrato::is_blank(u))),
    ))
}
