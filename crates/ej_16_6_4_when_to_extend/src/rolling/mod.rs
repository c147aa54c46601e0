//! Percentiles over the last `ventana` values, as `pandas.Series.rolling(ventana).quantile(q)` gives them, to the last bit.
//!
//! What is shared with Pandas, and tested against it: NaN and both infinities are values that are missing; a position with fewer values than
//! `minimo` gives NaN; equal values keep the order in which they came, which decides the sign of a zero; at the ends (`q` of 0 or 1) the latest
//! of them is given. What is not: a window of 0 and a `q` of NaN are errors here.

mod ranked;
mod sorted;
#[cfg(test)]
mod tests;

use thiserror::Error;

use crate::sharing::Trabajo;
use ranked::Ranked;
use sorted::Sorted;

/// What is given between two values: the names that Pandas and NumPy use.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Interpolacion {
    /// `linear`: in proportion.
    Lineal,
    /// `lower`: the one below.
    Inferior,
    /// `higher`: the one above.
    Superior,
    /// `nearest`: the nearer one; from the middle, the one at an even place.
    Cercana,
    /// `midpoint`: their mean.
    Media,
}

impl Interpolacion {
    /// All of them.
    pub const TODAS: [Self; 5] = [
        Self::Lineal,
        Self::Inferior,
        Self::Superior,
        Self::Cercana,
        Self::Media,
    ];

    /// Returns its name in Pandas.
    #[must_use]
    pub fn nombre(self) -> &'static str {
        match self {
            Self::Lineal => "linear",
            Self::Inferior => "lower",
            Self::Superior => "higher",
            Self::Cercana => "nearest",
            Self::Media => "midpoint",
        }
    }
}

impl std::str::FromStr for Interpolacion {
    type Err = PercentilMovilError;

    fn from_str(name: &str) -> Result<Self, Self::Err> {
        Self::TODAS
            .into_iter()
            .find(|one| one.nombre() == name)
            .ok_or_else(|| PercentilMovilError::Interpolacion(name.to_owned()))
    }
}

/// Why a rolling percentile cannot be computed.
#[derive(Clone, Debug, PartialEq, Error)]
pub enum PercentilMovilError {
    /// A window of no values.
    #[error("ventana: tiene que ser de 1 valor o más, y es 0")]
    Ventana,
    /// Outside 0 to 1, or NaN.
    #[error("q: tiene que estar entre 0 y 1, y es {0}")]
    Cuantil(f64),
    /// More values asked for than the window holds.
    #[error("minimo: {minimo} valores no caben en una ventana de {ventana}")]
    Minimo {
        /// What was asked for.
        minimo: usize,
        /// What the window holds.
        ventana: usize,
    },
    /// Not one of the five names.
    #[error("interpolacion: «{0}» no es ninguna de linear, lower, higher, nearest y midpoint")]
    Interpolacion(String),
    /// Whoever called wanted no more.
    #[error("interrumpido")]
    Interrumpido,
}

/// How the window keeps its values in order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Metodo {
    /// In a sorted array: the value that leaves and the one that comes are counted to their places, and what lies between moves by one
    /// (`memmove`). O(w) a step, and for the smallest windows the cheapest.
    Ordenada,
    /// By ranks: a stretch of a few windows is sorted once, and the window is the set of its ranks in a bit map, with a cursor on the one
    /// wanted, which moves by a step when a value comes or goes. O(log w) a value, all of it in the sort.
    PorRangos,
}

/// From this many values on, [`Metodo::PorRangos`] is faster: measured by `16.6.4/percentil/metodo`.
pub const VENTANA_GRANDE: usize = 32;

/// A percentile over a sliding window.
///
/// ```
/// use ej_16_6_4_when_to_extend::{Interpolacion, PercentilMovil};
///
/// let mediana = PercentilMovil::new(3, 0.5, Interpolacion::Lineal, Some(1))?;
/// assert_eq!(mediana.calcula(&[4.0, 1.0, 7.0, 2.0]), [4.0, 2.5, 4.0, 2.0]);
/// # Ok::<(), ej_16_6_4_when_to_extend::PercentilMovilError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct PercentilMovil {
    ventana: usize,
    q: f64,
    interpolacion: Interpolacion,
    minimo: usize,
}

impl PercentilMovil {
    /// Returns the percentile `q` (0 to 1) of the last `ventana` values, where at least `minimo` of them (all, when `None`) are there.
    ///
    /// # Errors
    /// - [`PercentilMovilError::Ventana`]: `ventana` is 0.
    /// - [`PercentilMovilError::Cuantil`]: `q` is outside 0 to 1, or NaN.
    /// - [`PercentilMovilError::Minimo`]: `minimo` is more than `ventana`.
    pub fn new(
        ventana: usize,
        q: f64,
        interpolacion: Interpolacion,
        minimo: Option<usize>,
    ) -> Result<Self, PercentilMovilError> {
        if ventana == 0 {
            return Err(PercentilMovilError::Ventana);
        }
        if !(0.0..=1.0).contains(&q) {
            return Err(PercentilMovilError::Cuantil(q));
        }
        let minimo = minimo.unwrap_or(ventana);
        if minimo > ventana {
            return Err(PercentilMovilError::Minimo { minimo, ventana });
        }
        Ok(Self {
            ventana,
            q,
            interpolacion,
            // A percentile of nothing is NaN, whatever was asked for.
            minimo: minimo.max(1),
        })
    }

