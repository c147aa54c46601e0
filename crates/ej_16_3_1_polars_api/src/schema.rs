//! What the compiler cannot check, checked before the query runs: that the columns are there, of the right type.

use crate::error::RevenueError;
use polars::prelude::{DataType, Schema};

/// The columns that the query needs, with the types of the events' contract.
pub const COLUMNAS: [(&str, DataType); 3] = [
    ("region", DataType::String),
    ("monto", DataType::Float64),
    ("user_id", DataType::String),
];

/// Checks that every column of [`COLUMNAS`] is in the schema of `ruta`, with its type; more columns are no matter.
///
/// # Errors
/// * [`RevenueError::NoColumn`] for the first that is missing.
/// * [`RevenueError::Retyped`] for the first of another type.
pub fn comprobar_columnas(ruta: &str, schema: &Schema) -> Result<(), RevenueError> {
    for (column, expected) in COLUMNAS {
        match schema.get(column) {
            None => {
                let available: Vec<String> = schema.iter_names().map(|n| n.to_string()).collect();
                return Err(RevenueError::NoColumn {
                    ruta: ruta.to_owned(),
                    column,
                    nearest: mas_parecida(column, available.iter().map(String::as_str)),
                    available,
                });
            }
            Some(found) if *found != expected => {
                return Err(RevenueError::Retyped {
                    ruta: ruta.to_owned(),
                    column,
                    expected: Box::new(expected),
                    found: Box::new(found.clone()),
                });
            }
            Some(_) => {}
        }
    }
    Ok(())
}

/// Returns the candidate most like `name`, if one is so like it that it may have been meant: at most one letter in three
/// differs, capitals aside, or one name contains the other. Of several equally like, the first.
pub fn mas_parecida<'a>(
    name: &str,
    candidates: impl IntoIterator<Item = &'a str>,
) -> Option<String> {
    let wanted: Vec<char> = name.to_lowercase().chars().collect();
    let allowed = (wanted.len() / 3).max(1);
    candidates
        .into_iter()
        .map(|candidate| {
            let letters: Vec<char> = candidate.to_lowercase().chars().collect();
            (distance(&wanted, &letters), letters, candidate)
        })
        .filter(|(distance, letters, _)| {
            *distance <= allowed || contains(letters, &wanted) || contains(&wanted, letters)
        })
        .min_by_key(|(distance, ..)| *distance)
        .map(|(_, _, candidate)| candidate.to_owned())
}

/// Whether `whole` has `part`, of three letters at least, in it.
fn contains(whole: &[char], part: &[char]) -> bool {
    part.len() >= 3 && whole.windows(part.len()).any(|window| window == part)
}

/// The fewest letters to insert, delete or replace (Levenshtein): one row of the table at a time.
fn distance(a: &[char], b: &[char]) -> usize {
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.iter().enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, y) in b.iter().enumerate() {
            let replaced = diagonal + usize::from(x != y);
            diagonal = row[j + 1];
            row[j + 1] = replaced.min(diagonal + 1).min(row[j] + 1);
        }
    }
    row[b.len()]
}
