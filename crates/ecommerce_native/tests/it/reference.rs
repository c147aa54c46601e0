//! What a query should answer: a loop over rows that arrow-rs decodes, ordered maps, and Shewchuk's exact sum.

use arrow::array::{Array, ArrayRef, AsArray as _, RecordBatch};
use arrow::compute::cast;
use arrow::datatypes::{DataType, Float64Type, Int64Type};
use ecommerce_native::{Condition, Function, Predicate, Query};
use std::collections::{BTreeMap, BTreeSet};

/// A value, ordered as keys are: nulls last.
#[derive(Clone, Debug, PartialEq, PartialOrd)]
pub(crate) enum Cell {
    Integer(i64),
    Float(f64),
    Text(String),
    /// An integer too long for 64 bits, in its digits.
    Digits(String),
    Null,
}

/// A key: what equals and orders as it.
type Key = Vec<Option<Ordered>>;

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Ordered {
    Integer(i64),
    Text(String),
}

/// The cells of a column.
pub(crate) fn cells(array: &ArrayRef) -> Vec<Cell> {
    let each = |of: &dyn Fn(usize) -> Cell| {
        (0..array.len())
            .map(|row| {
                if array.is_null(row) {
                    Cell::Null
                } else {
                    of(row)
                }
            })
            .collect()
    };
    match array.data_type() {
        DataType::Float64 => {
            let floats = array.as_primitive::<Float64Type>();
            each(&|row| Cell::Float(floats.value(row)))
        }
        DataType::Utf8 => {
            let texts = array.as_string::<i32>();
            each(&|row| Cell::Text(texts.value(row).to_owned()))
        }
        DataType::Decimal128(_, 0) => {
            let decimals = array.as_primitive::<arrow::datatypes::Decimal128Type>();
            each(&|row| Cell::Digits(decimals.value(row).to_string()))
        }
        DataType::Date32 => cells(&cast(array, &DataType::Int32).unwrap()),
        _ => {
            let integers = cast(array, &DataType::Int64).unwrap();
            let integers = integers.as_primitive::<Int64Type>();
            each(&|row| Cell::Integer(integers.value(row)))
        }
    }
}

/// The rows of a batch.
pub(crate) fn rows(batch: &RecordBatch) -> Vec<Vec<Cell>> {
    let columns: Vec<Vec<Cell>> = batch.columns().iter().map(cells).collect();
    (0..batch.num_rows())
        .map(|row| columns.iter().map(|c| c[row].clone()).collect())
        .collect()
}

#[derive(Default)]
struct Group {
    rows: i64,
    /// For each aggregate, the values of its column that are not null.
    values: Vec<Vec<Cell>>,
}

/// What `query` answers over `batches`.
pub(crate) fn answer(batches: &[RecordBatch], query: &Query) -> Vec<Vec<Cell>> {
    let mut groups: BTreeMap<Vec<(bool, Option<Ordered>)>, Group> = BTreeMap::new();
    if query.keys.is_empty() {
        groups.insert(Vec::new(), Group::default());
    }
    for batch in batches {
        let column = |name: &str| cells(batch.column_by_name(name).unwrap());
        let tested: Vec<_> = query.filter.iter().map(|p| column(&p.column)).collect();
        let keys: Vec<_> = query.keys.iter().map(|k| column(k)).collect();
        let measured: Vec<_> = query
            .aggregates
            .iter()
            .map(|a| a.column.as_deref().map(column))
            .collect();
        for row in 0..batch.num_rows() {
            let mut tests = query.filter.iter().zip(&tested);
            if !tests.all(|(p, cells)| passes(batch, &p.column, &p.condition, &cells[row])) {
                continue;
            }
            let key: Key = keys.iter().map(|cells| ordered(&cells[row])).collect();
            // A null is behind every value.
            let key = key.into_iter().map(|k| (k.is_none(), k)).collect();
            let group = groups.entry(key).or_default();
            group.rows += 1;
            group.values.resize(query.aggregates.len(), Vec::new());
            for (values, cells) in group.values.iter_mut().zip(&measured) {
                if let Some(cells) = cells
                    && cells[row] != Cell::Null
                {
                    values.push(cells[row].clone());
                }
            }
        }
    }
    let line = |(key, group): (Vec<(bool, Option<Ordered>)>, Group)| {
        let keys = key.into_iter().map(|(_, key)| match key {
            None => Cell::Null,
            Some(Ordered::Integer(v)) => Cell::Integer(v),
            Some(Ordered::Text(v)) => Cell::Text(v),
        });
        let aggregates = query.aggregates.iter().enumerate().map(|(i, a)| {
            let none = Vec::new();
            aggregate(a.function, group.rows, group.values.get(i).unwrap_or(&none))
        });
        keys.chain(aggregates).collect()
    };
    groups.into_iter().map(line).collect()
}

