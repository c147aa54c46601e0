//! Two kinds of session side by side: equal answers first, then ratios, coverage and what a fallback costs.

use crate::compare::same_answer;
use crate::error::CometError;
use crate::plan::Coverage;
use crate::session::{Motor, QueryRun, Session};
use crate::workload::{ABLATED, QUERIES, UDF, VARIANTS, WHOLE};
use serde::{Deserialize, Serialize};

/// What the guide promises for numeric work: so many times faster.
pub const PROMISED: [f64; 2] = [2.0, 3.0];

/// The whole comparison.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Report {
    /// Version of Spark.
    pub spark: String,
    /// Version of Comet.
    pub comet: String,
    /// Version of Java.
    pub java: String,
    /// Threads of both.
    pub hilos: usize,
    /// Heap of both, MiB.
    pub monton_mb: u64,
    /// Memory outside the heap of both, MiB.
    pub fuera_mb: u64,
    /// Median seconds until a session answers, without and with the plugin.
    pub arranque_s: [f64; 2],
    /// Most resident memory of the JVM, MiB, without and with the plugin.
    pub pico_mb: [Option<u64>; 2],
    /// The queries whose ratio counts.
    pub consultas: Vec<Compared>,
    /// The same cents in SQL and in Python.
    pub udf: Vec<Compared>,
    /// The same query with less and less of Comet.
    pub retrocesos: Vec<Fallback>,
}

/// A query with and without Comet.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Compared {
    /// Its name.
    pub nombre: String,
    /// Rows of its answer, equal in both.
    pub filas: usize,
    /// Median of Spark's warm runs.
    pub spark_s: f64,
    /// Median of Comet's warm runs.
    pub comet_s: f64,
    /// Its first run in a session, Spark and Comet.
    pub primera_s: [f64; 2],
    /// How many times faster Comet was: Spark's time over Comet's.
    pub razon: f64,
    /// Operators of Spark's plan.
    pub plan_spark: Coverage,
    /// Operators of the plan with Comet.
    pub plan_comet: Coverage,
    /// Why operators stayed in Spark, in Comet's words.
    pub motivos: Vec<String>,
    /// Comet's own count.
    pub resumen: Option<String>,
}

/// One query in one variant, always in a session with the plugin.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Fallback {
    /// What was taken away.
    pub variante: String,
    /// Median of its warm runs.
    pub segundos: f64,
    /// Its time over that of the variant in which nothing is native: above 1, half a Comet is worse than none.
    pub frente_a_nada: f64,
    /// Its operators.
    pub plan: Coverage,
    /// Why operators stayed in Spark.
    pub motivos: Vec<String>,
}

/// What became of «2–3× faster».
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Verdict {
    /// Queries that are 2 to 3 times faster.
    pub dentro: usize,
    /// Less than twice as fast, but faster.
    pub menos: usize,
    /// More than 3 times.
    pub mas: usize,
    /// Slower than without Comet.
    pub pierde: usize,
    /// Geometric mean of the ratios.
    pub media: f64,
}

impl Report {
    /// The comparison of all sessions: runs of the same query are put together, whatever session they are of.
    ///
    /// # Errors
    /// - [`CometError::OneSided`] without a session of each kind.
    /// - [`CometError::Missing`], [`CometError::Failed`] or [`CometError::NoTime`] for a query that one of them lacks.
    /// - [`CometError::Different`] when an answer is not that of the first session.
    /// - [`CometError::Plan`] when a plan cannot be read.
    pub fn of(sessions: &[Session]) -> Result<Self, CometError> {
        let side =
            |motor| -> Vec<&Session> { sessions.iter().filter(|s| s.motor == motor).collect() };
        let (spark, comet) = (side(Motor::Spark), side(Motor::Comet));
        let (Some(first), Some(with)) = (spark.first(), comet.first()) else {
            return Err(CometError::OneSided);
        };
        let present = |(name, _): &&(&str, &str)| first.find(name, WHOLE).is_some();
        let compared = |list: &[(&str, &str)]| -> Result<Vec<Compared>, CometError> {
            let names = list.iter().filter(present);
            names
                .map(|(name, _)| compare(&spark, &comet, name))
                .collect()
        };
        Ok(Self {
            spark: first.spark.clone(),
            comet: with.comet.clone().unwrap_or_default(),
            java: first.java.clone(),
            hilos: first.hilos,
            monton_mb: first.monton_mb,
            fuera_mb: first.fuera_mb,
            arranque_s: [&spark, &comet].map(|all| {
                median(&all.iter().map(|s| s.arranque_s).collect::<Vec<_>>()).unwrap_or_default()
            }),
            pico_mb: [&spark, &comet].map(|all| all.iter().filter_map(|s| s.pico_mb).max()),
            consultas: compared(&QUERIES)?,
            udf: compared(&UDF)?,
            retrocesos: fallbacks(&spark, &comet)?,
        })
    }

