//! What the client can do: each trial on a new table, judged by the rows afterwards.

use crate::rows;
use crate::table::{self, NAME, other, scan};
use arrow_array::{Array, ArrayRef, RecordBatch, StringArray};
use hudi::table::{ReadOptions, Table};
use linea::{Arguments, Failure};
use serde_json::{Value, json};
use std::path::{Path, PathBuf};
use std::sync::Arc;

enum Outcome {
    Yes(String),
    Partly(String),
    No(String),
}

/// A trial per capability, as the caller's matrix takes them.
pub async fn trials(arguments: &Arguments) -> Result<Value, Failure> {
    let directory = arguments.path("almacen")?;
    let mut days = Vec::new();
    for file in arguments.paths("datos") {
        days.extend(rows::read(NAME, &[file])?);
    }
    if days.len() < 3 {
        return Err(arguments.wrong("hacen falta al menos tres --datos"));
    }
    let at = |name: &str| directory.join(name);
    let tried = [
        ("agregar", append_and_read(&at("agregar"), &days).await),
        ("podar", prune(&at("podar"), &days).await),
        ("sobrescribir", replace(&at("sobrescribir"), &days).await),
        ("borrar", delete(&at("borrar"), &days).await),
        ("actualizar", update(&at("actualizar"), &days).await),
        ("fusionar", upsert(&at("fusionar"), &days).await),
        ("viajar", travel(&at("viajar"), &days).await),
        ("columna", add_column(&at("columna"), &days).await),
        ("compactar", compact(&at("compactar"), &days).await),
        ("arbitrar", arbitrate(&at("arbitrar"), &days).await),
    ];
    let mut trials: Vec<Value> = tried
        .into_iter()
        .map(|(capability, outcome)| {
            let (word, detail) = match outcome {
                Ok(Outcome::Yes(detail)) => ("si", detail),
                Ok(Outcome::Partly(detail)) => ("en_parte", detail),
                Ok(Outcome::No(detail)) => ("no", detail),
                Err(failure) => ("no", failure.to_string()),
            };
            trial(capability, word, &detail)
        })
        .collect();
    trials.push(trial(
        "expirar",
        "sin_api",
        "Table no tiene ninguna función de limpieza (clean)",
    ));
    Ok(Value::Array(trials))
}

fn trial(capability: &str, outcome: &str, detail: &str) -> Value {
    json!({"formato": NAME, "capacidad": capability, "resultado": outcome, "detalle": detail})
}

/// A table with a commit per day, and the time of the first.
async fn table_of(directory: &Path, days: &[RecordBatch]) -> Result<(Table, String), Failure> {
    let mut table = table::create(directory).await?;
    let mut first = None;
    for day in days {
        let written = table.append([day.clone()]).await.map_err(other)?;
        first = first.or(written.completion_time).or(written.requested_time);
    }
    Ok((table, first.unwrap_or_default()))
}

async fn append_and_read(directory: &Path, days: &[RecordBatch]) -> Result<Outcome, Failure> {
    let (table, _) = table_of(directory, days).await?;
    let found = scan(&table, None).await.map_err(other)?;
    let files = data_files(directory).len();
    Ok(judged(
        ids(&found) == ids(days),
        format!("{files} archivos, uno por día, las mismas filas"),
        format!("{} filas de {}", rows::count(&found), rows::count(days)),
    ))
}

/// The files of the other days are taken away: who opens them fails.
async fn prune(directory: &Path, days: &[RecordBatch]) -> Result<Outcome, Failure> {
    let (table, _) = table_of(directory, days).await?;
    let kept = &days[..1];
    let day = texts(kept, "fecha").pop().unwrap_or_default();
    for file in data_files(directory) {
        if !file.to_string_lossy().contains(&day) {
            std::fs::remove_file(file).map_err(other)?;
        }
    }
    let found = scan(&table, Some(&day)).await.map_err(other)?;
    Ok(judged(
        ids(&found) == ids(kept),
        "el día se lee con los archivos de los demás borrados".into(),
        format!("{} filas", rows::count(&found)),
    ))
}

