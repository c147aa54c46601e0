//! The steps: each takes a frame and gives the next, and checks what it is asked against the schema it meets.

mod group;
mod join;
mod query;
mod sample;

pub use sample::hash_of;

use crate::frame::Frame;
use crate::nearest::hint;
use crate::parameters::Parameters;
use crate::problem::{Place, Problem};
use crate::sql::{expression, is_condition};
use crate::types::data_type;
use crate::yaml::{Conservar, Convertir, Deduplicar, Limitar, Lista, Mapa, Paso, Sitio};
use polars::prelude::{
    DataType, Expr, IntoLazy as _, LazyFrame, Schema, SortMultipleOptions, StrptimeOptions,
    UniqueKeepStrategy, col,
};

/// Where a step gets the other tables from.
pub(crate) trait Tables {
    /// The names that can be asked for.
    fn names(&self) -> Vec<String>;
    /// The table of this name.
    fn table(&mut self, name: &str, at: Place) -> Result<Frame, Problem>;
}

/// The frame after this step.
pub(crate) fn apply(
    frame: Frame,
    step: &Sitio<Paso>,
    parameters: &Parameters,
    tables: &mut dyn Tables,
) -> Result<Frame, Problem> {
    let at = step.place;
    let lazy = match &step.valor {
        Paso::Filtrar(sql) => {
            let condition = expression(sql, parameters, &frame.schema)?;
            let dtype = type_of(&frame, &condition, sql.place)?;
            is_condition(&dtype, sql.place)?;
            return Frame::of(frame.lazy.filter(condition), sql.place);
        }
        Paso::Derivar(columns) => {
            let mut exprs = Vec::with_capacity(columns.0.len());
            for (name, sql) in &columns.0 {
                let expr = expression(sql, parameters, &frame.schema)?.alias(name.valor.as_str());
                // One by one, so that a wrong type points at its own line.
                type_of(&frame, &expr, sql.place)?;
                exprs.push(expr);
            }
            frame.lazy.with_columns(exprs)
        }
        Paso::Renombrar(names) => rename(frame, names)?,
        Paso::Convertir(columns) => {
            let mut exprs = Vec::with_capacity(columns.0.len());
            for (name, to) in &columns.0 {
                frame.has(name)?;
                exprs.push(conversion(&name.valor, to, &frame.schema)?);
            }
            frame.lazy.with_columns(exprs)
        }
        Paso::Agrupar(group) => return group::apply(frame, group, at, parameters),
        Paso::Ordenar(by) => sort(frame, by)?,
        Paso::Unir(join) => return join::apply(frame, join, at, tables),
        Paso::Deduplicar(unique) => deduplicate(frame, unique)?,
        Paso::Muestrear(sample) => sample::apply(frame, sample)?,
        Paso::Seleccionar(names) => {
            if names.0.is_empty() {
                return Err(Problem::yaml(at, "«seleccionar» no nombra ninguna columna"));
            }
            let columns = frame.columns(names)?;
            frame.lazy.select(columns)
        }
        Paso::Limitar(limit) => match limit.valor {
            Limitar::Filas(rows) => frame.lazy.limit(rows),
            Limitar::Tramo { filas, saltar } => frame.lazy.slice(i64::from(saltar), filas),
        },
        Paso::Sql(sql) => return query::apply(frame, sql, parameters, tables),
    };
    Frame::of(lazy, at)
}

/// The type of an expression over the frame. An empty frame of the same schema answers without touching a plan of the data.
pub(crate) fn type_of(frame: &Frame, expr: &Expr, at: Place) -> Result<DataType, Problem> {
    let one = empty(&frame.schema).select([expr.clone()]);
    let Frame { lazy, schema } = Frame::of(one, at)?;
    // A comparison of text with a number has a type; that it has no meaning shows when it is computed, if only over no rows.
    // What panics over no rows may still work over some.
    if let Err(Some(e)) = crate::failure::guarded(|| lazy.collect()) {
        return Err(crate::failure::planning(&e, at));
    }
    Ok(schema
        .get_at_index(0)
        .map_or(DataType::Null, |(_, dtype)| dtype.clone()))
}

/// A frame without rows.
pub(crate) fn empty(schema: &Schema) -> LazyFrame {
    polars::prelude::DataFrame::empty_with_schema(schema).lazy()
}

