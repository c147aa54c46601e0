//! Small files of sales, written row by row.

use datafusion::arrow::array::{ArrayRef, Float64Array, RecordBatch, StringArray};
use ej_16_3_4_polars_benchmark::{
    BenchmarkError, DataFusion, Revenue, SalesFile, revenue_datafusion, revenue_polars,
};
use parquet::arrow::ArrowWriter;
use parquet::file::properties::{EnabledStatistics, WriterProperties};
use polars::prelude::Engine;
use std::fs::File;
use std::path::Path;
use std::sync::Arc;

/// One row: amount and region.
pub(crate) type Fila = (Option<f64>, Option<&'static str>);

/// A file of these rows, with statistics or without.
pub(crate) fn escribir(ruta: &Path, filas: &[Fila], estadisticas: EnabledStatistics) {
    let montos: ArrayRef = Arc::new(Float64Array::from_iter(filas.iter().map(|f| f.0)));
    let regiones: ArrayRef = Arc::new(StringArray::from_iter(filas.iter().map(|f| f.1)));
    columnas(
        ruta,
        [("monto", montos), ("region", regiones)],
        estadisticas,
    );
}

/// A file of these columns.
pub(crate) fn columnas<const N: usize>(
    ruta: &Path,
    columnas: [(&str, ArrayRef); N],
    estadisticas: EnabledStatistics,
) {
    let columnas = columnas.map(|(nombre, columna)| (nombre, columna, true));
    let lote = RecordBatch::try_from_iter_with_nullable(columnas).unwrap();
    let propiedades = WriterProperties::builder()
        .set_statistics_enabled(estadisticas)
        .build();
    let archivo = File::create(ruta).unwrap();
    let mut escritor = ArrowWriter::try_new(archivo, lote.schema(), Some(propiedades)).unwrap();
    escritor.write(&lote).unwrap();
    escritor.close().unwrap();
}

/// The engines of the library, by name.
pub(crate) const MOTORES: [&str; 3] = ["polars en memoria", "polars streaming", "datafusion"];

/// The answer of one of [`MOTORES`].
pub(crate) fn consultar(motor: &str, archivo: &SalesFile) -> Result<Revenue, BenchmarkError> {
    match motor {
        "polars en memoria" => revenue_polars(archivo, Engine::InMemory),
        "polars streaming" => revenue_polars(archivo, Engine::Streaming),
        _ => tokio::runtime::Runtime::new()
            .unwrap()
            .block_on(revenue_datafusion(&DataFusion::new(), archivo)),
    }
}
