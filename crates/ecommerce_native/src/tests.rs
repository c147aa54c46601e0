use crate::column::spread;
use crate::dense::Shape;
use crate::distinct::{Distinct, Seen};
use crate::exact::{NOT_FIXED, Wide, fixed, nearest};
use crate::hybrid::Hybrid;
use crate::intern::{Interner, Values};
use crate::kind::Kind;
use crate::order::{Value, decode, encode};
use crate::plan::Plan;
use crate::scan::{Shared, Worker};
use crate::table::{Key, Table};
use crate::task::{self, tasks};
use crate::{Predicate, Query, Source, run, run_in_pieces};
use arrow::array::{ArrayRef, AsArray, Float64Array, RecordBatch, StringArray};
use arrow::datatypes::Float64Type;
use bytes::Bytes;
use ecommerce_testkit::alloc::{self, CountingAllocator};
use parquet::arrow::ArrowWriter;
use parquet::file::properties::{WriterProperties, WriterVersion};
use proptest::prelude::*;
use std::collections::{BTreeMap, BTreeSet};
use std::fs::File;
use std::num::NonZeroUsize;
use std::path::Path;
use std::sync::Arc;

#[global_allocator]
static COUNTED: CountingAllocator = CountingAllocator::system();

#[test]
fn a_fixed_number_is_the_double_or_none() {
    assert_eq!(fixed(1.0), 1 << 70);
    assert_eq!(fixed(-0.0), 0);
    assert_eq!(nearest(fixed(-1_234.56)), -1_234.56);
    assert_eq!(nearest(fixed(2.0_f64.powi(-70))), 2.0_f64.powi(-70));
    for none in [
        f64::NAN,
        f64::INFINITY,
        2.0_f64.powi(-71),
        1e300,
        f64::MIN_POSITIVE,
        5e-324,
    ] {
        assert_eq!(fixed(none), NOT_FIXED, "{none}");
    }
}

#[test]
fn a_wide_sum_rounds_once_to_even() {
    let sum = |values: &[f64]| {
        let mut wide = Wide::default();
        values.iter().for_each(|v| wide.add(*v));
        wide.nearest()
    };
    assert_eq!(sum(&[1e300, 1.0, -1e300]), 1.0);
    // Half way: to the even one, unless something smaller decides.
    let half = 2.0_f64.powi(-53);
    assert_eq!(sum(&[1.0, half]), 1.0);
    assert_eq!(sum(&[1.0, half, 5e-324]), 1.0 + 2.0 * half);
    assert_eq!(sum(&[1.0 + 2.0 * half, half]), 1.0 + 4.0 * half);
    assert_eq!(sum(&[f64::MAX, f64::MAX]), f64::INFINITY);
    assert_eq!(sum(&[f64::MAX, f64::MAX, -f64::MAX]), f64::MAX);
    assert_eq!(sum(&[5e-324, -5e-324, -5e-324]), -5e-324);
    assert_eq!(sum(&[f64::INFINITY, 1.0]), f64::INFINITY);
    assert!(sum(&[f64::INFINITY, f64::NEG_INFINITY]).is_nan());
}

