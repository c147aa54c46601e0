//! The page read back: what is compared with a new run, and what this exercise's answers are checked against.

use crate::error::ParseError;
use crate::matrix::{Matrix, Outcome, Row};
use crate::page::{MADE, NOTES, READ, VERSIONS, WRITTEN};

/// Which table a line belongs to.
#[derive(Clone, Copy, PartialEq)]
enum Place {
    Elsewhere,
    Versions,
    Made,
    Read,
    Written,
}

impl Matrix {
    /// Returns the matrix that a page holds.
    ///
    /// # Errors
    /// - [`ParseError::Cells`] if a row has too few or too many cells
    /// - [`ParseError::Outcome`] if a cell is none of those that [`Matrix::page`] writes
    /// - [`ParseError::Note`] if a note is missing
    /// - [`ParseError::Missing`] if a feature is not in all three tables
    /// - [`ParseError::Empty`] if there is no row
    pub fn parse(page: &str) -> Result<Self, ParseError> {
        let notes = notes(page);
        let mut matrix = Self::default();
        // A feature's row is whole only when its three tables were seen.
        let mut seen: Vec<[bool; 3]> = Vec::new();
        let mut place = Place::Elsewhere;
        for (at, text) in page.lines().enumerate() {
            let line = at + 1;
            if text.starts_with('#') {
                place = match text {
                    VERSIONS => Place::Versions,
                    MADE => Place::Made,
                    READ => Place::Read,
                    WRITTEN => Place::Written,
                    _ => Place::Elsewhere,
                };
                continue;
            }
            let Some(cells) = row(text) else { continue };
            if place == Place::Versions {
                match cells.as_slice() {
                    ["pieza", _] => {}
                    [part, version] => matrix
                        .versions
                        .push(((*part).to_owned(), (*version).to_owned())),
                    _ => return Err(wrong_number(line, &cells, 2)),
                }
                continue;
            }
            let Some(key) = cells
                .first()
                .and_then(|cell| cell.strip_prefix('`')?.strip_suffix('`'))
            else {
                continue;
            };
            let outcomes = |wanted: usize| -> Result<Vec<Outcome>, ParseError> {
                if cells.len() != wanted + 1 {
                    return Err(wrong_number(line, &cells, wanted + 1));
                }
                cells[1..]
                    .iter()
                    .map(|cell| outcome(cell, &notes, line))
                    .collect()
            };
            let known = matrix.rows.iter().position(|row| row.key == key);
            let index = known.unwrap_or_else(|| {
                matrix.rows.push(Row {
                    key: key.to_owned(),
                    made: std::array::from_fn(|_| Outcome::Nothing),
                    read: std::array::from_fn(|_| Outcome::Nothing),
                    written: std::array::from_fn(|_| Outcome::Nothing),
                });
                seen.push([false; 3]);
                matrix.rows.len() - 1
            });
            let row = &mut matrix.rows[index];
            match place {
                Place::Made => fill(&mut row.made, outcomes(3)?),
                Place::Read => fill(&mut row.read, outcomes(6)?),
                Place::Written => fill(&mut row.written, outcomes(6)?),
                Place::Elsewhere | Place::Versions => continue,
            }
            seen[index][place as usize - Place::Made as usize] = true;
        }
        let half = matrix
            .rows
            .iter()
            .zip(&seen)
            .find(|(_, seen)| seen.contains(&false));
        match half {
            Some((row, _)) => Err(ParseError::Missing(row.key.clone())),
            None if matrix.rows.is_empty() => Err(ParseError::Empty),
            None => Ok(matrix),
        }
    }
}

fn fill<const N: usize>(cells: &mut [Outcome; N], outcomes: Vec<Outcome>) {
    for (cell, outcome) in cells.iter_mut().zip(outcomes) {
        *cell = outcome;
    }
}

fn wrong_number(line: usize, cells: &[&str], wanted: usize) -> ParseError {
    ParseError::Cells {
        line,
        found: cells.len(),
        wanted,
    }
}

/// The cells of a row that is neither a heading's rule nor anything else.
fn row(text: &str) -> Option<Vec<&str>> {
    let inner = text.strip_prefix("| ")?.strip_suffix(" |")?;
    Some(inner.split(" | ").map(str::trim).collect())
}

fn notes(page: &str) -> Vec<&str> {
    let from = page
        .lines()
        .skip_while(|line| *line != NOTES)
        .filter_map(|line| line.split_once(". `")?.1.strip_suffix('`'));
    from.collect()
}

fn outcome(cell: &str, notes: &[&str], line: usize) -> Result<Outcome, ParseError> {
    let unknown = || ParseError::Outcome {
        line,
        cell: cell.to_owned(),
    };
    let noted = |prefix: &str| -> Option<Result<String, ParseError>> {
        let number = cell.strip_prefix(prefix)?.strip_suffix(')')?;
        let note: usize = match number.parse() {
            Ok(note) => note,
            Err(_) => return Some(Err(unknown())),
        };
        let text = note.checked_sub(1).and_then(|at| notes.get(at));
        Some(
            text.map(|text| (*text).to_owned())
                .ok_or(ParseError::Note { line, note }),
        )
    };
    match cell {
        "sí" => Ok(Outcome::Yes),
        "sin usar" => Ok(Outcome::Unused),
        "–" => Ok(Outcome::NoTable),
        "·" => Ok(Outcome::Nothing),
        _ => {
            if let Some(said) = noted("no (") {
                return said.map(Outcome::Failed);
            }
            noted("**mal** (").map_or_else(|| Err(unknown()), |what| what.map(Outcome::Wrong))
        }
    }
}
