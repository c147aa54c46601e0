//! A data set with one owner, and the two ways to let threads work on it: hand it over, or lend parts of it.

use ecommerce_model::{
    Centavos, ConfigGenerador, FilaGenerada, Generador, GeneratorError, MoneyError, REGIONES,
};
use std::num::NonZeroUsize;
use std::panic::resume_unwind;
use std::thread;

/// Purchases as columns.
///
/// # Shape
/// Two columns of the same length, without nulls, in the order of the events.
///
/// # Units
/// Amounts in the shop's currency, finite; regions as positions in [`REGIONES`].
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Compras {
    montos: Vec<f64>,
    regiones: Vec<u8>,
}

impl Compras {
    /// The good purchases among the `rows` events that the model makes of `seed`.
    ///
    /// # Errors
    /// Those of [`Generador::new`]; this configuration gives none.
    pub fn generate(seed: u64, rows: u64) -> Result<Self, GeneratorError> {
        let day = "2024-01-15".parse()?;
        let generator = Generador::new(ConfigGenerador::new(seed, day, 1, rows))?;
        let mut row = FilaGenerada::new();
        let mut compras = Self::default();
        for index in 0..rows {
            generator.fill(index, &mut row);
            let fila = row.as_fila();
            let region = REGIONES
                .iter()
                .position(|(name, ..)| fila.region == Some(*name));
            // Clicks carry no amount; a planted defect may be in any field.
            if let (Some(monto), Some(region), None) = (fila.monto, region, row.defect()) {
                compras.montos.push(monto);
                compras.regiones.push(region as u8);
            }
        }
        Ok(compras)
    }

    /// The amounts.
    pub fn montos(&self) -> &[f64] {
        &self.montos
    }

    /// The amounts, to be changed by their one borrower.
    pub fn montos_mut(&mut self) -> &mut Vec<f64> {
        &mut self.montos
    }

    /// The regions.
    pub fn regiones(&self) -> &[u8] {
        &self.regiones
    }

    /// The total in cents, summed by `threads` threads that borrow a part each.
    ///
    /// Cents are exact, so the number of threads cannot change it.
    ///
    /// # Errors
    /// * [`MoneyError::NotFinite`] if an amount has become NaN or infinite.
    /// * [`MoneyError::OutOfRange`] if an amount or the total lies beyond `Decimal(18, 2)`.
    ///
    /// # Panics
    /// If the system cannot start a thread.
    ///
    /// # Cost
    /// Starts `threads` threads; nothing is copied.
    pub fn revenue(&self, threads: NonZeroUsize) -> Result<Centavos, MoneyError> {
        let Some(size) = part_size(self.montos.len(), threads) else {
            return Ok(Centavos::ZERO);
        };
        let cents = thread::scope(|scope| {
            let parts = self.montos.chunks(size);
            let running: Vec<_> = parts
                .map(|part| scope.spawn(move || exact_cents(part)))
                .collect();
            running
                .into_iter()
                .map(|thread| thread.join().unwrap_or_else(|panic| resume_unwind(panic)))
                .sum::<Result<i128, MoneyError>>()
        })?;
        i64::try_from(cents)
            .ok()
            .and_then(Centavos::new)
            .ok_or(MoneyError::OutOfRange)
    }
}

/// The same purchases, scaled by `factor` on a thread that owned them meanwhile.
///
/// The thread is given the data set and gives it back. What travels are three words per column; the columns stay
/// where they are.
///
/// # Panics
/// If the system cannot start a thread.
///
/// ```
/// use ej_16_1_1_ownership::{Compras, purchases::scaled_elsewhere};
/// let compras = Compras::generate(42, 1_000)?;
/// let (montos, first) = (compras.montos().as_ptr(), compras.montos()[0]);
/// let compras = scaled_elsewhere(compras, 2.0);
/// assert_eq!(compras.montos().as_ptr(), montos);
/// assert_eq!(compras.montos()[0], first * 2.0);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn scaled_elsewhere(compras: Compras, factor: f64) -> Compras {
    thread::scope(|scope| {
        let worker = scope.spawn(move || {
            let mut mine = compras;
            crate::escalar(mine.montos_mut(), factor);
            mine
        });
        worker.join().unwrap_or_else(|panic| resume_unwind(panic))
    })
}

/// Nothing: multiplies every amount by `factor`, in place, on `threads` threads that borrow a part each.
///
/// `chunks_mut` hands out exclusive borrows that cannot overlap, so there is no lock and nothing to wait for.
///
/// # Panics
/// If the system cannot start a thread.
///
/// # Cost
/// Starts `threads` threads; nothing is copied.
pub fn scale_in_parallel(montos: &mut [f64], factor: f64, threads: NonZeroUsize) {
    let Some(size) = part_size(montos.len(), threads) else {
        return;
    };
    thread::scope(|scope| {
        for part in montos.chunks_mut(size) {
            scope.spawn(move || part.iter_mut().for_each(|monto| *monto *= factor));
        }
    });
}

/// The length of each part, or `None` when there is nothing to part.
fn part_size(length: usize, threads: NonZeroUsize) -> Option<usize> {
    (length > 0).then(|| length.div_ceil(threads.get()))
}

/// The sum of the amounts in cents: too wide to overflow, so the order of the parts does not matter.
fn exact_cents(montos: &[f64]) -> Result<i128, MoneyError> {
    montos
        .iter()
        .map(|monto| Centavos::from_monto(*monto).map(|amount| i128::from(amount.get())))
        .sum()
}
