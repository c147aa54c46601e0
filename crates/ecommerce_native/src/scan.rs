//! What one thread does: it takes row groups, or pieces of them, until there are none left, and adds them to its own state.

use crate::Scanned;
use crate::chunk::Buffers;
use crate::column::{Dictionary, Form, Rows};
use crate::distinct::{Distinct, Seen};
use crate::error::{Fault, NativeError};
use crate::groups::{self, Groups, Row};
use crate::intern::{Interner, NULL};
use crate::kind::Kind;
use crate::order::encode;
use crate::plan::Plan;
use crate::rows::{ColumnFault, Cursors, Filter, RowGroup};
use crate::source::Source;
use crate::spread::Spread;
use crate::sums::Sums;
use crate::table::Key;
use crate::task::{Fetched, Task, tasks};
use bytes::Bytes;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

/// In a memo, a value that has no number yet.
const UNKNOWN: u32 = u32::MAX;
/// Numbers below this are looked up in a square table when keys are put together.
const SQUARE: usize = 256;

/// What all threads share.
pub(crate) struct Shared<'a> {
    source: &'a Source,
    plan: &'a Plan,
    /// Of few groups: the values of each key.
    pub(crate) keys: Vec<Interner>,
    /// Of few groups, from the second key on: pairs of the keys before it and it.
    pub(crate) folds: Vec<Interner>,
    /// Of many groups: all of them.
    pub(crate) groups: Option<Groups>,
    pub(crate) distincts: Vec<Distinct>,
    /// What there is to do, and the next one to take.
    tasks: Vec<Task>,
    next: AtomicUsize,
    failed: AtomicBool,
}

impl<'a> Shared<'a> {
    /// With all row groups still to be read by `threads` threads, in pieces of `piece` rows at least.
    pub(crate) fn new(source: &'a Source, plan: &'a Plan, threads: usize, piece: usize) -> Self {
        // The vector kernels add up batch by batch, and batches must not depend on the number of threads.
        let threads = if plan.only_adds_up() { 1 } else { threads };
        let kind = |column: &usize| plan.columns[*column].kind;
        let kinds = || plan.measures.iter().map(kind).collect();
        Self {
            source,
            plan,
            keys: plan.keys.iter().map(|_| Interner::default()).collect(),
            folds: plan
                .keys
                .iter()
                .skip(1)
                .map(|_| Interner::default())
                .collect(),
            groups: plan.many_groups.then(|| Groups::new(kinds())),
            distincts: plan
                .distincts
                .iter()
                .map(|column| Distinct::new(kind(column), plan.many_groups))
                .collect(),
            tasks: tasks(source, threads, piece),
            next: AtomicUsize::new(0),
            failed: AtomicBool::new(false),
        }
    }
}

/// What one thread has added up.
pub(crate) struct Worker {
    /// Of few groups: rows of each.
    pub(crate) rows: Vec<u64>,
    /// Of few groups.
    pub(crate) sums: Vec<Sums>,
    pub(crate) scanned: Scanned,
    pub(crate) reading: Duration,
    pub(crate) busy: Duration,
    seen: Vec<Seen>,
    /// Of many groups: rows that are not in them yet.
    spread: Option<Spread>,
    key_memos: Vec<Memo>,
    filter: Filter,
    squares: Vec<Vec<u32>>,
    buffers: Buffers,
    batch: Batch,
}

/// The numbers of a dictionary's values, as far as they have been asked for.
#[derive(Clone, Debug, Default)]
struct Memo {
    /// By code; behind the last one, the null's.
    numbers: Vec<u32>,
    /// How many are still [`UNKNOWN`].
    unknown: usize,
}

impl Memo {
    fn forget(&mut self, codes: usize) {
        self.numbers.clear();
        self.numbers.resize(codes, UNKNOWN);
        self.numbers.push(NULL);
        self.unknown = codes;
    }

