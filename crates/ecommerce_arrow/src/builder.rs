//! From rows to a batch.

use crate::schema::events_schema;
use arrow::array::{
    ArrayRef, Float64Builder, RecordBatch, StringBuilder, TimestampMicrosecondBuilder,
};
use arrow::error::ArrowError;
use ecommerce_model::{FilaEvento, FilaGenerada, Generador};
use std::ops::Range;
use std::sync::Arc;

/// Collects rows into the columns of [`events_schema`].
#[derive(Debug)]
pub struct EventBatchBuilder {
    texts: [StringBuilder; 8],
    numbers: [Float64Builder; 3],
    timestamp: TimestampMicrosecondBuilder,
}

impl EventBatchBuilder {
    /// A builder with room for `rows` rows.
    pub fn with_capacity(rows: usize) -> Self {
        // Bytes a row takes on average in each text column: only a hint, the buffers grow.
        const WIDTHS: [usize; 8] = [17, 8, 9, 17, 7, 7, 18, 1];
        Self {
            texts: WIDTHS.map(|width| StringBuilder::with_capacity(rows, rows * width)),
            numbers: std::array::from_fn(|_| Float64Builder::with_capacity(rows)),
            timestamp: TimestampMicrosecondBuilder::with_capacity(rows),
        }
    }

    /// Adds a row.
    pub fn append(&mut self, fila: &FilaEvento<'_>) {
        let texts = [
            fila.evento_id,
            fila.tipo,
            fila.user_id,
            fila.session_id,
            fila.producto_id,
            fila.region,
            fila.pagina,
            fila.mensaje,
        ];
        for (builder, text) in self.texts.iter_mut().zip(texts) {
            builder.append_option(text);
        }
        for (builder, number) in self
            .numbers
            .iter_mut()
            .zip([fila.monto, fila.lat, fila.lon])
        {
            builder.append_option(number);
        }
        self.timestamp.append_option(fila.timestamp);
    }

    /// Number of rows added since the last [`finish`](Self::finish).
    pub fn len(&self) -> usize {
        use arrow::array::ArrayBuilder as _;
        self.timestamp.len()
    }

    /// Whether nothing was added since the last [`finish`](Self::finish).
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The batch of all rows added; the builder starts anew.
    ///
    /// # Shape
    /// [`events_schema`], rows in the order added.
    ///
    /// # Errors
    /// * [`ArrowError::InvalidArgumentError`] if a row had a null `evento_id`, `tipo` or `timestamp`.
    pub fn finish(&mut self) -> Result<RecordBatch, ArrowError> {
        let [
            evento_id,
            tipo,
            user_id,
            session_id,
            producto_id,
            region,
            pagina,
            mensaje,
        ] = self
            .texts
            .each_mut()
            .map(|b| Arc::new(b.finish()) as ArrayRef);
        let [monto, lat, lon] = self
            .numbers
            .each_mut()
            .map(|b| Arc::new(b.finish()) as ArrayRef);
        let timestamp = Arc::new(self.timestamp.finish().with_timezone("UTC"));
        let columns = vec![
            evento_id,
            tipo,
            user_id,
            session_id,
            producto_id,
            monto,
            region,
            pagina,
            mensaje,
            timestamp,
            lat,
            lon,
        ];
        RecordBatch::try_new(events_schema(), columns)
    }
}

/// Rows `rows` of the generator as one batch.
///
/// # Shape
/// [`events_schema`], `rows.end - rows.start` rows in index order.
///
/// # Errors
/// Those of [`EventBatchBuilder::finish`]; the generator leaves no required column null.
pub fn generate_batch(generador: &Generador, rows: Range<u64>) -> Result<RecordBatch, ArrowError> {
    let n = usize::try_from(rows.end.saturating_sub(rows.start)).unwrap_or(0);
    let mut builder = EventBatchBuilder::with_capacity(n);
    let mut row = FilaGenerada::new();
    for i in rows {
        generador.fill(i, &mut row);
        builder.append(&row.as_fila());
    }
    builder.finish()
}
