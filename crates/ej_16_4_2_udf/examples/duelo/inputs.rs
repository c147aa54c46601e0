//! The file that everyone reads, and what a loop makes of it.

use crate::Failure;
use datafusion::arrow::array::{ArrayRef, Float64Array, RecordBatch};
use ecommerce_model::haversine_km;
use ej_16_3_2_custom_expressions::{COLUMNAS, pares_al_azar};
use parquet::arrow::ArrowWriter;
use parquet::basic::Compression;
use parquet::file::properties::WriterProperties;
use std::fs::File;
use std::sync::Arc;

/// What every answer must be, but for the order of additions and the last bits of a sine.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Answer {
    pub(crate) filas: u64,
    pub(crate) suma_km: f64,
    pub(crate) maximo_km: f64,
}

impl Answer {
    /// Whether another is the same.
    pub(crate) fn agrees(&self, other: &Self) -> bool {
        let close = |a: f64, b: f64, tolerance: f64| (a - b).abs() <= tolerance * b.abs();
        // The longest of them may be near the antipodes, where the formula has fewer digits.
        self.filas == other.filas
            && close(self.suma_km, other.suma_km, 1e-10)
            && close(self.maximo_km, other.maximo_km, 1e-7)
    }
}

/// Writes random pairs, and returns the answer by a loop over them.
pub(crate) fn write(path: &str, rows: usize) -> Result<Answer, Failure> {
    let frame = pares_al_azar(1642, rows)?;
    let mut columns = Vec::new();
    for name in COLUMNAS {
        let values: Vec<f64> = frame.column(name)?.f64()?.iter().flatten().collect();
        columns.push(values);
    }
    let [lat1, lon1, lat2, lon2] = columns.as_slice() else {
        return Err("cuatro columnas".into());
    };
    let points = lat1.iter().zip(lon1).zip(lat2.iter().zip(lon2));
    let mut answer = Answer {
        filas: rows as u64,
        suma_km: 0.0,
        maximo_km: 0.0,
    };
    for ((lat1, lon1), (lat2, lon2)) in points {
        let km = haversine_km(*lat1, *lon1, *lat2, *lon2);
        answer.suma_km += km;
        answer.maximo_km = answer.maximo_km.max(km);
    }
    let arrays = columns
        .into_iter()
        .map(|values| Arc::new(Float64Array::from(values)) as ArrayRef);
    let batch = RecordBatch::try_from_iter(COLUMNAS.into_iter().zip(arrays))?;
    let properties = WriterProperties::builder()
        .set_max_row_group_row_count(Some(1 << 17))
        .set_dictionary_enabled(false)
        .set_compression(Compression::SNAPPY)
        .build();
    let mut writer = ArrowWriter::try_new(File::create(path)?, batch.schema(), Some(properties))?;
    writer.write(&batch)?;
    writer.close()?;
    Ok(answer)
}