    /// Finds out the numbers of the codes that have none yet.
    fn resolve(
        &mut self,
        codes: impl Iterator<Item = u32>,
        dictionary: &Dictionary,
        interner: &Interner,
    ) -> Result<(), Fault> {
        if self.unknown == 0 {
            return Ok(());
        }
        for code in codes {
            let number = &mut self.numbers[code as usize];
            if *number == UNKNOWN {
                *number = interner
                    .open()
                    .number(dictionary.key(code), dictionary.data())?;
                self.unknown -= 1;
            }
        }
        Ok(())
    }
}

/// Room for a batch, kept from one to the next.
#[derive(Default)]
struct Batch {
    /// By column.
    rows: Vec<Rows>,
    groups: Vec<u32>,
    numbers: Vec<u32>,
    floats: Vec<f64>,
    /// Of many groups: the selected rows' keys, where their texts are if they have several columns, and their measures.
    keys: Vec<Key>,
    texts: Vec<u8>,
    present: Vec<u32>,
    measures: Vec<Vec<u64>>,
}

impl Worker {
    /// Works until no row group is left, or a thread has failed.
    pub(crate) fn run(shared: &Shared<'_>) -> Result<Self, NativeError> {
        let plan = shared.plan;
        let mut batch = Batch::default();
        batch.rows.resize_with(plan.columns.len(), Rows::default);
        batch.measures.resize_with(plan.measures.len(), Vec::new);
        let stride = groups::stride(plan.measures.len(), plan.distincts.len());
        let mut worker = Self {
            rows: vec![0; 1],
            sums: plan.measures.iter().map(|_| Sums::default()).collect(),
            seen: plan.distincts.iter().map(|_| Seen::new()).collect(),
            spread: plan.many_groups.then(|| Spread::new(stride)),
            scanned: Scanned::default(),
            reading: Duration::ZERO,
            busy: Duration::ZERO,
            key_memos: vec![Memo::default(); plan.keys.len()],
            filter: Filter::default(),
            squares: vec![Vec::new(); shared.folds.len()],
            buffers: Buffers::default(),
            batch,
        };
        worker.filter.prepare(plan);
        let start = Instant::now();
        while !shared.failed.load(Ordering::Relaxed) {
            let Some(task) = shared
                .tasks
                .get(shared.next.fetch_add(1, Ordering::Relaxed))
            else {
                break;
            };
            if let Err(error) = worker.task(shared, task) {
                shared.failed.store(true, Ordering::Relaxed);
                return Err(error);
            }
        }
        if let (Some(groups), Some(spread)) = (&shared.groups, &mut worker.spread) {
            let finished = groups.finish(spread, &shared.distincts, &mut worker.seen);
            finished.map_err(|_| NativeError::TooManyValues)?;
        }
        for (distinct, seen) in shared.distincts.iter().zip(&mut worker.seen) {
            let finished = distinct.finish(seen);
            finished.map_err(|_| NativeError::TooManyValues)?;
        }
        worker.busy = start.elapsed();
        Ok(worker)
    }

    fn task(&mut self, shared: &Shared<'_>, task: &Task) -> Result<(), NativeError> {
        let plan = shared.plan;
        let is_first = task.rows.start == 0;
        let roles = plan.keys.iter().chain(&plan.measures);
        let columns = roles.chain(&plan.distincts).copied();
        let source = &shared.source.files[task.file];
        let Some(group) = RowGroup::new(plan, source, task.file, task.group, columns)
            .filter(|_| !task.rows.is_empty())
        else {
            self.scanned.skipped += usize::from(is_first && !task.rows.is_empty());
            return Ok(());
        };

        let start = Instant::now();
        let Fetched { chunks, anew } = task
            .chunks(|| group.fetch(&mut self.buffers))
            .map_err(|error| group.read_error(error))?;
        self.reading += start.elapsed();
        if anew {
            self.scanned.bytes += group.bytes();
        }

        let located = |fault| group.error(fault);
        let mut cursors = Cursors::open(
            &group,
            &chunks,
            task.rows.clone(),
            task.of,
            &mut self.batch.rows,
        )
        .map_err(located)?;
        let work = GroupScan {
            shared,
            group: &group,
        };
        work.run(self, &mut cursors).map_err(located)?;
        for (index, column) in plan.distincts.iter().enumerate() {
            if let Some(dictionary) = cursors.dictionary(*column) {
                shared.distincts[index]
                    .add_marked(&mut self.seen[index], dictionary)
                    .map_err(|fault| located(ColumnFault(*column, fault)))?;
            }
        }

        self.scanned.row_groups += usize::from(is_first);
        self.scanned.rows += task.rows.len() as u64;
        // Nothing looks into the chunks any more, and their buffers can be taken back.
        drop(cursors);
        for rows in &mut self.batch.rows {
            rows.data = Bytes::new();
        }
        for chunk in chunks {
            self.buffers.give_back(chunk);
        }
        Ok(())
    }
}