/// `columns` of the rows of `batch` that satisfy `filter`.
pub(crate) fn selected(
    batch: &RecordBatch,
    filter: &[Predicate],
    columns: &[&str],
) -> Vec<Vec<Cell>> {
    let column = |name: &str| cells(batch.column_by_name(name).unwrap());
    let tested: Vec<_> = filter.iter().map(|p| column(&p.column)).collect();
    let chosen: Vec<_> = columns.iter().map(|c| column(c)).collect();
    let passes = |row: &usize| {
        let mut tests = filter.iter().zip(&tested);
        tests.all(|(p, cells)| passes(batch, &p.column, &p.condition, &cells[*row]))
    };
    let row = |row: usize| chosen.iter().map(|cells| cells[row].clone()).collect();
    (0..batch.num_rows()).filter(passes).map(row).collect()
}

fn ordered(cell: &Cell) -> Option<Ordered> {
    match cell {
        Cell::Null => None,
        Cell::Integer(v) => Some(Ordered::Integer(*v)),
        Cell::Text(v) => Some(Ordered::Text(v.clone())),
        other => panic!("{other:?} is no key"),
    }
}

fn passes(batch: &RecordBatch, column: &str, condition: &Condition, cell: &Cell) -> bool {
    let data_type = batch.column_by_name(column).unwrap().data_type().clone();
    match (condition, cell) {
        (_, Cell::Null) => false,
        (Condition::NotNull, _) => true,
        (Condition::Number(limits), Cell::Float(v)) => limits.contain(*v),
        (Condition::Integer(limits), Cell::Integer(v)) => limits.contain(*v),
        (Condition::Date(limits), Cell::Integer(v)) => limits.contain(i32::try_from(*v).unwrap()),
        (Condition::Timestamp(limits), Cell::Integer(v)) => {
            let nanos = match data_type {
                DataType::Timestamp(arrow::datatypes::TimeUnit::Millisecond, _) => 1_000_000,
                DataType::Timestamp(arrow::datatypes::TimeUnit::Microsecond, _) => 1_000,
                _ => 1_i128,
            };
            let bound = |b: std::ops::Bound<i64>| b.map(|v| i128::from(v) * 1_000);
            std::ops::RangeBounds::contains(
                &(bound(limits.low), bound(limits.high)),
                &(i128::from(*v) * nanos),
            )
        }
        (Condition::Text(values), Cell::Text(v)) => values.contains(v),
        other => panic!("{other:?}"),
    }
}

fn aggregate(function: Function, rows: i64, values: &[Cell]) -> Cell {
    let integers = || {
        values.iter().map(|v| match v {
            Cell::Integer(v) => i128::from(*v),
            other => panic!("{other:?} in a sum of integers"),
        })
    };
    let floats: Option<Vec<f64>> = values
        .iter()
        .map(|v| match v {
            Cell::Float(v) => Some(*v),
            _ => None,
        })
        .collect();
    match function {
        Function::Rows => Cell::Integer(rows),
        Function::Count => Cell::Integer(values.len() as i64),
        Function::Distinct => {
            let different: BTreeSet<_> = values.iter().map(ordered).collect();
            Cell::Integer(different.len() as i64)
        }
        Function::Sum | Function::Mean if values.is_empty() => Cell::Null,
        Function::Sum => match floats {
            Some(floats) => Cell::Float(exact_sum(&floats)),
            None => Cell::Digits(integers().sum::<i128>().to_string()),
        },
        Function::Mean => {
            let sum = match floats {
                Some(floats) => exact_sum(&floats),
                None => integers().sum::<i128>() as f64,
            };
            Cell::Float(sum / values.len() as f64)
        }
    }
}

/// The double nearest to the sum: partial sums that do not overlap, the last ones rounded once (Shewchuk 1997).
pub(crate) fn exact_sum(values: &[f64]) -> f64 {
    if values.iter().any(|v| !v.is_finite()) {
        return values.iter().sum();
    }
    let mut partials: Vec<f64> = Vec::new();
    for value in values {
        let mut x = *value;
        let mut kept = Vec::new();
        for mut y in partials {
            if x.abs() < y.abs() {
                (x, y) = (y, x);
            }
            let high = x + y;
            let low = y - (high - x);
            if low != 0.0 {
                kept.push(low);
            }
            x = high;
        }
        kept.push(x);
        partials = kept;
    }
    let Some(mut high) = partials.pop() else {
        return 0.0;
    };
    let mut low = 0.0;
    while let Some(y) = partials.pop() {
        let x = high;
        high = x + y;
        low = y - (high - x);
        if low != 0.0 {
            break;
        }
    }
    // Half way between two doubles: what is left decides.
    if let Some(next) = partials.last()
        && (low < 0.0 && *next < 0.0 || low > 0.0 && *next > 0.0)
    {
        let y = low * 2.0;
        let x = high + y;
        if y == x - high {
            high = x;
        }
    }
    high + 0.0
}

/// Whether two tables are the same: floats to the bit, save that −0.0 is 0.0 and any NaN any other.
pub(crate) fn same(a: &[Vec<Cell>], b: &[Vec<Cell>]) -> bool {
    let equal = |a: &Cell, b: &Cell| match (a, b) {
        (Cell::Float(a), Cell::Float(b)) => a == b || a.is_nan() && b.is_nan(),
        _ => a == b,
    };
    a.len() == b.len()
        && a.iter()
            .zip(b)
            .all(|(a, b)| a.len() == b.len() && a.iter().zip(b).all(|(a, b)| equal(a, b)))
}
