//! The experiment: both writers started, set on the same table, and judged.

use super::judge::{End, Outcome, Round, judge_appends, judge_delete, judge_replace};
use super::party::Party;
use super::wire::{Command, Commit, REPLACED_BY};
use super::writer::{APPENDED, rows};
use crate::delta;
use crate::error::FormatError;
use crate::place::{Place, StoreOptions};
use arrow::array::AsArray;
use arrow::compute::cast;
use arrow::datatypes::DataType;
use deltalake::DeltaTable;
use deltalake::kernel::transaction::CommitProperties;
use serde_json::Value;
use std::collections::BTreeMap;
use std::ffi::OsString;

/// What to run.
#[derive(Clone)]
pub struct Plan {
    /// Where the new table will stand, as [`Place::parse`] takes it.
    pub table: String,
    /// Settings of its store; the writers get them as environment variables.
    pub options: Vec<(String, String)>,
    /// The Rust writer: program and arguments.
    pub rust: Vec<OsString>,
    /// The other writer.
    pub spark: Vec<OsString>,
    /// What is special about the other writer, for the report.
    pub condition: Option<String>,
    /// Commits that the other writer appends; the Rust writer appends until it has finished.
    pub appends: u32,
    /// Rounds in which both replace the same day, and as many in which both delete from the same file.
    pub rounds: u32,
}

/// Runs the experiment on a new table.
///
/// # Errors
/// * [`FormatError::Program`] if a writer cannot be started, dies or stays silent.
/// * [`FormatError::Table`], [`FormatError::Place`] if the table cannot be made or, at the end, read.
pub async fn run(plan: &Plan) -> Result<Outcome, FormatError> {
    let options: StoreOptions = plan.options.iter().cloned().collect();
    let place = Place::parse(&plan.table, &options)?;
    create(&place, plan.rounds).await?;

    let mut rust = Party::start("escritor de Rust", &plan.rust, &plan.options)?;
    let mut spark = Party::start("escritor de Spark", &plan.spark, &plan.options)?;
    let motores = [rust.ready()?, spark.ready()?];

    spark.tell(&Command::Append("spark".into(), plan.appends))?;
    rust.tell(&Command::AppendUntilStopped("rust".into()))?;
    let mut by_spark = spark.until_done()?;
    rust.tell(&Command::Stop)?;
    let mut by_rust = rust.until_done()?;

    let mut rounds = Vec::new();
    for n in 0..plan.rounds {
        let (day, prefix) = (replaced_day(n), format!("r{n}"));
        let at_once = both(&mut rust, &mut spark, |who| {
            Command::Replace(day.clone(), format!("{prefix}-{who}"))
        })?;
        rounds.push(("reemplazar", day, at_once));
    }
    for n in 0..plan.rounds {
        let day = deleted_day(n);
        let at_once = both(&mut rust, &mut spark, |who| {
            Command::Delete(day.clone(), format!("{day}-{who}"))
        })?;
        rounds.push(("borrar", day, at_once));
    }
    rust.end()?;
    spark.end()?;
    let at_once = rounds
        .iter_mut()
        .flat_map(|(_, _, (one, other))| [one, other]);
    for commit in by_rust.iter_mut().chain(&mut by_spark).chain(at_once) {
        hide_place(commit, &plan.table);
    }

    let table = place.open().await?;
    let found = ids_by_day(&place, &table).await?;
    let log = signatures(&place, &table).await?;
    let appended: Vec<String> = ids_of(&found, APPENDED);
    Ok(Outcome {
        almacen: if plan.table.contains("://") {
            "s3"
        } else {
            "disco"
        }
        .to_owned(),
        condicion: plan.condition.clone(),
        motores,
        versiones: table.version().map_or(0, |last| last + 1),
        agregados: judge_appends(&by_rust, &by_spark, &appended, &log),
        rondas: rounds
            .into_iter()
            .map(|(order, day, (rust, spark))| {
                let fin = judge_round(order, &day, &rust, &spark, &ids_of(&found, &day));
                Round {
                    orden: order.to_owned(),
                    dia: day,
                    rust,
                    spark,
                    fin,
                }
            })
            .collect(),
    })
}

/// Sets both on the same thing at once and waits for both.
fn both(
    rust: &mut Party,
    spark: &mut Party,
    command: impl Fn(&str) -> Command,
) -> Result<(Commit, Commit), FormatError> {
    // Spark first: from the order to its commit it needs tens of milliseconds more.
    spark.tell(&command("spark"))?;
    rust.tell(&command("rust"))?;
    Ok((rust.single()?, spark.single()?))
}

