//! A shop made up from a seed.

use super::{Context, cores, require_empty};
use crate::args::{FormatoArchivo, GenerarArgs};
use crate::output::{Failure, human_bytes};
use crate::progress::byte_bar;
use anyhow::{Context as _, Result};
use ecommerce_arrow::{Format, Layout, WrittenDays, write_days};
use ecommerce_model::{ConfigGenerador, FilaGenerada, Generador};
use serde_json::json;
use std::io::Write as _;
use std::path::Path;
use std::process::ExitCode;
use std::time::Instant;

/// Labels of the planted fraud, beside the days: readers pass over names that start with `_`.
pub(super) const LABELS: &str = "_etiquetas_fraude.csv";

pub(super) fn run(context: &Context, args: &GenerarArgs) -> Result<ExitCode> {
    require_empty(&args.salida)?;
    let start = Instant::now();
    let config = ConfigGenerador::new(args.semilla, args.desde, args.dias, args.filas);
    let format = match args.formato {
        FormatoArchivo::Parquet => Format::Parquet,
        FormatoArchivo::Csv => Format::Csv,
    };
    let written = generate(
        context,
        config,
        &args.salida,
        format,
        args.filas_por_archivo,
    )?;
    let seconds = start.elapsed().as_secs_f64();
    let per_second = |n: u64| n as f64 / seconds.max(1e-9);
    context.say.summary(&json!({
        "archivos": written.files, "filas": written.rows, "bytes": written.bytes, "segundos": (seconds * 1e3).round() / 1e3,
    }));
    context.say.result(&format!(
        "{} filas en {} archivos, {} en {seconds:.2} s ({:.0} filas/s, {}/s) bajo {}",
        written.rows,
        written.files,
        human_bytes(written.bytes),
        per_second(written.rows),
        human_bytes(per_second(written.bytes) as u64),
        args.salida.display(),
    ));
    Ok(ExitCode::SUCCESS)
}

/// Writes the days and the labels of the planted fraud.
pub(super) fn generate(
    context: &Context,
    config: ConfigGenerador,
    root: &Path,
    format: Format,
    rows_per_file: u64,
) -> Result<WrittenDays> {
    let rows = config.filas;
    let generador =
        Generador::new(config).map_err(|e| Failure::usage(format!("no se puede generar: {e}")))?;
    let layout = Layout {
        root: root.to_owned(),
        format,
        rows_per_file,
        threads: cores(),
    };
    let bar = context.say.draws().then(byte_bar);
    if let Some(bar) = &bar {
        bar.set_length(rows);
        bar.set_prefix("generando filas");
        if let Ok(style) = indicatif::ProgressStyle::with_template(
            "{prefix:<22} {bar:30} {human_pos}/{human_len} quedan {eta}",
        ) {
            bar.set_style(style.progress_chars("━╸ "));
        }
    }
    let progress = |rows: u64, _: u64| {
        if let Some(bar) = &bar {
            bar.inc(rows);
        }
    };
    let written = write_days(&generador, &layout, &progress);
    if let Some(bar) = &bar {
        bar.finish_and_clear();
    }
    let written = written.map_err(|e| Failure::storage(e.to_string()))?;
    write_labels(&generador, root)?;
    Ok(written)
}

fn write_labels(generador: &Generador, root: &Path) -> Result<()> {
    let path = root.join(LABELS);
    let labels = || -> std::io::Result<()> {
        let mut out = std::io::BufWriter::new(std::fs::File::create(&path)?);
        writeln!(out, "evento_id")?;
        let mut row = FilaGenerada::new();
        for index in generador.fraud_rows() {
            generador.fill(index, &mut row);
            if row.defect().is_none() {
                writeln!(out, "{}", row.as_fila().evento_id.unwrap_or_default())?;
            }
        }
        out.flush()
    };
    labels().with_context(|| format!("no se puede escribir {}", path.display()))
}
