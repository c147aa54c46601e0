//! The client: tables, queries, and the rule that an answer is whole or there is none.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use datafusion::dataframe::DataFrame;
use datafusion::error::DataFusionError;
use datafusion::execution::SessionState;
use datafusion::logical_expr::LogicalPlan;
use datafusion::prelude::{ParquetReadOptions, SessionConfig, SessionContext};
use url::Url;

use crate::address::Address;
use crate::control::{Link, Member, View, ready};
use crate::delta::DeltaFiles;
use crate::engine::{self, Answer, Engine};
use crate::error::ClusterError;
use crate::listing::Listing;
use crate::options::Options;
use crate::refuse;

/// A connection to a cluster, with the tables that its queries may name.
///
/// ```no_run
/// # async fn f() -> Result<(), ecommerce_cluster::ClusterError> {
/// use ecommerce_cluster::{Cluster, Options};
/// let cluster = Cluster::connect("df://127.0.0.1:50050", Options::default()).await?;
/// cluster.parquet("ventas", "s3://lago/ventas/").await?;
/// let answer = cluster.sql("SELECT region, sum(monto) FROM ventas GROUP BY region").await?;
/// # Ok(()) }
/// ```
pub struct Cluster {
    address: Address,
    options: Options,
    /// Where tables are registered and queries are planned: plain DataFusion, which never runs any of them here.
    planning: SessionContext,
    link: Mutex<Arc<Link>>,
}

impl Cluster {
    /// Returns a connection to the cluster at `url`, once all of its executors are ready.
    ///
    /// # Errors
    /// - [`ClusterError::Address`] if `url` is not `df://HOST:PORT`.
    /// - [`ClusterError::Unreachable`] if nobody answers within [`Options::connect`].
    /// - [`ClusterError::Stranger`], [`ClusterError::Version`], [`ClusterError::Rejected`] if something else does.
    /// - [`ClusterError::NotReady`] if executors are missing when that time is over.
    /// - [`ClusterError::ExecutorLost`] if one was lost since the cluster started.
    pub async fn connect(url: &str, options: Options) -> Result<Self, ClusterError> {
        let address: Address = url.parse()?;
        let link = Arc::new(ready(&address, options.connect).await?);
        let mut config = match link.welcome.engine {
            Engine::Ballista => engine::ballista::config(),
            Engine::Distribuido => SessionConfig::new(),
        };
        config = config
            .with_target_partitions(options.partitions)
            .set_usize(
                "datafusion.optimizer.repartition_file_min_size",
                options.split_from,
            )
            .with_information_schema(true);
        let state = engine::session(config, &options.functions).map_err(plan_error)?;
        Ok(Self {
            address,
            options,
            planning: SessionContext::new_with_state(state),
            link: Mutex::new(link),
        })
    }

    /// Returns which engine answers.
    #[must_use]
    pub fn engine(&self) -> Engine {
        self.link().welcome.engine
    }

    /// Returns the executors that are there now.
    #[must_use]
    pub fn members(&self) -> Vec<Member> {
        self.link().view().borrow().members.clone()
    }

    /// Returns the process id of the scheduler.
    #[must_use]
    pub fn scheduler_pid(&self) -> u32 {
        self.link().welcome.pid
    }

    /// Returns the session in which tables are registered and queries planned.
    ///
    /// Running a data frame of it runs in this process, which is what the tests compare with.
    #[must_use]
    pub fn context(&self) -> &SessionContext {
        &self.planning
    }

    /// Registers a Parquet file or directory: a path, `file://` or `s3://`.
    ///
    /// # Errors
    /// - [`ClusterError::Source`] if it cannot be listed or has no readable file.
    pub async fn parquet(&self, name: &str, location: &str) -> Result<(), ClusterError> {
        self.planning
            .register_parquet(name, location, ParquetReadOptions::default())
            .await
            .map_err(|error| ClusterError::Source {
                table: location.to_owned(),
                reason: error.to_string(),
            })
    }

    /// Registers the newest version of a Delta table.
    ///
    /// # Errors
    /// - [`ClusterError::Source`] as in [`DeltaFiles::open`].
    pub async fn delta(&self, name: &str, url: &Url) -> Result<(), ClusterError> {
        let files = DeltaFiles::open(url, &self.planning.runtime_env()).await?;
        self.planning
            .register_table(name, Arc::new(files))
            .map_err(plan_error)?;
        Ok(())
    }

