//! Seeded events with a long message each: much to decode, little to store.

use crate::beside::Beside;
use crate::error::RunError;
use ecommerce_arrow::EventBatchBuilder;
use ecommerce_model::{ConfigGenerador, FilaGenerada, Generador};
use parquet::arrow::ArrowWriter;
use parquet::basic::{Compression, ZstdLevel};
use parquet::errors::ParquetError;
use parquet::file::properties::{EnabledStatistics, WriterProperties, WriterPropertiesBuilder};
use polars::prelude::{
    DataFrame, IntoColumn as _, NamedFrom as _, ParquetWriter, PolarsError, Series,
};
use std::fs::File;
use std::io::BufWriter;
use std::path::Path;

/// What is to be generated.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Generation {
    /// Events.
    pub rows: u64,
    /// Bytes of each event's `mensaje`, at least as long as the event's name; 0 for the model's own messages.
    pub width: usize,
    /// Rows per row group: what a reader has to decode at a time.
    pub rows_per_group: usize,
    /// The seed of everything.
    pub seed: u64,
}

/// Different texts that the messages are filled up with: what zstd finds again, and a dictionary would not.
const FILLERS: usize = 16;
const WORDS: [&str; 16] = [
    "pago",
    "cesta",
    "envío",
    "tarjeta",
    "sesión",
    "navegador",
    "móvil",
    "oferta",
    "cliente",
    "error",
    "reintento",
    "almacén",
    "factura",
    "cupón",
    "región",
    "pedido",
];

/// Writes the model's events of one day to a Parquet file of one schema with `analytics-ecommerce`, without defects: every
/// `evento_id` occurs once.
///
/// # Shape
/// Twelve columns, [`ecommerce_arrow::events_schema`]; the same bytes for the same [`Generation`].
///
/// # Errors
/// * [`RunError::Output`] if the file cannot be written; the one that was there stays.
/// * [`RunError::Generator`], [`RunError::Encode`] as each says.
///
/// # Cost
/// One row group in memory.
pub fn generar(what: Generation, path: &Path) -> Result<(), RunError> {
    let encode = |source: ParquetError| RunError::Encode {
        file: path.to_owned(),
        source,
    };
    let generator = generator(what)?;
    let fillers = fillers(what);
    let beside = Beside::of(path)?;
    let out = BufWriter::with_capacity(1 << 20, File::create(beside.path())?);
    let schema = ecommerce_arrow::events_schema();
    let mut writer = ArrowWriter::try_new(out, schema, Some(properties(what))).map_err(encode)?;
    let mut builder = EventBatchBuilder::with_capacity(what.rows_per_group.min(1 << 16));
    let (mut row, mut message) = (FilaGenerada::new(), String::new());
    for index in 0..what.rows {
        generator.fill(index, &mut row);
        let mut event = row.as_fila();
        if let Some(filler) = fillers.get(index as usize % FILLERS) {
            message.clear();
            message.push_str(event.evento_id.unwrap_or_default());
            message.push(' ');
            let rest = what.width.saturating_sub(message.len());
            message.push_str(filler.get(..rest).unwrap_or_default());
            event.mensaje = Some(&message);
        }
        builder.append(&event);
        if builder.len() >= what.rows_per_group.clamp(1, 1 << 13) || index + 1 == what.rows {
            let batch = builder.finish().map_err(|e| encode(e.into()))?;
            writer.write(&batch).map_err(encode)?;
        }
    }
    writer.close().map_err(encode)?;
    Ok(beside.publish()?)
}

/// Writes the customers of the events of [`generar`], one row each: the small side of a join.
///
/// # Shape
/// `user_id` · `segmento` · `alta`, texts.
///
/// # Errors
/// As [`generar`].
pub fn escribir_clientes(what: Generation, path: &Path) -> Result<u64, RunError> {
    let polars = |source: PolarsError| RunError::Polars {
        file: path.to_owned(),
        source,
    };
    let generator = generator(what)?;
    let customers: Vec<_> = (0..generator.config().usuarios)
        .map(|k| generator.cliente(k))
        .collect();
    let column = |name: &str, values: Vec<String>| Series::new(name.into(), values).into_column();
    let columns = vec![
        column(
            "user_id",
            customers.iter().map(|c| c.user_id.clone()).collect(),
        ),
        column(
            "segmento",
            customers.iter().map(|c| c.segmento.to_owned()).collect(),
        ),
        column(
            "alta",
            customers.iter().map(|c| c.alta.to_string()).collect(),
        ),
    ];
    let mut frame = DataFrame::new(customers.len(), columns).map_err(polars)?;
    let beside = Beside::of(path)?;
    ParquetWriter::new(File::create(beside.path())?)
        .finish(&mut frame)
        .map_err(polars)?;
    beside.publish()?;
    Ok(customers.len() as u64)
}

fn generator(what: Generation) -> Result<Generador, RunError> {
    let mut config = ConfigGenerador::new(what.seed, "2024-01-15".parse()?, 1, what.rows);
    config.defectos = 0.0;
    Ok(Generador::new(config)?)
}

/// Texts of the message's length, in ASCII so that they can be cut anywhere.
fn fillers(what: Generation) -> Vec<String> {
    if what.width == 0 {
        return Vec::new();
    }
    let text = |number: usize| {
        let mut state = what.seed.wrapping_add(number as u64);
        let mut text = String::with_capacity(what.width + 16);
        while text.len() < what.width {
            // Knuth's multiplier: any mixing serves, so long as it is always the same.
            state = state
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1);
            let word = WORDS[(state >> 60) as usize];
            text.extend(word.chars().map(|c| if c.is_ascii() { c } else { '_' }));
            text.push(' ');
        }
        text
    };
    (0..FILLERS).map(text).collect()
}

fn properties(what: Generation) -> WriterProperties {
    let plain = |builder: WriterPropertiesBuilder, column: &str| {
        builder.set_column_dictionary_enabled(column.into(), false)
    };
    let builder = WriterProperties::builder()
        .set_compression(Compression::ZSTD(ZstdLevel::default()))
        .set_max_row_group_row_count(Some(what.rows_per_group.max(1)))
        .set_column_statistics_enabled("mensaje".into(), EnabledStatistics::None);
    ["evento_id", "session_id", "mensaje"]
        .into_iter()
        .fold(builder, plain)
        .build()
}
