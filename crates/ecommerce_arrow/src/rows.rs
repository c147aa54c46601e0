//! From a batch back to rows.

use crate::schema::{COLUMNS, ColumnKind};
use arrow::array::{
    Array, AsArray, Float64Array, RecordBatch, StringViewArray, TimestampMicrosecondArray,
};
use arrow::datatypes::{DataType, Float64Type, TimeUnit, TimestampMicrosecondType};
use arrow::error::ArrowError;
use ecommerce_model::FilaEvento;

/// The typed columns of a batch of [`events_view_schema`](crate::events_view_schema).
#[derive(Clone, Copy)]
pub struct EventColumns<'a> {
    texts: [&'a StringViewArray; 8],
    numbers: [&'a Float64Array; 3],
    timestamp: &'a TimestampMicrosecondArray,
}

impl<'a> EventColumns<'a> {
    /// The columns of `batch`, found by position.
    ///
    /// # Errors
    /// * [`ArrowError::SchemaError`] if a column is missing or of another type.
    pub fn new(batch: &'a RecordBatch) -> Result<Self, ArrowError> {
        let matches = batch.num_columns() == COLUMNS.len()
            && COLUMNS
                .iter()
                .zip(batch.columns())
                .all(|((_, _, kind), array)| {
                    matches!(
                        (kind, array.data_type()),
                        (ColumnKind::Text, DataType::Utf8View)
                            | (ColumnKind::Number, DataType::Float64)
                            | (
                                ColumnKind::Instant,
                                DataType::Timestamp(TimeUnit::Microsecond, _)
                            )
                    )
                });
        if !matches {
            return Err(ArrowError::SchemaError(format!(
                "not a batch of events: {}",
                batch.schema()
            )));
        }
        let text = |i: usize| batch.column(i).as_string_view();
        let number = |i: usize| batch.column(i).as_primitive::<Float64Type>();
        Ok(Self {
            texts: [0, 1, 2, 3, 4, 6, 7, 8].map(text),
            numbers: [5, 10, 11].map(number),
            timestamp: batch.column(9).as_primitive::<TimestampMicrosecondType>(),
        })
    }

    /// Row `i`, borrowed from the batch.
    ///
    /// # Panics
    /// If `i` is not below the number of rows, as slices do.
    pub fn row(&self, i: usize) -> FilaEvento<'a> {
        let text = |c: usize| self.texts[c].is_valid(i).then(|| self.texts[c].value(i));
        let number = |c: usize| {
            self.numbers[c]
                .is_valid(i)
                .then(|| self.numbers[c].value(i))
        };
        FilaEvento {
            evento_id: text(0),
            tipo: text(1),
            user_id: text(2),
            session_id: text(3),
            producto_id: text(4),
            monto: number(0),
            region: text(5),
            pagina: text(6),
            mensaje: text(7),
            timestamp: self.timestamp.is_valid(i).then(|| self.timestamp.value(i)),
            lat: number(1),
            lon: number(2),
        }
    }
}
