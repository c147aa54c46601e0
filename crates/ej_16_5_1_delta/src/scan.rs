//! Reading: a query, and how much of the table it touched.

use crate::error::TableError;
use arrow::array::RecordBatch;
use datafusion::execution::SessionStateBuilder;
use datafusion::optimizer::Optimizer;
use datafusion::physical_optimizer::optimizer::PhysicalOptimizer;
use datafusion::physical_plan::{ExecutionPlan, collect};
use datafusion::prelude::{Expr, SessionConfig, SessionContext, ident};
use deltalake::DeltaTable;
use std::sync::Arc;

/// The answer to `sql`, in which the table is called `ventas`.
///
/// For questions that a program states. What comes from outside goes into typed expressions, as in [`scan`] and everything that
/// changes a table.
///
/// # Errors
/// * [`TableError::Query`] if it cannot be planned or a data file cannot be read.
pub async fn query(table: &DeltaTable, sql: &str) -> Result<Vec<RecordBatch>, TableError> {
    let session = SessionContext::new();
    session.register_table("ventas", table.table_provider().await?)?;
    Ok(session.sql(sql).await?.collect().await?)
}

/// Whether what the table knows about its files is used to leave some unread.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Pruning {
    /// As always: the log's statistics choose the files, each file's its row groups and pages.
    On,
    /// The predicate is kept away from the scan: every file is read, and its rows filtered afterwards. For comparison.
    Off,
}

/// A scan's answer and what it took.
#[derive(Clone, Debug)]
pub struct Scanned {
    /// The rows that meet the predicate.
    pub batches: Vec<RecordBatch>,
    /// Files of the version that was read.
    pub files: usize,
    /// Files of them that were opened, as the plan counted them.
    pub files_read: usize,
    /// Bytes read from them, footers left out.
    pub bytes_read: usize,
}

impl Scanned {
    /// How many rows were found.
    pub fn rows(&self) -> usize {
        self.batches.iter().map(RecordBatch::num_rows).sum()
    }
}

/// The rows that meet `predicate`, with these columns, and what finding them took.
///
/// # Errors
/// * [`TableError::Query`] if a column is not there or a data file cannot be read.
pub async fn scan(
    table: &DeltaTable,
    predicate: Expr,
    columns: &[&str],
    pruning: Pruning,
) -> Result<Scanned, TableError> {
    let (plan, session) = query_plan(table, predicate, columns, pruning).await?;
    let batches = collect(Arc::clone(&plan), session.task_ctx()).await?;
    Ok(Scanned {
        batches,
        files: table.snapshot()?.log_data().num_files(),
        files_read: metric(plan.as_ref(), "count_files_scanned"),
        bytes_read: metric(plan.as_ref(), "bytes_scanned"),
    })
}

/// The plan of a [`scan`] and the session that runs it, for whoever times the two apart.
///
/// # Errors
/// * [`TableError::Query`] if a column is not there.
pub async fn query_plan(
    table: &DeltaTable,
    predicate: Expr,
    columns: &[&str],
    pruning: Pruning,
) -> Result<(Arc<dyn ExecutionPlan>, SessionContext), TableError> {
    let session = session(pruning);
    let frame = session
        .read_table(table.table_provider().await?)?
        .filter(predicate)?
        .select(columns.iter().map(|name| ident(*name)))?;
    Ok((frame.create_physical_plan().await?, session))
}

fn session(pruning: Pruning) -> SessionContext {
    match pruning {
        Pruning::On => SessionContext::new(),
        Pruning::Off => {
            let mut logical = Optimizer::new().rules;
            logical.retain(|rule| rule.name() != "push_down_filter");
            let mut physical = PhysicalOptimizer::new().rules;
            physical.retain(|rule| !rule.name().starts_with("FilterPushdown"));
            let state = SessionStateBuilder::new()
                .with_config(SessionConfig::new().with_parquet_pruning(false))
                .with_default_features()
                .with_optimizer_rules(logical)
                .with_physical_optimizer_rules(physical)
                .build();
            SessionContext::new_with_state(state)
        }
    }
}

/// The sum of a metric over all nodes of a plan that ran.
fn metric(plan: &dyn ExecutionPlan, name: &str) -> usize {
    let own = plan.metrics().and_then(|m| m.sum_by_name(name));
    let below = plan.children().into_iter();
    own.map_or(0, |m| m.as_usize())
        + below
            .map(|child| metric(child.as_ref(), name))
            .sum::<usize>()
}
