//! Whether two answers are the same rows.

use arrow::array::{Array as _, AsArray as _, RecordBatch};
use arrow::compute::cast;
use arrow::datatypes::{DataType, Float64Type};
use arrow::error::ArrowError;
use arrow::util::display::{ArrayFormatter, FormatOptions};

/// Sums of floats depend on the order, which differs between one process and several.
const RELATIVE: f64 = 1e-9;

#[derive(Clone, Debug, PartialEq)]
enum Cell {
    Null,
    Text(String),
    Number(f64),
}

impl Cell {
    fn is(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Number(a), Self::Number(b)) => {
                a == b
                    || (a - b).abs() <= RELATIVE * a.abs().max(b.abs())
                    || (a.is_nan() && b.is_nan())
            }
            _ => self == other,
        }
    }

    /// Puts equal rows at equal places, whatever their last digits.
    fn key(&self) -> String {
        match self {
            Self::Null => "\u{0}".to_owned(),
            Self::Text(text) => format!("t{text}"),
            Self::Number(number) => format!("n{number:.5e}"),
        }
    }
}

/// Returns where two answers differ, or `None`: as sequences when `ordered`, else as multisets of rows.
///
/// Everything is compared exactly but floats, which may differ by one part in 10⁹.
///
/// # Errors
/// * A column of a type that has no text.
pub fn difference(
    expected: &[RecordBatch],
    found: &[RecordBatch],
    ordered: bool,
) -> Result<Option<String>, ArrowError> {
    let (mut expected, mut found) = (rows(expected)?, rows(found)?);
    if expected.len() != found.len() {
        return Ok(Some(format!(
            "{} rows, not {}",
            found.len(),
            expected.len()
        )));
    }
    if !ordered {
        let key = |row: &Vec<Cell>| row.iter().map(Cell::key).collect::<Vec<_>>();
        expected.sort_by_cached_key(key);
        found.sort_by_cached_key(key);
    }
    Ok(expected
        .iter()
        .zip(&found)
        .enumerate()
        .find_map(|(at, (a, b))| {
            let same = a.len() == b.len() && a.iter().zip(b).all(|(a, b)| a.is(b));
            (!same).then(|| format!("row {at}: {b:?}, not {a:?}"))
        }))
}

fn rows(batches: &[RecordBatch]) -> Result<Vec<Vec<Cell>>, ArrowError> {
    let options = FormatOptions::default();
    let mut rows = Vec::new();
    for batch in batches {
        let mut columns = Vec::new();
        for column in batch.columns() {
            columns.push(match column.data_type() {
                DataType::Float16 | DataType::Float32 | DataType::Float64 => {
                    let numbers = cast(column, &DataType::Float64)?;
                    numbers
                        .as_primitive::<Float64Type>()
                        .iter()
                        .map(|number| number.map_or(Cell::Null, Cell::Number))
                        .collect()
                }
                _ => {
                    let text = ArrayFormatter::try_new(column, &options)?;
                    (0..column.len())
                        .map(|row| {
                            Ok(match column.is_null(row) {
                                true => Cell::Null,
                                false => Cell::Text(text.value(row).try_to_string()?),
                            })
                        })
                        .collect::<Result<Vec<_>, ArrowError>>()?
                }
            });
        }
        for row in 0..batch.num_rows() {
            rows.push(
                columns
                    .iter()
                    .map(|column: &Vec<Cell>| column[row].clone())
                    .collect(),
            );
        }
    }
    Ok(rows)
}
