//! What a contestant's process wrote, and whether two answers are the same.

use ecommerce_model::cells_agree;
use serde::Deserialize;

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
/// Cells agree as [`cells_agree`] says.
pub fn difference(one: &[Vec<Option<String>>], other: &[Vec<Option<String>>]) -> Option<String> {
    if one.len() != other.len() {
        return Some(format!("{} filas y no {}", one.len(), other.len()));
    }
    for (row, (ours, theirs)) in one.iter().zip(other).enumerate() {
        if ours.len() != theirs.len() {
            return Some(format!("{} columnas y no {}", ours.len(), theirs.len()));
        }
        for (column, (one, other)) in ours.iter().zip(theirs).enumerate() {
            if !cells_agree(one.as_deref(), other.as_deref()) {
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
