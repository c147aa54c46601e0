//! `sql`: a query over what arrives (`actual`) and the inputs.

use super::Tables;
use crate::failure::{planning, quoted};
use crate::frame::Frame;
use crate::nearest::hint;
use crate::parameters::Parameters;
use crate::problem::Problem;
use crate::sql::statement;
use crate::yaml::Sitio;
use polars::prelude::PolarsError;
use polars::sql::{SQLContext, extract_table_identifiers};

/// What the table that arrives is called in a query.
pub(crate) const CURRENT: &str = "actual";

pub(super) fn apply(
    frame: Frame,
    sql: &Sitio<String>,
    parameters: &Parameters,
    tables: &mut dyn Tables,
) -> Result<Frame, Problem> {
    let at = sql.place;
    let text = statement(sql, parameters)?;
    let used = extract_table_identifiers(&text, false, true).map_err(|e| planning(&e, at))?;
    let known = tables.names();
    let mut context = SQLContext::new();
    let mut columns: Vec<String> = Vec::new();
    for name in &used {
        let table = if name == CURRENT {
            frame.clone()
        } else if known.contains(name) {
            tables.table(name, at)?
        } else {
            // A table of the query's own WITH, or one that is not there: the engine tells which.
            continue;
        };
        columns.extend(table.schema.iter_names().map(ToString::to_string));
        context.register(name, table.lazy);
    }
    let named = |e: PolarsError| {
        let text = e.to_string();
        if text.contains("relation '") {
            let name = quoted(&text).unwrap_or_default();
            let all = known.iter().map(String::as_str).chain([CURRENT]);
            return Problem::yaml(
                at,
                format!("la tabla «{name}» no existe{}", hint(name, all)),
            );
        }
        let problem = planning(&e, at);
        match quoted_column(&problem.to_string()) {
            Some(name) => Problem::mismatch(
                at,
                format!(
                    "la columna «{name}» no existe{}",
                    hint(&name, columns.iter().map(String::as_str))
                ),
            ),
            None => problem,
        }
    };
    let mut lazy = context.execute(&text).map_err(&named)?;
    lazy.collect_schema().map_err(&named)?;
    Frame::of(lazy, at)
}

/// The column of a message of ours about an unknown one.
fn quoted_column(message: &str) -> Option<String> {
    let rest = message.split_once("la columna «")?.1;
    let (name, tail) = rest.split_once('»')?;
    tail.starts_with(" no existe").then(|| name.to_owned())
}
