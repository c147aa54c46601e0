//! Section 16.4: what its exercises claim about speed, measured.

mod datafusion;
mod udf;

use criterion::{criterion_group, criterion_main};

criterion_group!(section, datafusion::bench, udf::bench);
criterion_main!(section);
