//! What a contestant's process wrote, and whether two answers are the same.

use ecommerce_model::{cells_agree, first_disagreement};
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

/// The columns by which each query sorts, from 0. Rows that agree in them may come in any order.
const ORDER: [&[usize]; 22] = [
    &[0, 1],
    &[0, 2, 1, 3],
    &[1, 2],
    &[0],
    &[1],
    &[],
    &[0, 1, 2],
    &[0],
    &[0, 1],
    &[2],
    &[1],
    &[0],
    &[1, 0],
    &[],
    &[0],
    &[3, 0, 1, 2],
    &[],
    &[4, 3],
    &[],
    &[0],
    &[1, 0],
    &[0],
];

/// Where two answers to a query of TPC-H, from 1, differ, in words; `None` if they do not.
///
/// Cells and rows agree as [`first_disagreement`] says.
pub fn difference(
    query: u8,
    one: &[Vec<Option<String>>],
    other: &[Vec<Option<String>>],
) -> Option<String> {
    if one.len() != other.len() {
        return Some(format!("{} filas y no {}", one.len(), other.len()));
    }
    let order = ORDER.get(usize::from(query).wrapping_sub(1));
    let row = first_disagreement(one, other, order.copied().unwrap_or_default())?;
    let (ours, theirs) = (&one[row], &other[row]);
    if ours.len() != theirs.len() {
        return Some(format!("{} columnas y no {}", ours.len(), theirs.len()));
    }
    let said = |cell: &Option<String>| cell.clone().unwrap_or("NULL".into());
    let cell = ours
        .iter()
        .zip(theirs)
        .position(|(one, other)| !cells_agree(one.as_deref(), other.as_deref()));
    Some(match cell {
        Some(column) => format!(
            "fila {}, columna {}: {} y no {}",
            row + 1,
            column + 1,
            said(&ours[column]),
            said(&theirs[column])
        ),
        None => format!("la fila {} está una vez más", row + 1),
    })
}