proptest! {
    #[test]
    fn wide_and_fixed_sums_agree_whatever_the_order(mut cents in prop::collection::vec(-1_000_000_000_i64..1_000_000_000, 0..200)) {
        let values: Vec<f64> = cents.iter().map(|c| *c as f64 / 100.0).collect();
        let narrow: i128 = values.iter().map(|v| fixed(*v)).sum();
        let (mut one, mut other) = (Wide::default(), Wide::default());
        values.iter().for_each(|v| one.add(*v));
        other.add_fixed(narrow);
        prop_assert_eq!(one.nearest(), nearest(narrow));
        prop_assert_eq!(other.nearest(), nearest(narrow));
        let mut both = one.clone();
        both.merge(&other);
        prop_assert_eq!(both.nearest(), 2.0 * nearest(narrow));
        // To the cent, which is what the sum is for.
        cents.sort_unstable();
        prop_assert_eq!((nearest(narrow) * 100.0).round() as i64, cents.iter().sum::<i64>());
    }

    #[test]
    fn the_hybrid_gives_back_what_was_packed(
        width in 0_u8..=32,
        runs in prop::collection::vec((any::<bool>(), any::<u32>(), 1_usize..40), 1..8),
        cuts in prop::collection::vec(1_usize..70, 0..40),
    ) {
        let mask = if width == 32 { u32::MAX } else { (1 << width) - 1 };
        let (mut bytes, mut expected) = (Vec::new(), Vec::new());
        for (packed, seed, count) in runs {
            if packed {
                let values: Vec<u32> = (0..count as u32 * 8)
                    .map(|i| seed.wrapping_mul(i | 1).rotate_left(i % 31) & mask)
                    .collect();
                bytes.push((count << 1 | 1) as u8);
                let start = bytes.len();
                bytes.resize(start + count * usize::from(width), 0);
                for (i, value) in values.iter().enumerate() {
                    for bit in 0..usize::from(width) {
                        let at = i * usize::from(width) + bit;
                        bytes[start + at / 8] |= ((value >> bit & 1) as u8) << (at % 8);
                    }
                }
                expected.extend(values);
            } else {
                bytes.push((count << 1) as u8);
                bytes.extend_from_slice(&(seed & mask).to_le_bytes()[..usize::from(width.div_ceil(8))]);
                expected.extend(std::iter::repeat_n(seed & mask, count));
            }
        }
        let mut hybrid = Hybrid::new(Bytes::from(bytes), width).unwrap();
        let mut found = Vec::new();
        for cut in cuts.into_iter().chain([usize::MAX]) {
            let count = cut.min(expected.len() - found.len());
            let mut out = vec![0; count];
            match hybrid.constant(count).unwrap() {
                Some(value) => out.fill(value),
                None => hybrid.fill(&mut out).unwrap(),
            }
            found.extend(out);
        }
        prop_assert_eq!(&found, &expected);
        // The last group may have been padded, never more than that.
        prop_assert!(hybrid.fill(&mut [0; 8]).is_err());
    }

    #[test]
    fn any_bytes_are_values_or_a_fault(bytes in prop::collection::vec(any::<u8>(), 0..80), width in 0_u8..=40, count in 0_usize..2_000) {
        if let Ok(mut hybrid) = Hybrid::new(Bytes::from(bytes), width) {
            let _ = hybrid.constant(count / 3);
            let mut out = vec![0; count];
            if hybrid.fill(&mut out).is_ok() && width < 32 {
                prop_assert!(out.iter().all(|v| u64::from(*v) < 1 << (width.div_ceil(8) * 8)));
            }
        }
    }
}

fn key(text: &str) -> Key {
    Key::text(text.as_bytes(), 0, text.len() as u32)
}

#[test]
fn threads_give_each_value_one_number() {
    let interner = Interner::default();
    let texts: Vec<String> = (0..20_000)
        .map(|i| match i % 3 {
            0 => format!("u{i:07}"),
            1 => format!("un usuario con un nombre largo {i}"),
            _ => format!("{}", i / 100),
        })
        .collect();
    let number_all = || {
        let number = |t: &String| interner.open().number(key(t), t.as_bytes()).unwrap();
        texts.iter().map(number).collect::<Vec<_>>()
    };
    let all: Vec<Vec<u32>> = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..4).map(|_| scope.spawn(number_all)).collect();
        threads.into_iter().map(|t| t.join().unwrap()).collect()
    });
    assert!(all.iter().all(|numbers| *numbers == all[0]));
    let by_text: BTreeMap<&str, u32> = texts
        .iter()
        .map(String::as_str)
        .zip(all[0].iter().copied())
        .collect();
    let mut given: Vec<u32> = by_text.values().copied().collect();
    given.sort_unstable();
    let table = interner.into_table();
    assert_eq!(given, (1..=table.len() as u32).collect::<Vec<_>>());
    let values = Values::new(&table);
    for (text, number) in by_text {
        let entry = values.get(number).unwrap();
        entry.with_text(|found| assert_eq!(found, text.as_bytes()));
    }
}

