//! The two kinds of process: the scheduler's, and an executor's.

use std::net::{IpAddr, Ipv4Addr, SocketAddr, TcpListener as StdListener};
use std::path::PathBuf;
use std::time::Duration;

use crate::address::Address;
use crate::control::{Control, Link, Member};
use crate::engine::ballista_server::{self, ExecutorSetup, Heartbeat, Scheduler};
use crate::engine::{Engine, distributed};
use crate::error::ClusterError;
use crate::functions::Functions;

/// Where everything listens unless it is said otherwise: this machine alone.
pub(crate) const LOOPBACK: IpAddr = IpAddr::V4(Ipv4Addr::LOCALHOST);

/// How a scheduler's process is set up.
#[derive(Clone, Debug)]
pub struct SchedulerOptions {
    /// The engine of the cluster.
    pub engine: Engine,
    /// Where it listens; port 0 takes a free one.
    pub address: SocketAddr,
    /// How many executors make the cluster whole.
    pub executors: usize,
    /// How soon Ballista itself takes an executor for dead.
    pub heartbeat: Heartbeat,
    /// The functions of our own.
    pub functions: Functions,
}

/// A scheduler's process that has its address and does not serve yet.
pub struct SchedulerProcess {
    control: Control,
    scheduler: Option<Scheduler>,
    options: SchedulerOptions,
}

impl SchedulerProcess {
    /// Takes the addresses.
    ///
    /// # Errors
    /// - [`ClusterError::Process`] if one is taken.
    pub async fn bind(options: SchedulerOptions) -> Result<Self, ClusterError> {
        let control = Control::bind(options.address).await?;
        let scheduler = match options.engine {
            Engine::Ballista => {
                let host = control.address().ip();
                Some(Scheduler::bind(host, options.heartbeat, &options.functions).await?)
            }
            Engine::Distribuido => None,
        };
        Ok(Self {
            control,
            scheduler,
            options,
        })
    }

    /// Returns the address that clients and executors are given.
    #[must_use]
    pub fn address(&self) -> Address {
        Address::new(self.control.address().ip(), self.control.address().port())
    }

    /// Serves until it fails or the future is dropped.
    ///
    /// # Errors
    /// - [`ClusterError::Setup`] if Ballista's scheduler fails.
    pub async fn serve(self) -> Result<(), ClusterError> {
        let handle = self.control.serve(
            self.options.engine,
            self.scheduler.as_ref().map(Scheduler::url),
            self.options.executors,
            self.options.functions.signatures(),
            ballista_core::ids::new_instance_id(),
        );
        match self.scheduler {
            Some(scheduler) => scheduler.serve(handle).await,
            None => std::future::pending().await,
        }
    }
}

/// How an executor's process is set up.
#[derive(Clone, Debug)]
pub struct ExecutorOptions {
    /// The cluster it joins.
    pub cluster: Address,
    /// Tasks it runs at once.
    pub cores: usize,
    /// Where Ballista's shuffle files go.
    pub work_dir: PathBuf,
    /// How often it gives Ballista a sign of life.
    pub heartbeat: Heartbeat,
    /// How long it tries to join.
    pub connect: Duration,
    /// The functions of our own.
    pub functions: Functions,
}

/// Joins a cluster and serves it until the cluster or this future ends.
///
/// # Errors
/// - As [`Cluster::connect`](crate::Cluster::connect) if it cannot join.
/// - [`ClusterError::SchedulerLost`] when the scheduler's process ends: an executor does not outlive its cluster.
/// - [`ClusterError::Setup`] if the engine fails.
pub async fn executor(options: ExecutorOptions) -> Result<(), ClusterError> {
    let engine = engine_of(&options).await?;
    let id = ballista_core::ids::new_instance_id();
    let mut member = Member {
        id: id.clone(),
        pid: std::process::id(),
        engine,
        address: String::new(),
        functions: options.functions.signatures(),
    };
    match engine {
        Engine::Ballista => {
            let ([flight_port, grpc_port], url) = {
                let ports = free_ports()?;
                (ports, format!("http://{LOOPBACK}:{}", ports[0]))
            };
            member.address = url;
            let link = Link::executor(&options.cluster, member, options.connect).await?;
            let scheduler = link
                .welcome
                .scheduler
                .as_deref()
                .and_then(|url| url.strip_prefix("http://")?.parse().ok())
                .ok_or_else(|| {
                    ClusterError::setup("joining", "the cluster has no Ballista scheduler")
                })?;
            let setup = ExecutorSetup {
                id,
                host: LOOPBACK,
                flight_port,
                grpc_port,
                scheduler,
                cores: options.cores,
                work_dir: options.work_dir,
                heartbeat: options.heartbeat,
            };
            until_alone(
                &options.cluster,
                &link,
                ballista_server::executor(setup, &options.functions),
            )
            .await
        }
        Engine::Distribuido => {
            let listener = tokio::net::TcpListener::bind((LOOPBACK, 0))
                .await
                .map_err(ClusterError::process("listening as a worker"))?;
            let address = listener
                .local_addr()
                .map_err(ClusterError::process("listening as a worker"))?;
            member.address = format!("http://{address}");
            // It listens already, so whoever is told of it may connect at once.
            let link = Link::executor(&options.cluster, member, options.connect).await?;
            until_alone(
                &options.cluster,
                &link,
                distributed::worker(listener, &options.functions),
            )
            .await
        }
    }
}

/// Which engine the cluster is of; asked as a client, before the executor has an address to announce.
async fn engine_of(options: &ExecutorOptions) -> Result<Engine, ClusterError> {
    let link = Link::client(&options.cluster, options.connect).await?;
    Ok(link.welcome.engine)
}

/// Serves until the service ends or the scheduler is gone.
async fn until_alone(
    cluster: &Address,
    link: &Link,
    service: impl Future<Output = Result<(), ClusterError>>,
) -> Result<(), ClusterError> {
    let mut view = link.view();
    tokio::select! {
        ended = service => {
            link.leave();
            ended
        }
        closed = view.wait_for(|view| view.closed.is_some()) => Err(ClusterError::SchedulerLost {
            url: cluster.to_string(),
            reason: closed
                .ok()
                .and_then(|view| view.closed.clone())
                .unwrap_or_else(|| "the connection ended".to_owned()),
        }),
    }
}

/// Two ports that are free now. Ballista takes numbers, not listeners: should another process take one first, the executor
/// fails to start, and says so.
fn free_ports() -> Result<[u16; 2], ClusterError> {
    let take = || -> std::io::Result<[u16; 2]> {
        let (one, two) = (
            StdListener::bind((LOOPBACK, 0))?,
            StdListener::bind((LOOPBACK, 0))?,
        );
        Ok([one.local_addr()?.port(), two.local_addr()?.port()])
    };
    take().map_err(ClusterError::process("looking for free ports"))
}
