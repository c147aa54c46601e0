//! A query resolved against files: which columns, of which kind, for what; and what their statistics already say.

use crate::error::NativeError;
use crate::groups::MOST_MEASURES;
use crate::kind::{Kind, Unit, describe};
use crate::query::{Condition, Function, Limits, Predicate, Query};
use crate::source::{Source, SourceFile};
use parquet::basic::Encoding;
use parquet::file::metadata::RowGroupMetaData;
use parquet::file::statistics::Statistics;
use std::ops::Bound;

/// Up to so many groups, each thread keeps its own.
const FEW_GROUPS: u64 = 1 << 18;
/// What a value takes in a dictionary's page, compressed, or more.
const BYTES_PER_VALUE: u64 = 3;

/// What a query takes, each column once.
#[derive(Debug)]
pub(crate) struct Plan {
    pub(crate) columns: Vec<Column>,
    pub(crate) filter: Vec<(usize, Test)>,
    /// Columns of the keys.
    pub(crate) keys: Vec<usize>,
    /// Columns that are counted or added up.
    pub(crate) measures: Vec<usize>,
    /// Columns whose different values are counted.
    pub(crate) distincts: Vec<usize>,
    pub(crate) aggregates: Vec<(String, Computed)>,
    /// Whether there may be so many groups that rows are better dealt out by their key.
    pub(crate) many_groups: bool,
    /// For each file, where each column is in it.
    leaves: Vec<Vec<usize>>,
}

/// A column of the query.
#[derive(Debug)]
pub(crate) struct Column {
    pub(crate) name: String,
    pub(crate) kind: Kind,
}

/// An aggregate and where its state is: a place in `measures` or `distincts`.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Computed {
    Rows,
    Count(usize),
    Sum(usize),
    Mean(usize),
    Distinct(usize),
}

/// A condition in the column's own units.
#[derive(Clone, Debug)]
pub(crate) enum Test {
    Float(Limits<f64>),
    /// From the first to the second, both included.
    Integer(i64, i64),
    /// One of these, sorted.
    Text(Vec<Vec<u8>>),
    /// Any value.
    NotNull,
}

/// What statistics say of a test.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    NoRow,
    Perhaps,
    EveryRow,
}

impl Plan {
    /// Whether there is nothing to do but to add up one column in one group.
    pub(crate) fn only_adds_up(&self) -> bool {
        self.measures.len() == 1 && self.keys.is_empty() && self.distincts.is_empty()
    }

    /// Resolves the filter of a query against every file of `source`.
    fn filtered(source: &Source, filter: &[Predicate]) -> Result<Self, NativeError> {
        let mut plan = Self {
            columns: Vec::new(),
            filter: Vec::new(),
            keys: Vec::new(),
            measures: Vec::new(),
            distincts: Vec::new(),
            aggregates: Vec::new(),
            many_groups: false,
            leaves: vec![Vec::new(); source.files.len()],
        };
        for predicate in filter {
            let column = plan.column(source, &predicate.column)?;
            let test = plan.test(source, column, &predicate.condition)?;
            plan.filter.push((column, test));
        }
        Ok(plan)
    }

    /// Resolves a filter and the columns that are wanted of the rows that satisfy it; also gives the places of these in the plan.
    pub(crate) fn of_rows(
        source: &Source,
        filter: &[Predicate],
        columns: &[&str],
    ) -> Result<(Self, Vec<usize>), NativeError> {
        let mut plan = Self::filtered(source, filter)?;
        let places: Result<_, _> = columns.iter().map(|c| plan.column(source, c)).collect();
        Ok((plan, places?))
    }