    /// Returns a data frame over a Parquet file or directory that is not registered, to build a query without SQL.
    ///
    /// # Errors
    /// - [`ClusterError::Source`] if it cannot be listed or has no readable file.
    pub async fn read_parquet(&self, location: &str) -> Result<DataFrame, ClusterError> {
        self.planning
            .read_parquet(location, ParquetReadOptions::default())
            .await
            .map_err(|error| ClusterError::Source {
                table: location.to_owned(),
                reason: error.to_string(),
            })
    }

    /// Returns the answer to a query in SQL.
    ///
    /// # Errors
    /// - [`ClusterError::Plan`] for unknown names and wrong types.
    /// - [`ClusterError::Refused`] if it writes or sets anything, or is one the engine answers wrongly.
    /// - As [`Cluster::collect`].
    pub async fn sql(&self, query: &str) -> Result<Answer, ClusterError> {
        let plan = self.plan(query).await?;
        self.collect(plan).await
    }

    /// Returns the plan of a query in SQL, which only reads.
    ///
    /// # Errors
    /// - [`ClusterError::Plan`] and [`ClusterError::Refused`] as in [`Cluster::sql`].
    pub async fn plan(&self, query: &str) -> Result<LogicalPlan, ClusterError> {
        let plan = self
            .planning
            .state()
            .create_logical_plan(query)
            .await
            .map_err(plan_error)?;
        refuse::writes(&plan)?;
        Ok(plan)
    }

    /// Returns the answer to a plan, built in [`Cluster::context`] or over Parquet and Delta tables of the same kinds.
    ///
    /// # Errors
    /// - [`ClusterError::Refused`], [`ClusterError::Source`], [`ClusterError::FunctionMissing`] before anything is sent.
    /// - [`ClusterError::ExecutorLost`], [`ClusterError::SchedulerLost`] if a process was lost before the last row.
    /// - [`ClusterError::Deadline`] after [`Options::deadline`].
    /// - [`ClusterError::Changed`] if a file of a table was written or deleted meanwhile.
    /// - [`ClusterError::Execution`] if the query itself fails.
    pub async fn collect(&self, plan: LogicalPlan) -> Result<Answer, ClusterError> {
        refuse::writes(&plan)?;
        let link = self.link();
        let mut view = link.view();
        let there = view.borrow().clone();
        self.whole(&there)?;
        let state = self.session(&link, &there)?;
        let plan = state.optimize(&plan).map_err(plan_error)?;
        refuse::wrong_answers(link.welcome.engine, &plan)?;
        refuse::sources(&plan)?;
        refuse::functions(
            &plan,
            &self.options.functions,
            &link.welcome.functions,
            &there.members,
        )?;
        let lost = async {
            let ended = view
                .wait_for(|view| view.lost.is_some() || view.closed.is_some())
                .await
                .map(|view| view.clone());
            match ended {
                Ok(view) => self.whole(&view),
                Err(_) => Err(self.scheduler_lost("the connection ended")),
            }
        };
        let answered = async {
            let before = Listing::of(&plan, &state).await.map_err(execution_error)?;
            before.not_empty()?;
            let answer = engine::run(&link.welcome, &state, &plan)
                .await
                .map_err(execution_error);
            // Whether it succeeded or failed: what matters first is whether everyone is still there.
            let now = link.check().await;
            self.whole(&now)?;
            let answer = answer?;
            before.same(&Listing::of(&plan, &state).await.map_err(execution_error)?)?;
            Ok(answer)
        };
        tokio::select! {
            biased;
            Err(error) = lost => Err(error),
            ended = tokio::time::timeout(self.options.deadline, answered) => {
                ended.unwrap_or(Err(ClusterError::Deadline(self.options.deadline)))
            }
        }
    }

    /// Returns the answer to a data frame.
    ///
    /// # Errors
    /// As [`Cluster::collect`].
    pub async fn data_frame(&self, frame: DataFrame) -> Result<Answer, ClusterError> {
        self.collect(frame.into_unoptimized_plan()).await
    }

