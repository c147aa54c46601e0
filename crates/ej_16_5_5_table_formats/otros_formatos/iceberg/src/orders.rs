//! The orders on Iceberg tables.

use crate::rows;
use crate::table::{self, Home, NAME, damage};
use crate::trials::trials;
use linea::{Arguments, Failure};
use serde_json::{Value, json};

/// Does what was asked.
pub async fn done(arguments: Arguments) -> Result<Value, Failure> {
    match arguments.order() {
        "crear" => create(&arguments).await,
        "agregar" => append(&arguments).await,
        "leer" => read(&arguments).await,
        "competir" => race(&arguments).await,
        "probar" => trials(&arguments).await,
        other => Err(arguments.wrong(format!("orden desconocida: {other}"))),
    }
}

/// A new table, partitioned by `fecha`, with the rows of the files.
async fn create(arguments: &Arguments) -> Result<Value, Failure> {
    let batches = rows::read(NAME, &arguments.paths("datos"))?;
    let home = Home::open(&arguments.path("almacen")?).await?;
    let table = home.create("eventos", &batches).await?;
    let table = home.append(&table, &batches).await?;
    Ok(table::committed(&table))
}

/// The rows of the files on top of the table that a metadata file describes.
async fn append(arguments: &Arguments) -> Result<Value, Failure> {
    let metadata = arguments.path("metadatos")?;
    let batches = rows::read(NAME, &arguments.paths("datos"))?;
    let (home, table) = Home::of(&metadata).await?;
    let table = home.append(&table, &batches).await?;
    Ok(table::committed(&table))
}

/// The table's rows into one Parquet file.
async fn read(arguments: &Arguments) -> Result<Value, Failure> {
    let metadata = arguments.path("metadatos")?;
    let (_, table) = Home::of(&metadata).await?;
    let batches = table::scan(&table, None)
        .await
        .map_err(|e| damage(&metadata, &e))?;
    let rows = rows::write(NAME, &arguments.path("salida")?, &batches)?;
    Ok(json!({"filas": rows}))
}

/// Several tasks append a row a commit to one table through one catalogue.
async fn race(arguments: &Arguments) -> Result<Value, Failure> {
    let (writers, times) = (arguments.number("escritores")?, arguments.number("veces")?);
    let home = Home::open(&arguments.path("almacen")?).await?;
    let (confirmed, refused, table) = table::race(&home, writers, times).await?;
    let mut answer = table::committed(&table);
    answer["confirmados"] = confirmed.into();
    answer["rechazados"] = refused.into();
    Ok(answer)
}
