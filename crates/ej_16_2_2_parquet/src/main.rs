//! The exercise's program: the table of encodings and codecs, and reading and writing a file from the outside.
#![forbid(unsafe_code)]

mod arguments;
mod chart;
mod table;

use arguments::{Command, HELP};
use ecommerce_arrow::{events_schema, generate_batch};
use ecommerce_model::{ConfigGenerador, Generador};
use ej_16_2_2_parquet::encodings::{Codec, Scheme, measure, memory};
use ej_16_2_2_parquet::{
    FILAS_POR_LOTE, ParquetFileError, escribir_flujo, leer_parquet, propiedades_de_la_guia,
};
use std::error::Error;
use std::path::Path;
use std::process::ExitCode;

/// As `analytics-ecommerce` has it: 2 for a wrong command, 3 for a file that cannot be read.
const USAGE: u8 = 2;
const UNREADABLE: u8 = 3;
const FAILED: u8 = 1;

fn main() -> ExitCode {
    // A panic inside a library is reported as an error of the file; its own text would only alarm.
    std::panic::set_hook(Box::new(|_| {}));
    let command = match Command::parse(std::env::args().skip(1)) {
        Ok(command) => command,
        Err(message) => {
            eprintln!("error: {message} (ver --help)");
            return ExitCode::from(USAGE);
        }
    };
    match run(&command) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            let unreadable = matches!(error.downcast_ref(), Some(ParquetFileError::Read(_)));
            ExitCode::from(if unreadable { UNREADABLE } else { FAILED })
        }
    }
}

fn run(command: &Command) -> Result<(), Box<dyn Error>> {
    match command {
        Command::Help => println!("{HELP}"),
        Command::Read { path } => {
            let batches = leer_parquet(path)?;
            let (mut rows, mut count) = (0, 0);
            for batch in batches {
                rows += batch?.num_rows();
                count += 1;
            }
            println!("{path}: {rows} filas en {count} lotes");
        }
        Command::Write { path, rows, seed } => {
            let written = escribir_flujo(
                events_schema(),
                events(*rows, *seed)?,
                Path::new(path),
                propiedades_de_la_guia(),
            )?;
            println!(
                "{path}: {} filas en {} grupos, {} bytes",
                written.filas, written.grupos, written.bytes
            );
        }
        Command::Table {
            rows,
            seed,
            repetitions,
            json,
            svg,
        } => {
            let batches = events(*rows, *seed)?.collect::<Result<Vec<_>, _>>()?;
            let memory = memory(&batches);
            let directory = tempfile::tempdir()?;
            let mut rows_of_table = Vec::new();
            println!("{}", table::heading(*rows, memory));
            for scheme in Scheme::ALL {
                for codec in Codec::ALL {
                    let row = measure(&batches, scheme, codec, *repetitions, directory.path())?;
                    println!("{}", table::line(&row, memory, *rows));
                    rows_of_table.push(row);
                }
            }
            if let Some(path) = json {
                std::fs::write(path, table::json(&rows_of_table, memory, *rows, *seed))?;
            }
            if let Some(path) = svg {
                std::fs::write(path, chart::svg(&rows_of_table, memory, *rows))?;
            }
        }
    }
    Ok(())
}

/// The model's events of one day, in batches of the guide's size.
fn events(
    rows: u64,
    seed: u64,
) -> Result<impl Iterator<Item = Result<arrow::array::RecordBatch, ParquetFileError>>, Box<dyn Error>>
{
    let config = ConfigGenerador::new(seed, "2024-01-15".parse()?, 1, rows);
    let generator = Generador::new(config)?;
    let starts = (0..rows).step_by(FILAS_POR_LOTE);
    Ok(starts.map(move |start| {
        let end = rows.min(start + FILAS_POR_LOTE as u64);
        generate_batch(&generator, start..end).map_err(|e| ParquetFileError::Encode {
            file: "eventos".into(),
            source: e.into(),
        })
    }))
}
