//! What the client can do: each trial on a new table, judged by the rows afterwards.

use crate::rows;
use crate::table::{Home, NAME, files_ending, other, scan};
use arrow_array::{Array, ArrayRef, RecordBatch, StringArray};
use futures::TryStreamExt as _;
use iceberg::expr::Reference;
use iceberg::spec::{Datum, PrimitiveType, Type};
use iceberg::table::Table;
use iceberg::transaction::{AddColumn, ApplyTransactionAction, Transaction};
use linea::{Arguments, Failure};
use serde_json::{Value, json};
use std::path::Path;
use std::sync::Arc;

const NO_ACTION: &str =
    "Transaction solo sabe agregar archivos (fast_append); no hay acción que quite o cambie filas";

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
    let tried = [
        (
            "agregar",
            append_and_read(&directory.join("agregar"), &days).await,
        ),
        ("podar", prune(&directory.join("podar"), &days).await),
        ("viajar", travel(&directory.join("viajar"), &days).await),
        (
            "columna",
            add_column(&directory.join("columna"), &days).await,
        ),
        ("expirar", expire(&directory.join("expirar"), &days).await),
        (
            "arbitrar",
            arbitrate(&directory.join("arbitrar"), &days).await,
        ),
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
    for capability in [
        "sobrescribir",
        "borrar",
        "actualizar",
        "fusionar",
        "compactar",
    ] {
        trials.push(trial(capability, "sin_api", NO_ACTION));
    }
    Ok(Value::Array(trials))
}

fn trial(capability: &str, outcome: &str, detail: &str) -> Value {
    json!({"formato": NAME, "capacidad": capability, "resultado": outcome, "detalle": detail})
}

/// A table with a commit per day.
async fn table_of(directory: &Path, days: &[RecordBatch]) -> Result<(Home, Table), Failure> {
    let home = Home::open(directory).await?;
    let mut table = home.create("eventos", days).await?;
    for day in days {
        table = home.append(&table, std::slice::from_ref(day)).await?;
    }
    Ok((home, table))
}

async fn append_and_read(directory: &Path, days: &[RecordBatch]) -> Result<Outcome, Failure> {
    let (_, table) = table_of(directory, days).await?;
    let found = scan(&table, None).await.map_err(other)?;
    let files = files_ending(directory, ".parquet").len();
    Ok(judged(
        ids(&found) == ids(days),
        format!("{files} archivos, uno por día, las mismas filas"),
        format!("{} filas de {}", rows::count(&found), rows::count(days)),
    ))
}

/// The files of the other days are taken away: who opens them fails.
async fn prune(directory: &Path, days: &[RecordBatch]) -> Result<Outcome, Failure> {
    let (_, table) = table_of(directory, days).await?;
    let Some(kept) = days.first() else {
        return Ok(Outcome::No("no hay días".into()));
    };
    let fecha = texts(std::slice::from_ref(kept), "fecha")
        .pop()
        .unwrap_or_default();
    for file in files_ending(directory, ".parquet") {
        if !file.to_string_lossy().contains(&fecha) {
            std::fs::remove_file(file).map_err(other)?;
        }
    }
    let which = Reference::new("fecha").equal_to(Datum::string(&fecha));
    let found = scan(&table, Some(which)).await.map_err(other)?;
    Ok(judged(
        ids(&found) == ids(std::slice::from_ref(kept)),
        "el día se lee con los archivos de los demás borrados".into(),
        format!("{} filas", rows::count(&found)),
    ))
}

async fn travel(directory: &Path, days: &[RecordBatch]) -> Result<Outcome, Failure> {
    let (_, table) = table_of(directory, days).await?;
    let mut snapshots: Vec<_> = table.metadata().snapshots().collect();
    snapshots.sort_by_key(|snapshot| snapshot.sequence_number());
    let Some(first) = snapshots.first() else {
        return Ok(Outcome::No("no hay instantáneas".into()));
    };
    let old = table.scan().snapshot_id(first.snapshot_id()).select_all();
    let old: Vec<RecordBatch> = async { old.build()?.to_arrow().await?.try_collect().await }
        .await
        .map_err(|e: iceberg::Error| other(e))?;
    Ok(judged(
        ids(&old) == ids(&days[..1]),
        format!("la primera de {} instantáneas", snapshots.len()),
        format!("{} filas", rows::count(&old)),
    ))
}

