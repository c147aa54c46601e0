//! datafusion-distributed: the client plans and coordinates, workers run the stages, rows flow between them as they come.

use std::sync::Arc;

use datafusion::common::tree_node::{TreeNode as _, TreeNodeRecursion};
use datafusion::error::Result;
use datafusion::execution::{SessionState, SessionStateBuilder};
use datafusion::logical_expr::LogicalPlan;
use datafusion::physical_plan::{ExecutionPlan, collect};
use datafusion_distributed::{
    DistributedExt as _, DistributedMetricsFormat, NetworkBoundaryExt as _,
    SessionStateBuilderExt as _, Worker, WorkerQueryContext, WorkerResolver,
    rewrite_distributed_plan_with_metrics,
};
use tokio::net::TcpListener;
use tonic::transport::server::{Server, TcpIncoming};
use url::Url;

use super::{Answer, Traffic};
use crate::control::versions;
use crate::error::ClusterError;
use crate::functions::Functions;
use crate::storage;

/// The metric of what a stage received over the network, as it was sent.
const RECEIVED: &str = "bytes_transferred";

/// The workers of one cluster; a query is planned for exactly these.
struct Workers(Vec<Url>);

impl WorkerResolver for Workers {
    fn get_urls(&self) -> Result<Vec<Url>> {
        Ok(self.0.clone())
    }
}

/// Returns the session whose plans are spread over these workers.
pub(crate) fn session(
    planned_in: &SessionState,
    workers: Vec<Url>,
    bytes_per_partition: usize,
) -> Result<SessionState> {
    Ok(SessionStateBuilder::new_from_existing(planned_in.clone())
        .with_distributed_worker_resolver(Workers(workers))
        .with_distributed_planner()
        .with_distributed_file_scan_config_bytes_per_partition(bytes_per_partition)?
        .build())
}

/// Returns all rows of an optimized plan.
pub(crate) async fn run(state: &SessionState, plan: &LogicalPlan) -> Result<Answer> {
    let physical = state
        .query_planner()
        .create_physical_plan(plan, state)
        .await?;
    let schema = physical.schema();
    let batches = collect(Arc::clone(&physical), state.task_ctx()).await?;
    let traffic = traffic(physical).await?;
    Ok(Answer {
        schema,
        batches,
        traffic,
    })
}

/// Returns what the stages of a plan that has run received from other stages.
async fn traffic(plan: Arc<dyn ExecutionPlan>) -> Result<Traffic> {
    let plan =
        rewrite_distributed_plan_with_metrics(plan, DistributedMetricsFormat::Aggregated).await?;
    let mut traffic = Traffic {
        stages: 1,
        shuffled_bytes: 0,
    };
    plan.apply(|node| {
        if node.as_network_boundary().is_some() {
            traffic.stages += 1;
        }
        if let Some(bytes) = node
            .metrics()
            // `sum_by_name` leaves out metrics of a library's own kind, of which this is one.
            .and_then(|metrics| metrics.sum(|metric| metric.value().name() == RECEIVED))
        {
            traffic.shuffled_bytes += bytes.as_usize() as u64;
        }
        Ok(TreeNodeRecursion::Continue)
    })?;
    Ok(traffic)
}

/// Serves as a worker until the process ends.
pub(crate) async fn worker(
    listener: TcpListener,
    functions: &Functions,
) -> Result<(), ClusterError> {
    let functions = functions.clone();
    let build = move |context: WorkerQueryContext| {
        let functions = functions.clone();
        async move { super::with_functions(context.builder.build(), &functions) }
    };
    let runtime =
        storage::runtime().map_err(|error| ClusterError::setup("a worker's runtime", error))?;
    let worker = Worker::from_session_builder(build)
        .with_runtime_env(runtime)
        .with_version(versions());
    Server::builder()
        .add_service(worker.into_worker_server())
        .serve_with_incoming(TcpIncoming::from(listener).with_nodelay(Some(true)))
        .await
        .map_err(|error| ClusterError::setup("a worker", error))
}