/// The batches of one task.
struct GroupScan<'a> {
    shared: &'a Shared<'a>,
    group: &'a RowGroup<'a>,
}

impl GroupScan<'_> {
    fn run(&self, worker: &mut Worker, cursors: &mut Cursors) -> Result<(), ColumnFault> {
        loop {
            // Lent to the cursors for as long as they tell of dictionaries.
            let mut rows = std::mem::take(&mut worker.batch.rows);
            let read = cursors.next(&self.group.wanted, &mut rows, |column, dictionary| {
                self.learn(worker, column, dictionary);
            });
            worker.batch.rows = rows;
            match read? {
                0 => return Ok(()),
                count => self.batch(worker, cursors, count)?,
            }
        }
    }

    /// Works out once for a dictionary what would otherwise be worked out for each row.
    fn learn(&self, worker: &mut Worker, column: usize, dictionary: &Dictionary) {
        let plan = self.shared.plan;
        worker.filter.learn(self.group, column, dictionary);
        if plan.many_groups {
            return;
        }
        let keys = plan.keys.iter().zip(&mut worker.key_memos);
        for (_, memo) in keys.filter(|(key, _)| **key == column) {
            memo.forget(dictionary.len());
        }
        for (measure, sums) in plan.measures.iter().zip(&mut worker.sums) {
            if *measure == column {
                sums.learn(plan.columns[column].kind, dictionary);
            }
        }
    }

    fn batch(
        &self,
        worker: &mut Worker,
        cursors: &Cursors,
        count: usize,
    ) -> Result<(), ColumnFault> {
        if let Some(measure) = self.only_adds_up(worker) {
            add_up(worker, measure, count, !self.group.tests.is_empty());
            return Ok(());
        }
        let Worker {
            filter,
            batch,
            scanned,
            ..
        } = &mut *worker;
        filter.select(self.group, &batch.rows, count);
        let selected = filter.selected.len();
        scanned.selected += selected as u64;
        match (&self.shared.groups, selected) {
            (_, 0) => Ok(()),
            (None, _) => self.add(worker, cursors),
            (Some(groups), _) => self.deal_out(worker, cursors, groups),
        }
    }

    /// Adds the selected rows to their groups, of which there are few.
    fn add(&self, worker: &mut Worker, cursors: &Cursors) -> Result<(), ColumnFault> {
        let plan = self.shared.plan;
        let Worker {
            batch,
            rows,
            sums,
            seen,
            key_memos,
            squares,
            filter,
            ..
        } = worker;
        let selected = &filter.selected[..];
        let dictionary = |column: usize| cursors.dictionary(column);

        batch.groups.clear();
        for (index, column) in plan.keys.iter().enumerate() {
            let out = if index == 0 {
                &mut batch.groups
            } else {
                &mut batch.numbers
            };
            number(
                &batch.rows[*column],
                dictionary(*column),
                &mut key_memos[index],
                &self.shared.keys[index],
                selected,
                out,
            )
            .and_then(|()| match index.checked_sub(1) {
                None => Ok(()),
                Some(pair) => fold_keys(
                    &self.shared.folds[pair],
                    &mut squares[pair],
                    &mut batch.groups,
                    &batch.numbers,
                ),
            })
            .map_err(|f| ColumnFault(*column, f))?;
        }
        if plan.keys.is_empty() {
            batch.groups.resize(selected.len(), 0);
        }

        let groups = &batch.groups[..];
        let room = groups.iter().fold(0, |a, b| a.max(*b)) as usize + 1;
        if rows.len() < room {
            rows.resize(room, 0);
        }
        for group in groups {
            rows[*group as usize] += 1;
        }
        for (column, sums) in plan.measures.iter().zip(sums) {
            sums.make_room(rows.len());
            let kind = plan.columns[*column].kind;
            let rows = &batch.rows[*column];
            sums.add(kind, rows, dictionary(*column), selected, groups);
        }
        for (index, column) in plan.distincts.iter().enumerate() {
            let (rows, dictionary) = (&batch.rows[*column], dictionary(*column));
            let seen = &mut seen[index];
            let codes = selected.iter().map(|row| rows.codes[*row as usize]);
            if let (Form::Codes, Some(dictionary)) = (rows.form, dictionary)
                && Distinct::mark(seen, groups, codes, dictionary.len())
            {
                continue;
            }
            let distinct = &self.shared.distincts[index];
            let data = data(rows, dictionary);
            each_key(rows, dictionary, selected, |at, key| {
                distinct.add(seen, groups[at], key, data)
            })
            .map_err(|f| ColumnFault(*column, f))?;
        }
        Ok(())
    }

    /// Deals the selected rows out by their keys.
    fn deal_out(
        &self,
        worker: &mut Worker,
        cursors: &Cursors,
        groups: &Groups,
    ) -> Result<(), ColumnFault> {
        let plan = self.shared.plan;
        let Some(spread) = &mut worker.spread else {
            return Ok(());
        };
        let selected = &worker.filter.selected;
        let Batch {
            rows,
            keys,
            texts,
            present,
            measures,
            ..
        } = &mut worker.batch;
        let column = |column: usize| (&rows[column], cursors.dictionary(column));
        keys.clear();
        let key_data = if let [key] = plan.keys[..] {
            let (rows, dictionary) = column(key);
            each_key(rows, dictionary, selected, |_, key| {
                keys.push(*key);
                Ok(())
            })
            .map_err(|f| ColumnFault(key, f))?;
            data(rows, dictionary)
        } else {
            texts.clear();
            for row in selected {
                let start = texts.len();
                for key in &plan.keys {
                    let (rows, dictionary) = column(*key);
                    encode(rows.value(*row as usize, dictionary), texts);
                }
                // Their hash is made where they are whole.
                keys.push(Key::place(start as u32, (texts.len() - start) as u32));
            }
            for key in &mut *keys {
                *key = key.read(texts);
            }
            &texts[..]
        };
        present.clear();
        present.resize(selected.len(), 0);
        for (bit, (measure, bits)) in plan.measures.iter().zip(&mut *measures).enumerate() {
            let (rows, dictionary) = column(*measure);
            bits.clear();
            for (row, present) in selected.iter().zip(&mut *present) {
                let found = rows.bits(*row as usize, dictionary);
                *present |= u32::from(found.is_some()) << bit;
                bits.push(found.unwrap_or(0));
            }
        }
        for (at, row) in selected.iter().enumerate() {
            let record = Row {
                key: keys[at],
                text: key_data,
                present: present[at],
            };
            let fill = |words: &mut [u64], texts: &mut Vec<u8>| {
                let (own, values) = words.split_at_mut(measures.len());
                for (word, bits) in own.iter_mut().zip(&*measures) {
                    *word = bits[at];
                }
                for (distinct, words) in plan.distincts.iter().zip(values.chunks_exact_mut(2)) {
                    let (rows, dictionary) = column(*distinct);
                    let key = rows.key(*row as usize, dictionary);
                    words[0] = key.head;
                    words[1] = u64::from(key.length);
                    texts.extend_from_slice(key.long_text(data(rows, dictionary)));
                }
            };
            groups
                .add(
                    spread,
                    &record,
                    fill,
                    &self.shared.distincts,
                    &mut worker.seen,
                )
                .map_err(|f| ColumnFault(0, f))?;
        }
        Ok(())
    }

    /// The measure's column, if all there is to do is to add up one column of floats in one group, filtered by `> 0.0` or not at all,
    /// and its values lie there as they are.
    fn only_adds_up(&self, worker: &Worker) -> Option<usize> {
        let plan = self.shared.plan;
        let column = plan.measures.first().filter(|_| plan.only_adds_up())?;
        let floats = plan.columns[*column].kind == Kind::Float
            && worker.batch.rows[*column].form == Form::Numbers;
        let tested = |index: &usize| {
            let (of, test) = &plan.filter[*index];
            of == column && test.is_positive()
        };
        let tests = &self.group.tests;
        (floats && tests.len() <= 1 && tests.iter().all(tested)).then_some(*column)
    }
}

