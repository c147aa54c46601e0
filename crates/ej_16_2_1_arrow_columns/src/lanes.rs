//! How the sum kernel is written: no vector instruction by name, but several accumulators that a compiler can keep in one register.
//!
//! Floating-point addition is not associative, so the order of additions shows in the last bits: a sum that equals
//! [`sum_in_lanes`] bit for bit was added in that order. How many lanes the kernel takes follows from the features the
//! program was **compiled** for, not from the machine it runs on.

use arrow::array::{Array, Float64Array};

/// Accumulators that `arrow::compute::sum` keeps for a Float64 column without nulls in this build; with nulls, half as many.
///
/// # Source
/// `arrow-arith` 59.3, `aggregate.rs`: two registers of the widest set that the target's features name.
pub const COMPILED_LANES: usize = if cfg!(target_feature = "avx512f") {
    16
} else if cfg!(all(target_arch = "x86_64", target_feature = "avx")) {
    8
} else {
    4
};

/// The sum of the values, the i-th added to accumulator i mod `L`, the accumulators folded in halves.
///
/// # Cost
/// One pass. `L` independent chains of additions: the compiler may put them in vector registers, which it may not
/// do with the single chain of `iter().sum()`.
pub fn sum_in_lanes<const L: usize>(values: &[f64]) -> f64 {
    let mut lanes = [0.0; L];
    let (whole, rest) = values.as_chunks::<L>();
    for chunk in whole {
        for (lane, value) in lanes.iter_mut().zip(chunk) {
            *lane += value;
        }
    }
    for (lane, value) in lanes.iter_mut().zip(rest) {
        *lane += value;
    }
    folded(lanes)
}

/// As [`sum_in_lanes`], leaving out null rows; each keeps its lane.
pub fn sum_valid_in_lanes<const L: usize>(column: &Float64Array) -> f64 {
    let mut lanes = [0.0; L];
    for (row, value) in column.values().iter().enumerate() {
        if column.is_valid(row) {
            lanes[row % L] += value;
        }
    }
    folded(lanes)
}

fn folded<const L: usize>(mut lanes: [f64; L]) -> f64 {
    const { assert!(L.is_power_of_two(), "lanes are folded in halves") };
    let mut left = L;
    while left > 1 {
        left /= 2;
        for lane in 0..left {
            lanes[lane] += lanes[lane + left];
        }
    }
    lanes[0]
}
