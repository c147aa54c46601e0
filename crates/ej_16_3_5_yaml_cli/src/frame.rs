//! A lazy frame together with its schema, resolved after every step: a wrong column or type points at its own line of the YAML.

use crate::failure;
use crate::problem::{Place, Problem};
use crate::yaml::{Lista, Sitio};
use polars::prelude::{Expr, LazyFrame, SchemaRef, col};

/// A lazy frame whose schema is known.
#[derive(Clone)]
pub(crate) struct Frame {
    pub(crate) lazy: LazyFrame,
    pub(crate) schema: SchemaRef,
}

impl Frame {
    /// The frame with its schema, which a wrong type shows up in.
    pub(crate) fn of(mut lazy: LazyFrame, at: Place) -> Result<Self, Problem> {
        let schema = lazy
            .collect_schema()
            .map_err(|e| failure::planning(&e, at))?;
        Ok(Self { lazy, schema })
    }

    /// Fails unless the schema has this column.
    pub(crate) fn has(&self, name: &Sitio<String>) -> Result<(), Problem> {
        crate::sql::column(&name.valor, name.place, None, &self.schema)
    }

    /// The columns of a list, all of which exist, none of them twice.
    pub(crate) fn columns(&self, names: &Lista) -> Result<Vec<Expr>, Problem> {
        for (i, name) in names.0.iter().enumerate() {
            self.has(name)?;
            if names.0[..i].iter().any(|n| n.valor == name.valor) {
                return Err(Problem::yaml(
                    name.place,
                    format!("la columna «{}» está dos veces", name.valor),
                ));
            }
        }
        Ok(names.names().map(col).collect())
    }
}
