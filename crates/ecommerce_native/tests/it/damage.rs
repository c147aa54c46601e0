//! Damaged files: an error that says where, or an answer; never a panic, never memory that only the file vouches for.

use crate::files::Memory;
use crate::tables::{parquet, table, writing};
use arrow::array::RecordBatch;
use ecommerce_native::{NativeError, Predicate, Query, Scratch, Source, run};
use ecommerce_testkit::alloc::{self, CountingAllocator};
use proptest::prelude::*;
use std::num::NonZeroUsize;

#[global_allocator]
static COUNTED: CountingAllocator = CountingAllocator::system();

/// All columns, in every role.
fn query() -> Query {
    Query::new()
        .filter(Predicate::integer("fila", 0..))
        .key("texto")
        .key("dia")
        .sum("monto", "suma")
        .sum("corto", "cortos")
        .distinct("usuario", "usuarios")
        .distinct("entero", "enteros")
        .count_of("nanos", "nanos")
}

fn read(bytes: &[u8]) -> Result<usize, NativeError> {
    let source = Source::of([Memory::boxed(bytes)])?;
    let output = run(&source, &query(), NonZeroUsize::MIN)?;
    let texts = source.select(
        &[Predicate::not_null("monto")],
        &["usuario", "dia", "monto"],
    )?;
    let selected: Result<Vec<RecordBatch>, _> = texts
        .rows(&mut Scratch::default(), 0, 0, 0..usize::MAX)?
        .collect();
    let rows = |batches: Vec<RecordBatch>| batches.iter().map(RecordBatch::num_rows).sum::<usize>();
    Ok(output.batch.num_rows() + rows(selected?))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn changed_bytes_are_an_error_or_an_answer(
        batch in table(300, true),
        how in writing(),
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..6),
        end in prop::option::weighted(0.2, any::<prop::sample::Index>()),
    ) {
        let mut bytes = parquet(&batch, &how);
        let length = bytes.len();
        for (at, value) in changes {
            bytes[at.index(length)] = value;
        }
        if let Some(end) = end {
            bytes.truncate(end.index(length));
        }
        // Other tests allocate at the same time: a bound for all of them, far below what a page can claim.
        let (_, seen) = alloc::in_the_process(|| read(&bytes));
        prop_assert!(seen.peak < 400 << 20, "{seen:?}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(40))]

    #[test]
    fn a_flipped_bit_in_a_page_is_found_by_its_checksum_or_told(batch in table(200, false), how in writing(), at in any::<prop::sample::Index>()) {
        let mut bytes = parquet(&batch, &how);
        // Somewhere before the footer, after the magic number.
        let footer = u32::from_le_bytes(bytes[bytes.len() - 8..][..4].try_into().unwrap()) as usize;
        let pages = bytes.len() - 8 - footer - 4;
        prop_assume!(pages > 0);
        bytes[4 + at.index(pages)] ^= 1;
        match read(&bytes) {
            Ok(_) => {}
            Err(NativeError::Page { file, column, .. }) => {
                prop_assert_eq!(file, "memoria.parquet");
                prop_assert!(!column.is_empty());
            }
            // A text that is not UTF-8 any more is found when the result is put together.
            Err(NativeError::Result(_)) => {}
            Err(other) => prop_assert!(false, "{}", other),
        }
    }
}
