//! What one thread does: it takes row groups, or pieces of them, until there are none left, and adds them to its own state.

use crate::Scanned;
use crate::chunk::Buffers;
use crate::column::{Cursor, Dictionary, Form, Rows};
use crate::distinct::{Distinct, Seen};
use crate::error::{Fault, NativeError};
use crate::groups::{self, Groups, Row};
use crate::intern::{Interner, NULL};
use crate::kind::Kind;
use crate::order::encode;
use crate::plan::{Plan, Test};
use crate::source::{Source, Wanted};
use crate::spread::Spread;
use crate::sums::Sums;
use crate::table::Key;
use crate::task::{Fetched, Task, tasks};
use bytes::{Bytes, BytesMut};
use parquet::file::metadata::RowGroupMetaData;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

/// Rows worked on at a time: what they take stays in the core's own cache.
const BATCH_ROWS: usize = 4096;
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
    test_memos: Vec<Vec<u8>>,
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
    passes: Vec<u8>,
    selected: Vec<u32>,
    groups: Vec<u32>,
    numbers: Vec<u32>,
    floats: Vec<f64>,
    /// Of many groups: the selected rows' keys, where their texts are if they have several columns, and their measures.
    keys: Vec<Key>,
    texts: Vec<u8>,
    present: Vec<u32>,
    measures: Vec<Vec<u64>>,
}

/// A fault and the column it is in.
struct ColumnFault(usize, Fault);

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
            test_memos: vec![Vec::new(); plan.filter.len()],
            squares: vec![Vec::new(); shared.folds.len()],
            buffers: Buffers::default(),
            batch,
        };
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
        let (file, index) = (task.file, task.group);
        let source = &shared.source.files[file];
        let group = source.metadata.row_group(index);
        let is_first = task.rows.start == 0;
        let Some(tests) = plan
            .open_tests(file, group)
            .filter(|_| !task.rows.is_empty())
        else {
            self.scanned.skipped += usize::from(is_first && !task.rows.is_empty());
            return Ok(());
        };
        let mut wanted: Vec<usize> = tests.iter().map(|t| plan.filter[*t].0).collect();
        wanted.extend(
            plan.keys
                .iter()
                .chain(&plan.measures)
                .chain(&plan.distincts),
        );
        wanted.sort_unstable();
        wanted.dedup();

        let start = Instant::now();
        let Fetched { chunks, anew } = task
            .chunks(|| self.fetch(shared, file, group, &wanted))
            .map_err(|error| NativeError::Read {
                file: source.bytes.name().to_owned(),
                source: error,
            })?;
        self.reading += start.elapsed();

        let located = |ColumnFault(column, fault)| match fault {
            Fault::Page(detail) => NativeError::Page {
                file: source.bytes.name().to_owned(),
                row_group: index,
                column: plan
                    .columns
                    .get(column)
                    .map_or(String::new(), |c| c.name.clone()),
                detail,
            },
            Fault::TooManyValues => NativeError::TooManyValues,
        };
        let mut cursors: Vec<Option<Cursor>> = Vec::new();
        cursors.resize_with(plan.columns.len(), || None);
        for (column, bytes) in wanted.iter().zip(&chunks) {
            let metadata = group.column(plan.leaf(file, *column));
            let kind = plan.columns[*column].kind;
            let length = metadata.byte_range().1;
            if anew {
                self.scanned.bytes += length;
            }
            // A buffer may be larger than what was read into it.
            let bytes = bytes.slice(..length as usize);
            let cursor = Cursor::new(metadata, kind, task.of, bytes)
                .and_then(|mut cursor| {
                    cursor.skip(task.rows.start, &mut self.batch.rows[*column])?;
                    Ok(cursor)
                })
                .map_err(|fault| located(ColumnFault(*column, fault)))?;
            cursors[*column] = Some(cursor);
        }
        let work = GroupScan {
            shared,
            tests: &tests,
            wanted: &wanted,
            rows: task.rows.len(),
        };
        work.run(self, &mut cursors).map_err(located)?;
        for (index, column) in plan.distincts.iter().enumerate() {
            if let Some(dictionary) = cursors[*column].as_ref().and_then(Cursor::dictionary) {
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

    /// Reads the chunks of the `wanted` columns, all in one request.
    fn fetch(
        &mut self,
        shared: &Shared<'_>,
        file: usize,
        group: &RowGroupMetaData,
        wanted: &[usize],
    ) -> std::io::Result<Vec<Bytes>> {
        let range = |column: &usize| {
            let (start, length) = group.column(shared.plan.leaf(file, *column)).byte_range();
            (start, length as usize)
        };
        let mut buffers: Vec<BytesMut> = wanted
            .iter()
            .map(|column| self.buffers.take(range(column).1))
            .collect();
        let mut requests: Vec<Wanted<'_>> = buffers
            .iter_mut()
            .zip(wanted)
            .map(|(buffer, column)| {
                let (offset, length) = range(column);
                Wanted {
                    offset,
                    buffer: &mut buffer[..length],
                }
            })
            .collect();
        shared.source.files[file].bytes.read(&mut requests)?;
        Ok(buffers.into_iter().map(BytesMut::freeze).collect())
    }
}

/// The batches of one task.
struct GroupScan<'a> {
    shared: &'a Shared<'a>,
    /// Tests that the statistics leave open.
    tests: &'a [usize],
    wanted: &'a [usize],
    rows: usize,
}