/// Adds up a batch with the vector kernels. A null is a 0.0: not above zero, and nothing in a sum.
fn add_up(worker: &mut Worker, column: usize, count: usize, positive: bool) {
    let Batch { rows, floats, .. } = &mut worker.batch;
    let rows = &rows[column];
    floats.clear();
    floats.extend(
        rows.numbers[..count]
            .iter()
            .map(|bits| f64::from_bits(*bits)),
    );
    let present = || {
        if rows.valid.is_empty() {
            count as u64
        } else {
            rows.valid.iter().map(|v| u64::from(*v)).sum()
        }
    };
    let (sum, values, selected) = if positive {
        let (sum, values) = ecommerce_simd::suma_y_cuenta_positivos(floats);
        (sum, values, values)
    } else {
        (ecommerce_simd::suma(floats), present(), count as u64)
    };
    worker.rows[0] += selected;
    worker.scanned.selected += selected;
    worker.sums[0].add_sum(sum, values);
}

/// Where the texts of some rows are.
fn data<'a>(rows: &'a Rows, dictionary: Option<&'a Dictionary>) -> &'a [u8] {
    match (rows.form, dictionary) {
        (Form::Codes, Some(dictionary)) => dictionary.data(),
        _ => &rows.data,
    }
}

/// Hands over the `selected` rows' values with their places, in a loop for each form. By reference: a copy would be read whole where it
/// was just written word by word, and such a read waits.
#[inline(always)]
fn each_key(
    rows: &Rows,
    dictionary: Option<&Dictionary>,
    selected: &[u32],
    mut f: impl FnMut(usize, &Key) -> Result<(), Fault>,
) -> Result<(), Fault> {
    if rows.form == Form::Texts && rows.valid.is_empty() {
        for (at, row) in selected.iter().enumerate() {
            f(at, &rows.texts[*row as usize].key(&rows.data))?;
        }
        return Ok(());
    }
    for (at, row) in selected.iter().enumerate() {
        f(at, &rows.key(*row as usize, dictionary))?;
    }
    Ok(())
}

