//! The order of `order.rs`, written anew as plainly as possible, over any kind of number; and what it says of the error bound.

use crate::order::{BLOCK, LANES, PIECE, SHORT, STREAMS, STRIDE, WINDOW};
use crate::roundings;

/// Returns the sum in the order of the kernels.
pub(super) fn sum<T: Copy>(x: &[T], zero: T, add: &impl Fn(T, T) -> T) -> T {
    if x.len() < SHORT {
        return x.iter().fold(zero, |sum, x| add(sum, *x));
    }
    let mut blocks: Vec<Vec<T>> = Vec::new();
    let mut rest = x;
    while rest.len() >= WINDOW && x.len() > BLOCK {
        let (window, after) = rest.split_at(WINDOW);
        for piece in 0..STRIDE / PIECE {
            let rows = (0..PIECE / LANES).flat_map(|row| {
                (0..STREAMS).map(move |place| place * STRIDE + piece * PIECE + row * LANES)
            });
            blocks.push(
                rows.flat_map(|at| window[at..at + LANES].to_vec())
                    .collect(),
            );
        }
        rest = after;
    }
    blocks.extend(rest.chunks(BLOCK).map(<[T]>::to_vec));

    // Pairs of equal size, as a binary counter carries: (size, sum), the largest first.
    let mut pairs: Vec<(usize, T)> = Vec::new();
    for block in blocks {
        let mut carry = (1, sum_of_block(&block, zero, add));
        while let Some((size, before)) = pairs.pop_if(|(size, _)| *size == carry.0) {
            carry = (2 * size, add(carry.1, before));
        }
        pairs.push(carry);
    }
    let smallest_first = pairs.into_iter().rev();
    smallest_first.fold(zero, |sum, (_, pair)| add(sum, pair))
}

fn sum_of_block<T: Copy>(block: &[T], zero: T, add: &impl Fn(T, T) -> T) -> T {
    let mut lanes = vec![zero; LANES];
    for (j, x) in block.iter().enumerate() {
        lanes[j % LANES] = add(lanes[j % LANES], *x);
    }
    while lanes.len() > 1 {
        let upper = lanes.split_off(lanes.len() / 2);
        for (lane, x) in lanes.iter_mut().zip(upper) {
            *lane = add(*lane, x);
        }
    }
    lanes[0]
}

/// Returns how many rounded additions the deepest element goes through: +0.0 is `None`, and adding it is exact.
fn depth(len: usize) -> u32 {
    let add = |a: Option<u32>, b: Option<u32>| match (a, b) {
        (Some(a), Some(b)) => Some(a.max(b) + 1),
        (some, None) | (None, some) => some,
    };
    sum(&vec![Some(0); len], None, &add).unwrap_or(0)
}

#[test]
fn the_documented_roundings_are_those_of_the_order() {
    let up_to_a_block = (0..=BLOCK).step_by(7).chain(1..=LANES + 1);
    let consecutive_blocks = [BLOCK, BLOCK + 1, 2 * BLOCK, 3 * BLOCK + 5, WINDOW - 1];
    for len in up_to_a_block.chain(consecutive_blocks) {
        assert_eq!(roundings(len), depth(len), "{len}");
    }
    // The bound does not tell the blocks of windows, whose lanes are shorter, from the few that may come after them.
    for len in [WINDOW, WINDOW + 1, 2 * WINDOW + BLOCK, 3 * WINDOW] {
        let (bound, depth) = (roundings(len), depth(len));
        assert!(
            depth <= bound && bound <= depth + 24,
            "{len}: {depth} {bound}"
        );
    }
    assert_eq!((roundings(400), roundings(100_000_000)), (17, 147));
}
