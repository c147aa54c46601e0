//! The work in Polars: one lazy plan, run by the streaming engine, which is the one that Python's `.collect()` takes by itself.

use crate::engine::Engine;
use crate::work::MOST;
use crate::{Input, Key, Sum, WorkError};
use polars::prelude::*;
use std::fs::File;
use std::io;
use std::path::Path;

/// Polars with its question.
#[derive(Clone, Debug)]
pub struct Polars {
    /// The sales.
    pub input: Input,
    /// By what.
    pub key: Key,
    /// How amounts are added up.
    pub sum: Sum,
}

impl Polars {
    fn scan(&self) -> PolarsResult<LazyFrame> {
        let place = match &self.input {
            Input::File { text, .. } => text.as_str(),
            Input::Object { url, .. } => url.as_str(),
        };
        // Its name is no pattern, whatever characters it has.
        let options = ScanArgsParquet {
            glob: false,
            ..ScanArgsParquet::default()
        };
        LazyFrame::scan_parquet(place.into(), options)
    }

    /// The plan, of which nothing has been executed.
    ///
    /// # Shape
    /// The columns of [`Key::answer`]: a text and Int64s; a row per key, that of the rows without one included, in no order.
    ///
    /// # Errors
    /// [`PolarsError`] if the address cannot be taken.
    pub fn plan(&self) -> PolarsResult<LazyFrame> {
        let amount = col("monto");
        let cents = |value: Expr| {
            (value * lit(100.0))
                .round(0, RoundMode::HalfToEven)
                .cast(DataType::Int64)
        };
        let total = match self.sum {
            Sum::Cents => cents(amount.clone()).sum(),
            Sum::Float => cents(amount.clone().sum()),
        };
        let mut asked = vec![
            total.alias("centavos"),
            len().cast(DataType::Int64).alias("ventas"),
        ];
        if self.key == Key::Region {
            // n_unique counts null as a value.
            let users = col("user_id").drop_nulls().n_unique();
            asked.push(users.cast(DataType::Int64).alias("usuarios"));
        }
        let two = || lit(2_i64);
        let mean = (two() * col("centavos") + col("ventas")).floor_div(two() * col("ventas"));
        let answer = self
            .scan()?
            .filter(amount.clone().gt(lit(0.0)).and(amount.lt_eq(lit(MOST))))
            .group_by([col(self.key.column())])
            .agg(asked)
            .with_column(mean.alias("media"));
        Ok(answer.select(
            self.key
                .answer()
                .iter()
                .map(|c| col(*c))
                .collect::<Vec<_>>(),
        ))
    }

    fn failed(&self, source: PolarsError) -> WorkError {
        WorkError::Polars {
            input: self.input.name(),
            source,
        }
    }
}

fn collect(plan: LazyFrame) -> PolarsResult<DataFrame> {
    Ok(plan
        .collect_with_engine(polars::prelude::Engine::Streaming)?
        .unwrap_single())
}

impl Engine for Polars {
    type Answer = DataFrame;

    fn version(&self) -> String {
        format!("polars {}", polars::VERSION)
    }

    fn decode(&self) -> Result<Option<u64>, WorkError> {
        let needed: Vec<_> = self.key.needed().iter().map(|c| col(*c)).collect();
        let frame = self.scan().and_then(|scan| collect(scan.select(needed)));
        let rows = frame.map_err(|error| self.failed(error))?.height();
        Ok(Some(rows as u64))
    }

    fn aggregate(&self) -> Result<DataFrame, WorkError> {
        self.plan()
            .and_then(collect)
            .map_err(|error| self.failed(error))
    }

    fn write(&self, mut answer: DataFrame, path: &Path) -> Result<(), WorkError> {
        let file = File::create(path).map_err(|error| WorkError::output(path, error))?;
        ParquetWriter::new(file)
            .finish(&mut answer)
            .map_err(|error| WorkError::output(path, io::Error::other(error.to_string())))?;
        Ok(())
    }
}