    /// What the ratios say of the guide's promise; `None` without queries.
    pub fn verdict(&self) -> Option<Verdict> {
        let ratios: Vec<f64> = self.consultas.iter().map(|c| c.razon).collect();
        let count = |is: &dyn Fn(f64) -> bool| ratios.iter().filter(|r| is(**r)).count();
        let [low, high] = PROMISED;
        Some(Verdict {
            dentro: count(&|r| (low..=high).contains(&r)),
            menos: count(&|r| (1.0..low).contains(&r)),
            mas: count(&|r| r > high),
            pierde: count(&|r| r < 1.0),
            media: geometric_mean(&ratios)?,
        })
    }
}

/// Every run of a query, from sessions of one kind; all must have answered as `reference` did.
fn gather<'a>(
    sessions: &[&'a Session],
    query: &str,
    variant: &str,
    reference: Option<&QueryRun>,
) -> Result<(&'a QueryRun, f64, f64), CometError> {
    let motor = sessions.first().map_or("", |s| s.motor.word());
    let runs: Option<Vec<&QueryRun>> = sessions.iter().map(|s| s.find(query, variant)).collect();
    let missing = || CometError::Missing {
        query: format!("{query} ({variant})"),
        motor,
    };
    let runs = runs.ok_or_else(missing)?;
    let first = *runs.first().ok_or_else(missing)?;
    for run in &runs {
        run.succeeded()?;
        same_answer(reference.unwrap_or(first), run).map_err(|difference| {
            CometError::Different {
                query: run.label(),
                difference,
            }
        })?;
    }
    let warm: Vec<f64> = runs
        .iter()
        .flat_map(|run| run.warm().iter().copied())
        .collect();
    let cold: Vec<f64> = runs
        .iter()
        .filter_map(|run| run.segundos.first().copied())
        .collect();
    let none = || CometError::NoTime {
        query: first.label(),
    };
    let seconds = median(&warm).filter(|s| *s > 0.0).ok_or_else(none)?;
    Ok((first, seconds, median(&cold).ok_or_else(none)?))
}

fn compare(spark: &[&Session], comet: &[&Session], query: &str) -> Result<Compared, CometError> {
    let (without, spark_s, spark_first) = gather(spark, query, WHOLE, None)?;
    let (with, comet_s, comet_first) = gather(comet, query, WHOLE, Some(without))?;
    Ok(Compared {
        nombre: query.to_owned(),
        filas: without.filas.len(),
        spark_s,
        comet_s,
        primera_s: [spark_first, comet_first],
        razon: spark_s / comet_s,
        plan_spark: without.parsed_plan()?.coverage(),
        plan_comet: with.parsed_plan()?.coverage(),
        motivos: with.motivos.clone(),
        resumen: with.resumen.clone(),
    })
}

/// The whole query and its variants, in the order of [`VARIANTS`].
fn fallbacks(spark: &[&Session], comet: &[&Session]) -> Result<Vec<Fallback>, CometError> {
    let (without, ..) = gather(spark, ABLATED, WHOLE, None)?;
    let names = std::iter::once(WHOLE).chain(VARIANTS.iter().map(|(name, _)| *name));
    let mut found = Vec::new();
    for variant in names {
        let (run, seconds, _) = gather(comet, ABLATED, variant, Some(without))?;
        found.push(Fallback {
            variante: variant.to_owned(),
            segundos: seconds,
            frente_a_nada: 1.0,
            plan: run.parsed_plan()?.coverage(),
            motivos: run.motivos.clone(),
        });
    }
    let none = found.last().map_or(1.0, |last| last.segundos);
    for fallback in &mut found {
        fallback.frente_a_nada = fallback.segundos / none;
    }
    Ok(found)
}

/// The middle value, or the mean of the two middle ones; `None` without values.
pub fn median(values: &[f64]) -> Option<f64> {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    let middle = sorted.len() / 2;
    match sorted.len() {
        0 => None,
        n if n % 2 == 1 => Some(sorted[middle]),
        _ => Some(f64::midpoint(sorted[middle - 1], sorted[middle])),
    }
}

/// The geometric mean, as ratios are averaged; `None` without values.
///
/// ```
/// use ej_16_4_3_comet::geometric_mean;
/// assert_eq!(geometric_mean(&[2.0, 0.5]), Some(1.0));
/// assert_eq!(geometric_mean(&[]), None);
/// ```
pub fn geometric_mean(ratios: &[f64]) -> Option<f64> {
    let logarithms: f64 = ratios.iter().map(|r| r.ln()).sum();
    (!ratios.is_empty()).then(|| (logarithms / ratios.len() as f64).exp())
}
