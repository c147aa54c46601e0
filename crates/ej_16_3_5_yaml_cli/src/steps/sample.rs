//! `muestrear`: a sample that depends on the seed and the row's number alone, not on threads, batches or the engine.

use crate::frame::Frame;
use crate::problem::Problem;
use crate::yaml::{Muestrear, Sitio};
use polars::prelude::{
    DataType, Expr, Field, IntoColumn as _, LazyFrame, Literal as _, Scalar, SortMultipleOptions,
    UInt64Chunked, by_name, col,
};

const ROW: &str = "\u{1}fila";
const HASH: &str = "\u{1}azar";

/// A number that looks random, for this row under this seed.
///
/// # Source
/// SplitMix64's finalizer (Steele, Lea and Flood, 2014) over seed and row.
#[must_use]
pub fn hash_of(seed: u64, row: u64) -> u64 {
    let mut z = seed
        .wrapping_mul(0xD6E8_FEB8_6659_FD93)
        .wrapping_add(row.wrapping_add(1).wrapping_mul(0x9E37_79B9_7F4A_7C15));
    z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    z ^ (z >> 31)
}

fn hashed(seed: u64) -> Expr {
    col(ROW).cast(DataType::UInt64).map(
        move |rows| {
            let hashes: UInt64Chunked = rows
                .u64()?
                .iter()
                .map(|row| row.map(|row| hash_of(seed, row)))
                .collect();
            Ok(hashes.with_name(rows.name().clone()).into_column())
        },
        |_, field| Ok(Field::new(field.name().clone(), DataType::UInt64)),
    )
}

pub(super) fn apply(frame: Frame, sample: &Sitio<Muestrear>) -> Result<LazyFrame, Problem> {
    let at = sample.place;
    let seed = sample.valor.semilla;
    let numbered = frame
        .lazy
        .with_row_index(ROW, None)
        .with_column(hashed(seed).alias(HASH));
    let drop = || by_name([ROW, HASH], true, false);
    match (sample.valor.filas, sample.valor.fraccion) {
        (Some(rows), None) => {
            let smallest = SortMultipleOptions::default();
            Ok(numbered
                .sort_by_exprs([col(HASH), col(ROW)], smallest.clone())
                .limit(rows)
                .sort([ROW], smallest)
                .drop(drop()))
        }
        (None, Some(part)) if (0.0..=1.0).contains(&part) => {
            #[expect(
                clippy::cast_possible_truncation,
                clippy::cast_sign_loss,
                reason = "a part of 2^64, and 1 is all of it: `as` saturates"
            )]
            let threshold = (part * 18_446_744_073_709_551_616.0) as u64;
            let inside = if part >= 1.0 {
                Scalar::from(true).lit()
            } else {
                col(HASH).lt(Scalar::from(threshold).lit())
            };
            Ok(numbered.filter(inside).drop(drop()))
        }
        (None, Some(_)) => Err(Problem::yaml(at, "«fraccion» va de 0 a 1")),
        _ => Err(Problem::yaml(
            at,
            "una muestra lleva «filas» o «fraccion», una de las dos",
        )),
    }
}
