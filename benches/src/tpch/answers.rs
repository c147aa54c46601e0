//! What a contestant's process wrote, and whether two answers are the same.

use serde::Deserialize;

/// Half a cent, and what floats need to say so.
const CENT: f64 = 0.0051;
/// What additions in another order change in a float, as a part of it.
const NOISE: f64 = 1e-9;

/// The file of a process: what `motor-datafusion tpch --json` and the peers write.
#[derive(Clone, Debug, Deserialize)]
#[expect(
    missing_docs,
    reason = "the keys are those of benches/peers/consultas_tpch.py"
)]
pub struct Session {
    pub version: String,
    pub apertura_s: f64,
    pub consultas: Vec<Answered>,
}

/// A query of a process: seconds and rows, or an error.
#[derive(Clone, Debug, Deserialize)]
#[expect(missing_docs, reason = "as for Session")]
pub struct Answered {
    pub consulta: u8,
    #[serde(default)]
    pub segundos: Vec<f64>,
    #[serde(default)]
    pub resultado: Vec<Vec<Option<String>>>,
    pub error: Option<String>,
}

/// Where two answers differ, in words; `None` if they do not.
///
/// Texts, dates and whole numbers are the same or not; numbers with decimals to the last decimal that both show, and to half a cent.
pub fn difference(one: &[Vec<Option<String>>], other: &[Vec<Option<String>>]) -> Option<String> {
    if one.len() != other.len() {
        return Some(format!("{} filas y no {}", one.len(), other.len()));
    }
    for (row, (ours, theirs)) in one.iter().zip(other).enumerate() {
        if ours.len() != theirs.len() {
            return Some(format!("{} columnas y no {}", ours.len(), theirs.len()));
        }
        for (column, (one, other)) in ours.iter().zip(theirs).enumerate() {
            if !same(one.as_deref(), other.as_deref()) {
                let said = |cell: &Option<String>| cell.clone().unwrap_or("NULL".into());
                return Some(format!(
                    "fila {}, columna {}: {} y no {}",
                    row + 1,
                    column + 1,
                    said(one),
                    said(other)
                ));
            }
        }
    }
    None
}

fn same(one: Option<&str>, other: Option<&str>) -> bool {
    let (Some(one), Some(other)) = (one, other) else {
        return one == other;
    };
    // Fixed-width text is padded by some.
    let (one, other) = (one.trim_end(), other.trim_end());
    if one == other {
        return true;
    }
    let digits = decimals(one).min(decimals(other));
    if decimals(one).max(decimals(other)) == 0 {
        return false;
    }
    match (one.parse::<f64>(), other.parse::<f64>()) {
        (Ok(one), Ok(other)) => {
            // From the sixth decimal on, some cut where others round.
            let units = if digits < 6 { 0.51 } else { 1.01 };
            let shown = units * 10f64.powi(-digits);
            (one - other).abs() <= CENT.min(shown.max(NOISE * other.abs()))
        }
        _ => false,
    }
}

/// Digits after the point; a number with an exponent is a float, with as many as floats have.
fn decimals(text: &str) -> i32 {
    if text.parse::<f64>().is_err() {
        return 0;
    }
    if text.contains(['e', 'E']) {
        return 15;
    }
    let after = text.split_once('.').map_or(0, |(_, after)| after.len());
    i32::try_from(after).unwrap_or(15)
}