    /// Returns a value for each of `datos`: of it and the `ventana − 1` before it.
    ///
    /// # Cost
    /// O(n log w), on every core; one allocation for the result, and below 40 bytes for each value of a stretch of [`Metodo::PorRangos`] and
    /// thread.
    #[must_use]
    pub fn calcula(&self, datos: &[f64]) -> Vec<f64> {
        // Nobody stops it, so there is a result.
        self.calcula_con(datos, self.metodo(), Trabajo::default())
            .unwrap_or_default()
    }

    /// Returns what [`PercentilMovil::calcula`] does, by `metodo`, as `trabajo` says.
    ///
    /// # Errors
    /// [`PercentilMovilError::Interrumpido`]: it was stopped. That is looked at before each stretch of a few windows or some thousand values.
    pub fn calcula_con(
        &self,
        datos: &[f64],
        metodo: Metodo,
        trabajo: Trabajo<'_>,
    ) -> Result<Vec<f64>, PercentilMovilError> {
        let mut out = vec![f64::NAN; datos.len()];
        let length = self.stretch(metodo);
        trabajo.each(out.chunks_mut(length).enumerate(), |(at, out)| {
            self.fill(datos, at * length, out, metodo);
            Ok::<(), PercentilMovilError>(())
        })?;
        if trabajo.is_stopped() {
            return Err(PercentilMovilError::Interrumpido);
        }
        Ok(out)
    }

    /// Returns the method for this window.
    #[must_use]
    pub fn metodo(&self) -> Metodo {
        if self.ventana < VENTANA_GRANDE {
            Metodo::Ordenada
        } else {
            Metodo::PorRangos
        }
    }

    /// How many results one task gives. Each starts by reading the window before its first one again, so a task is some windows long.
    fn stretch(&self, metodo: Metodo) -> usize {
        match metodo {
            Metodo::Ordenada => self.ventana.saturating_mul(8).max(16_384),
            Metodo::PorRangos => Ranked::stretch(self.ventana),
        }
    }

    /// Fills `out`, whose first place is that of `datos[from]`.
    fn fill(&self, datos: &[f64], from: usize, out: &mut [f64], metodo: Metodo) {
        let first = from.saturating_sub(self.ventana - 1);
        let datos = &datos[first..from + out.len()];
        let before = from - first;
        match metodo {
            Metodo::Ordenada => self.roll(
                &mut Sorted::with_capacity(self.ventana.min(datos.len())),
                datos,
                before,
                out,
            ),
            Metodo::PorRangos => self.roll(&mut Ranked::of(datos, present), datos, before, out),
        }
    }

    /// Slides the window over `datos`, whose first `before` values have no place in `out`.
    fn roll(&self, window: &mut impl Window, datos: &[f64], before: usize, out: &mut [f64]) {
        for (at, &value) in datos[..before].iter().enumerate() {
            if present(value) {
                window.insert(at, value);
            }
        }
        for (place, at) in (before..datos.len()).enumerate() {
            let new = (at, datos[at]);
            let old = at
                .checked_sub(self.ventana)
                .map(|at| (at, datos[at]))
                .filter(|&(_, value)| present(value));
            // The oldest goes first, so that the window never holds more than it should.
            match (old, present(new.1)) {
                (Some(old), true) => window.slide(old, new),
                (Some((at, old)), false) => window.remove(at, old),
                (None, true) => window.insert(new.0, new.1),
                (None, false) => {}
            }
            if window.len() >= self.minimo {
                out[place] = self.between(window);
            }
        }
    }

    /// The percentile of a window that is not empty: the operations of Pandas, in its order, because each of them rounds.
    fn between(&self, window: &mut impl Window) -> f64 {
        let count = window.len();
        if self.q == 0.0 {
            return window.latest_smallest();
        }
        let place = self.q * (count - 1) as f64;
        let index = place as usize;
        let fraction = place - index as f64;
        if fraction == 0.0 {
            return window.at(index).0;
        }
        let (low, high) = window.at(index);
        match self.interpolacion {
            Interpolacion::Lineal => low + (high - low) * fraction,
            Interpolacion::Inferior => low,
            Interpolacion::Superior => high,
            Interpolacion::Cercana => {
                if fraction < 0.5 || (fraction == 0.5 && index.is_multiple_of(2)) {
                    low
                } else {
                    high
                }
            }
            Interpolacion::Media => (low + high) / 2.0,
        }
    }
}

/// Pandas takes infinities for values that are missing.
fn present(value: f64) -> bool {
    value.is_finite()
}

/// The values of a window in order, those that are equal as they came.
trait Window {
    fn len(&self) -> usize;
    /// Adds the value at `position` of the stretch, later than all in the window.
    fn insert(&mut self, position: usize, value: f64);
    /// Takes away the value at `position`, earlier than all others in the window.
    fn remove(&mut self, position: usize, value: f64);
    /// Takes away the first of the two values and adds the second.
    fn slide(&mut self, old: (usize, f64), new: (usize, f64)) {
        self.remove(old.0, old.1);
        self.insert(new.0, new.1);
    }
    /// The value at a place, counted from 0, and the one after it; of the last one, itself.
    fn at(&mut self, index: usize) -> (f64, f64);
    /// The latest of those equal to the smallest: they differ only when it is a zero.
    fn latest_smallest(&mut self) -> f64;
}
