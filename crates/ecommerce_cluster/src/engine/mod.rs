//! The two engines, behind one pair of operations: how a process of each serves, and how a client asks.

pub(crate) mod ballista;
pub(crate) mod ballista_server;
pub(crate) mod distributed;

use std::sync::Arc;

use datafusion::arrow::datatypes::SchemaRef;
use datafusion::arrow::record_batch::RecordBatch;
use datafusion::execution::{SessionState, SessionStateBuilder};
use datafusion::logical_expr::LogicalPlan;
use datafusion::prelude::SessionConfig;
use serde::{Deserialize, Serialize};

use crate::control::Welcome;
use crate::functions::Functions;
use crate::storage;

/// What runs the plans.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, clap::ValueEnum)]
#[serde(rename_all = "lowercase")]
pub enum Engine {
    /// Apache DataFusion Ballista: a scheduler, executors, and shuffles that are files
    Ballista,
    /// datafusion-distributed: no scheduler, workers, and shuffles that are streams
    #[default]
    Distribuido,
}

impl std::fmt::Display for Engine {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Ballista => "ballista",
            Self::Distribuido => "distribuido",
        })
    }
}

/// An answer: all of its rows, and what it cost to move them.
#[derive(Clone, Debug)]
pub struct Answer {
    /// The columns.
    pub schema: SchemaRef,
    /// The rows, in the order the query asks for.
    pub batches: Vec<RecordBatch>,
    /// What went between the stages.
    pub traffic: Traffic,
}

impl Answer {
    /// Returns the number of rows.
    #[must_use]
    pub fn rows(&self) -> usize {
        self.batches.iter().map(RecordBatch::num_rows).sum()
    }
}

/// What a query moved between processes, from the engine's own counters.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Traffic {
    /// Stages that ran.
    pub stages: usize,
    /// Bytes that stages handed to the next ones: shuffle files written (Ballista) or streams received (distributed).
    pub shuffled_bytes: u64,
}

/// Returns the plain session in which queries are planned: the functions, and stores opened on demand.
pub(crate) fn session(
    config: SessionConfig,
    functions: &Functions,
) -> datafusion::error::Result<SessionState> {
    with_functions(
        SessionStateBuilder::new()
            .with_config(config)
            .with_runtime_env(storage::runtime()?)
            .with_default_features()
            .build(),
        functions,
    )
}

/// Returns the session with our functions registered.
pub(crate) fn with_functions(
    mut state: SessionState,
    functions: &Functions,
) -> datafusion::error::Result<SessionState> {
    use datafusion::execution::FunctionRegistry as _;
    for function in functions.iter() {
        state.register_udf(Arc::clone(function))?;
    }
    Ok(state)
}

/// Runs an optimized plan on the engine of the cluster that said this.
pub(crate) async fn run(
    cluster: &Welcome,
    state: &SessionState,
    plan: &LogicalPlan,
) -> datafusion::error::Result<Answer> {
    if let LogicalPlan::EmptyRelation(empty) = plan
        && !empty.produce_one_row
    {
        // Nothing to compute, and Ballista's client would lose the columns.
        return Ok(Answer {
            schema: Arc::clone(empty.schema.inner()),
            batches: Vec::new(),
            traffic: Traffic::default(),
        });
    }
    match cluster.engine {
        Engine::Ballista => {
            let scheduler = cluster.scheduler.as_deref().unwrap_or_default();
            ballista::run(state, scheduler, plan).await
        }
        Engine::Distribuido => distributed::run(state, plan).await,
    }
}