/// The numbers of the `selected` rows' values: by the dictionary's codes where there are some, otherwise value by value.
fn number(
    rows: &Rows,
    dictionary: Option<&Dictionary>,
    memo: &mut Memo,
    interner: &Interner,
    selected: &[u32],
    out: &mut Vec<u32>,
) -> Result<(), Fault> {
    out.clear();
    if let (Form::Codes, Some(dictionary)) = (rows.form, dictionary) {
        let codes = selected.iter().map(|row| rows.codes[*row as usize]);
        memo.resolve(codes.clone(), dictionary, interner)?;
        out.extend(codes.map(|code| memo.numbers[code as usize]));
        return Ok(());
    }
    let mut table = interner.open();
    each_key(rows, dictionary, selected, |_, key| {
        out.push(table.number(*key, &rows.data)?);
        Ok(())
    })
}

/// Puts the groups so far and the numbers of one key more together: the groups become those of both.
fn fold_keys(
    fold: &Interner,
    square: &mut Vec<u32>,
    groups: &mut [u32],
    numbers: &[u32],
) -> Result<(), Fault> {
    square.resize(SQUARE * SQUARE, UNKNOWN);
    let pair = |a: u32, b: u32| {
        let pair = Key::number(u64::from(a) << 32 | u64::from(b));
        fold.open().number(pair, &[])
    };
    for (group, number) in groups.iter_mut().zip(numbers) {
        let (a, b) = (*group as usize, *number as usize);
        *group = if a < SQUARE && b < SQUARE {
            let known = &mut square[a * SQUARE + b];
            if *known == UNKNOWN {
                *known = pair(*group, *number)?;
            }
            *known
        } else {
            pair(*group, *number)?
        };
    }
    Ok(())
}
