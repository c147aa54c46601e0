//! An answer for people, for spreadsheets and for programs.

use super::arguments::Formato;
use crate::tpch::Answer;

/// The answer as text that ends with a line break.
pub(super) fn answer(answer: &Answer, form: Formato) -> String {
    match form {
        Formato::Tabla => table(answer),
        Formato::Csv => csv(answer),
        Formato::Json => {
            let said = serde_json::json!({ "columnas": answer.columns, "filas": answer.rows });
            format!("{said}\n")
        }
    }
}

fn table(answer: &Answer) -> String {
    let cell = |cell: &Option<String>| cell.clone().unwrap_or_else(|| "NULL".to_owned());
    let rows: Vec<Vec<_>> = answer
        .rows
        .iter()
        .map(|row| row.iter().map(cell).collect())
        .collect();
    let lines = std::iter::once(&answer.columns).chain(&rows);
    let mut widths = vec![0; answer.columns.len()];
    for line in lines.clone() {
        for (width, cell) in widths.iter_mut().zip(line) {
            *width = (*width).max(cell.chars().count());
        }
    }
    let mut text = String::new();
    for line in lines {
        let cells: Vec<_> = line
            .iter()
            .zip(&widths)
            .map(|(cell, width)| format!("{cell:<width$}"))
            .collect();
        text.push_str(cells.join("  ").trim_end());
        text.push('\n');
    }
    text
}

fn csv(answer: &Answer) -> String {
    let header = answer.columns.iter().map(|name| field(name));
    let mut lines = vec![header.collect::<Vec<_>>().join(",")];
    for row in &answer.rows {
        let cells = row
            .iter()
            .map(|cell| cell.as_deref().map_or(String::new(), field));
        lines.push(cells.collect::<Vec<_>>().join(","));
    }
    lines.join("\n") + "\n"
}

/// A spreadsheet takes what begins like a formula for one: an apostrophe says that it is text. Numbers stay.
fn field(text: &str) -> String {
    let formula = text.starts_with(['=', '+', '-', '@', '\t']) && text.parse::<f64>().is_err();
    let text = if formula {
        format!("'{text}")
    } else {
        text.to_owned()
    };
    if text.contains([',', '"', '\n', '\r']) {
        format!("\"{}\"", text.replace('"', "\"\""))
    } else {
        text
    }
}
