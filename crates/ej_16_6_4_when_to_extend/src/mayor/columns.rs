//! What a stretch of a file becomes: columns, as Arrow has them.

use super::text::TextColumn;

/// Movements by column. Row `i` of each is the same movement; nothing is null but a value date, which is then [`NO_DATE`](super::NO_DATE).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Movements {
    /// The number in the file's sequence.
    pub numero: Vec<i64>,
    /// Days since 1970-01-01.
    pub fecha: Vec<i32>,
    /// Days since 1970-01-01, or [`NO_DATE`](super::NO_DATE).
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
    pub concepto: TextColumn,
    /// Who with.
    pub contrapartida: TextColumn,
}

/// Notes by column.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Notes {
    /// The movement that the note is about.
    pub numero: Vec<i64>,
    /// What it says.
    pub texto: TextColumn,
}

/// What a stretch of the file holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Batch {
    /// Its movements, in the file's order.
    pub movements: Movements,
    /// Its notes, in the file's order.
    pub notes: Notes,
}
