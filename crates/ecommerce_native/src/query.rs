//! What is asked: which rows, by which keys, which aggregates.

use std::ops::{Bound, RangeBounds};

/// A filter, keys and aggregates, over columns named as in the file.
///
/// ```
/// use ecommerce_native::{Predicate, Query};
///
/// let query = Query::new()
///     .filter(Predicate::above("monto", 0.0))
///     .key("region")
///     .sum("monto", "revenue")
///     .count("ventas")
///     .distinct("user_id", "usuarios")
///     .mean("monto", "ticket");
/// assert_eq!(query.keys, ["region"]);
/// assert_eq!(query.aggregates.len(), 4);
/// ```
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Query {
    /// What a row must satisfy, all of it.
    pub filter: Vec<Predicate>,
    /// The columns whose values make a group; none of them is one group.
    pub keys: Vec<String>,
    /// What is computed per group, in the order of the output's columns.
    pub aggregates: Vec<Aggregate>,
}

/// A column and what its value must be. A null satisfies nothing.
#[derive(Clone, Debug, PartialEq)]
pub struct Predicate {
    /// The column's name.
    pub column: String,
    /// What its value must be.
    pub condition: Condition,
}

/// What a value must be.
#[derive(Clone, Debug, PartialEq)]
pub enum Condition {
    /// A float in a range; NaN is in none, and −0.0 equals 0.0.
    Number(Limits<f64>),
    /// An integer in a range.
    Integer(Limits<i64>),
    /// A date in a range, in days since 1970-01-01.
    Date(Limits<i32>),
    /// An instant in a range, in microseconds since 1970-01-01 UTC, whatever the unit of the column.
    Timestamp(Limits<i64>),
    /// A text that is one of these, byte for byte.
    Text(Vec<String>),
    /// Anything but a null, in a column of any type.
    NotNull,
}

/// A lower and an upper bound.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits<T> {
    /// Nothing below.
    pub low: Bound<T>,
    /// Nothing above.
    pub high: Bound<T>,
}

impl<T: Copy + PartialOrd> Limits<T> {
    fn of(range: impl RangeBounds<T>) -> Self {
        Self {
            low: range.start_bound().cloned(),
            high: range.end_bound().cloned(),
        }
    }

    /// Whether `value` is between the bounds.
    #[inline]
    pub fn contain(&self, value: T) -> bool {
        (self.low, self.high).contains(&value)
    }
}

/// One computed column.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Aggregate {
    /// What is computed.
    pub function: Function,
    /// From which column; [`Function::Rows`] alone has none.
    pub column: Option<String>,
    /// Name of the output's column.
    pub name: String,
}

/// What is computed of a group's rows. Nulls count for [`Function::Rows`] alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Function {
    /// How many rows: Int64, never null.
    Rows,
    /// How many values that are not null: Int64, never null.
    Count,
    /// The sum: of floats Float64, the double nearest to the exact sum; of integers Decimal128(38, 0). Null without values.
    Sum,
    /// The exact sum over the count, Float64. Null without values.
    Mean,
    /// How many different values, exactly: Int64, never null. Of texts, integers, dates and instants.
    Distinct,
}

impl Query {
    /// A query without filter, keys and aggregates.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// The query with one more condition.
    #[must_use]
    pub fn filter(mut self, predicate: Predicate) -> Self {
        self.filter.push(predicate);
        self
    }

    /// The query with one more key.
    #[must_use]
    pub fn key(mut self, column: impl Into<String>) -> Self {
        self.keys.push(column.into());
        self
    }

    /// The query with the number of rows as `name`.
    #[must_use]
    pub fn count(self, name: impl Into<String>) -> Self {
        self.aggregate(Function::Rows, None, name.into())
    }

    /// The query with the number of values of `column` that are not null as `name`.
    #[must_use]
    pub fn count_of(self, column: impl Into<String>, name: impl Into<String>) -> Self {
        self.aggregate(Function::Count, Some(column.into()), name.into())
    }

    /// The query with the sum of `column` as `name`.
    #[must_use]
    pub fn sum(self, column: impl Into<String>, name: impl Into<String>) -> Self {
        self.aggregate(Function::Sum, Some(column.into()), name.into())
    }

    /// The query with the mean of `column` as `name`.
    #[must_use]
    pub fn mean(self, column: impl Into<String>, name: impl Into<String>) -> Self {
        self.aggregate(Function::Mean, Some(column.into()), name.into())
    }

    /// The query with the number of different values of `column` as `name`.
    #[must_use]
    pub fn distinct(self, column: impl Into<String>, name: impl Into<String>) -> Self {
        self.aggregate(Function::Distinct, Some(column.into()), name.into())
    }

    fn aggregate(mut self, function: Function, column: Option<String>, name: String) -> Self {
        self.aggregates.push(Aggregate {
            function,
            column,
            name,
        });
        self
    }
}

impl Predicate {
    /// A float column in `range`: `0.0..=100.0`, `..10.0`.
    pub fn number(column: impl Into<String>, range: impl RangeBounds<f64>) -> Self {
        Self::of(column, Condition::Number(Limits::of(range)))
    }

    /// A float column above `low`, without `low` itself.
    pub fn above(column: impl Into<String>, low: f64) -> Self {
        Self::number(column, (Bound::Excluded(low), Bound::Unbounded))
    }

    /// An integer column in `range`; one value is `7..=7`.
    pub fn integer(column: impl Into<String>, range: impl RangeBounds<i64>) -> Self {
        Self::of(column, Condition::Integer(Limits::of(range)))
    }

    /// A date column in `range`, in days since 1970-01-01.
    pub fn date(column: impl Into<String>, range: impl RangeBounds<i32>) -> Self {
        Self::of(column, Condition::Date(Limits::of(range)))
    }

    /// A timestamp column in `range`, in microseconds since 1970-01-01 UTC.
    pub fn timestamp(column: impl Into<String>, range: impl RangeBounds<i64>) -> Self {
        Self::of(column, Condition::Timestamp(Limits::of(range)))
    }

    /// A text column that is one of `values`.
    pub fn text<T: Into<String>>(
        column: impl Into<String>,
        values: impl IntoIterator<Item = T>,
    ) -> Self {
        let values = values.into_iter().map(Into::into).collect();
        Self::of(column, Condition::Text(values))
    }

    /// A column that has a value.
    pub fn not_null(column: impl Into<String>) -> Self {
        Self::of(column, Condition::NotNull)
    }

    fn of(column: impl Into<String>, condition: Condition) -> Self {
        Self {
            column: column.into(),
            condition,
        }
    }
}
