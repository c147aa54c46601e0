//! The column that every contestant sums.

use std::sync::Arc;

use arrow::array::{ArrayRef, Float64Array, RecordBatch};
use arrow::buffer::{MutableBuffer, ScalarBuffer};
use ecommerce_arrow::polars_bridge::series_from_array;
use polars::prelude::Series;

/// Whole amounts in disorder, a third of them below zero, and what they come to.
pub(super) struct Column {
    array: Float64Array,
    sum: f64,
    positives: (f64, u64),
}

impl Column {
    /// Returns the column of this many rows, always the same, in a buffer that arrow aligns to a cache line.
    pub(super) fn of(rows: usize) -> Self {
        let mut buffer = MutableBuffer::with_capacity(rows * size_of::<f64>());
        let (mut sum, mut positive, mut count) = (0_i64, 0_i64, 0_u64);
        for row in 0..rows as u64 {
            let amount = (scramble(row) % 300_000) as i64 - 100_000;
            buffer.push(amount as f64);
            sum += amount;
            if amount > 0 {
                positive += amount;
                count += 1;
            }
        }
        let array = Float64Array::new(ScalarBuffer::new(buffer.into(), 0, rows), None);
        assert_eq!(array.values().as_ptr().addr() % 64, 0);
        Self {
            array,
            sum: sum as f64,
            positives: (positive as f64, count),
        }
    }

    pub(super) fn values(&self) -> &[f64] {
        self.array.values()
    }

    pub(super) fn array(&self) -> &Float64Array {
        &self.array
    }

    /// The exact sum.
    pub(super) fn sum(&self) -> f64 {
        self.sum
    }

    /// The exact sum of what is above zero, and how many that are.
    pub(super) fn positives(&self) -> (f64, u64) {
        self.positives
    }

    /// The same buffer as a batch of one column, `monto`.
    pub(super) fn batch(&self) -> RecordBatch {
        let column: ArrayRef = Arc::new(self.array.clone());
        RecordBatch::try_from_iter([("monto", column)]).expect("one column")
    }

    /// The same buffer as a Polars series.
    pub(super) fn series(&self) -> Series {
        series_from_array("monto", &self.array).expect("Float64 crosses without a copy")
    }
}

/// SplitMix64 of `n`, seed 1614.
fn scramble(n: u64) -> u64 {
    let mut z = n.wrapping_add(1614).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    z ^ (z >> 31)
}
