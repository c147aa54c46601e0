//! Section 16.1: what its exercises claim about speed, measured.

mod iterators;
mod ownership;
mod simd;
mod traits;

use criterion::{criterion_group, criterion_main};

criterion_group!(
    section,
    ownership::bench,
    traits::bench,
    iterators::bench,
    simd::bench
);
criterion_main!(section);