fn rename(frame: Frame, names: &Mapa<Sitio<String>>) -> Result<LazyFrame, Problem> {
    let moved = |name: &str| names.0.iter().any(|(old, _)| old.valor == name);
    for (i, (old, new)) in names.0.iter().enumerate() {
        frame.has(old)?;
        let stays = frame.schema.contains(&new.valor) && !moved(&new.valor);
        let twice = names.0[..i].iter().any(|(_, n)| n.valor == new.valor);
        if stays || twice {
            return Err(Problem::mismatch(
                new.place,
                format!("dos columnas se llamarían «{}»", new.valor),
            ));
        }
        if new.valor.is_empty() {
            return Err(Problem::yaml(new.place, "el nombre nuevo está vacío"));
        }
    }
    let old = names.0.iter().map(|(old, _)| old.valor.as_str());
    let new = names.0.iter().map(|(_, new)| new.valor.as_str());
    Ok(frame.lazy.rename(old, new, true))
}

fn conversion(name: &str, to: &Sitio<Convertir>, schema: &Schema) -> Result<Expr, Problem> {
    let (kind, written) = match &to.valor {
        Convertir::Tipo(kind) => (kind, None),
        Convertir::Detalle(detail) => (&detail.tipo, Some(detail.formato.as_str())),
    };
    let target = data_type(kind, to.place)?;
    let from = schema.get(name).cloned().unwrap_or(DataType::Null);
    let text = matches!(from, DataType::String);
    if let Some(written) = written
        && !(text && matches!(target, DataType::Date | DataType::Datetime(..)))
    {
        let why = if from.is_temporal() {
            "la columna ya se leyó como fecha: quite «formato», o ponga «fechas: false» en el csv"
                .to_owned()
        } else {
            format!("«formato: {written}» es para leer fechas de una columna de texto")
        };
        return Err(Problem::mismatch(to.place, why));
    }
    let options = StrptimeOptions {
        format: written.map(Into::into),
        strict: true,
        exact: true,
        cache: true,
    };
    let column = col(name);
    Ok(match &target {
        DataType::Date if text => column.str().to_date(options),
        DataType::Datetime(unit, zone) if text => column.str().to_datetime(
            Some(*unit),
            zone.clone(),
            options,
            polars::prelude::lit("raise"),
        ),
        DataType::Boolean if text => truth(column, name),
        _ => column.strict_cast(target),
    })
}

/// `true`/`false`, `si`/`no`, `1`/`0`, in any case; anything else fails.
fn truth(column: Expr, name: &str) -> Expr {
    let shown = name.to_owned();
    column.map(
        move |column| {
            let texts = column.str()?;
            let mut out: Vec<Option<bool>> = Vec::with_capacity(texts.len());
            for text in texts.iter() {
                out.push(match text.map(|t| t.trim().to_lowercase()).as_deref() {
                    None => None,
                    Some("true" | "verdadero" | "si" | "sí" | "1") => Some(true),
                    Some("false" | "falso" | "no" | "0") => Some(false),
                    Some(other) => polars::prelude::polars_bail!(
                        InvalidOperation: "conversion from `str` to `bool` failed in column '{shown}' for 1 out of 1 values: [\"{other}\"]"
                    ),
                });
            }
            let values: polars::prelude::BooleanChunked = out.into_iter().collect();
            Ok(polars::prelude::IntoColumn::into_column(
                values.with_name(column.name().clone()),
            ))
        },
        |_, field| Ok(polars::prelude::Field::new(field.name().clone(), DataType::Boolean)),
    )
}

fn sort(frame: Frame, by: &Lista) -> Result<LazyFrame, Problem> {
    let mut columns = Vec::new();
    let mut descending = Vec::new();
    for name in &by.0 {
        let (column, down) = match name.valor.strip_prefix('-') {
            Some(column) if !frame.schema.contains(&name.valor) => (column, true),
            _ => (name.valor.as_str(), false),
        };
        if !frame.schema.contains(column) {
            return Err(Problem::mismatch(
                name.place,
                format!(
                    "la columna «{column}» no existe{}",
                    hint(column, frame.schema.iter_names().map(|n| n.as_str()))
                ),
            ));
        }
        columns.push(column.to_owned());
        descending.push(down);
    }
    let nulls_last = vec![true; columns.len()];
    let options = SortMultipleOptions {
        descending,
        nulls_last,
        maintain_order: true,
        ..Default::default()
    };
    Ok(frame.lazy.sort(columns, options))
}

fn deduplicate(frame: Frame, unique: &Deduplicar) -> Result<LazyFrame, Problem> {
    let subset = frame.columns(&unique.por)?;
    let subset = (!subset.is_empty()).then_some(subset);
    Ok(match unique.conservar {
        Conservar::Primera => frame
            .lazy
            .unique_stable_generic(subset, UniqueKeepStrategy::First),
        Conservar::Ultima => frame
            .lazy
            .unique_stable_generic(subset, UniqueKeepStrategy::Last),
        Conservar::Ninguna => frame
            .lazy
            .unique_stable_generic(subset, UniqueKeepStrategy::None),
        Conservar::Cualquiera => frame.lazy.unique_generic(subset, UniqueKeepStrategy::Any),
    })
}
