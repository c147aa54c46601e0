//! Reading for comparison: a table without panics, Parquet files by themselves, archives.

use arrow::array::RecordBatch;
use arrow::datatypes::{DataType, Field, Schema, TimeUnit};
use ecommerce_testkit::process::Child;
use ej_16_5_1_delta::{Place, TableError, cells, query};
use parquet::arrow::arrow_reader::{ArrowReaderOptions, ParquetRecordBatchReaderBuilder};
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// The columns and the rows of the table at a directory.
async fn leer(raiz: PathBuf) -> Result<(Vec<String>, Vec<String>), TableError> {
    let tabla = Place::local(&raiz)?.open().await?;
    let columnas: Vec<String> = tabla
        .snapshot()?
        .schema()
        .fields()
        .map(|f| f.name().clone())
        .collect();
    let filas = query(&tabla, "SELECT * FROM ventas").await?;
    let nombres: Vec<&str> = columnas.iter().map(String::as_str).collect();
    let celdas = cells(&filas, &nombres)?;
    Ok((columnas, celdas))
}

/// The same in a task of its own, so that a panic would be seen as one.
pub(crate) async fn leer_sin_panico(raiz: &Path) -> Result<(Vec<String>, Vec<String>), TableError> {
    let tarea = tokio::spawn(leer(raiz.to_owned()));
    tarea
        .await
        .unwrap_or_else(|e| panic!("{}: a panic: {e}", raiz.display()))
}

/// Instants of Spark's older type as microseconds: as nanoseconds, which the reader would choose, far years overflow.
fn en_micros(tipo: &DataType) -> DataType {
    let campo =
        |f: &Arc<Field>| Arc::new(f.as_ref().clone().with_data_type(en_micros(f.data_type())));
    match tipo {
        DataType::Timestamp(TimeUnit::Nanosecond, zona) => {
            DataType::Timestamp(TimeUnit::Microsecond, zona.clone())
        }
        DataType::List(f) => DataType::List(campo(f)),
        DataType::Struct(fs) => DataType::Struct(fs.iter().map(campo).collect()),
        otro => otro.clone(),
    }
}

pub(crate) fn parquet(ruta: &Path) -> Vec<RecordBatch> {
    let abrir = |opciones| {
        ParquetRecordBatchReaderBuilder::try_new_with_options(File::open(ruta).unwrap(), opciones)
            .unwrap()
    };
    let hallado =
        Arc::clone(abrir(ArrowReaderOptions::new().with_skip_arrow_metadata(true)).schema());
    let campos = hallado
        .fields()
        .iter()
        .map(|f| f.as_ref().clone().with_data_type(en_micros(f.data_type())));
    let esquema = Arc::new(Schema::new(campos.collect::<Vec<_>>()));
    let opciones = ArrowReaderOptions::new()
        .with_skip_arrow_metadata(true)
        .with_schema(esquema);
    abrir(opciones)
        .build()
        .unwrap()
        .collect::<Result<_, _>>()
        .unwrap()
}

pub(crate) fn con_extension(carpeta: &Path, extension: &str) -> Vec<PathBuf> {
    let entradas = fs::read_dir(carpeta).unwrap().flatten().map(|e| e.path());
    let mut rutas: Vec<_> = entradas
        .filter(|p| p.to_string_lossy().ends_with(extension))
        .collect();
    rutas.sort();
    rutas
}

pub(crate) fn desempaquetar(archivo: &Path, hasta: &Path) {
    let fin = Child::new("tar")
        .args(["--zstd", "-xf"])
        .arg(archivo)
        .arg("-C")
        .arg(hasta)
        .run()
        .unwrap();
    assert!(fin.success(), "tar --zstd: {fin:?}");
}
