//! Whether two answers are the same, before anybody looks at the clock.

use crate::session::QueryRun;
use thiserror::Error;

/// By how much two floats may differ, as a part of the larger: more than any order of additions makes of some million
/// amounts, far less than one row of them.
pub const OTHER_ORDER: f64 = 1e-9;

/// Where two answers differ first.
#[derive(Clone, Debug, Error, PartialEq)]
pub enum Difference {
    /// The columns are others, in name or type.
    #[error("columns {left} against {right}")]
    Columns {
        /// Of the first.
        left: String,
        /// Of the second.
        right: String,
    },
    /// One has more rows.
    #[error("{left} rows against {right}")]
    Rows {
        /// Of the first.
        left: usize,
        /// Of the second.
        right: usize,
    },
    /// A cell is another.
    #[error("row {row}, column {column}: {left:?} against {right:?}")]
    Cell {
        /// From 1.
        row: usize,
        /// Its name.
        column: String,
        /// Of the first.
        left: Option<String>,
        /// Of the second.
        right: Option<String>,
    },
}

/// Nothing where both answers are the same, row by row in their order: exactly, and floats up to [`OTHER_ORDER`].
///
/// # Errors
/// - [`Difference::Columns`], [`Difference::Rows`] or [`Difference::Cell`], whichever comes first.
pub fn same_answer(one: &QueryRun, other: &QueryRun) -> Result<(), Difference> {
    if one.columnas != other.columnas {
        let names = |run: &QueryRun| {
            let columns = run.columnas.iter();
            let said: Vec<_> = columns
                .map(|c| format!("{} {}", c.nombre, c.tipo))
                .collect();
            said.join(", ")
        };
        return Err(Difference::Columns {
            left: names(one),
            right: names(other),
        });
    }
    if one.filas.len() != other.filas.len() {
        return Err(Difference::Rows {
            left: one.filas.len(),
            right: other.filas.len(),
        });
    }
    for (index, (left, right)) in one.filas.iter().zip(&other.filas).enumerate() {
        for ((column, left), right) in one.columnas.iter().zip(left).zip(right) {
            let is_float = matches!(column.tipo.as_str(), "double" | "float");
            if left != right && !(is_float && is_close(left, right)) {
                return Err(Difference::Cell {
                    row: index + 1,
                    column: column.nombre.clone(),
                    left: left.clone(),
                    right: right.clone(),
                });
            }
        }
    }
    Ok(())
}

fn is_close(left: &Option<String>, right: &Option<String>) -> bool {
    // Infinities and NaN are equal as texts or not at all.
    let number = |cell: &Option<String>| {
        let value = cell.as_ref()?.parse::<f64>().ok()?;
        value.is_finite().then_some(value)
    };
    match number(left).zip(number(right)) {
        Some((left, right)) => (left - right).abs() <= OTHER_ORDER * left.abs().max(right.abs()),
        None => false,
    }
}
