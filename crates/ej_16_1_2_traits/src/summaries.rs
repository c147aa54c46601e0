//! Aggregates that are more than a sum: mean, smallest, largest.

use crate::{Agregable, SumaCentavos};
use ecommerce_model::{Centavos, ratio_half_up};

/// A mean in the making: the sum and the count, from which parts can be put together.
///
/// Two means cannot: the mean of a mean of one row and a mean of a thousand forgets the thousand.
///
/// ```
/// use ej_16_1_2_traits::{Agregable, Media, reducir};
/// let (north, south) = ([10.0].map(Media::<f64>::of), [1.0, 2.0, 3.0].map(Media::<f64>::of));
/// let whole = reducir(&north).sumar(&reducir(&south));
/// assert_eq!(whole.mean(), Some(4.0)); // 16 ÷ 4; the mean of 10 and 2 would be 6
/// assert_eq!(reducir::<Media<f64>>(&[]).mean(), None);
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Media<S> {
    suma: S,
    cuenta: u64,
}

impl<S> Media<S> {
    /// The mean of one value.
    pub fn of(value: impl Into<S>) -> Self {
        Self {
            suma: value.into(),
            cuenta: 1,
        }
    }

    /// How many values.
    pub const fn cuenta(&self) -> u64 {
        self.cuenta
    }

    /// Their sum.
    pub const fn suma(&self) -> &S {
        &self.suma
    }
}

impl<S: Agregable> Agregable for Media<S> {
    fn sumar(&self, otro: &Self) -> Self {
        Self {
            suma: self.suma.sumar(&otro.suma),
            cuenta: self.cuenta.sumar(&otro.cuenta),
        }
    }

    fn identidad() -> Self {
        Self {
            suma: S::identidad(),
            cuenta: u64::identidad(),
        }
    }
}

impl Media<f64> {
    /// The sum divided by the count; `None` of nothing.
    pub fn mean(&self) -> Option<f64> {
        (self.cuenta > 0).then(|| self.suma / self.cuenta as f64)
    }
}

impl Media<SumaCentavos> {
    /// The sum divided by the count, to the cent, halves away from zero: the `ticket_promedio` of the metrics. `None` of nothing.
    pub fn mean(&self) -> Option<Centavos> {
        let cents = ratio_half_up(self.suma.get(), self.cuenta.into())?;
        i64::try_from(cents).ok().and_then(Centavos::new)
    }
}

/// The smallest value so far; nothing yet at first, so no type needs a largest value to start from.
///
/// Only for totally ordered types: `f64` is none, since NaN is neither above nor below anything, and a minimum that depends on
/// where the NaN stood would break the laws. The compiler refuses it (`minimo_de_f64.rs`).
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Minimo<T>(Option<T>);

impl<T: Ord + Copy> Minimo<T> {
    /// The smallest of one value.
    pub const fn of(value: T) -> Self {
        Self(Some(value))
    }

    /// The smallest, or `None` of nothing.
    pub const fn get(self) -> Option<T> {
        self.0
    }
}

impl<T: Ord + Copy> Agregable for Minimo<T> {
    fn sumar(&self, otro: &Self) -> Self {
        Self(match (self.0, otro.0) {
            (Some(one), Some(other)) => Some(one.min(other)),
            (one, other) => one.or(other),
        })
    }

    fn identidad() -> Self {
        Self(None)
    }
}

/// The largest value so far; nothing yet at first. Bounds as for [`Minimo`].
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Maximo<T>(Option<T>);

impl<T: Ord + Copy> Maximo<T> {
    /// The largest of one value.
    pub const fn of(value: T) -> Self {
        Self(Some(value))
    }

    /// The largest, or `None` of nothing.
    pub const fn get(self) -> Option<T> {
        self.0
    }
}

impl<T: Ord + Copy> Agregable for Maximo<T> {
    fn sumar(&self, otro: &Self) -> Self {
        // `None` is below every `Some`, which is just what an empty side should be.
        Self(self.0.max(otro.0))
    }

    fn identidad() -> Self {
        Self(None)
    }
}
