//! Section 16.5: what its exercises claim about speed, measured.

mod delta;
mod etl;

use criterion::{criterion_group, criterion_main};

criterion_group!(section, delta::bench, etl::bench);
criterion_main!(section);
