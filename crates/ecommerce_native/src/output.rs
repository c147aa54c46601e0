//! From groups to a record batch: sorted by the keys, nulls last.

use crate::array::Column;
use crate::distinct::Distinct;
use crate::error::NativeError;
use crate::groups::{Part, global, local};
use crate::intern::{Interner, Values};
use crate::kind::Kind;
use crate::order::{Value, decode, encode, ordered};
use crate::plan::{Computed, Plan};
use crate::scan::{Shared, Worker};
use crate::table::{Entry, Key, Table};
use arrow::array::{
    ArrayRef, Decimal128Array, Float64Array, Int64Array, RecordBatch, RecordBatchOptions,
};
use arrow::datatypes::{Field, Schema};
use rayon::prelude::*;
use std::cmp::Ordering;
use std::sync::Arc;

/// Digits of a sum of integers.
const DIGITS: u8 = 38;

/// The result of all threads' work.
pub(crate) fn batch(
    plan: &Plan,
    shared: Shared<'_>,
    workers: Vec<Worker>,
) -> Result<RecordBatch, NativeError> {
    let kinds: Vec<Kind> = plan.keys.iter().map(|k| plan.columns[*k].kind).collect();
    let distincts = shared.distincts;
    let parts = match shared.groups {
        Some(groups) => groups.into_parts(),
        None => vec![few(&kinds, shared.keys, shared.folds, workers)?],
    };
    let order = sorted(&parts, &kinds);
    let keys = key_columns(&parts, &order, &kinds)?;

    let mut fields = Vec::new();
    let mut columns: Vec<ArrayRef> = Vec::new();
    for (column, array) in plan.keys.iter().zip(keys) {
        let of = &plan.columns[*column];
        fields.push(Field::new(&of.name, of.kind.arrow(), true));
        columns.push(array);
    }
    let measures = plan.measures.iter().enumerate();
    let totals: Vec<Totals> = measures
        .map(|(m, column)| Totals::new(&parts, &order, m, plan.columns[*column].kind))
        .collect();
    for (name, computed) in &plan.aggregates {
        let (array, nullable) = match *computed {
            Computed::Rows => {
                let rows = order.par_iter().map(|g| {
                    let (part, number) = g.local(&parts);
                    parts[part].rows(number) as i64
                });
                (integers(rows.collect()), false)
            }
            Computed::Count(m) => (integers(totals[m].counts()), false),
            Computed::Distinct(d) => {
                let found = distinct_counts(&distincts[d], &parts);
                let counts = order.par_iter().map(|g| {
                    let (part, number) = g.local(&parts);
                    found[part][number as usize] as i64
                });
                (integers(counts.collect()), false)
            }
            Computed::Mean(m) => (totals[m].means(), true),
            Computed::Sum(m) => {
                let column = &plan.columns[plan.measures[m]];
                (totals[m].sums(&column.name)?, true)
            }
        };
        fields.push(Field::new(name, array.data_type().clone(), nullable));
        columns.push(array);
    }
    let options = RecordBatchOptions::new().with_row_count(Some(order.len()));
    let schema = Arc::new(Schema::new(fields));
    Ok(RecordBatch::try_new_with_options(
        schema, columns, &options,
    )?)
}

/// What the threads have added up of few groups, as one part.
fn few(
    kinds: &[Kind],
    keys: Vec<Interner>,
    folds: Vec<Interner>,
    workers: Vec<Worker>,
) -> Result<Part, NativeError> {
    let mut workers = workers.into_iter();
    let (mut rows, mut sums) = match workers.next() {
        Some(first) => (first.rows, first.sums),
        None => (Vec::new(), Vec::new()),
    };
    for other in workers {
        rows.resize(rows.len().max(other.rows.len()), 0);
        for (mine, theirs) in rows.iter_mut().zip(other.rows) {
            *mine += theirs;
        }
        for (mine, theirs) in sums.iter_mut().zip(&other.sums) {
            mine.merge(theirs);
        }
    }
    let mut keys: Vec<Table<false>> = keys.into_iter().map(Interner::into_table).collect();
    let folds: Vec<Table<false>> = folds.into_iter().map(Interner::into_table).collect();
    let keys = if folds.is_empty() {
        let mut of = keys.pop().unwrap_or_default();
        // The null's group; without keys it is the only one, even without rows.
        if kinds.is_empty() || rows.first().is_some_and(|rows| *rows > 0) {
            add(&mut of, Key::NULL, &[], 0)?;
        }
        of
    } else {
        composed(kinds, &keys, &folds, &rows)?
    };
    rows.resize(rows.len().max(1), 0);
    Ok(Part::new(keys, rows, sums))
}

