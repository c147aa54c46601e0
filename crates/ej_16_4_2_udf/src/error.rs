//! What these functions refuse, and why.

use datafusion::arrow::datatypes::DataType;
use datafusion::error::DataFusionError;

/// A call that cannot be answered. It travels inside [`DataFusionError::External`]: [`UdfError::of`] finds it there.
#[derive(Clone, PartialEq, Debug, thiserror::Error)]
#[non_exhaustive]
pub enum UdfError {
    /// Another number of arguments than the function has.
    #[error("{function} takes {expected} arguments, not {found}")]
    ArgumentCount {
        /// Its name.
        function: &'static str,
        /// How many it takes.
        expected: usize,
        /// How many came.
        found: usize,
    },
    /// An argument of another type than the one it is coerced to; planning does that, so it takes a call that went around it.
    #[error("{function}: argument {argument} is {found}, not {expected}")]
    ArgumentType {
        /// The function's name.
        function: &'static str,
        /// Which argument, from 1.
        argument: usize,
        /// The type that was agreed on.
        expected: DataType,
        /// The type that came.
        found: DataType,
    },
    /// A column as long as neither the others nor the batch.
    #[error("{function}: argument {argument} has {found} rows in a batch of {expected}")]
    ArgumentLength {
        /// The function's name.
        function: &'static str,
        /// Which argument, from 1.
        argument: usize,
        /// Rows of the batch.
        expected: usize,
        /// Rows of the column.
        found: usize,
    },
    /// A parameter that is no constant, or null.
    #[error("{function}: {parameter} must be a constant, and not null")]
    NotConstant {
        /// The function's name.
        function: &'static str,
        /// The parameter's.
        parameter: &'static str,
    },
    /// A percentile outside [0, 1], or NaN.
    #[error("{function}: {found} is no percentile: it goes from 0 to 1")]
    PercentileOutOfRange {
        /// The function's name.
        function: &'static str,
        /// What was asked for.
        found: f64,
    },
    /// A gap of no time, of less, or of more than i64 microseconds.
    #[error("sesion: a gap of {found} minutes ends no session")]
    GapOutOfRange {
        /// What was asked for.
        found: i64,
    },
    /// Instants that go up and down in a partition: the window has no ORDER BY, or another one.
    #[error(
        "sesion: the instants of a partition are not in order; it needs ORDER BY its own argument"
    )]
    Unordered,
    /// `percentil_exacto(DISTINCT …)`: nobody has said what it should be.
    #[error("{function} does not take DISTINCT")]
    Distinct {
        /// The function's name.
        function: &'static str,
    },
    /// More values in one batch of partial states than a list column can count.
    #[error("{function}: {found} values do not fit in a batch of states")]
    StateTooLarge {
        /// The function's name.
        function: &'static str,
        /// How many.
        found: usize,
    },
    /// A partial state that this function has not written.
    #[error("{function}: a partial state that is not its own: {why}")]
    ForeignState {
        /// The function's name.
        function: &'static str,
        /// What is wrong with it.
        why: &'static str,
    },
}

impl UdfError {
    /// The one inside an error of the engine, whatever context was added on the way.
    #[must_use]
    pub fn of(error: &DataFusionError) -> Option<&Self> {
        let mut cause: Option<&(dyn std::error::Error + 'static)> = Some(error);
        while let Some(here) = cause {
            if let Some(found) = here.downcast_ref::<Self>() {
                return Some(found);
            }
            // An Arc or a Box around an error hides it from `downcast_ref`; the engine's own are opened here.
            cause = match here.downcast_ref::<DataFusionError>() {
                Some(DataFusionError::External(inner)) => Some(inner.as_ref()),
                Some(DataFusionError::Context(_, inner)) => Some(inner.as_ref()),
                Some(DataFusionError::Shared(inner)) => Some(inner.as_ref()),
                Some(DataFusionError::Diagnostic(_, inner)) => Some(inner.as_ref()),
                _ => here.source(),
            };
        }
        None
    }
}

impl From<UdfError> for DataFusionError {
    fn from(error: UdfError) -> Self {
        Self::External(Box::new(error))
    }
}
