//! What a percentile cannot be taken of.

use thiserror::Error;

/// Why there is no result.
#[derive(Clone, Copy, Debug, Error, PartialEq)]
#[non_exhaustive]
pub enum PercentileError {
    /// No data: not even the smallest value exists.
    #[error("there are no data")]
    Empty,
    /// A value is NaN, which has no place in an order.
    #[error("the value at {position} is NaN")]
    Nan {
        /// Of the first one.
        position: usize,
    },
    /// The percentile asked for is NaN or outside 0..=100.
    #[error("the percentile must be between 0 and 100, not {percentile}")]
    OutOfRange {
        /// What was asked for.
        percentile: f64,
        /// Its place, where several were asked for.
        position: Option<usize>,
    },
    /// A copy of the data was needed and did not fit.
    #[error("no memory for a copy of {values} values")]
    OutOfMemory {
        /// How many values the copy has.
        values: usize,
    },
    /// [`Options::cancel`](crate::Options::cancel) turned true.
    #[error("cancelled")]
    Cancelled,
}
