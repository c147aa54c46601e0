//! Writing as a stream, beside the file and then in its place.

use crate::ParquetFileError;
use arrow::array::RecordBatch;
use arrow::datatypes::{Schema, SchemaRef};
use parquet::arrow::ArrowWriter;
use parquet::basic::Compression;
use parquet::file::properties::WriterProperties;
use std::io::{BufWriter, Write};
use std::path::Path;

/// What was written.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Escrito {
    /// Rows.
    pub filas: u64,
    /// Row groups.
    pub grupos: usize,
    /// Bytes of the file.
    pub bytes: u64,
}

/// Writes batches of one schema to a Parquet file, compressed with Snappy. A file that was there is replaced once the new one is
/// whole.
///
/// # Errors
/// * [`ParquetFileError::NoBatches`] if `batches` is empty, where the guide's `batches[0]` panics.
/// * As [`escribir_flujo`].
///
/// # Source
/// Exercise 16.2.2 of the guide.
pub fn escribir_parquet(batches: &[RecordBatch], ruta: &str) -> Result<(), ParquetFileError> {
    let first = batches
        .first()
        .ok_or_else(|| ParquetFileError::NoBatches { file: ruta.into() })?;
    let batches = batches.iter().cloned().map(Ok::<_, ParquetFileError>);
    escribir_flujo(
        first.schema(),
        batches,
        Path::new(ruta),
        propiedades_de_la_guia(),
    )?;
    Ok(())
}

/// The guide's writer properties: Snappy, and batches of 65,536 values on their way to the encoder.
pub fn propiedades_de_la_guia() -> WriterProperties {
    WriterProperties::builder()
        .set_compression(Compression::SNAPPY)
        .set_write_batch_size(65_536)
        .build()
}

/// Writes a stream of batches; a stream without any gives a file without rows.
///
/// The bytes go to a file beside it, which takes its place when it is whole and on the disk: whoever reads meanwhile, and
/// whoever comes after an interruption, finds the old file.
///
/// # Errors
/// * The stream's own error, whichever ends it; the file that was there stays.
/// * [`ParquetFileError::OtherSchema`] if a batch differs from `schema` in its columns' names or types.
/// * [`ParquetFileError::Io`], [`ParquetFileError::Encode`] as each says.
///
/// # Cost
/// Memory: the encoder holds the current row group, encoded; the batches are not kept.
pub fn escribir_flujo<E>(
    schema: SchemaRef,
    batches: impl IntoIterator<Item = Result<RecordBatch, E>>,
    ruta: &Path,
    properties: WriterProperties,
) -> Result<Escrito, ParquetFileError>
where
    ParquetFileError: From<E>,
{
    let io = |source| ParquetFileError::Io {
        file: ruta.to_owned(),
        source,
    };
    let directory = match ruta.parent() {
        Some(parent) if parent != Path::new("") => parent,
        _ => Path::new("."),
    };
    let beside = tempfile::Builder::new()
        .prefix(".")
        .suffix(".parcial")
        .permissions(usual_permissions())
        .tempfile_in(directory)
        .map_err(io)?;
    let out = BufWriter::with_capacity(1 << 20, beside.as_file());
    let (filas, grupos, mut out) = encode(schema, batches, out, ruta, properties)?;
    out.flush().map_err(io)?;
    drop(out);
    let bytes = beside.as_file().metadata().map_err(io)?.len();
    // Before it gets the name: a file that is whole in name only is what this function is there to prevent.
    beside.as_file().sync_all().map_err(io)?;
    beside.persist(ruta).map_err(|e| io(e.error))?;
    Ok(Escrito {
        filas,
        grupos,
        bytes,
    })
}

/// Encodes a stream of batches into `out`, which errors call `file`; returns rows, row groups and `out`.
pub(crate) fn encode<W: Write + Send, E>(
    schema: SchemaRef,
    batches: impl IntoIterator<Item = Result<RecordBatch, E>>,
    out: W,
    file: &Path,
    properties: WriterProperties,
) -> Result<(u64, usize, W), ParquetFileError>
where
    ParquetFileError: From<E>,
{
    let encode = |source| ParquetFileError::Encode {
        file: file.to_owned(),
        source,
    };
    let mut writer = ArrowWriter::try_new(out, schema.clone(), Some(properties)).map_err(encode)?;
    let mut filas = 0;
    for (batch, item) in batches.into_iter().enumerate() {
        let found = item?;
        if !same_columns(&schema, &found.schema()) {
            return Err(ParquetFileError::OtherSchema {
                file: file.to_owned(),
                batch,
                found: columns(&found.schema()),
                expected: columns(&schema),
            });
        }
        writer.write(&found).map_err(encode)?;
        filas += found.num_rows() as u64;
    }
    writer.flush().map_err(encode)?;
    let grupos = writer.flushed_row_groups().len();
    // With the footer.
    Ok((filas, grupos, writer.into_inner().map_err(encode)?))
}

/// What a file that nobody thought about gets: the process's umask decides.
fn usual_permissions() -> std::fs::Permissions {
    use std::os::unix::fs::PermissionsExt as _;
    std::fs::Permissions::from_mode(0o666)
}

/// Whether names and types agree; the writer itself accepts any batch whose types fit, whatever the names.
pub(crate) fn same_columns(a: &Schema, b: &Schema) -> bool {
    a.fields().len() == b.fields().len()
        && a.fields()
            .iter()
            .zip(b.fields())
            .all(|(a, b)| a.name() == b.name() && a.data_type() == b.data_type())
}

pub(crate) fn columns(schema: &Schema) -> String {
    schema
        .fields()
        .iter()
        .map(|f| format!("{} {}", f.name(), f.data_type()))
        .collect::<Vec<_>>()
        .join(", ")
}
