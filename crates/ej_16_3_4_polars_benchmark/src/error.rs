//! What can go wrong, each with the file or the region it is about.

use datafusion::error::DataFusionError;
use ecommerce_arrow::ReadError;
use polars::error::PolarsError;
use std::io;
use std::path::PathBuf;

/// Why the benchmark's query has no answer that counts.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum BenchmarkError {
    /// The file cannot be read, or is not the table that the query is about.
    #[error(transparent)]
    Input(#[from] ReadError),
    /// The path is not UTF-8, which one of the engines needs.
    #[error("{}: the path is not UTF-8", .0.display())]
    Path(PathBuf),
    /// Polars failed.
    #[error("{file}: Polars: {source}")]
    Polars {
        /// The input.
        file: String,
        /// What it said.
        source: PolarsError,
    },
    /// DataFusion failed.
    #[error("{file}: DataFusion: {source}")]
    DataFusion {
        /// The input.
        file: String,
        /// What it said.
        source: Box<DataFusionError>,
    },
    /// The total of a region stands for no number of cents: NaN, infinite, or so large that a float no longer tells them apart.
    #[error("region {region:?} adds up to {total}, which is no amount of money")]
    NotMoney {
        /// The region; `None` is the group of the rows without one.
        region: Option<String>,
        /// What its amounts add up to.
        total: f64,
    },
    /// The same query on the same file gave another answer when it was repeated.
    #[error("repetition {repetition} gave another answer than the first")]
    Unsteady {
        /// Which one, from 2.
        repetition: usize,
    },
    /// The sales cannot be made as asked.
    #[error(transparent)]
    Sales(#[from] ecommerce_model::GeneratorError),
    /// A file or a stream cannot be written.
    #[error("{}: {source}", path.display())]
    Output {
        /// Which one.
        path: PathBuf,
        /// What the operating system or the writer said.
        source: io::Error,
    },
}

impl BenchmarkError {
    pub(crate) fn output(path: &std::path::Path, source: impl Into<io::Error>) -> Self {
        Self::Output {
            path: path.to_owned(),
            source: source.into(),
        }
    }
}
