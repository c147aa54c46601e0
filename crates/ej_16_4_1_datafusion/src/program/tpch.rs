//! `tpch`: the queries, each as often as asked, with its seconds and its answer.

use super::arguments::Race;
use super::messages::{self, Failures, in_spanish};
use super::queries::settings;
use super::{save, say};
use crate::tpch::{Answer, Dataset, QUERIES, query};
use crate::{Engine, EngineError, Settings, run};
use anyhow::{Context as _, Result};
use ecommerce_model::first_disagreement;
use serde::Serialize;
use std::collections::BTreeMap;
use std::time::Instant;

#[derive(Serialize)]
struct Report {
    motor: &'static str,
    version: String,
    escala: f64,
    opciones: BTreeMap<String, String>,
    apertura_s: f64,
    consultas: Vec<Done>,
}

#[derive(Serialize)]
#[serde(untagged)]
enum Done {
    Answered {
        consulta: usize,
        segundos: Vec<f64>,
        columnas: Vec<String>,
        resultado: Vec<Vec<Option<String>>>,
    },
    Failed {
        consulta: usize,
        error: String,
        #[serde(skip)]
        code: u8,
    },
}

pub(super) async fn answer(race: &Race) -> Result<()> {
    let data = Dataset::open(&race.datos)?;
    let settings = settings(&race.session, Settings::default());
    let start = Instant::now();
    let engine = Engine::new(&settings)?;
    data.register(&engine).await?;
    let opened = start.elapsed().as_secs_f64();
    let numbers: Vec<usize> = if race.consulta.is_empty() {
        (1..=QUERIES.len()).collect()
    } else {
        race.consulta
            .iter()
            .map(|number| usize::from(*number))
            .collect()
    };
    let mut done = Vec::new();
    for number in numbers {
        let sql = query(number, data.scale()).context("esa consulta no existe")?;
        done.push(match repeat(&engine, &sql, race).await {
            Ok((segundos, answer)) => Done::Answered {
                consulta: number,
                segundos,
                columnas: answer.columns,
                resultado: answer.rows,
            },
            Err(Trouble::Engine(error)) => Done::Failed {
                consulta: number,
                error: in_spanish(&error),
                code: messages::code(&error),
            },
            Err(Trouble::Unsteady(row)) => Done::Failed {
                consulta: number,
                error: format!("una repetición dio otra respuesta en la fila {row}"),
                code: messages::INPUT,
            },
        });
    }
    let failures = failures(&done);
    let report = Report {
        motor: "datafusion",
        version: format!("datafusion {}", datafusion::DATAFUSION_VERSION),
        escala: data.scale(),
        opciones: settings.options.into_iter().collect(),
        apertura_s: rounded(opened),
        consultas: done,
    };
    match &race.json {
        Some(path) => save(path, &(serde_json::to_string(&report)? + "\n"))?,
        None => say(&table(&report))?,
    }
    match failures {
        None => Ok(()),
        Some(failures) => Err(failures.into()),
    }
}

fn failures(done: &[Done]) -> Option<Failures> {
    let failed: Vec<_> = done
        .iter()
        .filter_map(|done| match done {
            Done::Answered { .. } => None,
            Done::Failed {
                consulta,
                error,
                code,
            } => Some((*code, format!("consulta {consulta}: {error}"))),
        })
        .collect();
    let texts: Vec<_> = failed.iter().map(|(_, text)| text.as_str()).collect();
    Some(Failures {
        code: failed.first()?.0,
        text: texts.join("; "),
    })
}

enum Trouble {
    Engine(EngineError),
    /// The row, from 1, that was not there before.
    Unsteady(usize),
}

impl From<EngineError> for Trouble {
    fn from(error: EngineError) -> Self {
        Self::Engine(error)
    }
}

/// Seconds of each repetition, from the text of the query to its rows in memory, and the answer, which must stay the same.
async fn repeat(engine: &Engine, sql: &str, race: &Race) -> Result<(Vec<f64>, Answer), Trouble> {
    let mut seconds = Vec::new();
    let mut first: Option<Answer> = None;
    let begun = Instant::now();
    for turn in 0..race.repeticiones.get() {
        if turn > 0 && race.segundos.is_some_and(|limit| begun.elapsed() >= limit) {
            break;
        }
        let start = Instant::now();
        let frame = engine.query(sql).await?;
        let columns = frame.schema().fields().iter().map(|f| f.name().clone());
        let columns = columns.collect();
        let (batches, _) = run(frame).await?;
        seconds.push(rounded(start.elapsed().as_secs_f64()));
        let answer = Answer::of(columns, &batches)?;
        match &first {
            None => first = Some(answer),
            Some(first) => {
                // Rows that tie in what the query sorts by may change places.
                if let Some(row) = first_disagreement(&answer.rows, &first.rows, &[]) {
                    return Err(Trouble::Unsteady(row + 1));
                }
            }
        }
    }
    let none = || Answer {
        columns: Vec::new(),
        rows: Vec::new(),
    };
    Ok((seconds, first.unwrap_or_else(none)))
}

fn table(report: &Report) -> String {
    let mut text = format!("{}, escala {}\n", report.version, report.escala);
    for done in &report.consultas {
        let line = match done {
            Done::Answered {
                consulta,
                segundos,
                resultado,
                ..
            } => {
                let mut sorted = segundos.clone();
                sorted.sort_by(f64::total_cmp);
                let median = sorted.get(sorted.len() / 2).copied().unwrap_or(0.0);
                format!(
                    "{consulta:>4}  {median:>9.4} s  {} filas\n",
                    resultado.len()
                )
            }
            Done::Failed {
                consulta, error, ..
            } => format!("{consulta:>4}  {error}\n"),
        };
        text.push_str(&line);
    }
    text
}

fn rounded(seconds: f64) -> f64 {
    (seconds * 1e6).round() / 1e6
}