#[test]
fn a_text_and_its_bytes_with_zeros_are_two_values() {
    let interner = Interner::default();
    let mut table = interner.open();
    let mut number = |text: &str| table.number(key(text), text.as_bytes()).unwrap();
    let numbers = ["a", "a\0", "", "\0", "a"].map(&mut number);
    assert_eq!(numbers, [1, 2, 3, 4, 1]);
}

#[test]
fn texts_of_one_hash_are_told_apart() {
    let texts: Vec<String> = (0..100).map(|i| format!("larga de verdad {i}")).collect();
    // As if all had the same hash, and the same head.
    let of = |text: &String| Key::of(7, text.len() as u32);
    let mut table = Table::<false>::default();
    for (number, text) in texts.iter().enumerate() {
        for next in [number as u32, 1_000] {
            let found = table.number(of(text), 42, text.as_bytes(), next).unwrap();
            assert_eq!(found, number as u32, "{text}");
        }
    }
    assert_eq!(table.len(), texts.len());
}

#[test]
fn a_pair_is_a_value_and_a_number() {
    let mut table = Table::<true>::default();
    for _ in 0..2 {
        for group in 0..300 {
            for value in ["sur", "norte", "un texto más largo"] {
                let hash = Table::<true>::hash(key(value), group);
                let text = key(value).long_text(value.as_bytes());
                table.number(key(value), hash, text, group).unwrap();
            }
        }
    }
    assert_eq!(table.len(), 900);
    let mut groups = vec![0; 300];
    table
        .iter()
        .for_each(|(_, group)| groups[group as usize] += 1);
    assert_eq!(groups, [3; 300]);
}

proptest! {
    #[test]
    fn encoded_keys_come_back_and_keep_their_order(
        rows in prop::collection::vec((prop::option::of("[\\x00\\x01a-c\u{ff}]{0,4}"), prop::option::of(any::<i64>())), 2),
    ) {
        let encoded: Vec<Vec<u8>> = rows
            .iter()
            .map(|(text, number)| {
                let mut bytes = Vec::new();
                encode(text.as_deref().map_or(Value::Null, |t| Value::Text(t.as_bytes())), &mut bytes);
                encode(number.map_or(Value::Null, |n| Value::Number(n as u64)), &mut bytes);
                bytes
            })
            .collect();
        for ((text, number), bytes) in rows.iter().zip(&encoded) {
            let (mut rest, mut room) = (&bytes[..], Vec::new());
            let found = match decode(&mut rest, true, &mut room) {
                Value::Text(text) => Some(text.to_vec()),
                _ => None,
            };
            prop_assert_eq!(found.as_deref(), text.as_deref().map(str::as_bytes));
            let found = decode(&mut rest, false, &mut room);
            prop_assert_eq!(found, number.map_or(Value::Null, |n| Value::Number(n as u64)));
            prop_assert!(rest.is_empty());
        }
        // Nulls last, as the result has them.
        let order = |(text, number): &(Option<String>, Option<i64>)| {
            (text.is_none(), text.clone().map(String::into_bytes), number.is_none(), *number)
        };
        prop_assert_eq!(order(&rows[0]).cmp(&order(&rows[1])), encoded[0].cmp(&encoded[1]));
    }
}

