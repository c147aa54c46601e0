//! The model's money as something that can be aggregated.

use crate::Agregable;
use ecommerce_model::Centavos;

/// A total of amounts, exact for every order and every grouping.
///
/// [`Centavos`] itself is bounded (`Decimal(18, 2)`), so two of them may have no sum and `sumar` would have to panic or to lie.
/// The total is wider than anything that can be added up; whether it fits is asked once, at the end.
///
/// ```
/// use ecommerce_model::Centavos;
/// use ej_16_1_2_traits::{SumaCentavos, reducir};
/// let cents = [10_50, -3_25, 99].map(|c| SumaCentavos::from(Centavos::new(c).unwrap()));
/// assert_eq!(reducir(&cents).total(), Centavos::new(8_24));
/// ```
///
/// # Units
/// Hundredths of the shop's currency.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default)]
pub struct SumaCentavos(i128);

impl SumaCentavos {
    /// The total as an amount, or `None` beyond `Decimal(18, 2)`.
    pub fn total(self) -> Option<Centavos> {
        i64::try_from(self.0).ok().and_then(Centavos::new)
    }

    /// The number of cents.
    pub const fn get(self) -> i128 {
        self.0
    }
}

impl From<Centavos> for SumaCentavos {
    fn from(amount: Centavos) -> Self {
        Self(amount.get().into())
    }
}

/// Addition modulo 2¹²⁸, which would take more than 10²⁰ of the largest amounts to reach.
impl Agregable for SumaCentavos {
    fn sumar(&self, otro: &Self) -> Self {
        Self(self.0.wrapping_add(otro.0))
    }

    fn identidad() -> Self {
        Self(0)
    }
}

/// A checked total: `None` once a partial sum has left `Decimal(18, 2)`, and from then on.
///
/// It keeps the laws among amounts of one sign. With both signs it depends on grouping near the limit, because it fails on the way
/// although the total would fit:
///
/// ```
/// use ecommerce_model::Centavos;
/// use ej_16_1_2_traits::Agregable;
/// let largest = Centavos::new(999_999_999_999_999_999);
/// let (cent, back) = (Centavos::new(1), Centavos::new(-1));
/// assert_eq!(largest.sumar(&cent).sumar(&back), None);
/// assert_eq!(largest.sumar(&cent.sumar(&back)), largest);
/// ```
///
/// [`SumaCentavos`] has no such limit on the way.
impl Agregable for Option<Centavos> {
    fn sumar(&self, otro: &Self) -> Self {
        (*self)?.checked_add((*otro)?)
    }

    fn identidad() -> Self {
        Some(Centavos::ZERO)
    }
}