    /// Resolves `query` against every file of `source`.
    pub(crate) fn new(source: &Source, query: &Query) -> Result<Self, NativeError> {
        let mut plan = Self::filtered(source, &query.filter)?;
        for key in &query.keys {
            let column = plan.column(source, key)?;
            plan.check(source, column, "a key", |kind| kind != Kind::Float)?;
            plan.keys.push(column);
        }
        for aggregate in &query.aggregates {
            let computed = match (aggregate.function, &aggregate.column) {
                (Function::Rows, _) => Computed::Rows,
                (function, name) => {
                    let column = plan.column(source, name.as_deref().unwrap_or_default())?;
                    plan.computed(source, function, column)?
                }
            };
            plan.aggregates.push((aggregate.name.clone(), computed));
        }
        // Without room for what a record says of its measures, they stay with each thread.
        let groups = plan.keys.iter().try_fold(1, |groups: u64, key| {
            groups.checked_mul(plan.dictionary_values(source, *key)?)
        });
        plan.many_groups =
            groups.is_none_or(|g| g > FEW_GROUPS) && plan.measures.len() <= MOST_MEASURES;
        Ok(plan)
    }

    /// A guess at how many values a column has, not too low, from the size of its dictionaries; none if a chunk has values that are
    /// not in one.
    fn dictionary_values(&self, source: &Source, column: usize) -> Option<u64> {
        let mut largest = 1;
        for (index, file) in source.files.iter().enumerate() {
            for group in file.metadata.row_groups() {
                let chunk = group.column(self.leaf(index, column));
                let plain = chunk.page_encoding_stats_mask().is_some_and(|pages| {
                    !pages.is_only(Encoding::RLE_DICTIONARY)
                        && !pages.is_only(Encoding::PLAIN_DICTIONARY)
                });
                if plain {
                    return None;
                }
                let start = chunk.dictionary_page_offset()?;
                let bytes = u64::try_from(chunk.data_page_offset().checked_sub(start)?).ok()?;
                largest = largest.max(bytes / BYTES_PER_VALUE);
            }
        }
        Some(largest)
    }

    fn computed(
        &mut self,
        source: &Source,
        function: Function,
        column: usize,
    ) -> Result<Computed, NativeError> {
        let number = |kind| matches!(kind, Kind::Float | Kind::Integer);
        match function {
            Function::Sum => self.check(source, column, "added up", number)?,
            Function::Mean => self.check(source, column, "averaged", number)?,
            Function::Distinct => {
                self.check(source, column, "told apart", |kind| kind != Kind::Float)?;
            }
            Function::Rows | Function::Count => {}
        }
        Ok(match function {
            Function::Rows => Computed::Rows,
            Function::Count => Computed::Count(place(&mut self.measures, column)),
            Function::Sum => Computed::Sum(place(&mut self.measures, column)),
            Function::Mean => Computed::Mean(place(&mut self.measures, column)),
            Function::Distinct => Computed::Distinct(place(&mut self.distincts, column)),
        })
    }

    /// The place of the column called `name`, found in every file.
    fn column(&mut self, source: &Source, name: &str) -> Result<usize, NativeError> {
        if let Some(known) = self.columns.iter().position(|c| c.name == name) {
            return Ok(known);
        }
        let mut kind = None;
        for (file, leaves) in source.files.iter().zip(&mut self.leaves) {
            let (leaf, found) = find(file, name)?;
            if *kind.get_or_insert(found) != found {
                return Err(column_type(file, leaf, name, "what it is in another file"));
            }
            leaves.push(leaf);
        }
        let kind = kind.ok_or_else(|| NativeError::NoFiles("the source".into()))?;
        self.columns.push(Column {
            name: name.to_owned(),
            kind,
        });
        Ok(self.columns.len() - 1)
    }

    fn check(
        &self,
        source: &Source,
        column: usize,
        wanted: &'static str,
        fits: impl Fn(Kind) -> bool,
    ) -> Result<(), NativeError> {
        let Column { name, kind } = &self.columns[column];
        match source.files.first() {
            Some(file) if !fits(*kind) => {
                Err(column_type(file, self.leaves[0][column], name, wanted))
            }
            _ => Ok(()),
        }
    }