proptest! {
    #[test]
    fn a_text_is_the_number_at_its_end_or_none(
        first in "[a-c]{0,2}[0-9]{0,8}",
        second in "[a-c]{0,2}[0-9/:é]{0,8}",
    ) {
        let key = |text: &str| Key::text(text.as_bytes(), 0, text.len() as u32);
        let digits = first.bytes().rev().take_while(u8::is_ascii_digit).count();
        let shape = Shape::of(&key(&first));
        prop_assert_eq!(shape.is_some(), digits > 0 && first.len() <= 8);
        let Some(shape) = shape else {
            return Ok(());
        };
        let (name, number) = first.split_at(first.len() - digits);
        prop_assert_eq!(shape.number(&key(&first)), number.parse().ok());
        let same = second.len() == first.len()
            && second.starts_with(name)
            && second.bytes().skip(name.len()).all(|b| b.is_ascii_digit());
        let expected = same.then(|| second[name.len()..].parse().unwrap());
        prop_assert_eq!(shape.number(&key(&second)), expected);
    }

    /// Numbers with a bit and without one, in groups with a bitmap and without one, by two threads.
    #[test]
    fn distinct_values_are_those_of_a_set(
        rows in prop::collection::vec((0..20_u32, "[uv]{0,2}[0-9]{0,7}x?"), 0..60),
        threads in prop::collection::vec(any::<bool>(), 60),
        far in 0..40_u64,
    ) {
        let texts = Distinct::new(Kind::Text, false);
        let numbers = Distinct::new(Kind::Integer, false);
        let mut seen = [[Seen::new(), Seen::new()], [Seen::new(), Seen::new()]];
        let mut expected = [BTreeMap::new(), BTreeMap::new()];
        for ((group, text), thread) in rows.iter().zip(threads) {
            let [of_texts, of_numbers] = &mut seen[usize::from(thread)];
            let key = Key::text(text.as_bytes(), 0, text.len() as u32);
            // So often that bits are set before the end, and once in a set all the same.
            for _ in 0..40 {
                texts.add(of_texts, *group, &key, text.as_bytes()).unwrap();
            }
            expected[0].entry(*group).or_insert_with(BTreeSet::new).insert(text.clone());
            let number = (text.len() as u64) << far;
            numbers.add(of_numbers, *group, &Key::number(number), &[]).unwrap();
            expected[1].entry(*group).or_insert_with(BTreeSet::new).insert(number.to_string());
        }
        for [of_texts, of_numbers] in &mut seen {
            texts.finish(of_texts).unwrap();
            numbers.finish(of_numbers).unwrap();
        }
        for (distinct, expected) in [&texts, &numbers].into_iter().zip(expected) {
            let mut found = BTreeMap::new();
            distinct.each_group(|group, values| *found.entry(group).or_default() += values);
            found.retain(|_, values| *values > 0);
            let expected = expected.into_iter().map(|(g, set)| (g, set.len() as u64));
            prop_assert_eq!(found, expected.collect::<BTreeMap<_, _>>());
        }
    }
}

/// One row group in pages of a MiB: few dictionaries, or none, and many batches.
fn sales(path: &Path, rows: usize, dictionaries: bool) {
    let user: StringArray = (0..rows)
        .map(|i| Some(format!("u{:05}", i * 7 % 5_000)))
        .collect();
    let region: StringArray = (0..rows).map(|i| Some(["norte", "sur"][i % 2])).collect();
    let amount: Float64Array = (0..rows)
        .map(|i| (i % 9 != 0).then_some((i % 1_000) as f64))
        .collect();
    let columns: [(&str, ArrayRef); 3] = [
        ("user_id", Arc::new(user)),
        ("region", Arc::new(region)),
        ("monto", Arc::new(amount)),
    ];
    write(
        path,
        &RecordBatch::try_from_iter(columns).unwrap(),
        dictionaries,
    );
}

fn write(path: &Path, batch: &RecordBatch, dictionaries: bool) {
    let properties = WriterProperties::builder()
        .set_data_page_row_count_limit(10_000_000)
        .set_max_row_group_row_count(Some(10_000_000))
        .set_dictionary_enabled(dictionaries)
        .build();
    let file = File::create(path).unwrap();
    let mut writer = ArrowWriter::try_new(file, batch.schema(), Some(properties)).unwrap();
    writer.write(batch).unwrap();
    writer.close().unwrap();
}

