//! How arrow and DataFusion sum.

use std::sync::Arc;

use arrow::array::{Array as _, Float64Array, RecordBatch};
use arrow::compute::kernels::cmp::gt;
use arrow::compute::{filter, sum};
use datafusion::datasource::MemTable;
use datafusion::physical_plan::{ExecutionPlan, collect};
use datafusion::prelude::{SessionConfig, SessionContext};
use tokio::runtime::{Builder, Runtime};

/// Returns the sum and the count of what is above zero, by arrow's kernels: a mask, a copy of what it selects, and its sum.
pub(super) fn filter_then_sum(array: &Float64Array) -> (f64, u64) {
    let mask = gt(array, &Float64Array::new_scalar(0.0)).expect("both are Float64");
    let positives = filter(array, &mask).expect("as long as each other");
    let positives = positives.as_any().downcast_ref::<Float64Array>();
    let positives = positives.expect("a filter keeps the type");
    (sum(positives).unwrap_or(0.0), positives.len() as u64)
}

/// A query of DataFusion over a table in memory, planned once.
pub(super) struct Plan {
    runtime: Runtime,
    context: SessionContext,
    plan: Arc<dyn ExecutionPlan>,
}

impl Plan {
    /// Plans a query over the batch as the table `ventas`, in one partition.
    pub(super) fn of(batch: RecordBatch, sql: &str) -> Self {
        let runtime = Builder::new_current_thread()
            .build()
            .expect("a runtime without drivers");
        let context =
            SessionContext::new_with_config(SessionConfig::new().with_target_partitions(1));
        let table = MemTable::try_new(batch.schema(), vec![vec![batch]]).expect("one schema");
        context
            .register_table("ventas", Arc::new(table))
            .expect("a fresh name");
        let plan = runtime
            .block_on(async { context.sql(sql).await?.create_physical_plan().await })
            .expect("a valid query");
        Self {
            runtime,
            context,
            plan,
        }
    }

    /// Runs the plan and returns its one number.
    pub(super) fn run(&self) -> f64 {
        let run = collect(self.plan.clone(), self.context.task_ctx());
        let batches = self.runtime.block_on(run).expect("a table in memory");
        let column = batches[0].column(0).as_any();
        let column = column.downcast_ref::<Float64Array>();
        column.expect("the sum of Float64 is Float64").value(0)
    }
}
