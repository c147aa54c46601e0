//! What is asked of a large file: an aggregation, a sort, a join.

use crate::process::scan;
use polars::prelude::{
    DataType, JoinBuildSide, JoinType, LazyFrame, PlRefPath, PolarsResult, RoundMode,
    SortMultipleOptions, col, len, lit, when,
};
use std::path::{Path, PathBuf};

/// A question to a file of events.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Operation {
    /// Events, cents of revenue and bytes of messages by region, in the order of the regions.
    Aggregate,
    /// All rows in the order of `evento_id`.
    Sort,
    /// Every event with the columns of another file whose `key` is its own; events without such a row are left out.
    Join {
        /// The other file.
        with: PathBuf,
        /// The column that both have.
        key: String,
        /// Whether Polars may find out by itself which side is the smaller; otherwise the other file is.
        guess: bool,
    },
}

impl Operation {
    /// The column that the sorts go by: unique among generated events, so that there is one right order.
    pub const SORT_KEY: &str = "evento_id";

    /// The columns of the events that it needs.
    pub fn columns(&self) -> Vec<&str> {
        match self {
            Self::Aggregate => vec!["region", "monto", "mensaje"],
            Self::Sort => vec![Self::SORT_KEY],
            Self::Join { key, .. } => vec![key],
        }
    }

    /// The plan over a file of events.
    ///
    /// # Shape
    /// Aggregate: `region` · `eventos` UInt32 · `centavos` Int64, of positive amounts, half to even · `bytes` UInt64. Sort: the
    /// columns of the input. Join: those and the other file's without the key.
    ///
    /// # Errors
    /// * Those of Polars if a file has no readable footer.
    pub fn plan(&self, events: &Path) -> PolarsResult<LazyFrame> {
        let events = scan(PlRefPath::try_from_path(events)?)?;
        Ok(match self {
            Self::Aggregate => aggregate(events),
            Self::Sort => events.sort([Self::SORT_KEY], SortMultipleOptions::default()),
            Self::Join { with, key, guess } => {
                let other = scan(PlRefPath::try_from_path(with)?)?;
                // To find out, Polars keeps up to ten million rows of both sides.
                let small = (!guess).then_some(JoinBuildSide::ForceRight);
                events
                    .join_builder()
                    .with(other)
                    .on([col(key.as_str())])
                    .how(JoinType::Inner)
                    .build_side(small)
                    .finish()
            }
        })
    }
}

/// Integers throughout, so that the sums are the same in every order and on every engine.
fn aggregate(events: LazyFrame) -> LazyFrame {
    let cents = (col("monto") * lit(100.0)).round(0, RoundMode::HalfToEven);
    let sold = col("monto").gt(lit(0.0)).and(col("monto").is_finite());
    events
        .with_column(
            when(sold)
                .then(cents)
                .otherwise(lit(0.0))
                .cast(DataType::Int64)
                .alias("centavos"),
        )
        .group_by([col("region")])
        .agg([
            len().alias("eventos"),
            col("centavos").sum(),
            col("mensaje")
                .str()
                .len_bytes()
                .cast(DataType::UInt64)
                .sum()
                .alias("bytes"),
        ])
        .sort(["region"], SortMultipleOptions::default())
}