#[test]
fn more_batches_do_not_allocate_more() {
    let directory = tempfile::tempdir().unwrap();
    let query = Query::new()
        .filter(Predicate::above("monto", 100.0))
        .sum("monto", "suma");
    let by_region = query.clone().key("region").distinct("user_id", "usuarios");
    // Without dictionaries rows are dealt out: of as many users in either file, which their tables grow for.
    let by_user = query.key("user_id").distinct("region", "regiones");
    for (query, dictionaries) in [(&by_region, true), (&by_region, false), (&by_user, false)] {
        let allocations = |rows: usize| {
            let path = directory.path().join(format!("{rows}-{dictionaries}"));
            sales(&path, rows, dictionaries);
            let source = Source::open(&path).unwrap();
            let plan = Plan::new(&source, query).unwrap();
            assert_eq!(plan.many_groups, !dictionaries);
            let shared = Shared::new(&source, &plan, 1, task::PIECE_ROWS);
            let (worker, seen) = alloc::in_this_thread(|| Worker::run(&shared).unwrap());
            assert_eq!(worker.scanned.rows, rows as u64);
            seen.allocations + seen.reallocations
        };
        // 13 batches and 98: the one that has more pages may have a few blocks more, for pages alone.
        let (few, many) = (allocations(50_000), allocations(400_000));
        assert!(
            many <= few + 8,
            "{few} and {many}, dictionaries: {dictionaries}"
        );
    }
}

/// Only adding up is left to the vector kernels, a batch at a time: rounded within a batch, exact from one to the next.
#[test]
fn adding_up_errs_no_more_than_the_kernels_in_one_batch() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("montos.parquet");
    // Of all magnitudes, and the largest nearly cancel.
    let scales = [1e16, -0.99e16, 0.1, 1.0 / 3.0, -1e-9, 7e5];
    let amounts: Vec<f64> = (0..100_000)
        .map(|i| scales[i % scales.len()] * (1.0 + (i % 89) as f64 / 97.0))
        .collect();
    let column: ArrayRef = Arc::new(Float64Array::from(amounts.clone()));
    write(
        &path,
        &RecordBatch::try_from_iter([("monto", column)]).unwrap(),
        false,
    );
    let source = Source::open(&path).unwrap();
    let all = Query::new().sum("monto", "suma");
    for (query, lowest) in [
        (all.clone(), f64::NEG_INFINITY),
        (all.filter(Predicate::above("monto", 0.0)), 0.0),
    ] {
        let output = run(&source, &query, NonZeroUsize::MIN).unwrap();
        let found = output
            .batch
            .column(0)
            .as_primitive::<Float64Type>()
            .value(0);
        let (mut exact, mut magnitudes, mut error) =
            (Wide::default(), Wide::default(), Wide::default());
        for amount in amounts.iter().filter(|a| **a > lowest) {
            exact.add(*amount);
            magnitudes.add(amount.abs());
            error.add(*amount);
        }
        error.add(-found);
        // The result is itself a double: half a unit in its last place is the least that there can be.
        let bound = ecommerce_simd::error_factor(4096) * magnitudes.nearest()
            + exact.nearest().abs() * f64::EPSILON / 2.0;
        assert!(
            error.nearest().abs() <= bound,
            "{found} is {} off, the bound is {bound}",
            error.nearest()
        );
    }
}

