//! The event schema, once for files and once for memory.

use arrow::datatypes::{DataType, Field, Schema, SchemaRef, TimeUnit};
use std::sync::{Arc, LazyLock};

/// The twelve columns, in order: name, whether it may be null, and what kind of value it holds.
pub const COLUMNS: [(&str, bool, ColumnKind); 12] = [
    ("evento_id", false, ColumnKind::Text),
    ("tipo", false, ColumnKind::Text),
    ("user_id", true, ColumnKind::Text),
    ("session_id", true, ColumnKind::Text),
    ("producto_id", true, ColumnKind::Text),
    ("monto", true, ColumnKind::Number),
    ("region", true, ColumnKind::Text),
    ("pagina", true, ColumnKind::Text),
    ("mensaje", true, ColumnKind::Text),
    ("timestamp", false, ColumnKind::Instant),
    ("lat", true, ColumnKind::Number),
    ("lon", true, ColumnKind::Number),
];

/// The three kinds of value an event has.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum ColumnKind {
    /// UTF-8 text.
    Text,
    /// Float64.
    Number,
    /// Timestamp, microseconds, UTC.
    Instant,
}

impl ColumnKind {
    /// How a message names it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Text => "Utf8",
            Self::Number => "Float64",
            Self::Instant => "Timestamp(UTC)",
        }
    }
}

fn schema(text: DataType, strict: bool) -> SchemaRef {
    let fields: Vec<Field> = COLUMNS
        .iter()
        .map(|(name, nullable, kind)| {
            let dtype = match kind {
                ColumnKind::Text => text.clone(),
                ColumnKind::Number => DataType::Float64,
                ColumnKind::Instant => {
                    DataType::Timestamp(TimeUnit::Microsecond, Some("UTC".into()))
                }
            };
            Field::new(*name, dtype, *nullable || !strict)
        })
        .collect();
    Arc::new(Schema::new(fields))
}

/// The schema of event files: text as `Utf8`, `evento_id`, `tipo` and `timestamp` not null.
pub fn events_schema() -> SchemaRef {
    static SCHEMA: LazyLock<SchemaRef> = LazyLock::new(|| schema(DataType::Utf8, true));
    SCHEMA.clone()
}

/// The schema of batches in memory as the reader gives them: text as `Utf8View`, and everything nullable,
/// because a file may break its promise and the contract, not the reader, judges rows.
pub fn events_view_schema() -> SchemaRef {
    static SCHEMA: LazyLock<SchemaRef> = LazyLock::new(|| schema(DataType::Utf8View, false));
    SCHEMA.clone()
}
