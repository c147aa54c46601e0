//! Percentiles over the last `window` values, as `pandas.Series.rolling(window).quantile(q)` gives them, to the last bit.
//!
//! What is shared with Pandas, and tested against it: NaN and both infinities are values that are missing; a position with fewer values than
//! `min_periods` gives NaN; equal values keep the order in which they came, which decides the sign of a zero; at the ends (`q` of 0 or 1) the latest
//! of them is given. What is not: a window of 0 and a `q` of NaN are errors here.

mod ranked;
mod sorted;
#[cfg(test)]
mod tests;

use thiserror::Error;

use crate::sharing::Execution;
use ranked::Ranked;
use sorted::Sorted;

/// What is given between two values: the names that Pandas and NumPy use.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Interpolation {
    /// `linear`: in proportion.
    Linear,
    /// `lower`: the one below.
    Lower,
    /// `higher`: the one above.
    Higher,
    /// `nearest`: the nearer one; from the middle, the one at an even place.
    Nearest,
    /// `midpoint`: their mean.
    Midpoint,
}

impl Interpolation {
    /// All of them.
    pub const ALL: [Self; 5] = [
        Self::Linear,
        Self::Lower,
        Self::Higher,
        Self::Nearest,
        Self::Midpoint,
    ];

    /// Returns its name in Pandas.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Linear => "linear",
            Self::Lower => "lower",
            Self::Higher => "higher",
            Self::Nearest => "nearest",
            Self::Midpoint => "midpoint",
        }
    }
}

impl std::str::FromStr for Interpolation {
    type Err = RollingPercentileError;

    fn from_str(name: &str) -> Result<Self, Self::Err> {
        Self::ALL
            .into_iter()
            .find(|one| one.name() == name)
            .ok_or_else(|| RollingPercentileError::Interpolation(name.to_owned()))
    }
}

/// Why a rolling percentile cannot be computed.
#[derive(Clone, Debug, PartialEq, Error)]
pub enum RollingPercentileError {
    /// A window of no values.
    #[error("ventana: tiene que ser de 1 valor o más, y es 0")]
    Window,
    /// Outside 0 to 1, or NaN.
    #[error("q: tiene que estar entre 0 y 1, y es {0}")]
    Quantile(f64),
    /// More values asked for than the window holds.
    #[error("minimo: {min_periods} valores no caben en una ventana de {window}")]
    MinPeriods {
        /// What was asked for.
        min_periods: usize,
        /// What the window holds.
        window: usize,
    },
    /// Not one of the five names.
    #[error("interpolacion: «{0}» no es ninguna de linear, lower, higher, nearest y midpoint")]
    Interpolation(String),
    /// Whoever called wanted no more.
    #[error("interrumpido")]
    Interrupted,
}

/// How the window keeps its values in order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Method {
    /// In a sorted array: the value that leaves and the one that comes are counted to their places, and what lies between moves by one
    /// (`memmove`). O(w) a step, and for the smallest windows the cheapest.
    Sorted,
    /// By ranks: a stretch of a few windows is sorted once, and the window is the set of its ranks in a bit map, with a cursor on the one
    /// wanted, which moves by a step when a value comes or goes. O(log w) a value, all of it in the sort.
    Ranked,
}

/// From this many values on, [`Method::Ranked`] is faster: measured by `16.6.4/percentil`.
pub const LARGE_WINDOW: usize = 32;

/// A percentile over a sliding window.
///
/// ```
/// use ej_16_6_4_when_to_extend::{Interpolation, RollingPercentile};
///
/// let median = RollingPercentile::new(3, 0.5, Interpolation::Linear, Some(1))?;
/// assert_eq!(median.compute(&[4.0, 1.0, 7.0, 2.0]), [4.0, 2.5, 4.0, 2.0]);
/// # Ok::<(), ej_16_6_4_when_to_extend::RollingPercentileError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct RollingPercentile {
    window: usize,
    q: f64,
    interpolation: Interpolation,
    min_periods: usize,
}