    /// Returns what the engine says by itself: nothing is refused, nobody watches the executors, and what comes may be wrong.
    /// For the tests that show why [`Cluster::collect`] exists.
    ///
    /// # Errors
    /// - [`ClusterError::Execution`] if the engine reports one, [`ClusterError::Deadline`] if it says nothing in time.
    #[doc(hidden)]
    pub async fn collect_unprotected(&self, plan: LogicalPlan) -> Result<Answer, ClusterError> {
        let link = self.link();
        let there = link.view().borrow().clone();
        let state = self.session(&link, &there)?;
        let plan = state.optimize(&plan).map_err(plan_error)?;
        let deadline = self.options.deadline;
        tokio::time::timeout(deadline, engine::run(&link.welcome, &state, &plan))
            .await
            .map_err(|_| ClusterError::Deadline(deadline))?
            .map_err(execution_error)
    }

    /// Returns the answer to a plan, sending it again to the restarted cluster when a process is lost.
    ///
    /// A query only reads, so it may be sent any number of times. `attempts` counts the first. Between two, it is waited
    /// until another scheduler is at the address and its executors are ready, for at most `restart`.
    ///
    /// # Errors
    /// As [`Cluster::collect`], from the last attempt.
    pub async fn collect_with_restart(
        &self,
        plan: LogicalPlan,
        attempts: usize,
        restart: Duration,
    ) -> Result<Answer, ClusterError> {
        let mut left = attempts;
        loop {
            left = left.saturating_sub(1);
            match self.collect(plan.clone()).await {
                Err(error) if error.is_loss() && left > 0 => self.reconnect(restart).await?,
                ended => return ended,
            }
        }
    }

    /// Connects to the scheduler that has taken the place of a lost one; tables stay registered.
    ///
    /// # Errors
    /// As [`Cluster::connect`].
    pub async fn reconnect(&self, within: Duration) -> Result<(), ClusterError> {
        let start = Instant::now();
        let old = self.link().welcome.instance.clone();
        loop {
            let left = within.saturating_sub(start.elapsed());
            match ready(&self.address, left).await {
                Ok(link) if link.welcome.instance != old => {
                    *self.link.lock().unwrap_or_else(PoisonError::into_inner) = Arc::new(link);
                    return Ok(());
                }
                // The old one still answers; or the new one lost an executor while it started.
                Ok(_) | Err(ClusterError::ExecutorLost { .. } | ClusterError::Stranger { .. })
                    if start.elapsed() < within =>
                {
                    tokio::time::sleep(Duration::from_millis(50)).await;
                }
                Ok(_) => {
                    return Err(ClusterError::Unreachable {
                        url: self.address.to_string(),
                        waited: start.elapsed(),
                        reason: "the scheduler that lost an executor has not been restarted"
                            .to_owned(),
                    });
                }
                Err(error) => return Err(error),
            }
        }
    }

    fn link(&self) -> Arc<Link> {
        Arc::clone(&self.link.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// The session that plans for the executors that are there.
    fn session(&self, link: &Link, there: &View) -> Result<SessionState, ClusterError> {
        let planning = self.planning.state();
        match link.welcome.engine {
            Engine::Ballista => {
                let scheduler = link.welcome.scheduler.as_deref().unwrap_or_default();
                engine::ballista::session(&planning, scheduler, &self.options.functions)
            }
            Engine::Distribuido => {
                let workers = there
                    .members
                    .iter()
                    .filter_map(|member| Url::parse(&member.address).ok())
                    .collect();
                engine::distributed::session(&planning, workers, self.options.split_from.max(1))
            }
        }
        .map_err(plan_error)
    }

    /// Whether nobody was lost.
    fn whole(&self, view: &View) -> Result<(), ClusterError> {
        if let Some(reason) = &view.closed {
            return Err(self.scheduler_lost(reason));
        }
        match &view.lost {
            Some((executor, reason)) => Err(ClusterError::ExecutorLost {
                executor: executor.clone(),
                reason: reason.clone(),
            }),
            None => Ok(()),
        }
    }

    fn scheduler_lost(&self, reason: &str) -> ClusterError {
        ClusterError::SchedulerLost {
            url: self.address.to_string(),
            reason: reason.to_owned(),
        }
    }
}

fn execution_error(error: DataFusionError) -> ClusterError {
    ClusterError::Execution(Box::new(error))
}

pub(crate) fn plan_error(error: DataFusionError) -> ClusterError {
    ClusterError::Plan(Box::new(error))
}
