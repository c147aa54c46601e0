//! The two tables of the guide's query, `ventas` and `clientes`, made from the model's shop and a seed.
//!
//! Days ascend with the rows, as in a file that a shop appends to, so a filter on `fecha` can leave out row groups and pages. One
//! customer in forty is not among `clientes`: the guide joins with LEFT JOIN, and their sales must not be lost.

mod files;

use crate::EngineError;
use ecommerce_model::{ConfigGenerador, Fecha, Generador, GeneratorError, ratio_half_up};
use std::collections::{BTreeMap, BTreeSet};

pub use files::Layout;

/// The first of the days over which the sales spread.
pub const FIRST_DAY: &str = "2023-07-01";
/// How many days those are: until 2024-06-30.
pub const DAYS: u64 = 366;
/// One customer in so many is missing from `clientes`.
const MISSING: u64 = 40;

/// One sale of the shop.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sale {
    /// Number of the buyer, `u0000042`.
    pub customer: u64,
    /// What was paid, in cents; zero or negative for what is no revenue, `None` where the amount is missing.
    pub cents: Option<i64>,
    /// The day.
    pub day: Fecha,
}

/// What the guide's query answers for a region, by a loop over whole cents.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExpectedRegion {
    /// Revenue in cents.
    pub cents: i64,
    /// Sales that count.
    pub sales: i64,
    /// Different buyers.
    pub customers: i64,
}

impl ExpectedRegion {
    /// Average amount in cents, rounded half up.
    pub fn mean_cents(&self) -> Option<i128> {
        ratio_half_up(i128::from(self.cents), i128::from(self.sales))
    }
}

/// Makes the rows: sale *i* depends on (seed, *i*, number of sales) alone.
pub struct Shop {
    model: Generador,
    first: Fecha,
    sales: u64,
    customers: u64,
}

impl Shop {
    /// A shop with so many sales.
    ///
    /// # Errors
    /// * [`EngineError::Shop`] if the model refuses its configuration.
    pub fn new(seed: u64, sales: u64) -> Result<Self, EngineError> {
        let first: Fecha = FIRST_DAY.parse().map_err(GeneratorError::from)?;
        let model = Generador::new(ConfigGenerador::new(seed, first, 1, sales))?;
        let customers = model.config().usuarios;
        Ok(Self {
            model,
            first,
            sales,
            customers,
        })
    }

    /// How many sales there are.
    pub fn sales(&self) -> u64 {
        self.sales
    }

    /// Sale number `index`.
    pub fn sale(&self, index: u64) -> Sale {
        let draws = |lane: u64| scramble(index ^ (lane << 56) ^ self.model.config().semilla);
        let product = draws(1) % self.model.config().productos;
        let price = self.model.producto(product).precio.get();
        let paid = price * [1, 1, 1, 2, 3][(draws(2) % 5) as usize];
        let cents = match draws(3) % 100 {
            0..4 => Some(-paid),
            4 => Some(0),
            5..7 => None,
            _ => Some(paid),
        };
        let passed = u128::from(index) * u128::from(DAYS) / u128::from(self.sales.max(1));
        let day = i32::try_from(passed)
            .ok()
            .and_then(|days| Fecha::from_days_since_epoch(self.first.days_since_epoch() + days));
        Sale {
            customer: draws(4) % self.customers,
            cents,
            day: day.unwrap_or(self.first),
        }
    }

    /// Whether customer number `customer` is one of `clientes`.
    pub fn is_known(customer: u64) -> bool {
        customer % MISSING != MISSING - 1
    }

    /// The answer of the guide's query over these rows from the day `since`: by region, `None` for the sales of customers that are
    /// not among `clientes`.
    pub fn expected(&self, since: Fecha) -> BTreeMap<Option<String>, ExpectedRegion> {
        let mut totals: BTreeMap<Option<String>, (i64, i64, BTreeSet<u64>)> = BTreeMap::new();
        for sale in (0..self.sales).map(|index| self.sale(index)) {
            let Some(cents) = sale.cents.filter(|cents| *cents > 0) else {
                continue;
            };
            if sale.day < since {
                continue;
            }
            let region =
                Self::is_known(sale.customer).then(|| self.model.cliente(sale.customer).region);
            let total = totals.entry(region).or_default();
            total.0 += cents;
            total.1 += 1;
            total.2.insert(sale.customer);
        }
        let finish = |(cents, sales, customers): (i64, i64, BTreeSet<u64>)| ExpectedRegion {
            cents,
            sales,
            customers: i64::try_from(customers.len()).unwrap_or(i64::MAX),
        };
        totals
            .into_iter()
            .map(|(region, total)| (region, finish(total)))
            .collect()
    }
}

/// SplitMix64's finalizer: neighbouring numbers become unrelated ones.
fn scramble(number: u64) -> u64 {
    let mut z = number.wrapping_add(0x9E37_79B9_7F4A_7C15);
    z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    z ^ (z >> 31)
}
