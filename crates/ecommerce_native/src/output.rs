//! From numbered groups to a record batch: sorted by the keys, nulls last.

use crate::error::NativeError;
use crate::intern::{Interner, NULL, Values};
use crate::kind::{Kind, Unit};
use crate::plan::{Computed, Plan};
use crate::scan::{Shared, Worker};
use arrow::array::{
    ArrayRef, Date32Array, Decimal128Array, Float64Array, Int64Array, PrimitiveArray, RecordBatch,
    RecordBatchOptions, StringArray, TimestampMicrosecondArray, TimestampMillisecondArray,
    TimestampNanosecondArray,
};
use arrow::buffer::{Buffer, NullBuffer, OffsetBuffer, ScalarBuffer};
use arrow::datatypes::{Field, Int64Type, Schema};
use arrow::error::ArrowError;
use rayon::prelude::*;
use std::cmp::Ordering;
use std::sync::Arc;

/// Digits of a sum of integers.
const DIGITS: u8 = 38;

/// The result of all threads' work.
pub(crate) fn batch(
    plan: &Plan,
    shared: &Shared<'_>,
    mut workers: Vec<Worker>,
) -> Result<RecordBatch, NativeError> {
    let count = shared.groups();
    let seen = (0..plan.distincts.len()).map(|index| {
        let of = workers
            .iter_mut()
            .map(|w| std::mem::take(&mut w.seen[index]));
        of.collect::<Vec<_>>()
    });
    let seen: Vec<_> = seen.collect();
    let distincts = seen.into_iter().zip(&shared.distincts);
    let distincts: Vec<Vec<u64>> = distincts.map(|(s, d)| d.counts(s, count)).collect();
    let mut workers = workers.into_iter();
    let (mut rows, mut sums) = match workers.next() {
        Some(first) => (first.rows, first.sums),
        None => (Vec::new(), Vec::new()),
    };
    rows.resize(count, 0);
    for other in workers {
        for (mine, theirs) in rows.iter_mut().zip(other.rows) {
            *mine += theirs;
        }
        for (mine, theirs) in sums.iter_mut().zip(&other.sums) {
            mine.merge(theirs);
        }
    }

    let keys: Vec<KeyValues<'_>> = plan
        .keys
        .iter()
        .zip(&shared.keys)
        .map(|(column, interner)| KeyValues::new(plan.columns[*column].kind, interner))
        .collect();
    let groups = Groups::sorted(&keys, &shared.folds, &rows);

    let mut fields = Vec::new();
    let mut columns: Vec<ArrayRef> = Vec::new();
    for (index, column) in plan.keys.iter().enumerate() {
        let of = &plan.columns[*column];
        fields.push(Field::new(&of.name, of.kind.arrow(), true));
        columns.push(keys[index].array(groups.numbers(index))?);
    }
    for (name, computed) in &plan.aggregates {
        let (array, nullable) = match computed {
            Computed::Rows => (counts(&groups, |g| rows[g as usize]), false),
            Computed::Count(m) => (counts(&groups, |g| sums[*m].count(g)), false),
            Computed::Distinct(d) => (counts(&groups, |g| distincts[*d][g as usize]), false),
            Computed::Mean(m) => {
                let float = plan.columns[plan.measures[*m]].kind == Kind::Float;
                let mean = |g: &u32| {
                    let (sums, count) = (&sums[*m], sums[*m].count(*g));
                    let sum = if float {
                        sums.floats(*g)
                    } else {
                        sums.integers(*g) as f64
                    };
                    (count > 0).then(|| sum / count as f64)
                };
                let means: Float64Array = groups.order.iter().map(mean).collect();
                (Arc::new(means) as ArrayRef, true)
            }
            Computed::Sum(m) => {
                let column = &plan.columns[plan.measures[*m]];
                let some = |g: u32| sums[*m].count(g) > 0;
                if column.kind == Kind::Float {
                    let of = |g: &u32| some(*g).then(|| sums[*m].floats(*g));
                    let sums: Float64Array = groups.order.iter().map(of).collect();
                    (Arc::new(sums) as ArrayRef, true)
                } else {
                    let of = |g: &u32| some(*g).then(|| sums[*m].integers(*g));
                    let sums: Decimal128Array = groups.order.iter().map(of).collect();
                    let sums = sums.with_precision_and_scale(DIGITS, 0)?;
                    sums.validate_decimal_precision(DIGITS)
                        .map_err(|_| NativeError::SumOverflow(column.name.clone()))?;
                    (Arc::new(sums) as ArrayRef, true)
                }
            }
        };
        fields.push(Field::new(name, array.data_type().clone(), nullable));
        columns.push(array);
    }
    let options = RecordBatchOptions::new().with_row_count(Some(groups.order.len()));
    let schema = Arc::new(Schema::new(fields));
    Ok(RecordBatch::try_new_with_options(
        schema, columns, &options,
    )?)
}

fn counts(groups: &Groups, of: impl Fn(u32) -> u64) -> ArrayRef {
    let counts = groups.order.iter().map(|g| of(*g) as i64);
    Arc::new(PrimitiveArray::<Int64Type>::from_iter_values(counts))
}

/// The groups that have rows, in order.
struct Groups {
    order: Vec<u32>,
    /// For each key, the number of its value in each of them; empty if the groups are the numbers.
    keys: Vec<Vec<u32>>,
}