async fn replace(directory: &Path, days: &[RecordBatch]) -> Result<Outcome, Failure> {
    let (mut table, _) = table_of(directory, days).await?;
    let half = days[2].slice(0, days[2].num_rows() / 2);
    table
        .dynamic_partition_overwrite([half.clone()])
        .await
        .map_err(other)?;
    let found = scan(&table, None).await.map_err(other)?;
    Ok(judged(
        ids(&found) == ids(&[days[0].clone(), days[1].clone(), half]),
        "un commit; los demás días, intactos".into(),
        format!("{} filas", rows::count(&found)),
    ))
}

async fn delete(directory: &Path, days: &[RecordBatch]) -> Result<Outcome, Failure> {
    let (mut table, _) = table_of(directory, days).await?;
    let errors = texts(days, "tipo").iter().filter(|t| *t == "error").count();
    table.delete("tipo = 'error'").await.map_err(other)?;
    let found = scan(&table, None).await.map_err(other)?;
    let left = texts(&found, "tipo")
        .iter()
        .filter(|t| *t == "error")
        .count();
    Ok(judged(
        left == 0 && rows::count(&found) + errors as u64 == rows::count(days),
        format!("{errors} filas borradas; reescribe los archivos tocados"),
        format!("quedan {left} de {errors}"),
    ))
}

async fn update(directory: &Path, days: &[RecordBatch]) -> Result<Outcome, Failure> {
    let (mut table, _) = table_of(directory, days).await?;
    let north = texts(days, "region")
        .iter()
        .filter(|t| *t == "norte")
        .count();
    let south: ArrayRef = Arc::new(StringArray::from(vec!["sur"]));
    let change = RecordBatch::try_from_iter([("region", south)]).map_err(other)?;
    table
        .update("region = 'norte'", change)
        .await
        .map_err(other)?;
    let found = scan(&table, None).await.map_err(other)?;
    let left = texts(&found, "region")
        .iter()
        .filter(|t| *t == "norte")
        .count();
    Ok(judged(
        north > 0 && left == 0 && rows::count(&found) == rows::count(days),
        format!("{north} filas cambian de región"),
        format!("quedan {left} de {north}"),
    ))
}

async fn upsert(directory: &Path, days: &[RecordBatch]) -> Result<Outcome, Failure> {
    let (mut table, _) = table_of(directory, days).await?;
    let known = with_text(&days[0].slice(0, 1), "pagina", "/fusionada")?;
    let unknown = with_text(&known, "evento_id", "evento-nuevo")?;
    table.upsert([known, unknown]).await.map_err(other)?;
    let found = scan(&table, None).await.map_err(other)?;
    let changed = texts(&found, "pagina")
        .iter()
        .filter(|t| *t == "/fusionada")
        .count();
    Ok(judged(
        changed == 2 && rows::count(&found) == rows::count(days) + 1,
        "una fila actualizada y una insertada, por la clave de la tabla".into(),
        format!("{changed} cambiadas, {} filas", rows::count(&found)),
    ))
}

async fn travel(directory: &Path, days: &[RecordBatch]) -> Result<Outcome, Failure> {
    let (table, first) = table_of(directory, days).await?;
    let old = ReadOptions::new().with_as_of_timestamp(&first);
    let found = table.read(&old).await.map_err(other)?;
    Ok(judged(
        ids(&found) == ids(&days[..1]),
        "el primero de tres commits".into(),
        format!("{} filas en {first}", rows::count(&found)),
    ))
}

async fn add_column(directory: &Path, days: &[RecordBatch]) -> Result<Outcome, Failure> {
    let (mut table, _) = table_of(directory, days).await?;
    let row = with_text(&days[0].slice(0, 1), "evento_id", "evento-con-canal")?;
    let channel: ArrayRef = Arc::new(StringArray::from(vec!["web"]));
    let schema = row.schema();
    let names = schema.fields().iter().map(|f| f.name().as_str());
    let columns = names.zip(row.columns().iter().cloned());
    let wider = RecordBatch::try_from_iter_with_nullable(
        columns
            .chain([("canal", channel)])
            .map(|(n, c)| (n, c, true)),
    )
    .map_err(other)?;
    table.append([wider]).await.map_err(other)?;
    let found = scan(&table, None).await.map_err(other)?;
    let with = texts(&found, "canal").len();
    Ok(judged(
        with == 1 && rows::count(&found) == rows::count(days) + 1,
        "las filas anteriores la leen como nula".into(),
        format!("{with} con valor de {}", rows::count(&found)),
    ))
}

