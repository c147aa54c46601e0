use crate::duplicates::DuplicateFinder;
use proptest::prelude::*;
use std::collections::HashSet;

fn found(names: &[String], hands: usize) -> Vec<u64> {
    let finder = DuplicateFinder::new();
    let mut all: Vec<_> = (0..hands).map(|_| finder.hand()).collect();
    for (i, name) in names.iter().enumerate() {
        // Dealt out unevenly, so that equal names meet in one hand and in several.
        all[(i * 7 + i / 3) % hands].add(name, i as u64).unwrap();
    }
    all.into_iter()
        .try_for_each(super::super::duplicates::Hand::finish)
        .unwrap();
    finder.finish(3).unwrap().positions().to_vec()
}

fn expected(names: &[String]) -> Vec<u64> {
    let mut seen = HashSet::new();
    (0..names.len())
        .filter(|i| !seen.insert(&names[*i]))
        .map(|i| i as u64)
        .collect()
}

proptest! {
    #[test]
    fn all_but_the_first_of_equal_names_are_found(names in prop::collection::vec("[a-c]{0,3}", 0..400), hands in 1usize..5) {
        prop_assert_eq!(found(&names, hands), expected(&names));
    }
}

/// Enough names to spill every shard to disk more than once.
#[test]
fn spilled_names_are_compared_too() {
    let n = 9_000_000u64;
    let finder = DuplicateFinder::new();
    let mut hand = finder.hand();
    let mut name = String::new();
    for i in 0..n {
        use std::fmt::Write as _;
        name.clear();
        // Every 100,000th row repeats the name of a row far away.
        let id = if i % 100_000 == 99_999 { i / 2 + 7 } else { i };
        write!(name, "{id:x}").unwrap();
        hand.add(&name, i).unwrap();
    }
    hand.finish().unwrap();
    let duplicates = finder.finish(2).unwrap();
    let wanted: Vec<u64> = (0..n).filter(|i| i % 100_000 == 99_999).collect();
    assert_eq!(duplicates.positions(), wanted);
    assert_eq!(duplicates.between(99_999, 199_999), [99_999]);
}