/// Rows of which every column has its own page boundaries, dictionaries that are given up half way, and nulls.
fn uneven(path: &Path, rows: usize, version: WriterVersion) {
    let scattered = |i: usize| i.wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 33;
    let user = |i: usize| (scattered(i) % 11 > 0).then(|| format!("u{}", scattered(i) % 3_000));
    let region = |i: usize| (scattered(i) % 5 > 0).then(|| ["norte", "sur", "este"][i % 3]);
    let columns: [(&str, ArrayRef); 3] = [
        (
            "user_id",
            Arc::new((0..rows).map(user).collect::<StringArray>()),
        ),
        (
            "monto",
            Arc::new(
                (0..rows)
                    .map(|i| (i % 7 > 0).then_some(i as f64 / 100.0))
                    .collect::<Float64Array>(),
            ),
        ),
        (
            "region",
            Arc::new((0..rows).map(region).collect::<StringArray>()),
        ),
    ];
    let properties = WriterProperties::builder()
        .set_writer_version(version)
        .set_max_row_group_row_count(Some(rows / 3 + 1))
        .set_data_page_size_limit(2_000)
        .set_dictionary_page_size_limit(8_000)
        .set_write_batch_size(64)
        .build();
    let batch = RecordBatch::try_from_iter(columns).unwrap();
    let mut writer = ArrowWriter::try_new(
        File::create(path).unwrap(),
        batch.schema(),
        Some(properties),
    )
    .unwrap();
    writer.write(&batch).unwrap();
    writer.close().unwrap();
}

#[test]
fn row_groups_in_pieces_answer_what_whole_ones_do() {
    let directory = tempfile::tempdir().unwrap();
    let sums = Query::new()
        .filter(Predicate::above("monto", 3.0))
        .sum("monto", "suma");
    let queries = [
        sums.clone().key("region").distinct("user_id", "usuarios"),
        sums.clone().key("user_id").distinct("region", "regiones"),
        sums,
    ];
    for version in [WriterVersion::PARQUET_1_0, WriterVersion::PARQUET_2_0] {
        let path = directory.path().join(format!("{version:?}.parquet"));
        uneven(&path, 20_000, version);
        let source = Source::open(&path).unwrap();
        for query in &queries {
            let whole = run(&source, query, NonZeroUsize::MIN).unwrap();
            for (threads, piece) in [(2, 1), (3, 1_000), (7, 1), (64, 1), (2, task::PIECE_ROWS)] {
                let threads = NonZeroUsize::new(threads).unwrap();
                let pieces = run_in_pieces(&source, query, threads, piece).unwrap();
                assert_eq!(pieces.batch, whole.batch);
                // Chunks are read once, however many pieces there are.
                assert_eq!(pieces.scanned, whole.scanned);
            }
        }
    }
}

#[test]
fn changed_bytes_in_pieces_are_an_error_or_an_answer() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("ventas.parquet");
    uneven(&path, 6_000, WriterVersion::PARQUET_1_0);
    let sound = std::fs::read(&path).unwrap();
    let query = Query::new()
        .filter(Predicate::above("monto", 3.0))
        .key("region")
        .sum("monto", "suma")
        .distinct("user_id", "usuarios");
    let mut answered = [0, 0];
    // A step that comes to every part of the file and to every bit.
    for (n, at) in (4..sound.len() - 8).step_by(sound.len() / 400).enumerate() {
        let mut bytes = sound.clone();
        bytes[at] ^= 1 << (n % 8);
        std::fs::write(&path, bytes).unwrap();
        let answer = Source::open(&path)
            .and_then(|source| run_in_pieces(&source, &query, NonZeroUsize::new(2).unwrap(), 1));
        answered[usize::from(answer.is_ok())] += 1;
    }
    let [refused, answered] = answered;
    assert!(
        refused > 40 && answered > 40,
        "{refused} refused, {answered} answered"
    );
}