async fn add_column(directory: &Path, days: &[RecordBatch]) -> Result<Outcome, Failure> {
    let (home, table) = table_of(directory, days).await?;
    let transaction = Transaction::new(&table);
    let change = transaction.update_schema().add_column(AddColumn::optional(
        "canal",
        Type::Primitive(PrimitiveType::String),
    ));
    let transaction = change.apply(transaction).map_err(other)?;
    let table = transaction
        .commit(home.catalog.as_ref())
        .await
        .map_err(other)?;
    let row = days[0].slice(0, 1);
    let channel: ArrayRef = Arc::new(StringArray::from(vec!["web"]));
    let names = row.schema();
    let columns = names
        .fields()
        .iter()
        .map(|f| f.name().as_str())
        .zip(row.columns().iter().cloned());
    let wider = RecordBatch::try_from_iter(columns.chain([("canal", channel)])).map_err(other)?;
    let table = home.append(&table, &[wider]).await?;
    let found = scan(&table, None).await.map_err(other)?;
    let nulls: usize = found
        .iter()
        .filter_map(|batch| batch.column_by_name("canal"))
        .map(|column| column.null_count())
        .sum();
    let old = rows::count(days);
    Ok(judged(
        nulls as u64 == old && rows::count(&found) == old + 1,
        "las filas anteriores la leen como nula".into(),
        format!("{nulls} nulas de {old}"),
    ))
}

async fn expire(directory: &Path, days: &[RecordBatch]) -> Result<Outcome, Failure> {
    let (home, table) = table_of(directory, days).await?;
    let lists = |directory: &Path| {
        let avro = files_ending(directory, ".avro");
        let lists = avro.iter().filter_map(|path| path.file_name());
        lists
            .filter(|name| name.to_string_lossy().starts_with("snap-"))
            .count()
    };
    let (before, files) = (table.metadata().snapshots().count(), lists(directory));
    let transaction = Transaction::new(&table);
    let expire = transaction
        .expire_snapshots()
        .expire_older_than_ms(i64::MAX);
    let transaction = expire.apply(transaction).map_err(other)?;
    let table = transaction
        .commit(home.catalog.as_ref())
        .await
        .map_err(other)?;
    let (after, left) = (table.metadata().snapshots().count(), lists(directory));
    let found = scan(&table, None).await.map_err(other)?;
    Ok(if after >= before || ids(&found) != ids(days) {
        Outcome::No(format!("de {before} instantáneas a {after}"))
    } else if left < files {
        Outcome::Yes(format!(
            "de {before} instantáneas a {after}, y sus archivos"
        ))
    } else {
        Outcome::Partly(format!(
            "de {before} instantáneas a {after} en los metadatos; los archivos siguen todos en el disco"
        ))
    })
}

/// Two catalogues that know the same table: both commit on top of it.
async fn arbitrate(directory: &Path, days: &[RecordBatch]) -> Result<Outcome, Failure> {
    let (_, table) = table_of(directory, &days[..1]).await?;
    let location = table.metadata_location().unwrap_or_default();
    let metadata = Path::new(location.strip_prefix("file://").unwrap_or(location)).to_owned();
    let (one, base) = Home::of(&metadata).await?;
    let (other_home, same) = Home::of(&metadata).await?;
    one.append(&base, &days[1..2]).await?;
    Ok(match other_home.append(&same, &days[2..3]).await {
        Err(refused) => Outcome::Yes(format!("el segundo recibe: {refused}")),
        Ok(_) => Outcome::No(
            "dos catálogos confirman encima de los mismos metadatos y la tabla se bifurca; con un catálogo común, el segundo reintenta".into(),
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
