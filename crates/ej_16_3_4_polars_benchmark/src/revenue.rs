//! The answer: revenue by region, as the engines add it up and as money.

use crate::BenchmarkError;
use ecommerce_model::Centavos;
use std::collections::BTreeMap;

/// From here on neighbouring floats lie more than a cent apart, so a total stands for no number of cents.
const CENTS_ARE_LOST: f64 = (1_u64 << 46) as f64;

/// What two sums of the same floats may differ by, as a part of the total: more than any order of additions makes (10⁻¹² is
/// what 100 million rows showed), less than one row of average size among twenty million.
const OTHER_ORDER: f64 = 1e-9;

/// One region and what its positive amounts add up to.
#[derive(Clone, Debug, PartialEq)]
pub struct RegionRevenue {
    /// The region; `None` is the group of the rows without one.
    pub region: Option<String>,
    /// The sum as the engine gave it: its last digits depend on the order of the additions.
    pub revenue: f64,
}

/// Revenue by region.
///
/// # Shape
/// One row per region with at least one row that passed the filter, the group without region first, then by name.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Revenue(Vec<RegionRevenue>);

impl Revenue {
    /// The rows of an engine, put in order.
    pub fn new(mut rows: Vec<RegionRevenue>) -> Self {
        rows.sort_by(|a, b| a.region.cmp(&b.region));
        Self(rows)
    }

    /// The rows, in order.
    pub fn rows(&self) -> &[RegionRevenue] {
        &self.0
    }

    /// Whether these totals are those of `other`, up to what adding the same floats in another order changes.
    ///
    /// ```
    /// use ej_16_3_4_polars_benchmark::{RegionRevenue, Revenue};
    /// let total = |revenue| Revenue::new(vec![RegionRevenue { region: Some("sur".into()), revenue }]);
    /// assert!(total(0.1 + 0.2 + 0.3).is_the_same_but_for_order(&total(0.3 + 0.2 + 0.1)));
    /// assert!(!total(100.0).is_the_same_but_for_order(&total(100.01)));
    /// assert!(!total(100.0).is_the_same_but_for_order(&Revenue::default()));
    /// ```
    pub fn is_the_same_but_for_order(&self, other: &Self) -> bool {
        self.0.len() == other.0.len()
            && self.0.iter().zip(&other.0).all(|(one, two)| {
                let apart = (one.revenue - two.revenue).abs();
                one.region == two.region && apart <= OTHER_ORDER * two.revenue.abs()
            })
    }

    /// The same as money: every total rounded to the cent.
    ///
    /// # Errors
    /// * [`BenchmarkError::NotMoney`] if a total is NaN, infinite, or 2⁴⁶ (7 × 10¹³) or more.
    ///
    /// ```
    /// use ej_16_3_4_polars_benchmark::{RegionRevenue, Revenue};
    /// let total = |revenue| Revenue::new(vec![RegionRevenue { region: Some("sur".into()), revenue }]);
    /// // The same three amounts in two orders: two floats, one number of cents.
    /// let (one, other) = (total(0.1 + 0.2 + 0.3), total(0.3 + 0.2 + 0.1));
    /// assert_ne!(one, other);
    /// assert_eq!(one.cents()?, other.cents()?);
    /// assert!(total(f64::NAN).cents().is_err());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn cents(&self) -> Result<BTreeMap<Option<String>, Centavos>, BenchmarkError> {
        self.0
            .iter()
            .map(|row| {
                let not_money = || BenchmarkError::NotMoney {
                    region: row.region.clone(),
                    total: row.revenue,
                };
                if row.revenue.abs() >= CENTS_ARE_LOST {
                    return Err(not_money());
                }
                let cents = Centavos::from_monto(row.revenue).map_err(|_| not_money())?;
                Ok((row.region.clone(), cents))
            })
            .collect()
    }
}