#[test]
fn pieces_are_all_rows_once_and_only_of_the_last_row_groups() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("ventas.parquet");
    uneven(&path, 1_000, WriterVersion::PARQUET_1_0);
    let source = Source::open(&path).unwrap();
    let pieces = |threads, piece| {
        let tasks = tasks(&source, threads, piece);
        let of = |group| {
            let rows = tasks.iter().filter(move |t| t.group == group);
            rows.map(|t| t.rows.clone()).collect::<Vec<_>>()
        };
        for (group, rows) in [(0, 334), (1, 334), (2, 332)] {
            let found = of(group);
            let starts: Vec<_> = found.iter().map(|r| r.start).collect();
            let ends: Vec<_> = found.iter().map(|r| r.end).collect();
            assert_eq!((starts[0], ends.last().copied()), (0, Some(rows)));
            assert_eq!(starts[1..], ends[..ends.len() - 1]);
        }
        [of(0).len(), of(1).len(), of(2).len()]
    };
    assert_eq!(pieces(1, 1), [1, 1, 1]);
    assert_eq!(pieces(2, 1), [1, 2, 2]);
    assert_eq!(pieces(8, 1), [3, 3, 3]);
    // Never smaller than what is worth it.
    assert_eq!(pieces(2, 167), [1, 2, 1]);
    assert_eq!(pieces(8, task::PIECE_ROWS), [1, 1, 1]);
}

/// Bits in runs of all lengths, mostly zeros, mostly ones, or both.
fn levels() -> impl Strategy<Value = Vec<u8>> {
    let run = (
        0..2_u8,
        prop_oneof![1..4_usize, 1..40_usize, 200..900_usize],
    );
    prop::collection::vec(run, 0..30).prop_map(|runs| {
        let bits = |(bit, times): &(u8, usize)| vec![*bit; *times];
        runs.iter().flat_map(bits).collect()
    })
}

proptest! {
    #[test]
    fn values_come_to_the_rows_that_have_one(valid in levels()) {
        let present = valid.iter().filter(|v| **v == 1).count();
        let mut values: Vec<usize> = (0..valid.len()).collect();
        spread(&mut values, present, &valid, usize::MAX);
        let mut next = 0..;
        let expected: Vec<usize> = valid
            .iter()
            .map(|v| if *v == 1 { next.next().unwrap() } else { usize::MAX })
            .collect();
        prop_assert_eq!(values, expected);
    }

    #[test]
    fn bits_are_the_same_as_bytes_and_as_numbers(
        runs in prop::collection::vec((any::<bool>(), levels()), 1..8),
        cuts in prop::collection::vec(1..300_usize, 1..20),
    ) {
        let (mut data, mut expected) = (Vec::new(), Vec::new());
        for (packed, levels) in runs.iter().filter(|(_, levels)| !levels.is_empty()) {
            let mut header = if *packed { levels.len().div_ceil(8) << 1 | 1 } else { levels.len() << 1 };
            while header > 127 {
                data.push(header as u8 | 128);
                header >>= 7;
            }
            data.push(header as u8);
            if *packed {
                for eight in levels.chunks(8) {
                    data.push(eight.iter().rev().fold(0, |byte, bit| byte << 1 | bit));
                    expected.extend(eight);
                    expected.extend(vec![0; 8 - eight.len()]);
                }
            } else {
                data.push(levels[0]);
                expected.extend(vec![levels[0]; levels.len()]);
            }
        }
        let data = Bytes::from(data);
        let mut bits = Hybrid::new(data.clone(), 1).unwrap();
        let mut numbers = Hybrid::new(data, 1).unwrap();
        let (mut at, mut cuts) = (0, cuts.iter().cycle());
        while at < expected.len() {
            let end = expected.len().min(at + cuts.next().unwrap());
            let mut found = vec![9; end - at];
            bits.fill_bits(&mut found).unwrap();
            prop_assert_eq!(&found[..], &expected[at..end]);
            let mut same = vec![9; end - at];
            numbers.fill(&mut same).unwrap();
            prop_assert!(same.iter().zip(&found).all(|(n, b)| *n == u32::from(*b)));
            at = end;
        }
        prop_assert!(bits.fill_bits(&mut [0]).is_err());
    }
}