/// Where the table stood is of no use once the run is over.
fn hide_place(commit: &mut Commit, table: &str) {
    if let Some(error) = &mut commit.error {
        // Spark calls the same place by other names.
        let on_s3a = table.replacen("s3://", "s3a://", 1);
        for place in [format!("file:{table}"), on_s3a, table.to_owned()] {
            *error = error.replace(&place, "<tabla>");
        }
    }
}

fn judge_round(order: &str, day: &str, rust: &Commit, spark: &Commit, found: &[String]) -> End {
    let written = |commit: &Commit| -> Vec<String> {
        (0..REPLACED_BY)
            .map(|i| format!("{}-{i}", commit.id))
            .collect()
    };
    let base = base_ids(day);
    if order == "reemplazar" {
        judge_replace(
            &base,
            (rust, &written(rust)),
            (spark, &written(spark)),
            found,
        )
    } else {
        judge_delete(&base, rust, spark, found)
    }
}

fn replaced_day(n: u32) -> String {
    format!("reemplazo-{n}")
}

fn deleted_day(n: u32) -> String {
    format!("borrado-{n}")
}

/// The rows of a day before its round: one for each writer to delete, and one that must stay.
fn base_ids(day: &str) -> Vec<String> {
    ["rust", "spark", "queda"]
        .iter()
        .map(|who| format!("{day}-{who}"))
        .collect()
}

/// The table before anybody competes: the days of all rounds, each in one file.
async fn create(place: &Place, rounds: u32) -> Result<DeltaTable, FormatError> {
    let mut batches = Vec::new();
    for day in (0..rounds).flat_map(|n| [replaced_day(n), deleted_day(n)]) {
        batches.push(rows(&day, "base", base_ids(&day))?);
    }
    if batches.is_empty() {
        batches.push(rows("base", "base", ["base".to_owned()])?);
    }
    let commit = CommitProperties::default();
    delta::append(place, place.nothing_yet(), batches, "dia", commit).await
}

async fn ids_by_day(
    place: &Place,
    table: &DeltaTable,
) -> Result<Vec<(String, String)>, FormatError> {
    let mut found = Vec::new();
    for batch in delta::query(place, table, "SELECT dia, id FROM t").await? {
        let (days, ids) = (
            cast(batch.column(0), &DataType::Utf8)?,
            cast(batch.column(1), &DataType::Utf8)?,
        );
        let (days, ids) = (days.as_string::<i32>(), ids.as_string::<i32>());
        found.extend(
            days.iter()
                .zip(ids)
                .filter_map(|(day, id)| Some((day?.to_owned(), id?.to_owned()))),
        );
    }
    Ok(found)
}

fn ids_of(found: &[(String, String)], day: &str) -> Vec<String> {
    found
        .iter()
        .filter(|(of, _)| of == day)
        .map(|(_, id)| id.clone())
        .collect()
}

/// Who signed which version: our own metadata of deltalake's commits, the user metadata of Spark's.
async fn signatures(
    place: &Place,
    table: &DeltaTable,
) -> Result<BTreeMap<u64, String>, FormatError> {
    let mut signed = BTreeMap::new();
    for version in 0..=table.version().unwrap_or(0) {
        let entry = place
            .log_store()
            .read_commit_entry(version)
            .await
            .map_err(|e| delta::refused(place, &e))?;
        for line in entry
            .unwrap_or_default()
            .split(|byte| *byte == b'\n')
            .filter(|line| !line.is_empty())
        {
            let action: Value = serde_json::from_slice(line)?;
            let info = &action["commitInfo"];
            if let Some(id) = info["acta"].as_str().or(info["userMetadata"].as_str()) {
                signed.insert(version, id.to_owned());
            }
        }
    }
    Ok(signed)
}

/// The command that runs another one with every rename delayed by so many milliseconds, just before it happens.
///
/// Spark's log store for a directory looks whether the version is there and then renames its file over it. In between
/// anybody can create the version; delayed, in between is long.
pub fn strace_that_delays_renames(milliseconds: u64) -> Vec<String> {
    let calls = "rename,renameat,renameat2";
    let delay = format!("inject={calls}:delay_enter={}", milliseconds * 1000);
    let arguments = [
        "strace",
        "-f",
        "-qq",
        "-o",
        "/dev/null",
        "--seccomp-bpf",
        "-e",
    ];
    let mut command: Vec<String> = arguments.map(str::to_owned).into();
    command.extend([format!("trace={calls}"), "-e".to_owned(), delay]);
    command
}
