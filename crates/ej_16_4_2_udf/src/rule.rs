//! A rule of the optimizer that looks inside: a filter on a distance from a fixed point is also a filter on its latitudes and longitudes.

use crate::Haversine;
use crate::bounding_box::{Caja, Longitudes};
use datafusion::common::tree_node::{Transformed, TreeNode as _};
use datafusion::common::{Result, ScalarValue};
use datafusion::execution::SessionStateBuilder;
use datafusion::logical_expr::expr::ScalarFunction;
use datafusion::logical_expr::utils::{conjunction, split_conjunction};
use datafusion::logical_expr::{
    BinaryExpr, Expr, Filter, LogicalPlan, Operator, ScalarUDF, Volatility, lit,
};
use datafusion::optimizer::{ApplyOrder, Optimizer, OptimizerConfig, OptimizerRule};
use std::sync::Arc;

/// Adds to each `haversine(lat, lon, 40.4, -3.7) < 50` of a filter, with either point fixed and `<`, `<=` or `=`, the ranges of
/// latitude and longitude that follow from it: comparisons of columns with constants, which the statistics of files and row groups
/// can answer. The distance stays in the filter.
///
/// # Shape
/// The same rows, in fewer pages read. A row whose coordinates are outside ±90 and ±180 passes the ranges, because the distance may
/// know its place by another name.
///
/// # Cost
/// A look at each filter's conjuncts, once: the call is then marked as one that has its box.
#[derive(Debug, Default)]
pub struct CajaDeLaDistancia;

impl CajaDeLaDistancia {
    /// Returns the builder with this rule in front of the one that pushes filters down, and the engine's rules as they were.
    #[must_use]
    pub fn en(builder: SessionStateBuilder) -> SessionStateBuilder {
        let mut rules = Optimizer::new().rules;
        let before = rules
            .iter()
            .position(|rule| rule.name() == "push_down_filter");
        rules.insert(before.unwrap_or(rules.len()), Arc::new(Self));
        builder.with_optimizer_rules(rules)
    }
}

impl OptimizerRule for CajaDeLaDistancia {
    fn name(&self) -> &str {
        "caja_de_la_distancia"
    }

    fn apply_order(&self) -> Option<ApplyOrder> {
        Some(ApplyOrder::TopDown)
    }

    fn rewrite(
        &self,
        plan: LogicalPlan,
        _: &dyn OptimizerConfig,
    ) -> Result<Transformed<LogicalPlan>> {
        let LogicalPlan::Filter(filter) = plan else {
            return Ok(Transformed::no(plan));
        };
        let ranges: Vec<Expr> = split_conjunction(&filter.predicate)
            .into_iter()
            .filter_map(near_a_point)
            .flat_map(|(lat, lon, caja)| ranges(lat, lon, &caja))
            .collect();
        let Some(ranges) = conjunction(ranges) else {
            return Ok(Transformed::no(LogicalPlan::Filter(filter)));
        };
        // Every call of the filter is marked, so that two of the same stay one common subexpression.
        let predicate = filter.predicate.transform(marked)?.data;
        // Cheap first: the engine computes no distance for a batch that the ranges leave little of.
        let filter = Filter::try_new(ranges.and(predicate), filter.input)?;
        Ok(Transformed::yes(LogicalPlan::Filter(filter)))
    }
}

fn marked(expr: Expr) -> Result<Transformed<Expr>> {
    let Expr::ScalarFunction(call) = &expr else {
        return Ok(Transformed::no(expr));
    };
    let Some(function) = haversine_of(call) else {
        return Ok(Transformed::no(expr));
    };
    let udf = Arc::new(ScalarUDF::from(function.boxed()));
    let call = ScalarFunction::new_udf(udf, call.args.clone());
    Ok(Transformed::yes(Expr::ScalarFunction(call)))
}

/// The function itself, not one that happens to have its name.
fn haversine_of(call: &ScalarFunction) -> Option<&Haversine> {
    let function = call.func.inner().downcast_ref::<Haversine>()?;
    (function.volatility() != Volatility::Volatile).then_some(function)
}

/// The moving point and the box, if a conjunct says that a distance from a fixed point is at most so much.
fn near_a_point(conjunct: &Expr) -> Option<(&Expr, &Expr, Caja)> {
    let Expr::BinaryExpr(BinaryExpr { left, op, right }) = conjunct else {
        return None;
    };
    let (call, km) = match op {
        Operator::Lt | Operator::LtEq | Operator::Eq => (left, right),
        Operator::Gt | Operator::GtEq => (right, left),
        _ => return None,
    };
    let Expr::ScalarFunction(call) = call.as_ref() else {
        return None;
    };
    let [lat1, lon1, lat2, lon2] = call.args.as_slice() else {
        return None;
    };
    if haversine_of(call)?.is_boxed() {
        return None;
    }
    let km = number(km)?;
    let (lat, lon, fixed_lat, fixed_lon) = match (number(lat1), number(lon1)) {
        (Some(fixed_lat), Some(fixed_lon)) => (lat2, lon2, fixed_lat, fixed_lon),
        _ => (lat1, lon1, number(lat2)?, number(lon2)?),
    };
    let moving = !(lat.is_volatile() || lon.is_volatile());
    let caja = Caja::alrededor(fixed_lat, fixed_lon, km)?;
    moving.then_some((lat, lon, caja))
}

fn number(expr: &Expr) -> Option<f64> {
    match expr {
        Expr::Literal(ScalarValue::Float64(value), _) => *value,
        _ => None,
    }
}

/// The box as comparisons. Each lets pass what is no place; together they let pass what [`Caja::admite`] does.
fn ranges(lat: &Expr, lon: &Expr, caja: &Caja) -> Vec<Expr> {
    let (lat, lon) = (|| lat.clone(), || lon.clone());
    let no_latitude = || lat().gt(lit(90.0)).or(lat().lt(lit(-90.0)));
    let no_longitude = || lon().gt(lit(180.0)).or(lon().lt(lit(-180.0)));
    let no_place = || no_latitude().or(no_longitude());
    let mut ranges = Vec::new();
    if let Some(sur) = caja.sur {
        ranges.push(lat().gt_eq(lit(sur)).or(no_place()));
    }
    if let Some(norte) = caja.norte {
        ranges.push(lat().lt_eq(lit(norte)).or(no_place()));
    }
    match caja.longitudes {
        Longitudes::Todas => {}
        Longitudes::Tramo(oeste, este) => {
            ranges.push(lon().gt_eq(lit(oeste)).or(no_place()));
            ranges.push(lon().lt_eq(lit(este)).or(no_place()));
        }
        Longitudes::PorLaLineaDeFecha(oeste, este) => {
            let band = lon().gt_eq(lit(oeste)).or(lon().lt_eq(lit(este)));
            ranges.push(band.or(no_latitude()));
        }
    }
    ranges
}