async fn compact(directory: &Path, days: &[RecordBatch]) -> Result<Outcome, Failure> {
    let (mut table, _) = table_of(directory, days).await?;
    Ok(match table.compact().await {
        Ok(_) => Outcome::Yes("también en copia al escribir".into()),
        Err(e) => Outcome::Partly(format!(
            "solo tablas de mezcla al leer; aquí, copia al escribir: {}",
            other(e)
        )),
    })
}

/// Two handles on one table, both write: nobody compares what they had read.
async fn arbitrate(directory: &Path, days: &[RecordBatch]) -> Result<Outcome, Failure> {
    let (table, _) = table_of(directory, &days[..1]).await?;
    drop(table);
    let (mut one, mut two) = (table::open(directory).await?, table::open(directory).await?);
    let id = texts(&days[..1], "evento_id").swap_remove(0);
    let change = |text: &str| -> Result<RecordBatch, Failure> {
        let cell: ArrayRef = Arc::new(StringArray::from(vec![text]));
        RecordBatch::try_from_iter([("pagina", cell)]).map_err(other)
    };
    let region = |text: &str| -> Result<RecordBatch, Failure> {
        let cell: ArrayRef = Arc::new(StringArray::from(vec![text]));
        RecordBatch::try_from_iter([("region", cell)]).map_err(other)
    };
    let which = format!("evento_id = '{id}'");
    one.update(&which, change("/uno")?).await.map_err(other)?;
    let second = two.update(&which, region("dos")?).await;
    let table = table::open(directory).await?;
    let found = scan(&table, None).await.map_err(other)?;
    let kept = texts(&found, "pagina").iter().any(|t| t == "/uno");
    Ok(match (second, kept) {
        (Err(e), true) => Outcome::Yes(format!("el segundo recibe: {}", other(e))),
        (Err(e), false) => Outcome::No(format!("el cambio del primero no está, y el segundo recibe: {}", other(e))),
        (Ok(_), false) => Outcome::No(
            "dos manejadores confirman cambios en la misma fila y el primero se pierde; la biblioteca pide un solo escritor".into(),
        ),
        (Ok(_), true) => Outcome::No(
            "el segundo no se enteró del primero: no hay comprobación de conflictos, y la biblioteca pide un solo escritor".into(),
        ),
    })
}

fn judged(right: bool, seen: String, wrong: String) -> Outcome {
    if right {
        Outcome::Yes(seen)
    } else {
        Outcome::No(wrong)
    }
}

/// The row with another text in one column.
fn with_text(row: &RecordBatch, column: &str, text: &str) -> Result<RecordBatch, Failure> {
    let index = row.schema().index_of(column).map_err(other)?;
    let mut columns = row.columns().to_vec();
    columns[index] = Arc::new(StringArray::from(vec![text; row.num_rows()]));
    RecordBatch::try_new(row.schema(), columns).map_err(other)
}

fn ids(batches: &[RecordBatch]) -> Vec<String> {
    let mut ids = texts(batches, "evento_id");
    ids.sort();
    ids
}

fn texts(batches: &[RecordBatch], column: &str) -> Vec<String> {
    let mut found = Vec::new();
    for batch in batches {
        let Some(column) = batch.column_by_name(column) else {
            continue;
        };
        let Ok(column) = arrow_cast::cast(column, &arrow_schema::DataType::Utf8) else {
            continue;
        };
        if let Some(column) = column.as_any().downcast_ref::<StringArray>() {
            found.extend(column.iter().flatten().map(str::to_owned));
        }
    }
    found
}

/// The Parquet files of the table, without those of Hudi's own metadata.
fn data_files(directory: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut open = vec![directory.to_owned()];
    while let Some(directory) = open.pop() {
        for entry in std::fs::read_dir(&directory)
            .into_iter()
            .flatten()
            .flatten()
        {
            let path = entry.path();
            if path.is_dir() && !path.ends_with(".hoodie") {
                open.push(path);
            } else if path.extension().is_some_and(|end| end == "parquet") {
                found.push(path);
            }
        }
    }
    found
}
