//! What a query answered, as text cells, and whether two answers are the same.

use crate::EngineError;
use arrow::array::RecordBatch;
use arrow::util::display::{ArrayFormatter, FormatOptions};
use ecommerce_model::cells_agree;
use std::fmt;

/// Rows of cells, each as text; `None` is NULL.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// Names of the columns.
    pub columns: Vec<String>,
    /// The rows, in the order of the query.
    pub rows: Vec<Vec<Option<String>>>,
}

/// The first place where two answers differ.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Difference {
    /// So many columns against so many.
    Columns(usize, usize),
    /// So many rows against so many.
    Rows(usize, usize),
    /// A cell.
    Cell {
        /// Its row, from 1.
        row: usize,
        /// Its column.
        column: String,
        /// What one has.
        one: String,
        /// What the other has.
        other: String,
    },
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Columns(one, other) => write!(f, "{one} columns against {other}"),
            Self::Rows(one, other) => write!(f, "{one} rows against {other}"),
            Self::Cell {
                row,
                column,
                one,
                other,
            } => write!(f, "row {row}, {column}: {one} against {other}"),
        }
    }
}

impl Answer {
    /// Batches as text.
    ///
    /// # Errors
    /// * [`EngineError::Run`] if a column has a type without text.
    pub fn of(columns: Vec<String>, batches: &[RecordBatch]) -> Result<Self, EngineError> {
        let fail =
            |error| EngineError::Run(Box::new(datafusion::error::DataFusionError::from(error)));
        let options = FormatOptions::default();
        let mut rows = Vec::new();
        for batch in batches {
            let formatters: Result<Vec<_>, _> = batch
                .columns()
                .iter()
                .map(|column| ArrayFormatter::try_new(column.as_ref(), &options))
                .collect();
            let formatters = formatters.map_err(fail)?;
            // A column of type Null has no mask, and nothing but nulls.
            let nulls: Vec<_> = batch.columns().iter().map(|c| c.logical_nulls()).collect();
            for row in 0..batch.num_rows() {
                let mut cells = Vec::with_capacity(formatters.len());
                for (nulls, formatter) in nulls.iter().zip(&formatters) {
                    cells.push(if nulls.as_ref().is_some_and(|nulls| nulls.is_null(row)) {
                        None
                    } else {
                        Some(formatter.value(row).try_to_string().map_err(fail)?)
                    });
                }
                rows.push(cells);
            }
        }
        Ok(Self { columns, rows })
    }

    /// A committed answer: a line of names, then one line per row, cells divided by `|`; an empty cell repeats the one above,
    /// and `NULL` is no value.
    ///
    /// ```
    /// use ej_16_4_1_datafusion::tpch::Answer;
    /// let answer = Answer::parse("p_brand|p_size\nBrand#14|9\n|14\n");
    /// assert_eq!(answer.rows[1], [Some("Brand#14".to_owned()), Some("14".to_owned())]);
    /// ```
    pub fn parse(text: &str) -> Self {
        let mut lines = text.lines().map(|line| line.split('|').map(str::to_owned));
        let columns: Vec<_> = lines.next().map(Iterator::collect).unwrap_or_default();
        let mut rows: Vec<Vec<Option<String>>> = Vec::new();
        for line in lines {
            let above = rows.last();
            let cells = line
                .enumerate()
                .map(|(at, cell)| match (cell.as_str(), above) {
                    ("NULL", _) => None,
                    ("", Some(above)) => above.get(at).cloned().flatten(),
                    _ => Some(cell),
                });
            let cells = cells.collect();
            rows.push(cells);
        }
        Self { columns, rows }
    }

    /// The same rows with these columns alone, in their order here.
    #[must_use]
    pub fn only(&self, columns: &[String]) -> Self {
        let kept: Vec<_> = (0..self.columns.len())
            .filter(|at| columns.contains(&self.columns[*at]))
            .collect();
        let rows = self.rows.iter();
        Self {
            columns: kept.iter().map(|at| self.columns[*at].clone()).collect(),
            rows: rows
                .map(|row| kept.iter().filter_map(|at| row.get(*at).cloned()).collect())
                .collect(),
        }
    }

    /// Where this answer and another differ; `None` if they do not.
    ///
    /// Cells agree as [`cells_agree`] says; the specification allows a hundred dollars and one part in a hundred.
    pub fn difference(&self, other: &Self) -> Option<Difference> {
        if self.columns.len() != other.columns.len() {
            let (one, other) = (self.columns.len(), other.columns.len());
            return Some(Difference::Columns(one, other));
        }
        if self.rows.len() != other.rows.len() {
            return Some(Difference::Rows(self.rows.len(), other.rows.len()));
        }
        for (index, (ours, theirs)) in self.rows.iter().zip(&other.rows).enumerate() {
            for ((one, other), column) in ours.iter().zip(theirs).zip(&self.columns) {
                if !cells_agree(one.as_deref(), other.as_deref()) {
                    let said = |cell: &Option<String>| cell.clone().unwrap_or("NULL".into());
                    return Some(Difference::Cell {
                        row: index + 1,
                        column: column.clone(),
                        one: said(one),
                        other: said(other),
                    });
                }
            }
        }
        None
    }
}