/// The keys of groups that were put together pair by pair, each as one text.
fn composed(
    kinds: &[Kind],
    keys: &[Table<false>],
    folds: &[Table<false>],
    rows: &[u64],
) -> Result<Table<false>, NativeError> {
    let values: Vec<Values<'_>> = keys.iter().map(Values::new).collect();
    let pairs: Vec<Values<'_>> = folds.iter().map(Values::new).collect();
    let (mut all, mut text) = (Table::default(), Vec::new());
    let mut numbers = vec![0; keys.len()];
    let groups = rows.iter().enumerate().filter(|(_, rows)| **rows > 0);
    for (group, _) in groups {
        let mut left = group as u32;
        for (pair, number) in pairs.iter().zip(&mut numbers[1..]).rev() {
            let both = pair.get(left).map_or(0, Entry::bits);
            *number = both as u32;
            left = (both >> 32) as u32;
        }
        numbers[0] = left;
        text.clear();
        for ((number, values), kind) in numbers.iter().zip(&values).zip(kinds) {
            match values.get(*number) {
                None => encode(Value::Null, &mut text),
                Some(entry) => with_value(entry, *kind, |value| encode(value, &mut text)),
            }
        }
        add(
            &mut all,
            Key::text(&text, 0, text.len() as u32),
            &text,
            group as u32,
        )?;
    }
    Ok(all)
}

fn add(table: &mut Table<false>, key: Key, data: &[u8], number: u32) -> Result<(), NativeError> {
    let hash = Table::<false>::hash(key, 0);
    let added = table.number(key, hash, key.long_text(data), number);
    added.map(|_| ()).map_err(|_| NativeError::TooManyValues)
}

/// Hands over a key's value.
fn with_value<T>(entry: Entry<'_>, kind: Kind, f: impl FnOnce(Value<'_>) -> T) -> T {
    if !entry.is_some() {
        f(Value::Null)
    } else if kind == Kind::Text {
        entry.with_text(|text| f(Value::Text(text)))
    } else {
        f(Value::Number(entry.bits()))
    }
}

fn integers(values: Vec<i64>) -> ArrayRef {
    Arc::new(Int64Array::new(values.into(), None))
}

/// A measure's counts and sums in the order of the result: what lies there by group is read at random once, by all threads.
enum Totals {
    Floats(Vec<(u64, f64)>),
    Integers(Vec<(u64, i128)>),
}

impl Totals {
    fn new(parts: &[Part], order: &[Placed], measure: usize, kind: Kind) -> Self {
        let of = |g: &Placed| {
            let (part, number) = g.local(parts);
            (&parts[part].sums[measure], number)
        };
        let groups = order.par_iter().map(of);
        if kind == Kind::Float {
            Self::Floats(groups.map(|(s, g)| (s.count(g), s.floats(g))).collect())
        } else {
            Self::Integers(groups.map(|(s, g)| (s.count(g), s.integers(g))).collect())
        }
    }

    fn counts(&self) -> Vec<i64> {
        match self {
            Self::Floats(totals) => totals.iter().map(|t| t.0 as i64).collect(),
            Self::Integers(totals) => totals.iter().map(|t| t.0 as i64).collect(),
        }
    }

    fn means(&self) -> ArrayRef {
        let mean = |count: u64, sum: f64| (count > 0).then(|| sum / count as f64);
        let means: Float64Array = match self {
            Self::Floats(totals) => totals.iter().map(|t| mean(t.0, t.1)).collect(),
            Self::Integers(totals) => totals.iter().map(|t| mean(t.0, t.1 as f64)).collect(),
        };
        Arc::new(means)
    }

