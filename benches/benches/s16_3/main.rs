//! Section 16.3: what its exercises claim about speed, measured.

mod custom_expressions;
mod peer;
mod polars_api;
mod revenue;

use criterion::{criterion_group, criterion_main};

criterion_group!(
    section,
    polars_api::bench,
    custom_expressions::bench,
    revenue::bench
);
criterion_main!(section);