impl GroupScan<'_> {
    fn run(&self, worker: &mut Worker, cursors: &mut [Option<Cursor>]) -> Result<(), ColumnFault> {
        let mut left = self.rows;
        let mut learned = vec![false; cursors.len()];
        while left > 0 {
            // A batch ends where the page of any column does, so that each column is in one form in it.
            let mut count = left.min(BATCH_ROWS);
            for column in self.wanted {
                let Some(cursor) = &mut cursors[*column] else {
                    continue;
                };
                count = count.min(cursor.load().map_err(|f| ColumnFault(*column, f))?);
                if let (false, Some(dictionary)) = (learned[*column], cursor.dictionary()) {
                    self.learn(worker, *column, dictionary);
                    learned[*column] = true;
                }
                // The dictionary's page may be the only one so far.
            }
            for column in self.wanted {
                if let Some(cursor) = &mut cursors[*column] {
                    cursor
                        .read(count, &mut worker.batch.rows[*column])
                        .map_err(|f| ColumnFault(*column, f))?;
                }
            }
            self.batch(worker, cursors, count)?;
            left -= count;
        }
        Ok(())
    }

    /// Works out once for a dictionary what would otherwise be worked out for each row.
    fn learn(&self, worker: &mut Worker, column: usize, dictionary: &Dictionary) {
        let plan = self.shared.plan;
        for index in self.tests {
            let (of, test) = &plan.filter[*index];
            if *of == column {
                let memo = &mut worker.test_memos[*index];
                memo.clear();
                match dictionary {
                    Dictionary::Numbers(numbers) => {
                        memo.extend(numbers.iter().map(|n| u8::from(test.number(*n))));
                    }
                    Dictionary::Texts(data, spans) => {
                        memo.extend(spans.iter().map(|s| u8::from(test.text(s.of(data)))));
                    }
                }
                // A null satisfies nothing.
                memo.push(0);
            }
        }
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
        cursors: &[Option<Cursor>],
        count: usize,
    ) -> Result<(), ColumnFault> {
        if let Some(measure) = self.only_adds_up(worker) {
            add_up(worker, measure, count, !self.tests.is_empty());
            return Ok(());
        }
        self.select(worker, count);
        worker.scanned.selected += worker.batch.selected.len() as u64;
        match (&self.shared.groups, worker.batch.selected.is_empty()) {
            (_, true) => Ok(()),
            (None, _) => self.add(worker, cursors),
            (Some(groups), _) => self.deal_out(worker, cursors, groups),
        }
    }

    /// Adds the selected rows to their groups, of which there are few.
    fn add(&self, worker: &mut Worker, cursors: &[Option<Cursor>]) -> Result<(), ColumnFault> {
        let plan = self.shared.plan;
        let Worker {
            batch,
            rows,
            sums,
            seen,
            key_memos,
            squares,
            ..
        } = worker;
        let selected = &batch.selected[..];
        let dictionary = |column: usize| cursors[column].as_ref().and_then(Cursor::dictionary);

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
        cursors: &[Option<Cursor>],
        groups: &Groups,
    ) -> Result<(), ColumnFault> {
        let plan = self.shared.plan;
        let Some(spread) = &mut worker.spread else {
            return Ok(());
        };
        let Batch {
            rows,
            selected,
            keys,
            texts,
            present,
            measures,
            ..
        } = &mut worker.batch;
        let column = |column: usize| {
            let dictionary = cursors[column].as_ref().and_then(Cursor::dictionary);
            (&rows[column], dictionary)
        };
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
            for row in &*selected {
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

    /// Puts into `selected` the rows that pass all tests.
    fn select(&self, worker: &mut Worker, count: usize) {
        let Batch {
            rows,
            passes,
            selected,
            ..
        } = &mut worker.batch;
        selected.clear();
        if self.tests.is_empty() {
            selected.extend(0..count as u32);
            return;
        }
        passes.clear();
        passes.resize(count, 1);
        for index in self.tests {
            let (column, test) = &self.shared.plan.filter[*index];
            apply(test, &worker.test_memos[*index], &rows[*column], passes);
        }
        // Written for every row, kept for those that pass: no branch to mispredict.
        selected.resize(count, 0);
        let mut kept = 0;
        for (row, pass) in passes.iter().enumerate() {
            selected[kept] = row as u32;
            kept += usize::from(*pass);
        }
        selected.truncate(kept);
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
        (floats && self.tests.len() <= 1 && self.tests.iter().all(tested)).then_some(*column)
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

/// Clears the rows of `passes` that fail a test.
fn apply(test: &Test, memo: &[u8], rows: &Rows, passes: &mut [u8]) {
    match rows.form {
        Form::Codes => {
            for (pass, code) in passes.iter_mut().zip(&rows.codes) {
                *pass &= memo[*code as usize];
            }
        }
        Form::Numbers => {
            for (pass, bits) in passes.iter_mut().zip(&rows.numbers) {
                *pass &= u8::from(test.number(*bits));
            }
        }
        Form::Texts => {
            for (pass, span) in passes.iter_mut().zip(&rows.texts) {
                *pass &= u8::from(test.text(span.of(&rows.data)));
            }
        }
    }
    if rows.form != Form::Codes {
        for (pass, valid) in passes.iter_mut().zip(&rows.valid) {
            *pass &= valid;
        }
    }
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
