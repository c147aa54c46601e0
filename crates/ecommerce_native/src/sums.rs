//! Counts and sums of a column per group, as one thread adds them up.

use crate::column::{Dictionary, Form, Rows};
use crate::exact::{NOT_FIXED, Wide, fixed, nearest};
use crate::kind::Kind;
use ecommerce_simd::prefetch;
use std::collections::HashMap;

/// Counts and sums per group.
#[derive(Debug, Default)]
pub(crate) struct Sums {
    cells: Vec<Cell>,
    /// What the cells cannot hold.
    wide: HashMap<u32, Box<Wide>>,
    /// The dictionary's values as they are added; a null's is 0.
    memo: Vec<i128>,
}

/// Half a cache line. A sum of integers, or of fixed-point numbers.
#[derive(Clone, Copy, Debug, Default)]
struct Cell {
    low: u64,
    high: i64,
    count: u64,
    /// All rows, the nulls too; only where the first measure keeps them ([`Sums::add_row`]).
    rows: u64,
}

impl Cell {
    #[inline]
    fn sum(self) -> i128 {
        i128::from(self.high) << 64 | i128::from(self.low)
    }

    #[inline]
    fn set(&mut self, sum: i128) {
        self.low = sum as u64;
        self.high = (sum >> 64) as i64;
    }
}

/// What a measure adds for a value.
fn addend(kind: Kind, bits: u64) -> i128 {
    match kind {
        Kind::Float => fixed(f64::from_bits(bits)),
        Kind::Integer => i128::from(bits as i64),
        _ => 0,
    }
}

impl Sums {
    /// Prepares for the dictionary of a chunk.
    pub(crate) fn learn(&mut self, kind: Kind, dictionary: &Dictionary) {
        self.memo.clear();
        match dictionary {
            Dictionary::Numbers(numbers) => {
                self.memo
                    .extend(numbers.iter().map(|bits| addend(kind, *bits)));
            }
            Dictionary::Texts(..) => self.memo.resize(dictionary.len(), 0),
        }
        self.memo.push(0);
    }

    /// Makes room for so many groups.
    pub(crate) fn make_room(&mut self, groups: usize) {
        if self.cells.len() < groups {
            self.cells.resize(groups, Cell::default());
        }
    }

    /// Adds the `selected` rows, each to its group.
    pub(crate) fn add(
        &mut self,
        kind: Kind,
        rows: &Rows,
        dictionary: Option<&Dictionary>,
        selected: &[u32],
        groups: &[u32],
    ) {
        match (rows.form, dictionary) {
            (Form::Codes, Some(dictionary)) => {
                let null = dictionary.len() as u32;
                for (row, group) in selected.iter().zip(groups) {
                    let code = rows.codes[*row as usize];
                    let addend = self.memo[code as usize];
                    let cell = &mut self.cells[*group as usize];
                    cell.count += u64::from(code != null);
                    match cell.sum().checked_add(addend) {
                        Some(sum) if addend != NOT_FIXED => cell.set(sum),
                        _ => {
                            if let Dictionary::Numbers(numbers) = dictionary {
                                self.spill(*group, numbers[code as usize]);
                            }
                        }
                    }
                }
            }
            (Form::Numbers, _) => {
                for (row, group) in selected.iter().zip(groups) {
                    let row = *row as usize;
                    if rows.valid.get(row).is_none_or(|v| *v == 1) {
                        self.add_one(kind, *group, rows.numbers[row]);
                    }
                }
            }
            _ => {
                for (row, group) in selected.iter().zip(groups) {
                    let absent = rows.valid.get(*row as usize).is_some_and(|v| *v == 0);
                    self.cells[*group as usize].count += u64::from(!absent);
                }
            }
        }
    }

    /// Asks for the memory of a group.
    #[inline(always)]
    pub(crate) fn prefetch(&self, group: u32) {
        prefetch(&self.cells, group as usize);
    }

    /// Counts a row of a group that there is room for, whether it has a value or not.
    #[inline]
    pub(crate) fn add_row(&mut self, group: u32) {
        self.cells[group as usize].rows += 1;
    }

    /// How many rows a group has, if they were counted here.
    pub(crate) fn rows(&self, group: u32) -> u64 {
        self.cells.get(group as usize).map_or(0, |c| c.rows)
    }

    /// Adds one value to a group that there is room for.
    #[inline]
    pub(crate) fn add_one(&mut self, kind: Kind, group: u32, bits: u64) {
        let addend = addend(kind, bits);
        let cell = &mut self.cells[group as usize];
        cell.count += 1;
        match cell.sum().checked_add(addend) {
            Some(sum) if addend != NOT_FIXED => cell.set(sum),
            _ => self.spill(group, bits),
        }
    }

    /// Adds a sum of `count` floats to the only group.
    pub(crate) fn add_sum(&mut self, sum: f64, count: u64) {
        self.make_room(1);
        self.cells[0].count += count;
        self.spill(0, sum.to_bits());
    }

    /// Adds a float that is no fixed-point number, or that made the sum too large for one.
    #[cold]
    fn spill(&mut self, group: u32, bits: u64) {
        self.wide
            .entry(group)
            .or_default()
            .add(f64::from_bits(bits));
    }

    /// Adds what another thread has.
    pub(crate) fn merge(&mut self, other: &Self) {
        self.make_room(other.cells.len());
        for (group, theirs) in other.cells.iter().enumerate() {
            let mine = &mut self.cells[group];
            mine.count += theirs.count;
            mine.rows += theirs.rows;
            match mine.sum().checked_add(theirs.sum()) {
                Some(sum) => mine.set(sum),
                None => self
                    .wide
                    .entry(group as u32)
                    .or_default()
                    .add_fixed(theirs.sum()),
            }
        }
        for (group, theirs) in &other.wide {
            self.wide.entry(*group).or_default().merge(theirs);
        }
    }

    /// How many values a group has.
    pub(crate) fn count(&self, group: u32) -> u64 {
        self.cells.get(group as usize).map_or(0, |c| c.count)
    }

    /// The sum of a group's integers.
    pub(crate) fn integers(&self, group: u32) -> i128 {
        self.cells.get(group as usize).map_or(0, |c| c.sum())
    }

    /// The double nearest to the sum of a group's floats.
    pub(crate) fn floats(&self, group: u32) -> f64 {
        let fixed = self.integers(group);
        match self.wide.get(&group) {
            None => nearest(fixed),
            Some(wide) => {
                let mut all = wide.clone();
                all.add_fixed(fixed);
                all.nearest()
            }
        }
    }
}
