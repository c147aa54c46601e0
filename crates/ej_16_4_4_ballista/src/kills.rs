//! A process killed at a known point of a query, and what the client was told.

use std::time::{Duration, Instant};

use arrow::record_batch::RecordBatch;
use ecommerce_cluster::faults::{Fault, inject};
use ecommerce_cluster::{Cluster, ClusterError};

use crate::compare::difference;
use crate::gate::Gates;

/// Which process, and when.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Phase {
    /// An executor that is working on the first stage.
    FirstStage,
    /// An executor that is working on the second stage; the first has ended.
    SecondStageWorking,
    /// Another executor, while the second stage runs: what it had written for it is lost.
    SecondStageOther,
    /// All executors, in the first stage.
    AllExecutors,
    /// The scheduler, in the first stage.
    SchedulerFirst,
    /// The scheduler, in the second stage.
    SchedulerSecond,
    /// An executor, before the query is sent.
    Idle,
}

impl Phase {
    /// Every one.
    pub const ALL: [Self; 7] = [
        Self::FirstStage,
        Self::SecondStageWorking,
        Self::SecondStageOther,
        Self::AllExecutors,
        Self::SchedulerFirst,
        Self::SchedulerSecond,
        Self::Idle,
    ];

    /// Returns it in Spanish.
    pub fn name(self) -> &'static str {
        match self {
            Self::FirstStage => "un ejecutor, en la primera etapa",
            Self::SecondStageWorking => "el ejecutor que trabaja en la segunda etapa",
            Self::SecondStageOther => "el otro ejecutor, con la primera etapa acabada",
            Self::AllExecutors => "todos los ejecutores",
            Self::SchedulerFirst => "el planificador, en la primera etapa",
            Self::SchedulerSecond => "el planificador, en la segunda etapa",
            Self::Idle => "un ejecutor, antes de la consulta",
        }
    }
}

/// What the client was told.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// The right rows.
    Right,
    /// Other rows: what must never be.
    Wrong(String),
    /// One error that names the loss.
    Lost(String),
    /// Nothing in time.
    Late,
    /// Another error.
    Failed(String),
}

/// One kill.
#[derive(Clone, Debug, serde::Serialize)]
pub struct Strike {
    /// When it was.
    pub phase: Phase,
    /// What came of it.
    pub outcome: Outcome,
    /// From the kill to the answer.
    pub took: Duration,
    /// Whether the phase was reached and the process killed: else it proved nothing.
    pub landed: bool,
}

/// How long a query may take to reach a gate.
const ARRIVAL: Duration = Duration::from_secs(20);

/// Returns the query with a gate in each of its two stages. `v` and `k` are columns of `ventas_k`.
fn gated(name: &str) -> String {
    format!(
        "SELECT k, compuerta('{name}-2', s) AS s FROM \
         (SELECT id % 10 AS k, sum(compuerta('{name}-1', id)) AS s FROM a GROUP BY id % 10)"
    )
}

/// Sends a query over `a`, kills in the given phase, and returns what the client was told.
///
/// `protected` false asks the engine itself, without our wrapper.
///
/// # Errors
/// * What happens before the kill: the query cannot be planned, a process cannot be signalled.
pub async fn strike(
    cluster: &Cluster,
    gates: &Gates,
    phase: Phase,
    name: &str,
    protected: bool,
) -> Result<Strike, ClusterError> {
    let plan = cluster.plan(&gated(name)).await?;
    let expected = expected(cluster).await?;
    let pids: Vec<u32> = cluster.members().iter().map(|member| member.pid).collect();
    let first = format!("{name}-1");
    let second = format!("{name}-2");
    let open = |gate: &str| {
        gates.open(gate).map_err(|source| ClusterError::Process {
            what: format!("opening the gate {gate}"),
            source,
        })
    };
    let query = async {
        let answer = if protected {
            cluster.collect(plan).await
        } else {
            cluster.collect_unprotected(plan).await
        };
        (answer, Instant::now())
    };
    let killing = async {
        let victims: Vec<u32> = match phase {
            Phase::Idle => pids.first().copied().into_iter().collect(),
            Phase::FirstStage | Phase::AllExecutors | Phase::SchedulerFirst => {
                match gates.arrival(&first, ARRIVAL).await {
                    None => Vec::new(),
                    Some(_) if phase == Phase::AllExecutors => pids.clone(),
                    Some(_) if phase == Phase::SchedulerFirst => vec![cluster.scheduler_pid()],
                    Some(pid) => vec![pid],
                }
            }
            Phase::SecondStageWorking | Phase::SecondStageOther | Phase::SchedulerSecond => {
                open(&first)?;
                match gates.arrival(&second, ARRIVAL).await {
                    None => Vec::new(),
                    Some(_) if phase == Phase::SchedulerSecond => vec![cluster.scheduler_pid()],
                    Some(pid) if phase == Phase::SecondStageWorking => vec![pid],
                    Some(pid) => pids
                        .iter()
                        .copied()
                        .filter(|other| *other != pid)
                        .take(1)
                        .collect(),
                }
            }
        };
        for pid in &victims {
            inject(Fault::Kill, *pid)?;
        }
        let at = Instant::now();
        // Whoever is left goes on.
        open(&first)?;
        open(&second)?;
        Ok::<_, ClusterError>((at, !victims.is_empty()))
    };
    let ((answer, ended), killed) = if phase == Phase::Idle {
        let killed = killing.await;
        (query.await, killed)
    } else {
        tokio::join!(query, killing)
    };
    let (at, landed) = killed?;
    let outcome = match answer {
        Ok(answer) => match difference(&expected, &answer.batches, false) {
            Ok(None) => Outcome::Right,
            Ok(Some(difference)) => Outcome::Wrong(difference),
            Err(error) => Outcome::Failed(error.to_string()),
        },
        Err(error) if error.is_loss() => Outcome::Lost(error.to_string()),
        Err(ClusterError::Deadline(_)) => Outcome::Late,
        Err(error) => Outcome::Failed(error.to_string()),
    };
    Ok(Strike {
        phase,
        outcome,
        took: ended.saturating_duration_since(at),
        landed,
    })
}

/// The same without gates, in this process.
async fn expected(cluster: &Cluster) -> Result<Vec<RecordBatch>, ClusterError> {
    let plain = "SELECT id % 10 AS k, sum(id) AS s FROM a GROUP BY id % 10";
    let failed = |error| ClusterError::Execution(Box::new(error));
    let frame = cluster.context().sql(plain).await.map_err(failed)?;
    frame.collect().await.map_err(failed)
}