    fn test(
        &self,
        source: &Source,
        column: usize,
        condition: &Condition,
    ) -> Result<Test, NativeError> {
        let (wanted, test) = match (condition, self.columns[column].kind) {
            (Condition::Number(limits), Kind::Float) => ("", Some(Test::Float(*limits))),
            (Condition::Integer(limits), Kind::Integer) => ("", Some(integers(*limits, 1, 1))),
            (Condition::Date(limits), Kind::Date) => {
                let wide = |bound: Bound<i32>| bound.map(i64::from);
                let limits = Limits {
                    low: wide(limits.low),
                    high: wide(limits.high),
                };
                ("", Some(integers(limits, 1, 1)))
            }
            (Condition::Timestamp(limits), Kind::Timestamp(unit, _)) => {
                let (per_micro, micros) = match unit {
                    Unit::Millis => (1, 1_000),
                    Unit::Micros => (1, 1),
                    Unit::Nanos => (1_000, 1),
                };
                ("", Some(integers(*limits, per_micro, micros)))
            }
            (Condition::Text(values), Kind::Text) => {
                let mut values: Vec<_> = values.iter().map(|v| v.clone().into_bytes()).collect();
                values.sort();
                ("", Some(Test::Text(values)))
            }
            (Condition::NotNull, _) => ("", Some(Test::NotNull)),
            (Condition::Number(_), _) => ("compared with a float", None),
            (Condition::Integer(_), _) => ("compared with an integer", None),
            (Condition::Date(_), _) => ("compared with a date", None),
            (Condition::Timestamp(_), _) => ("compared with an instant", None),
            (Condition::Text(_), _) => ("compared with a text", None),
        };
        match test {
            Some(test) => Ok(test),
            None => {
                self.check(source, column, wanted, |_| false)?;
                Err(NativeError::NoFiles("the source".into()))
            }
        }
    }

    /// Where a column is in a file.
    pub(crate) fn leaf(&self, file: usize, column: usize) -> usize {
        self.leaves[file][column]
    }

    /// The tests that a row group leaves open; none if it cannot have a row that passes.
    pub(crate) fn open_tests(&self, file: usize, group: &RowGroupMetaData) -> Option<Vec<usize>> {
        let mut open = Vec::new();
        for (index, (column, test)) in self.filter.iter().enumerate() {
            let chunk = group.column(self.leaf(file, *column));
            let verdict = chunk
                .statistics()
                .map_or(Verdict::Perhaps, |s| test.judge(s));
            match verdict {
                Verdict::NoRow => return None,
                Verdict::Perhaps => open.push(index),
                Verdict::EveryRow => {}
            }
        }
        Some(open)
    }
}

fn place(list: &mut Vec<usize>, column: usize) -> usize {
    list.iter().position(|c| *c == column).unwrap_or_else(|| {
        list.push(column);
        list.len() - 1
    })
}

/// The leaf of the one column called `name`, and what it holds.
fn find(file: &SourceFile, name: &str) -> Result<(usize, Kind), NativeError> {
    let leaves = file.metadata.file_metadata().schema_descr().columns();
    let mut places = (0..leaves.len()).filter(|i| leaves[*i].path().parts()[0] == name);
    match (places.next(), places.next()) {
        (Some(leaf), None) => Kind::of(&leaves[leaf])
            .filter(|_| leaves[leaf].path().parts().len() == 1)
            .map(|kind| (leaf, kind))
            .ok_or_else(|| column_type(file, leaf, name, "used: it is not of a known flat type")),
        (Some(leaf), Some(_)) => Err(column_type(file, leaf, name, "one column of several")),
        (None, _) => Err(NativeError::MissingColumn {
            file: file.bytes.name().to_owned(),
            column: name.to_owned(),
        }),
    }
}

fn column_type(file: &SourceFile, leaf: usize, name: &str, wanted: &'static str) -> NativeError {
    NativeError::ColumnType {
        file: file.bytes.name().to_owned(),
        column: name.to_owned(),
        found: describe(&file.metadata.file_metadata().schema_descr().column(leaf)),
        wanted,
    }
}

