//! What is not sent: what writes, what the engine answers wrongly, what an executor could not compute.

use std::collections::BTreeMap;

use datafusion::common::tree_node::{TreeNode as _, TreeNodeRecursion};
use datafusion::datasource::listing::ListingTable;
use datafusion::datasource::source_as_provider;
use datafusion::logical_expr::expr::ScalarFunction;
use datafusion::logical_expr::{Expr, Join, JoinType, LogicalPlan};

use crate::cluster::plan_error;
use crate::control::Member;
use crate::delta::DeltaFiles;
use crate::engine::Engine;
use crate::error::ClusterError;
use crate::functions::{Functions, signature};

/// Why a query is not run, although it is valid SQL.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Refusal {
    /// It changes something: `INSERT`, `COPY`, `CREATE`, `SET`, …
    #[error("{0} does more than read, and a query that only reads can be sent again after a loss")]
    Writes(String),
    /// The engine is known to answer it wrongly or never.
    #[error("{engine} does not answer {what} rightly: {why}")]
    Wrong {
        /// The engine.
        engine: Engine,
        /// The part of the query.
        what: &'static str,
        /// What goes wrong, and where it is reported.
        why: &'static str,
    },
}

/// Refuses whatever is not a query.
pub(crate) fn writes(plan: &LogicalPlan) -> Result<(), Refusal> {
    let mut found = None;
    let _ = plan.apply_with_subqueries(|node| {
        let name = match node {
            LogicalPlan::Dml(_)
            | LogicalPlan::Ddl(_)
            | LogicalPlan::Copy(_)
            | LogicalPlan::Statement(_) => node.display().to_string(),
            _ => return Ok(TreeNodeRecursion::Continue),
        };
        found = Some(name);
        Ok(TreeNodeRecursion::Stop)
    });
    match found {
        Some(name) => Err(Refusal::Writes(
            name.split(':').next().unwrap_or(&name).trim().to_owned(),
        )),
        None => Ok(()),
    }
}

/// Whether every table of the plan can be read by another process.
pub(crate) fn sources(plan: &LogicalPlan) -> Result<(), ClusterError> {
    let mut unreadable = None;
    let walked = plan.apply_with_subqueries(|node| {
        if let LogicalPlan::TableScan(scan) = node {
            let provider = source_as_provider(&scan.source)?;
            if !provider.is::<ListingTable>() && !provider.is::<DeltaFiles>() {
                unreadable = Some(scan.table_name.to_string());
                return Ok(TreeNodeRecursion::Stop);
            }
        }
        Ok(TreeNodeRecursion::Continue)
    });
    walked.map_err(plan_error)?;
    match unreadable {
        Some(table) => Err(ClusterError::Source {
            table,
            reason:
                "only files (Parquet) and DeltaFiles can be sent; this table lives in this process"
                    .to_owned(),
        }),
        None => Ok(()),
    }
}

/// Refuses what the engine is known to answer wrongly. The plan is the optimized one, as it is sent.
pub(crate) fn wrong_answers(engine: Engine, plan: &LogicalPlan) -> Result<(), Refusal> {
    let mut found = None;
    let _ = plan.apply_with_subqueries(|node| {
        found = match node {
            LogicalPlan::RecursiveQuery(_) => Some(("WITH RECURSIVE", RECURSION)),
            LogicalPlan::Join(join) if engine == Engine::Ballista && emits_again(join) => Some((
                "a join without an equality that keeps rows without a partner",
                NESTED_LOOP,
            )),
            LogicalPlan::Join(join)
                if engine == Engine::Ballista && join.join_type == JoinType::Full =>
            {
                Some(("FULL JOIN", EMPTY_SIDE))
            }
            _ => return Ok(TreeNodeRecursion::Continue),
        };
        Ok(TreeNodeRecursion::Stop)
    });
    match found {
        Some((what, why)) => Err(Refusal::Wrong { engine, what, why }),
        None => Ok(()),
    }
}

/// Whether a join is run with one side copied to every task, which could then each emit that side's rows without a partner.
///
/// With an equality, rows are sent where their partners are. Against a single row, as a scalar subquery is, there is one task.
fn emits_again(join: &Join) -> bool {
    let single = |plan: &LogicalPlan| plan.max_rows().is_some_and(|rows| rows <= 1);
    join.on.is_empty()
        && match join.join_type {
            JoinType::Inner => false,
            JoinType::Left => !single(&join.right),
            JoinType::Right => !single(&join.left),
            _ => true,
        }
}

const EMPTY_SIDE: &str =
    "it never ends when one of its sides turns out to have no rows, which no plan can know";
const RECURSION: &str = "the table that the query grows lives in one process";
const NESTED_LOOP: &str = "each task has all of one side and emits its rows without a partner again, so there are rows too many \
                           (apache/datafusion-ballista issue 1055; joins with an equality are repartitioned and right)";

/// Checks that everyone has the functions of the query, and that they are the same ones.
pub(crate) fn functions(
    plan: &LogicalPlan,
    ours: &Functions,
    schedulers: &[String],
    members: &[Member],
) -> Result<(), ClusterError> {
    let mut used = BTreeMap::new();
    let _ = plan.apply_with_subqueries(|node| {
        node.apply_expressions(|expr| {
            expr.apply(|expr| {
                if let Expr::ScalarFunction(ScalarFunction { func, .. }) = expr
                    && ours.get(func.name()).is_some()
                {
                    used.insert(func.name().to_owned(), signature(func));
                }
                Ok(TreeNodeRecursion::Continue)
            })
        })
    });
    for signature in used.values() {
        let missing = members
            .iter()
            .find(|member| !member.functions.contains(signature))
            .map(|member| member.id.clone())
            .or_else(|| (!schedulers.contains(signature)).then(|| "scheduler".to_owned()));
        if let Some(executor) = missing {
            return Err(ClusterError::FunctionMissing {
                executor,
                function: signature.clone(),
            });
        }
    }
    Ok(())
}
