//! Asking Ballista: the plan goes to its scheduler, the rows come from its executors.

use std::sync::Arc;

use ballista_core::execution_plans::DistributedQueryExec;
use ballista_core::extension::{
    SessionConfigExt as _, SessionStateExt as _, ballista_aggregate_functions,
    ballista_scalar_functions, ballista_window_functions,
};
use ballista_core::serde::protobuf::operator_metric::Metric;
use ballista_core::serde::protobuf::scheduler_grpc_client::SchedulerGrpcClient;
use ballista_core::serde::protobuf::{CancelJobParams, GetJobMetricsParams};
use datafusion::error::{DataFusionError, Result};
use datafusion::execution::{SessionState, SessionStateBuilder};
use datafusion::logical_expr::LogicalPlan;
use datafusion::physical_plan::{ExecutionPlan, collect};
use datafusion::prelude::SessionConfig;
use datafusion_proto::protobuf::LogicalPlanNode;
use tonic::transport::Channel;

use super::{Answer, Traffic, with_functions};
use crate::delta::Codec;
use crate::functions::Functions;
use crate::storage;

/// A query or a result larger than this is an error of gRPC; Ballista's own bound is 16 MiB, which a plan over many
/// files reaches.
pub(crate) const LARGEST_MESSAGE: usize = 128 << 20;

/// Returns the settings that client, scheduler and executors share.
pub(crate) fn config() -> SessionConfig {
    SessionConfig::new_with_ballista()
        // Off, an executor lost between two stages means wrong rows; on, it means a hang, which we end.
        .with_ballista_adaptive_query_planner(true)
        .with_ballista_logical_extension_codec(Arc::new(Codec::default()))
        .with_ballista_grpc_client_max_message_size(LARGEST_MESSAGE)
        // A file rewritten in place with the same size would be planned with its old statistics.
        .set_bool("ballista.scheduler.share_file_statistics_cache", false)
}

/// Returns the session whose plans are run by the scheduler at this address.
pub(crate) fn session(
    planned_in: &SessionState,
    scheduler: &str,
    functions: &Functions,
) -> Result<SessionState> {
    let mut state = planned_in.clone();
    // The session built from this one shares its list of catalogs, and would put an empty one in the place of ours.
    state
        .config_mut()
        .options_mut()
        .catalog
        .create_default_catalog_and_schema = false;
    let state = state.upgrade_for_ballista(scheduler.to_owned())?;
    // The upgrade replaces the functions with Ballista's.
    with_functions(state, functions)
}

/// Returns the session in which the scheduler plans.
pub(crate) fn scheduler_session(
    config: SessionConfig,
    functions: &Functions,
) -> Result<SessionState> {
    let state = SessionStateBuilder::new()
        .with_default_features()
        .with_config(config)
        .with_runtime_env(storage::runtime()?)
        .with_optimizer_rules(ballista_core::optimizer::ballista_default_optimizer_rules())
        .with_scalar_functions(ballista_scalar_functions())
        .with_aggregate_functions(ballista_aggregate_functions())
        .with_window_functions(ballista_window_functions())
        .build();
    with_functions(state, functions)
}

/// Returns all rows of an optimized plan.
///
/// If this future is dropped before it is ready, the job is cancelled.
pub(crate) async fn run(
    state: &SessionState,
    scheduler: &str,
    plan: &LogicalPlan,
) -> Result<Answer> {
    let physical = state
        .query_planner()
        .create_physical_plan(plan, state)
        .await?;
    let mut job = Job {
        scheduler: scheduler.to_owned(),
        plan: Some(Arc::clone(&physical)),
    };
    let schema = physical.schema();
    let batches = collect(physical, state.task_ctx()).await?;
    let id = job.id();
    job.plan = None;
    let traffic = match id {
        Some(id) => traffic(scheduler, id).await?,
        None => Traffic::default(),
    };
    Ok(Answer {
        schema,
        batches,
        traffic,
    })
}

/// A job that is cancelled unless it ended.
struct Job {
    scheduler: String,
    plan: Option<Arc<dyn ExecutionPlan>>,
}

impl Job {
    fn id(&self) -> Option<String> {
        let query = self
            .plan
            .as_ref()?
            .downcast_ref::<DistributedQueryExec<LogicalPlanNode>>()?;
        Some(query.job_id()?.to_string())
    }
}

impl Drop for Job {
    fn drop(&mut self) {
        let Some(job_id) = self.id() else { return };
        let scheduler = std::mem::take(&mut self.scheduler);
        if let Ok(runtime) = tokio::runtime::Handle::try_current() {
            runtime.spawn(async move {
                if let Ok(mut client) = client(&scheduler).await {
                    let _ = client.cancel_job(CancelJobParams { job_id }).await;
                }
            });
        }
    }
}

async fn client(scheduler: &str) -> Result<SchedulerGrpcClient<Channel>> {
    let external = |error: tonic::transport::Error| DataFusionError::External(Box::new(error));
    let channel = tonic::transport::Endpoint::new(scheduler.to_owned())
        .map_err(external)?
        .connect()
        .await
        .map_err(external)?;
    Ok(SchedulerGrpcClient::new(channel).max_decoding_message_size(LARGEST_MESSAGE))
}

/// Returns what the stages of an ended job read from other stages.
async fn traffic(scheduler: &str, job_id: String) -> Result<Traffic> {
    let metrics = client(scheduler)
        .await?
        .get_job_metrics(GetJobMetricsParams { job_id })
        .await
        .map_err(|error| DataFusionError::External(Box::new(error)))?
        .into_inner();
    let shuffled_bytes = metrics
        .stages
        .iter()
        .flat_map(|stage| &stage.operators)
        .filter(|operator| operator.operator_type.contains("Shuffle"))
        .flat_map(|operator| &operator.metrics)
        .filter_map(|metric| match &metric.metric {
            Some(Metric::Count(count)) if count.name == "decoded_bytes" => Some(count.value),
            _ => None,
        })
        .sum();
    Ok(Traffic {
        stages: metrics.stages.len(),
        shuffled_bytes,
    })
}
