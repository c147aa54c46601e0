//! `agrupar`: one row per group, or one in all.

use super::type_of;
use crate::frame::Frame;
use crate::parameters::Parameters;
use crate::problem::{Place, Problem};
use crate::sql::expression;
use crate::yaml::Agrupar;
use polars::prelude::DataType;

pub(super) fn apply(
    frame: Frame,
    group: &Agrupar,
    at: Place,
    parameters: &Parameters,
) -> Result<Frame, Problem> {
    let keys = frame.columns(&group.por)?;
    let mut aggregates = Vec::with_capacity(group.calcular.0.len());
    for (name, sql) in &group.calcular.0 {
        if group.por.names().any(|key| key == name.valor) {
            return Err(Problem::yaml(
                name.place,
                format!("«{}» ya es una columna del grupo", name.valor),
            ));
        }
        let expr = expression(sql, parameters, &frame.schema)?.alias(name.valor.as_str());
        let alone = type_of(&frame, &expr, sql.place)?;
        // What is not an aggregation comes out of a group as a list of its values.
        let grouped = Frame::of(
            super::empty(&frame.schema)
                .group_by([polars::prelude::lit(true).alias("\u{1}grupo")])
                .agg([expr.clone()]),
            sql.place,
        )?;
        let inside = grouped.schema.get(&name.valor).cloned();
        if matches!(&inside, Some(DataType::List(inner)) if **inner == alone) {
            return Err(Problem::mismatch(
                sql.place,
                format!(
                    "«{}» da varios valores por grupo: use SUM, AVG, MIN, MAX, COUNT…",
                    sql.valor.trim()
                ),
            ));
        }
        aggregates.push(expr);
    }
    if aggregates.is_empty() && keys.is_empty() {
        return Err(Problem::yaml(at, "«agrupar» no calcula nada"));
    }
    let lazy = if keys.is_empty() {
        frame.lazy.select(aggregates)
    } else {
        frame.lazy.group_by(keys).agg(aggregates)
    };
    Frame::of(lazy, at)
}
