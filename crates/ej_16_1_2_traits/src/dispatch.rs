//! One trait, called four ways: the type known when compiling, or found out while running, per amount or per column.
//!
//! The counting functions are not inlined, so that each is one piece of machine code: one per filter type for
//! [`count_static`], one for all of them for the others.

/// What to keep of a column of amounts. Unlike [`Agregable`](crate::Agregable) it can stand behind `dyn`: its methods take
/// `&self`, and none returns `Self`.
pub trait Filter {
    /// Whether this amount is kept.
    fn keeps(&self, monto: f64) -> bool;

    /// How many of these amounts are kept.
    ///
    /// Compiled for each filter with its own `keeps` inside, so one call through `dyn` serves a whole column.
    fn count(&self, montos: &[f64]) -> usize {
        montos.iter().filter(|monto| self.keeps(**monto)).count()
    }
}

/// Keeps amounts above a limit; NaN is not above anything.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Above(pub f64);

impl Filter for Above {
    fn keeps(&self, monto: f64) -> bool {
        monto > self.0
    }
}

/// Keeps amounts from the first limit up to, and without, the second.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Between(pub f64, pub f64);

impl Filter for Between {
    fn keeps(&self, monto: f64) -> bool {
        // Both sides always: a branch between them would keep the loop from being vectorized.
        (monto >= self.0) & (monto < self.1)
    }
}

/// Either of them, told apart by a tag instead of a table of functions: closed where `dyn` is open.
#[derive(Clone, Copy, PartialEq, Debug)]
pub enum AnyFilter {
    /// [`Above`].
    Above(Above),
    /// [`Between`].
    Between(Between),
}

impl Filter for AnyFilter {
    fn keeps(&self, monto: f64) -> bool {
        match self {
            Self::Above(filter) => filter.keeps(monto),
            Self::Between(filter) => filter.keeps(monto),
        }
    }
}

/// How many amounts are kept, by a filter whose type is known here.
///
/// # Cost
/// Compiled once for each `F`; `keeps` is inlined, and the loop can be vectorized.
#[inline(never)]
pub fn count_static<F: Filter>(filter: &F, montos: &[f64]) -> usize {
    montos.iter().filter(|monto| filter.keeps(**monto)).count()
}

/// How many amounts are kept, by a filter whose type is only known while running.
///
/// # Cost
/// Compiled once; one indirect call for each amount.
#[inline(never)]
pub fn count_dyn(filter: &dyn Filter, montos: &[f64]) -> usize {
    montos.iter().filter(|monto| filter.keeps(**monto)).count()
}

/// How many amounts are kept, by a filter whose type is only known while running, asked once.
///
/// # Cost
/// Compiled once; one indirect call for the column, then the same loop as [`count_static`]. Engines dispatch like this:
/// `dyn` for an array or an expression, never for a row.
#[inline(never)]
pub fn count_dyn_column(filter: &dyn Filter, montos: &[f64]) -> usize {
    filter.count(montos)
}