/// A range of integers in units of which `times` are one of the limits', or of which one is `of` of theirs.
fn integers(limits: Limits<i64>, times: i128, of: i128) -> Test {
    let scaled = |v: i64| i128::from(v) * times;
    let low = match limits.low {
        Bound::Included(v) => -(-scaled(v)).div_euclid(of),
        Bound::Excluded(v) => scaled(v).div_euclid(of) + 1,
        Bound::Unbounded => i128::from(i64::MIN),
    };
    let high = match limits.high {
        Bound::Included(v) => scaled(v).div_euclid(of),
        Bound::Excluded(v) => -(-scaled(v)).div_euclid(of) - 1,
        Bound::Unbounded => i128::from(i64::MAX),
    };
    match (
        i64::try_from(low.max(i64::MIN.into())),
        i64::try_from(high.min(i64::MAX.into())),
    ) {
        (Ok(low), Ok(high)) => Test::Integer(low, high),
        // A range beyond all integers.
        _ => Test::Integer(1, 0),
    }
}

impl Test {
    /// Whether a number passes, given as its 64 bits.
    #[inline]
    pub(crate) fn number(&self, bits: u64) -> bool {
        match self {
            Self::Float(limits) => limits.contain(f64::from_bits(bits)),
            Self::Integer(low, high) => (*low..=*high).contains(&(bits as i64)),
            Self::Text(_) => false,
            Self::NotNull => true,
        }
    }

    /// Whether a text passes.
    #[inline]
    pub(crate) fn text(&self, text: &[u8]) -> bool {
        match self {
            Self::Text(values) => values.iter().any(|v| v == text),
            Self::NotNull => true,
            _ => false,
        }
    }

    /// Whether it is `> 0.0`.
    pub(crate) fn is_positive(&self) -> bool {
        matches!(
            self,
            Self::Float(Limits { low: Bound::Excluded(zero), high: Bound::Unbounded }) if *zero == 0.0
        )
    }

    fn judge(&self, statistics: &Statistics) -> Verdict {
        let no_null = statistics.null_count_opt() == Some(0);
        let of = |outside: bool, inside: bool| match (outside, inside && no_null) {
            (true, _) => Verdict::NoRow,
            (_, true) => Verdict::EveryRow,
            _ => Verdict::Perhaps,
        };
        let range = match statistics {
            Statistics::Int32(s) => s
                .min_opt()
                .zip(s.max_opt())
                .map(|(a, b)| (i64::from(*a), i64::from(*b))),
            Statistics::Int64(s) => s.min_opt().zip(s.max_opt()).map(|(a, b)| (*a, *b)),
            _ => None,
        };
        match (self, statistics, range) {
            (Self::NotNull, ..) => of(false, true),
            (Self::Integer(low, high), _, Some((min, max))) if min <= max => {
                of(max < *low || *high < min, *low <= min && max <= *high)
            }
            (Self::Float(limits), Statistics::Double(s), _) => match (s.min_opt(), s.max_opt()) {
                // NaN is in no statistics, so they never say that all rows pass.
                (Some(min), Some(max)) if min <= max => {
                    of(below(*max, limits.low) || above(*min, limits.high), false)
                }
                _ => Verdict::Perhaps,
            },
            (Self::Text(values), Statistics::ByteArray(s), _)
                if !statistics.is_min_max_deprecated() =>
            {
                match (s.min_bytes_opt(), s.max_bytes_opt()) {
                    (Some(min), Some(max)) if min <= max => of(
                        values
                            .iter()
                            .all(|v| v.as_slice() < min || max < v.as_slice()),
                        false,
                    ),
                    _ => Verdict::Perhaps,
                }
            }
            _ => Verdict::Perhaps,
        }
    }
}

fn below(value: f64, low: Bound<f64>) -> bool {
    match low {
        Bound::Included(low) => value < low,
        Bound::Excluded(low) => value <= low,
        Bound::Unbounded => false,
    }
}

fn above(value: f64, high: Bound<f64>) -> bool {
    match high {
        Bound::Included(high) => value > high,
        Bound::Excluded(high) => value >= high,
        Bound::Unbounded => false,
    }
}
