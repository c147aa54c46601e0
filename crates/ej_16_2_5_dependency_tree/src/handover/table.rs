//! The runs as one table in Markdown.

use super::{Crossing, Handover};
use std::fmt::Write as _;

/// The table, one line per type and outcome: the cases that share them stand together.
///
/// # Shape
/// Columns: case, type in arrow-rs, what Polars has, the way there, what arrow-rs gets back, the way back.
pub fn handover_table(handovers: &[Handover]) -> String {
    let mut lines: Vec<(Vec<&str>, [String; 5])> = Vec::new();
    for one in handovers {
        let (there, back) = (Some(&one.to_polars), one.to_arrow.as_ref());
        let cells = [
            one.arrow_type.clone(),
            arrived_as(there),
            way(there),
            arrived_as(back),
            way(back),
        ];
        match lines.iter_mut().find(|(_, other)| *other == cells) {
            Some((names, _)) if names.contains(&one.name.as_str()) => {}
            Some((names, _)) => names.push(&one.name),
            None => lines.push((vec![&one.name], cells)),
        }
    }
    let mut out = String::from(
        "| caso | en arrow-rs | en Polars | arrow-rs → Polars | de vuelta | Polars → arrow-rs |\n|---|---|---|---|---|---|\n",
    );
    for (names, cells) in lines {
        let _ = writeln!(out, "| {} | {} |", names.join(", "), cells.join(" | "));
    }
    out
}

fn arrived_as(crossing: Option<&Crossing>) -> String {
    match crossing {
        Some(Crossing::Arrived { as_type, .. }) => as_type.clone(),
        _ => "–".to_owned(),
    }
}

/// What happened, in words.
fn way(crossing: Option<&Crossing>) -> String {
    let buffers = match crossing {
        None => return "–".to_owned(),
        Some(Crossing::Refused(why)) => return format!("error: {why}"),
        Some(Crossing::Panicked(said)) => return format!("panic: {said}"),
        Some(Crossing::Arrived { buffers, .. }) => buffers,
    };
    let parts = |wanted: bool| {
        let mut parts: Vec<&str> = Vec::new();
        for (part, shared) in buffers {
            if *shared == wanted && !parts.contains(&part.as_str()) {
                parts.push(part);
            }
        }
        parts.join(", ")
    };
    match (buffers.is_empty(), parts(true), parts(false)) {
        (true, ..) => "sin búferes".to_owned(),
        (_, _, new) if new.is_empty() => "sin copia".to_owned(),
        (_, shared, new) if shared.is_empty() => format!("copiado: {new}"),
        (_, shared, new) => format!("nuevo: {new}; sin copia: {shared}"),
    }
}
