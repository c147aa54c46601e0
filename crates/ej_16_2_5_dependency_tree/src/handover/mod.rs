//! What happens to a column's bytes between arrow-rs and Polars, found by comparing addresses.
//!
//! Each case crosses twice: an array that arrow-rs made goes to Polars, and a series that Polars made goes to
//! arrow-rs. A buffer of the result counts as shared if it begins inside a buffer of what it came from, which is
//! still alive; else it is new.

mod addresses;
mod cases;
mod table;

pub use cases::{Case, model_cases, neighbour_cases};
pub use table::handover_table;

use addresses::{Span, of_array, of_series};
use arrow::array::{Array, ArrayRef};
use arrow::compute::cast;
use ecommerce_arrow::polars_bridge::{BridgeError, array_from_series, series_from_array};
use polars::prelude::Series;
use std::panic::{AssertUnwindSafe, catch_unwind};

/// What a column was after crossing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Crossing {
    /// It arrived, as this type.
    Arrived {
        /// The type on the other side, as that side names it.
        as_type: String,
        /// Per buffer on the other side: what it holds, and whether it is shared.
        buffers: Vec<(String, bool)>,
    },
    /// The other side, or the bridge, said no.
    Refused(String),
    /// A library panicked: what it said.
    Panicked(String),
}

impl Crossing {
    fn between(origin: &[Span], arrived: &[Span], as_type: String) -> Self {
        let shared = |span: &Span| origin.iter().any(|from| from.contains(span));
        Self::Arrived {
            as_type,
            buffers: (arrived.iter())
                .map(|span| (span.part.clone(), shared(span)))
                .collect(),
        }
    }

    /// Whether every buffer is shared; false if it did not arrive.
    pub fn is_zero_copy(&self) -> bool {
        matches!(self, Self::Arrived { buffers, .. } if buffers.iter().all(|(_, shared)| *shared))
    }
}

/// A case with what happened to it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Handover {
    /// A column of the model, or what is special about the case.
    pub name: String,
    /// The type in arrow-rs.
    pub arrow_type: String,
    /// From arrow-rs to Polars.
    pub to_polars: Crossing,
    /// From Polars to arrow-rs; none if it never got to Polars.
    pub to_arrow: Option<Crossing>,
    /// Whether the values survive both ways.
    pub intact: bool,
}

/// Lets every case cross both ways.
///
/// # Cost
/// A few milliseconds; some thousand rows per case.
pub fn handovers(cases: &[Case]) -> Vec<Handover> {
    cases.iter().map(handover).collect()
}

fn handover(case: &Case) -> Handover {
    let (to_polars, series) = crossed(|| arrive_in_polars(&case.array));
    let made_there = series
        .as_ref()
        .and_then(|series| made_by_polars(series, case.slice));
    let back = made_there
        .as_ref()
        .map(|series| crossed(|| arrive_in_arrow(series)));
    let intact = series.is_some_and(|series| survives(&case.array, &series));
    Handover {
        name: case.name.clone(),
        arrow_type: case.array.data_type().to_string(),
        to_polars,
        to_arrow: back.map(|(crossing, _)| crossing),
        intact,
    }
}

/// Runs a crossing; Polars panics where its build lacks a type.
fn crossed<T>(cross: impl FnOnce() -> Result<(Crossing, T), BridgeError>) -> (Crossing, Option<T>) {
    match catch_unwind(AssertUnwindSafe(cross)) {
        Ok(Ok((crossing, result))) => (crossing, Some(result)),
        Ok(Err(error)) => (Crossing::Refused(error.to_string()), None),
        Err(panic) => {
            let said = (panic.downcast_ref::<String>().map(String::as_str))
                .or_else(|| panic.downcast_ref::<&str>().copied());
            (
                Crossing::Panicked(said.unwrap_or_default().to_owned()),
                None,
            )
        }
    }
}

fn arrive_in_polars(array: &ArrayRef) -> Result<(Crossing, Series), BridgeError> {
    let series = series_from_array("x", array)?;
    let as_type = series.dtype().to_string();
    let crossing = Crossing::between(&of_array(array), &of_series(&series), as_type);
    Ok((crossing, series))
}

fn arrive_in_arrow(series: &Series) -> Result<(Crossing, ArrayRef), BridgeError> {
    let (field, array) = array_from_series(series, 0)?;
    let as_type = field.data_type().to_string();
    let crossing = Crossing::between(&of_series(series), &of_array(&array), as_type);
    Ok((crossing, array))
}

/// The rows of the series in memory that Polars allocated: twice, and then in one piece; then cut as the case is.
fn made_by_polars(series: &Series, slice: Option<(usize, usize)>) -> Option<Series> {
    let mut twice = series.clone();
    twice.append(series).ok()?;
    let whole = twice.rechunk();
    Some(match slice {
        Some((offset, rows)) => whole.slice(i64::try_from(offset).ok()?, rows),
        None => whole,
    })
}

/// Whether the rows are the same after going to Polars and back.
fn survives(array: &ArrayRef, series: &Series) -> bool {
    let back = crossed(|| arrive_in_arrow(series)).1;
    back.and_then(|back| cast(&back, array.data_type()).ok())
        .is_some_and(|back| back.as_ref() == array.as_ref())
}
