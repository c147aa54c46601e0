//! What a table holds, as text: the same for every engine that reads it.

use serde::{Deserialize, Serialize};

/// The rows of a table as texts, in one order whatever the engine gave: columns by name, rows by their cells.
///
/// An integer is written in decimal, a float with its point (`10.0`), a text as it is, an instant in ISO 8601 (`Z` only if it has
/// a zone), a variant as JSON; `None` is null.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Content {
    columnas: Vec<String>,
    filas: Vec<Vec<Option<String>>>,
}

impl Content {
    /// Returns the content with these columns and rows, put in order.
    pub fn new(
        columns: impl IntoIterator<Item = impl Into<String>>,
        rows: impl IntoIterator<Item = Vec<Option<String>>>,
    ) -> Self {
        let columns: Vec<String> = columns.into_iter().map(Into::into).collect();
        let mut order: Vec<usize> = (0..columns.len()).collect();
        order.sort_by(|a, b| columns[*a].cmp(&columns[*b]));
        let mut rows: Vec<Vec<Option<String>>> = rows
            .into_iter()
            .map(|row| {
                order
                    .iter()
                    .map(|at| row.get(*at).cloned().flatten())
                    .collect()
            })
            .collect();
        rows.sort();
        Self {
            columnas: order.iter().map(|at| columns[*at].clone()).collect(),
            filas: rows,
        }
    }

    /// Returns the content written as a line: columns first, then rows, separated by `|`; cells by spaces; `-` is null.
    ///
    /// ```
    /// use ej_16_5_3_delta_rs_vs_spark::Content;
    ///
    /// let content = Content::of("region id | sur 2 | - 1");
    /// assert_eq!(content.columns(), ["id", "region"]);
    /// assert_eq!(content.rows(), [vec![Some("1".to_owned()), None], vec![Some("2".into()), Some("sur".into())]]);
    /// ```
    pub fn of(line: &str) -> Self {
        let mut parts = line
            .split('|')
            .map(|part| part.split_whitespace().collect::<Vec<_>>());
        let columns = parts.next().unwrap_or_default();
        let cell = |text: &str| (text != "-").then(|| text.to_owned());
        Self::new(
            columns,
            parts.map(|row| row.into_iter().map(cell).collect()),
        )
    }

    /// Returns the same in order, for what came from outside.
    #[must_use]
    pub fn ordered(self) -> Self {
        Self::new(self.columnas, self.filas)
    }

    /// Returns the names of the columns, sorted.
    #[must_use]
    pub fn columns(&self) -> &[String] {
        &self.columnas
    }

    /// Returns the rows, sorted.
    #[must_use]
    pub fn rows(&self) -> &[Vec<Option<String>>] {
        &self.filas
    }

    /// Returns in what `found` is not this, in a few words of Spanish; `None` if it is.
    #[must_use]
    pub fn difference(&self, found: &Self) -> Option<String> {
        if self.columnas != found.columnas {
            return Some(format!(
                "esperaba las columnas {}, hay {}",
                self.columnas.join(" "),
                found.columnas.join(" ")
            ));
        }
        let missing = without(&self.filas, &found.filas);
        let extra = without(&found.filas, &self.filas);
        match (missing.first(), extra.first()) {
            (None, None) => None,
            (Some(row), None) => Some(format!("falta la fila {}", shown(row))),
            (None, Some(row)) => Some(format!("sobra la fila {}", shown(row))),
            (Some(row), Some(other)) => Some(format!(
                "esperaba la fila {}, hay {}",
                shown(row),
                shown(other)
            )),
        }
    }
}

/// The rows of `these` that are not in `those`, each as often as it is missing.
fn without<'a>(
    these: &'a [Vec<Option<String>>],
    those: &[Vec<Option<String>>],
) -> Vec<&'a Vec<Option<String>>> {
    let mut left: Vec<_> = those.iter().collect();
    let mut missing = Vec::new();
    for row in these {
        match left.iter().position(|other| *other == row) {
            Some(at) => {
                left.swap_remove(at);
            }
            None => missing.push(row),
        }
    }
    missing
}

fn shown(row: &[Option<String>]) -> String {
    let cells: Vec<_> = row
        .iter()
        .map(|cell| cell.as_deref().unwrap_or("nulo"))
        .collect();
    format!("({})", cells.join(", "))
}
