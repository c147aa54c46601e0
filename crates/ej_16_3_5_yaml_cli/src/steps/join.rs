//! `unir`: the join with another input, its keys checked on both sides.

use super::Tables;
use crate::frame::Frame;
use crate::problem::{Place, Problem};
use crate::types::spanish;
use crate::yaml::{TipoUnion, Unir};
use polars::prelude::{JoinCoalesce, JoinType, col};

pub(super) fn apply(
    frame: Frame,
    join: &Unir,
    at: Place,
    tables: &mut dyn Tables,
) -> Result<Frame, Problem> {
    let other = tables.table(&join.con.valor, join.con.place)?;
    let (left, right) = if join.por.0.is_empty() {
        (&join.izquierda, &join.derecha)
    } else {
        (&join.por, &join.por)
    };
    let apart = !join.izquierda.0.is_empty() || !join.derecha.0.is_empty();
    if apart && !join.por.0.is_empty() {
        return Err(Problem::yaml(
            at,
            "«por» va solo, sin «izquierda» ni «derecha»",
        ));
    }
    if left.0.len() != right.0.len() {
        return Err(Problem::yaml(
            at,
            format!(
                "«izquierda» nombra {} columnas y «derecha» {}",
                left.0.len(),
                right.0.len()
            ),
        ));
    }
    if (join.tipo == TipoUnion::Cruzada) != left.0.is_empty() {
        let why = if left.0.is_empty() {
            "falta «por»: las columnas que deben coincidir (o tipo: cruzada)"
        } else {
            "una unión cruzada no lleva columnas"
        };
        return Err(Problem::yaml(at, why));
    }
    for (l, r) in left.0.iter().zip(&right.0) {
        frame.has(l)?;
        other
            .has(r)
            .map_err(|e| e.prefixed(&format!("en «{}», ", join.con.valor)))?;
        let (a, b) = (frame.schema.get(&l.valor), other.schema.get(&r.valor));
        if let (Some(a), Some(b)) = (a, b)
            && spanish(a) != spanish(b)
        {
            return Err(Problem::mismatch(
                l.place,
                format!(
                    "las claves no son del mismo tipo: «{}» es {} y «{}» de «{}» es {}; use «convertir»",
                    l.valor,
                    spanish(a),
                    r.valor,
                    join.con.valor,
                    spanish(b)
                ),
            ));
        }
    }
    let how = match join.tipo {
        TipoUnion::Interior => JoinType::Inner,
        TipoUnion::Izquierda => JoinType::Left,
        TipoUnion::Completa => JoinType::Full,
        TipoUnion::Semi => JoinType::Semi,
        TipoUnion::Anti => JoinType::Anti,
        TipoUnion::Cruzada => JoinType::Cross,
    };
    let suffix = join
        .sufijo
        .clone()
        .unwrap_or_else(|| format!("_{}", join.con.valor));
    let coalesce = if join.tipo == TipoUnion::Completa {
        JoinCoalesce::CoalesceColumns
    } else {
        JoinCoalesce::JoinSpecific
    };
    let left: Vec<_> = left.names().map(col).collect();
    let right: Vec<_> = right.names().map(col).collect();
    let lazy = frame
        .lazy
        .join_builder()
        .with(other.lazy)
        .left_on(left)
        .right_on(right)
        .how(how)
        .suffix(suffix)
        .coalesce(coalesce)
        .finish();
    Frame::of(lazy, at)
}
