//! The rows that every format gets: events of the seeded model, with their day beside them.

use crate::error::FormatError;
use arrow::array::{ArrayRef, RecordBatch, StringArray};
use arrow::datatypes::{DataType, Field, Schema, SchemaRef};
use ecommerce_arrow::{events_schema, generate_batch};
use ecommerce_model::{ConfigGenerador, DateError, Fecha, Generador, GeneratorError};
use std::sync::{Arc, LazyLock};

/// One day of events.
#[derive(Clone, Debug)]
pub struct Day {
    /// The day, as it stands in the column `fecha`.
    pub fecha: String,
    /// Its rows.
    pub batch: RecordBatch,
}

/// Three days of events from 2024-01-15, without defects.
///
/// # Shape
/// The twelve columns of the events and `fecha: Utf8`, by which tables are partitioned; `rows` rows over all days.
/// Everything may be null: Spark writes all columns so, and a table's columns should not depend on who made it.
///
/// # Errors
/// * [`FormatError::Generator`], [`FormatError::Arrow`] if the model cannot make the rows.
pub fn events(seed: u64, rows: u64) -> Result<Vec<Day>, FormatError> {
    let from: Fecha = "2024-01-15"
        .parse()
        .map_err(|e: DateError| GeneratorError::Date(e))?;
    let mut config = ConfigGenerador::new(seed, from, 3, rows);
    config.defectos = 0.0;
    config.productos = 100;
    let generator = Generador::new(config)?;
    let mut days = Vec::new();
    for (fecha, range) in generator.dias() {
        let fecha = fecha.to_string();
        let events = generate_batch(&generator, range)?;
        let mut columns: Vec<ArrayRef> = events.columns().to_vec();
        columns.push(Arc::new(StringArray::from_iter_values(
            std::iter::repeat_n(fecha.as_str(), events.num_rows()),
        )));
        let batch = RecordBatch::try_new(schema(), columns)?;
        days.push(Day { fecha, batch });
    }
    Ok(days)
}

/// The columns of [`events`].
fn schema() -> SchemaRef {
    static SCHEMA: LazyLock<SchemaRef> = LazyLock::new(|| {
        let events = events_schema();
        let nullable = |field: &Arc<Field>| field.as_ref().clone().with_nullable(true);
        let mut fields: Vec<Field> = events.fields().iter().map(nullable).collect();
        fields.push(Field::new("fecha", DataType::Utf8, true));
        Arc::new(Schema::new(fields))
    });
    SCHEMA.clone()
}
