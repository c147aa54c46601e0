//! What was believed against what is there.

use super::wire::Commit;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// An acknowledged row that the table does not hold.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Lost {
    /// The row.
    pub id: String,
    /// The version that its writer was told.
    pub version: Option<u64>,
    /// Whose commit stands under that version in the log.
    pub la_tiene: Option<String>,
}

/// How appends of two writers ended.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub struct Appends {
    /// Commits that the Rust writer was told had happened.
    pub confirmados_rust: usize,
    /// The same of the other writer.
    pub confirmados_spark: usize,
    /// Commits that were refused, of both.
    pub rechazados: Vec<Commit>,
    /// Acknowledged to Rust and not in the table.
    pub perdidos_rust: Vec<Lost>,
    /// Acknowledged to the other and not in the table.
    pub perdidos_spark: Vec<Lost>,
    /// In the table more than once.
    pub doblados: Vec<String>,
    /// In the table, though nobody was told so.
    pub sin_confirmar: Vec<String>,
    /// Neighbouring versions of the log that are of different writers: proof that they met.
    pub alternancias: usize,
}

/// Judges appends: `found` are the ids in the table, `log` who signed which version.
pub fn judge_appends(
    rust: &[Commit],
    spark: &[Commit],
    found: &[String],
    log: &BTreeMap<u64, String>,
) -> Appends {
    let mut times: BTreeMap<&str, usize> = BTreeMap::new();
    for id in found {
        *times.entry(id).or_default() += 1;
    }
    let lost = |commits: &[Commit]| -> Vec<Lost> {
        let missing = commits
            .iter()
            .filter(|c| c.hecho && !times.contains_key(c.id.as_str()));
        missing
            .map(|c| Lost {
                id: c.id.clone(),
                version: c.version,
                la_tiene: c.version.and_then(|v| log.get(&v).cloned()),
            })
            .collect()
    };
    let acknowledged = |commits: &[Commit]| commits.iter().filter(|c| c.hecho).count();
    let told: BTreeSet<&str> = rust
        .iter()
        .chain(spark)
        .filter(|c| c.hecho)
        .map(|c| c.id.as_str())
        .collect();
    Appends {
        confirmados_rust: acknowledged(rust),
        confirmados_spark: acknowledged(spark),
        rechazados: rust
            .iter()
            .chain(spark)
            .filter(|c| !c.hecho)
            .cloned()
            .collect(),
        perdidos_rust: lost(rust),
        perdidos_spark: lost(spark),
        doblados: times
            .iter()
            .filter(|(_, n)| **n > 1)
            .map(|(id, _)| (*id).to_owned())
            .collect(),
        sin_confirmar: times
            .keys()
            .filter(|id| !told.contains(*id))
            .map(|id| (*id).to_owned())
            .collect(),
        alternancias: alternations(rust, spark, log),
    }
}

/// How often the log changes hands.
fn alternations(rust: &[Commit], spark: &[Commit], log: &BTreeMap<u64, String>) -> usize {
    let of =
        |commits: &[Commit]| -> BTreeSet<String> { commits.iter().map(|c| c.id.clone()).collect() };
    let (rust, spark) = (of(rust), of(spark));
    let hands: Vec<bool> = log
        .values()
        .filter_map(|id| match (rust.contains(id), spark.contains(id)) {
            (true, _) => Some(true),
            (_, true) => Some(false),
            _ => None,
        })
        .collect();
    hands.windows(2).filter(|pair| pair[0] != pair[1]).count()
}

/// How a round on one day ended.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum End {
    /// The day is as the Rust writer left it.
    Rust,
    /// As the other left it.
    Spark,
    /// Both changes are there, one after the other.
    Ambos,
    /// Neither; and neither was told otherwise.
    Ninguno,
    /// Something that no order of the acknowledged commits gives: the ids that are there.
    Roto(Vec<String>),
}

/// Both writers replaced the rows of one day: it must be one writer's rows, whole, and that writer must have been told.
pub fn judge_replace(
    base: &[String],
    rust: (&Commit, &[String]),
    spark: (&Commit, &[String]),
    found: &[String],
) -> End {
    let found = sorted(found);
    if rust.0.hecho && found == sorted(rust.1) {
        End::Rust
    } else if spark.0.hecho && found == sorted(spark.1) {
        End::Spark
    } else if !rust.0.hecho && !spark.0.hecho && found == sorted(base) {
        End::Ninguno
    } else {
        End::Roto(found)
    }
}

/// Each writer deleted a row of its own from one file: what stays is exactly what nobody was told to have deleted.
pub fn judge_delete(base: &[String], rust: &Commit, spark: &Commit, found: &[String]) -> End {
    let gone = |id: &String| {
        [rust, spark]
            .iter()
            .any(|commit| commit.hecho && commit.id == *id)
    };
    let expected: Vec<String> = base.iter().filter(|id| !gone(id)).cloned().collect();
    let found = sorted(found);
    if found != sorted(&expected) {
        return End::Roto(found);
    }
    match (rust.hecho, spark.hecho) {
        (true, true) => End::Ambos,
        (true, false) => End::Rust,
        (false, true) => End::Spark,
        (false, false) => End::Ninguno,
    }
}

fn sorted(ids: &[String]) -> Vec<String> {
    let mut ids = ids.to_vec();
    ids.sort();
    ids
}

/// A round: both writers at one day at once.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Round {
    /// `reemplazar` or `borrar`.
    pub orden: String,
    /// The day.
    pub dia: String,
    /// What the Rust writer was told.
    pub rust: Commit,
    /// What the other was told.
    pub spark: Commit,
    /// What the table says.
    pub fin: End,
}

/// The whole experiment.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Outcome {
    /// Where the table was: `disco` or `s3`.
    pub almacen: String,
    /// What was done to the second writer, if anything: renames delayed, …
    pub condicion: Option<String>,
    /// Names and versions of both writers.
    pub motores: [String; 2],
    /// Commits in the log.
    pub versiones: u64,
    /// The appends.
    pub agregados: Appends,
    /// The rounds.
    pub rondas: Vec<Round>,
}
