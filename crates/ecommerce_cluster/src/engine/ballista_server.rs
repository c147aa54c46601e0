//! Ballista's two processes, on loopback, with our functions, our codec and our stores.

use std::net::{IpAddr, SocketAddr};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use ballista_core::config::TaskSchedulingPolicy;
use ballista_core::registry::BallistaFunctionRegistry;
use ballista_core::utils::GrpcServerConfig;
use ballista_executor::executor_process::{ExecutorProcessConfig, start_executor_process};
use ballista_scheduler::cluster::BallistaCluster;
use ballista_scheduler::cluster::ClusterStateEvent;
use ballista_scheduler::config::SchedulerConfig;
use ballista_scheduler::scheduler_process::{create_scheduler, start_grpc_service_with_listener};
use datafusion::prelude::SessionConfig;
use datafusion_proto::protobuf::{LogicalPlanNode, PhysicalPlanNode};
use futures::StreamExt as _;
use tokio::net::TcpListener;

use super::ballista::{LARGEST_MESSAGE, config, scheduler_session};
use crate::control::Handle;
use crate::delta::Codec;
use crate::error::ClusterError;
use crate::functions::Functions;
use crate::storage;

/// How Ballista's scheduler and executors watch each other. Ours is faster; this bounds what they themselves believe.
#[derive(Clone, Copy, Debug)]
pub struct Heartbeat {
    /// Between two signs of life of an executor. 1 s.
    pub every: Duration,
    /// Without one for this long, an executor is taken for dead. 5 s.
    pub timeout: Duration,
}

impl Default for Heartbeat {
    fn default() -> Self {
        Self {
            every: Duration::from_secs(1),
            timeout: Duration::from_secs(5),
        }
    }
}

/// A scheduler of Ballista that has its address and does not serve yet.
pub(crate) struct Scheduler {
    listener: TcpListener,
    config: Arc<SchedulerConfig>,
    address: SocketAddr,
}

impl Scheduler {
    pub(crate) async fn bind(
        host: IpAddr,
        heartbeat: Heartbeat,
        functions: &Functions,
    ) -> Result<Self, ClusterError> {
        let listener = TcpListener::bind((host, 0))
            .await
            .map_err(ClusterError::process("listening for Ballista's scheduler"))?;
        let address = listener
            .local_addr()
            .map_err(ClusterError::process("listening for Ballista's scheduler"))?;
        let functions = functions.clone();
        let message = u32::try_from(LARGEST_MESSAGE).unwrap_or(u32::MAX);
        let config = SchedulerConfig {
            bind_host: host.to_string(),
            external_host: host.to_string(),
            bind_port: address.port(),
            scheduling_policy: TaskSchedulingPolicy::PushStaged,
            executor_timeout_seconds: heartbeat.timeout.as_secs().max(1),
            expire_dead_executor_interval_seconds: 1,
            no_executors_grace_period_seconds: heartbeat.timeout.as_secs().max(1),
            grpc_server_max_decoding_message_size: message,
            grpc_server_max_encoding_message_size: message,
            grpc_client_max_message_size: message,
            override_config_producer: Some(Arc::new(config)),
            override_session_builder: Some(Arc::new(move |config: SessionConfig| {
                scheduler_session(config, &functions)
            })),
            override_logical_codec: Some(Arc::new(Codec::default())),
            ..SchedulerConfig::default()
        };
        Ok(Self {
            listener,
            config: Arc::new(config),
            address,
        })
    }

    pub(crate) fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Serves until it fails, and tells the control which executors Ballista knows and which it has given up.
    pub(crate) async fn serve(self, control: Handle) -> Result<(), ClusterError> {
        let failed = |error: ballista_core::error::BallistaError| {
            ClusterError::setup("Ballista's scheduler", error)
        };
        let cluster = BallistaCluster::new_from_config(&self.config)
            .await
            .map_err(failed)?;
        let scheduler = create_scheduler::<LogicalPlanNode, PhysicalPlanNode>(cluster, self.config)
            .await
            .map_err(failed)?;
        let mut events = scheduler.cluster_state_events().await.map_err(failed)?;
        tokio::spawn(async move {
            while let Some(event) = events.next().await {
                match event {
                    ClusterStateEvent::RegisteredExecutor { executor_id } => {
                        control.registered(&executor_id);
                    }
                    ClusterStateEvent::RemovedExecutor { executor_id } => {
                        control.lost(&executor_id, "Ballista's scheduler has given it up");
                    }
                }
            }
        });
        start_grpc_service_with_listener(self.listener, scheduler)
            .await
            .map_err(failed)
    }
}

/// What an executor needs to know.
pub(crate) struct ExecutorSetup {
    pub(crate) id: String,
    pub(crate) host: IpAddr,
    pub(crate) flight_port: u16,
    pub(crate) grpc_port: u16,
    pub(crate) scheduler: SocketAddr,
    pub(crate) cores: usize,
    pub(crate) work_dir: PathBuf,
    pub(crate) heartbeat: Heartbeat,
}

/// Serves as an executor until it is told to stop.
pub(crate) async fn executor(
    setup: ExecutorSetup,
    functions: &Functions,
) -> Result<(), ClusterError> {
    let mut registry = BallistaFunctionRegistry::default();
    for function in functions.iter() {
        registry
            .scalar_functions
            .insert(function.name().to_owned(), Arc::clone(function));
    }
    let message = u32::try_from(LARGEST_MESSAGE).unwrap_or(u32::MAX);
    let config = ExecutorProcessConfig {
        executor_id: setup.id,
        bind_host: setup.host.to_string(),
        external_host: Some(setup.host.to_string()),
        port: setup.flight_port,
        grpc_port: setup.grpc_port,
        scheduler_host: setup.scheduler.ip().to_string(),
        scheduler_port: setup.scheduler.port(),
        vcores: setup.cores,
        task_scheduling_policy: TaskSchedulingPolicy::PushStaged,
        work_dir: Some(setup.work_dir.to_string_lossy().into_owned()),
        grpc_max_decoding_message_size: message,
        grpc_max_encoding_message_size: message,
        grpc_server_config: GrpcServerConfig::default(),
        executor_heartbeat_interval_seconds: setup.heartbeat.every.as_secs().max(1),
        override_function_registry: Some(Arc::new(registry)),
        override_config_producer: Some(Arc::new(config)),
        override_runtime_producer: Some(Arc::new(|_| storage::runtime())),
        override_logical_codec: Some(Arc::new(Codec::default())),
        ..ExecutorProcessConfig::default()
    };
    start_executor_process(Arc::new(config))
        .await
        .map_err(|error| ClusterError::setup("Ballista's executor", error))
}
