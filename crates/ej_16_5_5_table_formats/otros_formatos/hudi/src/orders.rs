//! The orders on Hudi tables.

use crate::rows;
use crate::table::{self, NAME};
use crate::trials::trials;
use linea::{Arguments, Failure};
use serde_json::{Value, json};

/// Does what was asked.
pub async fn done(arguments: Arguments) -> Result<Value, Failure> {
    match arguments.order() {
        "crear" => create(&arguments).await,
        "agregar" => append(&arguments).await,
        "leer" => read(&arguments).await,
        "probar" => trials(&arguments).await,
        other => Err(arguments.wrong(format!("orden desconocida: {other}"))),
    }
}

/// A new table, keyed by `evento_id` and partitioned by `fecha`, with a commit per file.
async fn create(arguments: &Arguments) -> Result<Value, Failure> {
    let directory = arguments.path("tabla")?;
    let mut table = table::create(&directory).await?;
    append_files(&directory, &mut table, arguments).await
}

/// A commit per file on top of what is there.
async fn append(arguments: &Arguments) -> Result<Value, Failure> {
    let directory = arguments.path("tabla")?;
    let mut table = table::open(&directory).await?;
    append_files(&directory, &mut table, arguments).await
}

async fn append_files(
    directory: &std::path::Path,
    table: &mut hudi::table::Table,
    arguments: &Arguments,
) -> Result<Value, Failure> {
    let mut written = 0;
    for file in arguments.paths("datos") {
        let batches = rows::read(NAME, &[file])?;
        written += rows::count(&batches);
        table
            .append(batches)
            .await
            .map_err(|e| table::damage(directory, &e))?;
    }
    Ok(json!({"filas": written}))
}

/// The table's rows into one Parquet file.
async fn read(arguments: &Arguments) -> Result<Value, Failure> {
    let directory = arguments.path("tabla")?;
    let table = table::open(&directory).await?;
    let batches = table::scan(&table, None)
        .await
        .map_err(|e| table::damage(&directory, &e))?;
    let rows = rows::write(NAME, &arguments.path("salida")?, &batches)?;
    Ok(json!({"filas": rows}))
}
