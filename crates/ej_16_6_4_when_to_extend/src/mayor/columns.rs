//! What a stretch of a file becomes: columns, as Arrow has them.

use super::text::Texto;

/// Movements by column. Row `i` of each is the same movement; nothing is null but a value date, which is then [`SIN_FECHA`](super::SIN_FECHA).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Movimientos {
    /// The number in the file's sequence.
    pub numero: Vec<i64>,
    /// Days since 1970-01-01.
    pub fecha: Vec<i32>,
    /// Days since 1970-01-01, or [`SIN_FECHA`](super::SIN_FECHA).
    pub fecha_valor: Vec<i32>,
    /// Four digits of the branch and eight of the account.
    pub cuenta: Vec<i64>,
    /// Cents.
    pub importe: Vec<i64>,
    /// Cents.
    pub saldo: Vec<i64>,
    /// The kind of movement.
    pub clave: Vec<i16>,
    /// What for.
    pub concepto: Texto,
    /// Who with.
    pub contrapartida: Texto,
}

/// Notes by column.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Notas {
    /// The movement that the note is about.
    pub numero: Vec<i64>,
    /// What it says.
    pub texto: Texto,
}

/// What a stretch of the file holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lote {
    /// Its movements, in the file's order.
    pub movimientos: Movimientos,
    /// Its notes, in the file's order.
    pub notas: Notas,
}
