//! TPC-H in this process, and in one and two others with the same cores.

use std::collections::BTreeMap;
use std::path::Path;
use std::time::Instant;

use arrow::record_batch::RecordBatch;
use ecommerce_cluster::{Cluster, ClusterError, Engine, Options, Traffic};
use ej_16_4_1_datafusion::tpch;
use serde::Serialize;

use super::MeasureError;
use crate::compare::difference;
use crate::functions::functions;
use crate::raised::{Raised, Shape};
use crate::tables::Tables;

/// One query in one arrangement.
#[derive(Clone, Debug, Serialize)]
pub(super) struct Timing {
    pub(super) consulta: usize,
    pub(super) caso: String,
    /// The best of the repetitions; none if there is no answer.
    pub(super) segundos: Option<f64>,
    pub(super) etapas: usize,
    pub(super) bytes_movidos: u64,
    /// Why there is no time: refused, failed or different.
    pub(super) sin_tiempo: Option<String>,
}

pub(super) const LOCAL: &str = "datafusion";

pub(super) async fn all(
    program: &Path,
    data: &Tables,
    scale: f64,
    cores: usize,
    times: usize,
) -> Result<Vec<Timing>, MeasureError> {
    let (mut timings, expected) = local(data, scale, cores, times).await?;
    for engine in [Engine::Ballista, Engine::Distribuido] {
        for executors in [1, 2] {
            let mut shape = Shape::of(engine);
            shape.executors = executors;
            shape.cores = cores.div_ceil(executors);
            shape.restarts = 0;
            let raised = Raised::start(program, &shape)?;
            let options = Options {
                functions: functions(),
                partitions: cores,
                ..Options::default()
            };
            let cluster = Cluster::connect(raised.url(), options).await?;
            data.register(&cluster, &data.directory().display().to_string())
                .await?;
            let case = format!("{engine}-{executors}");
            for (number, sql) in queries(scale) {
                timings.push(one(&cluster, number, &sql, &case, &expected[&number], times).await?);
            }
        }
    }
    Ok(timings)
}

fn queries(scale: f64) -> Vec<(usize, String)> {
    (1..=22)
        .filter_map(|number| Some((number, tpch::query(number, scale)?)))
        .collect()
}

type Answers = BTreeMap<usize, Vec<RecordBatch>>;

async fn local(
    data: &Tables,
    scale: f64,
    cores: usize,
    times: usize,
) -> Result<(Vec<Timing>, Answers), MeasureError> {
    let context = data.one_process(cores).await?;
    let mut timings = Vec::new();
    let mut answers = Answers::new();
    for (number, sql) in queries(scale) {
        let mut best = f64::INFINITY;
        for _ in 0..times.max(1) {
            let start = Instant::now();
            let answer = context.sql(&sql).await?.collect().await?;
            best = best.min(start.elapsed().as_secs_f64());
            answers.insert(number, answer);
        }
        timings.push(Timing {
            consulta: number,
            caso: LOCAL.to_owned(),
            segundos: Some(best),
            etapas: 1,
            bytes_movidos: 0,
            sin_tiempo: None,
        });
    }
    Ok((timings, answers))
}

async fn one(
    cluster: &Cluster,
    number: usize,
    sql: &str,
    case: &str,
    expected: &[RecordBatch],
    times: usize,
) -> Result<Timing, MeasureError> {
    let mut timing = Timing {
        consulta: number,
        caso: case.to_owned(),
        segundos: None,
        etapas: 0,
        bytes_movidos: 0,
        sin_tiempo: None,
    };
    for _ in 0..times.max(1) {
        let start = Instant::now();
        let answer = match cluster.sql(sql).await {
            Ok(answer) => answer,
            Err(error @ (ClusterError::Refused(_) | ClusterError::Execution(_))) => {
                timing.sin_tiempo = Some(error.to_string());
                return Ok(timing);
            }
            Err(error) => return Err(error.into()),
        };
        let seconds = start.elapsed().as_secs_f64();
        // An answer that differs has no time.
        if let Some(difference) = difference(expected, &answer.batches, true)? {
            timing.segundos = None;
            timing.sin_tiempo = Some(format!("otra respuesta: {difference}"));
            return Ok(timing);
        }
        let Traffic {
            stages,
            shuffled_bytes,
        } = answer.traffic;
        timing.segundos = Some(
            timing
                .segundos
                .map_or(seconds, |best: f64| best.min(seconds)),
        );
        timing.etapas = stages;
        timing.bytes_movidos = shuffled_bytes;
    }
    Ok(timing)
}