    fn sums(&self, column: &str) -> Result<ArrayRef, NativeError> {
        match self {
            Self::Floats(totals) => {
                let sums = totals.iter().map(|t| (t.0 > 0).then_some(t.1));
                Ok(Arc::new(sums.collect::<Float64Array>()))
            }
            Self::Integers(totals) => {
                let sums = totals.iter().map(|t| (t.0 > 0).then_some(t.1));
                let sums = sums.collect::<Decimal128Array>();
                let sums = sums.with_precision_and_scale(DIGITS, 0)?;
                sums.validate_decimal_precision(DIGITS)
                    .map_err(|_| NativeError::SumOverflow(column.to_owned()))?;
                Ok(Arc::new(sums))
            }
        }
    }
}

/// How many different values each group of each part has.
fn distinct_counts(distinct: &Distinct, parts: &[Part]) -> Vec<Vec<u64>> {
    let mut counts: Vec<Vec<u64>> = parts.iter().map(|p| vec![0; p.keys.len() + 1]).collect();
    distinct.each_group(|group, values| {
        let (part, number) = local_of(parts, group);
        if values > 0 {
            counts[part][number as usize] += values;
        }
    });
    counts
}

/// The part of a group and its number there.
#[inline]
fn local_of(parts: &[Part], group: u32) -> (usize, u32) {
    if parts.len() == 1 {
        (0, group)
    } else {
        local(group)
    }
}

/// A group, and the place of its key.
#[derive(Clone, Copy)]
struct Placed {
    /// Orders most groups: a number, or the first eight bytes of a text.
    prefix: u64,
    group: u32,
    place: u32,
}

impl Placed {
    #[inline]
    fn local(&self, parts: &[Part]) -> (usize, u32) {
        local_of(parts, self.group)
    }

    #[inline]
    fn key<'a>(&self, parts: &'a [Part]) -> Entry<'a> {
        parts[self.local(parts).0].keys.entry(self.place)
    }
}

/// All groups in the order of their keys.
fn sorted(parts: &[Part], kinds: &[Kind]) -> Vec<Placed> {
    let text = !matches!(kinds, [kind] if *kind != Kind::Text);
    let of_part = |(at, part): (usize, &Part)| {
        // A key of one column is null once, and comes last; in one of several a null has its place.
        let (mut groups, mut null) = (Vec::with_capacity(part.keys.len()), None);
        for place in part.keys.places() {
            let entry = part.keys.entry(place);
            let prefix = if text {
                entry.with_text(prefix)
            } else {
                ordered(entry.bits())
            };
            let number = part.keys.number_at(place);
            let group = if parts.len() == 1 {
                number
            } else {
                global(at, number)
            };
            let placed = Placed {
                prefix,
                group,
                place,
            };
            if entry.is_some() {
                groups.push(placed);
            } else {
                null = Some(placed);
            }
        }
        (groups, null)
    };
    let found = parts.par_iter().enumerate().map(of_part);
    let (groups, nulls): (Vec<Vec<Placed>>, Vec<Option<Placed>>) = found.unzip();
    let mut groups = groups.concat();
    groups.par_sort_unstable_by(|a, b| {
        a.prefix.cmp(&b.prefix).then_with(|| {
            if text {
                let other = b.key(parts);
                a.key(parts)
                    .with_text(|a| other.with_text(|other| a.cmp(other)))
            } else {
                Ordering::Equal
            }
        })
    });
    groups.extend(nulls.into_iter().flatten());
    groups
}

/// The first eight bytes of a text as a number in its order.
fn prefix(text: &[u8]) -> u64 {
    let mut eight = [0; 8];
    let length = text.len().min(8);
    eight[..length].copy_from_slice(&text[..length]);
    u64::from_be_bytes(eight)
}

/// The keys' columns.
fn key_columns(
    parts: &[Part],
    order: &[Placed],
    kinds: &[Kind],
) -> Result<Vec<ArrayRef>, NativeError> {
    let mut columns: Vec<Column> = kinds
        .iter()
        .map(|kind| Column::new(*kind, order.len()))
        .collect();
    let entries: Vec<Entry<'_>> = order.par_iter().map(|g| g.key(parts)).collect();
    if let [column] = &mut columns[..] {
        let kind = column.kind();
        for entry in entries {
            with_value(entry, kind, |value| column.push(value))?;
        }
    } else {
        let mut room = Vec::new();
        for entry in entries {
            entry.with_text(|mut text| {
                columns.iter_mut().try_for_each(|column| {
                    let value = decode(&mut text, column.kind() == Kind::Text, &mut room);
                    column.push(value)
                })
            })?;
        }
    }
    columns.into_iter().map(Column::finish).collect()
}
