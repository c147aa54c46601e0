//! Exact money: integer cents, one rounding rule per direction.

use std::fmt;
use std::iter::Sum;

/// An amount in cents; sums are exact, so every engine, order and partitioning gives the same total.
///
/// # Units
/// Hundredths of the shop's currency. `Decimal(18, 2)` in tables.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default)]
pub struct Centavos(i64);

/// Why a float is no amount.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
pub enum MoneyError {
    /// NaN or an infinity.
    #[error("the amount is not a finite number")]
    NotFinite,
    /// Its cents do not fit in `Decimal(18, 2)`.
    #[error("the amount has more than 16 digits before the decimal point")]
    OutOfRange,
}

/// The largest magnitude of a `Decimal(18, 2)`, in cents.
const MAX_CENTS: i64 = 999_999_999_999_999_999;

impl Centavos {
    /// Zero.
    pub const ZERO: Self = Self(0);

    /// The amount of `cents` hundredths, or `None` beyond `Decimal(18, 2)`.
    pub const fn new(cents: i64) -> Option<Self> {
        if cents >= -MAX_CENTS && cents <= MAX_CENTS {
            Some(Self(cents))
        } else {
            None
        }
    }

    /// The amount a float stands for: `monto × 100` in f64, rounded half to even.
    ///
    /// That is `numpy.rint(monto * 100)`, so any peer reproduces it bit for bit.
    ///
    /// ```
    /// use ecommerce_model::{Centavos, MoneyError};
    /// assert_eq!(Centavos::from_monto(0.125)?.get(), 12); // a tie: to even
    /// assert_eq!(Centavos::from_monto(0.375)?.get(), 38); // a tie: to even
    /// assert_eq!(Centavos::from_monto(1.005)?.get(), 100); // f64 1.005 is below the tie
    /// assert_eq!(Centavos::from_monto(f64::NAN), Err(MoneyError::NotFinite));
    /// # Ok::<(), MoneyError>(())
    /// ```
    ///
    /// # Errors
    /// * [`MoneyError::NotFinite`] for NaN and infinities.
    /// * [`MoneyError::OutOfRange`] beyond `Decimal(18, 2)`.
    pub fn from_monto(monto: f64) -> Result<Self, MoneyError> {
        if !monto.is_finite() {
            return Err(MoneyError::NotFinite);
        }
        let cents = (monto * 100.0).round_ties_even();
        // Every float below 1e18 is an integer that i64 holds, so the cast is exact.
        if cents.abs() < 1e18 {
            Ok(Self(cents as i64))
        } else {
            Err(MoneyError::OutOfRange)
        }
    }

    /// The number of cents.
    pub const fn get(self) -> i64 {
        self.0
    }

    /// The sum, or `None` beyond `Decimal(18, 2)`.
    pub fn checked_add(self, other: Self) -> Option<Self> {
        self.0.checked_add(other.0).and_then(Self::new)
    }

    /// `self ÷ n` to the cent, halves away from zero; `None` if `n` is not positive.
    ///
    /// ```
    /// # use ecommerce_model::Centavos;
    /// let total = Centavos::new(1_001).unwrap();
    /// assert_eq!(total.mean(2).unwrap().get(), 501); // 500.5
    /// assert_eq!(total.mean(0), None);
    /// ```
    pub fn mean(self, n: i64) -> Option<Self> {
        ratio_half_up(self.0.into(), n.into())
            .and_then(|q| i64::try_from(q).ok())
            .map(Self)
    }
}

/// `numerator ÷ denominator` rounded half away from zero; `None` if the denominator is not positive.
pub fn ratio_half_up(numerator: i128, denominator: i128) -> Option<i128> {
    if denominator <= 0 {
        return None;
    }
    let double = numerator.checked_mul(2)?;
    Some((double.checked_add(denominator * numerator.signum())?) / (denominator * 2))
}

impl fmt::Display for Centavos {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = if self.0 < 0 { "-" } else { "" };
        let cents = self.0.unsigned_abs();
        write!(f, "{sign}{}.{:02}", cents / 100, cents % 100)
    }
}

/// The exact sum, `None` beyond `Decimal(18, 2)`.
impl Sum<Centavos> for Option<Centavos> {
    fn sum<I: Iterator<Item = Centavos>>(iter: I) -> Self {
        let total: i128 = iter.map(|c| i128::from(c.0)).sum();
        i64::try_from(total).ok().and_then(Centavos::new)
    }
}