impl Groups {
    fn sorted(keys: &[KeyValues<'_>], folds: &[Interner], rows: &[u64]) -> Self {
        let there = |group: &u32| rows[*group as usize] > 0;
        if folds.is_empty() {
            let order = match keys.first() {
                Some(key) => key.sorted().into_iter().filter(there).collect(),
                // Without keys there is one group, even without rows.
                None => vec![0],
            };
            let keys = Vec::new();
            return Self { order, keys };
        }
        let ranks: Vec<Vec<u32>> = keys.iter().map(KeyValues::ranks).collect();
        let groups: Vec<u32> = (0..rows.len() as u32).filter(there).collect();
        let mut numbers = vec![vec![0; groups.len()]; keys.len()];
        let unfolded: Vec<Values<'_>> = folds.iter().map(Interner::values).collect();
        for (at, group) in groups.iter().enumerate() {
            let mut group = *group;
            for (index, fold) in unfolded.iter().enumerate().rev() {
                let pair = fold.number(group);
                numbers[index + 1][at] = pair as u32;
                group = (pair >> 32) as u32;
            }
            numbers[0][at] = group;
        }
        let mut places: Vec<u32> = (0..groups.len() as u32).collect();
        places.par_sort_unstable_by(|a, b| {
            let rank = |key: usize, at: u32| ranks[key][numbers[key][at as usize] as usize];
            let by_key = (0..keys.len()).map(|key| rank(key, *a).cmp(&rank(key, *b)));
            by_key.reduce(Ordering::then).unwrap_or(Ordering::Equal)
        });
        let in_order = |of: &[u32]| places.iter().map(|at| of[*at as usize]).collect();
        Self {
            order: in_order(&groups),
            keys: numbers.iter().map(|of| in_order(of)).collect(),
        }
    }

    /// The numbers of a key's values.
    fn numbers(&self, key: usize) -> &[u32] {
        self.keys.get(key).unwrap_or(&self.order)
    }
}

/// The values of a key.
struct KeyValues<'a> {
    kind: Kind,
    values: Values<'a>,
    count: u32,
}

impl<'a> KeyValues<'a> {
    fn new(kind: Kind, interner: &'a Interner) -> Self {
        Self {
            kind,
            values: interner.values(),
            count: interner.numbers(),
        }
    }

    /// Every number in the order of its value, the null last.
    fn sorted(&self) -> Vec<u32> {
        // Nearly always the first eight bytes decide, and they are compared as one number.
        let prefix = |number: u32| match self.kind {
            Kind::Text => {
                let (mut room, mut eight) = ([0; 8], [0; 8]);
                let text = self.values.text(number, &mut room);
                let length = text.len().min(8);
                eight[..length].copy_from_slice(&text[..length]);
                u64::from_be_bytes(eight)
            }
            _ => self.values.number(number) ^ (1 << 63),
        };
        let mut order: Vec<(u64, u32)> = (1..self.count).map(|n| (prefix(n), n)).collect();
        order.par_sort_unstable_by(|a, b| {
            a.0.cmp(&b.0).then_with(|| match self.kind {
                Kind::Text => {
                    let (mut one, mut other) = ([0; 8], [0; 8]);
                    let one = self.values.text(a.1, &mut one);
                    one.cmp(self.values.text(b.1, &mut other))
                }
                _ => Ordering::Equal,
            })
        });
        order
            .into_iter()
            .map(|(_, number)| number)
            .chain([NULL])
            .collect()
    }

    /// The place of each number in [`KeyValues::sorted`].
    fn ranks(&self) -> Vec<u32> {
        let mut ranks = vec![0; self.count as usize];
        for (rank, number) in self.sorted().into_iter().enumerate() {
            ranks[number as usize] = rank as u32;
        }
        ranks
    }

    /// The values that have these numbers.
    fn array(&self, numbers: &[u32]) -> Result<ArrayRef, NativeError> {
        let valid = NullBuffer::from_iter(numbers.iter().map(|n| *n != NULL));
        let nulls = (valid.null_count() > 0).then_some(valid);
        if self.kind == Kind::Text {
            return self.texts(numbers, nulls);
        }
        let of = |number: &u32| match *number {
            NULL => 0,
            number => self.values.number(number) as i64,
        };
        let wide = || ScalarBuffer::from_iter(numbers.iter().map(of));
        Ok(match self.kind {
            Kind::Date => {
                let days = numbers.iter().map(|n| of(n) as i32);
                Arc::new(Date32Array::new(ScalarBuffer::from_iter(days), nulls))
            }
            Kind::Timestamp(unit, _) => {
                let data_type = self.kind.arrow();
                match unit {
                    Unit::Millis => Arc::new(
                        TimestampMillisecondArray::new(wide(), nulls).with_data_type(data_type),
                    ),
                    Unit::Micros => Arc::new(
                        TimestampMicrosecondArray::new(wide(), nulls).with_data_type(data_type),
                    ),
                    Unit::Nanos => Arc::new(
                        TimestampNanosecondArray::new(wide(), nulls).with_data_type(data_type),
                    ),
                }
            }
            _ => Arc::new(Int64Array::new(wide(), nulls)),
        })
    }

    fn texts(&self, numbers: &[u32], nulls: Option<NullBuffer>) -> Result<ArrayRef, NativeError> {
        let mut offsets = Vec::with_capacity(numbers.len() + 1);
        let mut bytes = Vec::new();
        offsets.push(0);
        for number in numbers {
            if *number != NULL {
                let mut room = [0; 8];
                bytes.extend_from_slice(self.values.text(*number, &mut room));
            }
            offsets.push(i32::try_from(bytes.len()).map_err(|_| {
                ArrowError::InvalidArgumentError("more than 2 GiB of text in a key".into())
            })?);
        }
        let offsets = OffsetBuffer::new(offsets.into());
        // Fails if a text is not UTF-8.
        let texts = StringArray::try_new(offsets, Buffer::from_vec(bytes), nulls)?;
        Ok(Arc::new(texts))
    }
}