impl RollingPercentile {
    /// Returns the percentile `q` (0 to 1) of the last `window` values, where at least `min_periods` of them (all, when `None`) are there.
    ///
    /// # Errors
    /// - [`RollingPercentileError::Window`]: `window` is 0.
    /// - [`RollingPercentileError::Quantile`]: `q` is outside 0 to 1, or NaN.
    /// - [`RollingPercentileError::MinPeriods`]: `min_periods` is more than `window`.
    pub fn new(
        window: usize,
        q: f64,
        interpolation: Interpolation,
        min_periods: Option<usize>,
    ) -> Result<Self, RollingPercentileError> {
        if window == 0 {
            return Err(RollingPercentileError::Window);
        }
        if !(0.0..=1.0).contains(&q) {
            return Err(RollingPercentileError::Quantile(q));
        }
        let min_periods = min_periods.unwrap_or(window);
        if min_periods > window {
            return Err(RollingPercentileError::MinPeriods {
                min_periods,
                window,
            });
        }
        Ok(Self {
            window,
            q,
            interpolation,
            // A percentile of nothing is NaN, whatever was asked for.
            min_periods: min_periods.max(1),
        })
    }

    /// Returns a value for each of `data`: of it and the `window − 1` before it.
    ///
    /// # Cost
    /// O(n log w), on every core; one allocation for the result, and below 40 bytes for each value of a stretch of [`Method::Ranked`] and
    /// thread.
    #[must_use]
    pub fn compute(&self, data: &[f64]) -> Vec<f64> {
        // Nobody stops it, so there is a result.
        self.compute_with(data, self.method(), Execution::default())
            .unwrap_or_default()
    }

    /// Returns what [`RollingPercentile::compute`] does, by `method`, as `execution` says.
    ///
    /// # Errors
    /// [`RollingPercentileError::Interrupted`]: it was stopped. That is looked at before each stretch of a few windows or some thousand values.
    pub fn compute_with(
        &self,
        data: &[f64],
        method: Method,
        execution: Execution<'_>,
    ) -> Result<Vec<f64>, RollingPercentileError> {
        let mut out = vec![f64::NAN; data.len()];
        let length = self.stretch(method);
        execution.each(out.chunks_mut(length).enumerate(), |(at, out)| {
            self.fill(data, at * length, out, method);
            Ok::<(), RollingPercentileError>(())
        })?;
        if execution.is_stopped() {
            return Err(RollingPercentileError::Interrupted);
        }
        Ok(out)
    }

    /// Returns the method for this window.
    #[must_use]
    pub fn method(&self) -> Method {
        if self.window < LARGE_WINDOW {
            Method::Sorted
        } else {
            Method::Ranked
        }
    }

    /// How many results one task gives. Each starts by reading the window before its first one again, so a task is some windows long.
    fn stretch(&self, method: Method) -> usize {
        match method {
            Method::Sorted => self.window.saturating_mul(8).max(16_384),
            Method::Ranked => Ranked::stretch(self.window),
        }
    }

    /// Fills `out`, whose first place is that of `data[from]`.
    fn fill(&self, data: &[f64], from: usize, out: &mut [f64], method: Method) {
        let first = from.saturating_sub(self.window - 1);
        let data = &data[first..from + out.len()];
        let before = from - first;
        match method {
            Method::Sorted => self.roll(
                &mut Sorted::with_capacity(self.window.min(data.len())),
                data,
                before,
                out,
            ),
            Method::Ranked => self.roll(&mut Ranked::of(data, present), data, before, out),
        }
    }

    /// Slides the window over `data`, whose first `before` values have no place in `out`.
    fn roll(&self, window: &mut impl Window, data: &[f64], before: usize, out: &mut [f64]) {
        for (at, &value) in data[..before].iter().enumerate() {
            if present(value) {
                window.insert(at, value);
            }
        }
        for (place, at) in (before..data.len()).enumerate() {
            let new = (at, data[at]);
            let old = at
                .checked_sub(self.window)
                .map(|at| (at, data[at]))
                .filter(|&(_, value)| present(value));
            // The oldest goes first, so that the window never holds more than it should.
            match (old, present(new.1)) {
                (Some(old), true) => window.slide(old, new),
                (Some((at, old)), false) => window.remove(at, old),
                (None, true) => window.insert(new.0, new.1),
                (None, false) => {}
            }
            if window.len() >= self.min_periods {
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
        match self.interpolation {
            Interpolation::Linear => low + (high - low) * fraction,
            Interpolation::Lower => low,
            Interpolation::Higher => high,
            Interpolation::Nearest => {
                if fraction < 0.5 || (fraction == 0.5 && index.is_multiple_of(2)) {
                    low
                } else {
                    high
                }
            }
            Interpolation::Midpoint => (low + high) / 2.0,
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
